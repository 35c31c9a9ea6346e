"""What scripts made for checkpatch.pl read in `--format checkpatch`."""

from __future__ import annotations

from memmodel.analyses.rulebook import find
from memmodel.reports import Format, Run, writer
from memmodel.result import FileReport
from tests.reports import examples
from tests.reports.readers import Checkpatch, Complaint, checkpatch


def read(*reports: FileReport) -> Checkpatch:
    out = writer(Format.CHECKPATCH, rules=find)
    return checkpatch("".join(out.file(report) for report in reports) + out.end(Run(reports, 1.0)))


def test_a_finding_has_its_line_with_a_plus() -> None:
    (complaint,) = read(examples.SUGGESTED).complaints
    assert complaint == Complaint(
        "ERROR",
        "UNEXPECTED_VERDICT",
        f"expected Never, found Sometimes; suggested: {examples.REMEDY}",
        "rings/drain.litmus",
        3,
        "(* Result: Never *)",
    )


def test_the_total_counts_errors_warnings_and_lines() -> None:
    found = read(examples.SUGGESTED, examples.RULED, examples.FROM_STDIN, examples.NOWHERE)
    assert (found.errors, found.warnings, found.lines) == (2, 2, 38)
    assert [complaint.level for complaint in found.complaints] == ["ERROR", "WARNING", "WARNING", "ERROR"]


def test_what_has_no_place_names_its_file_in_the_message() -> None:
    (complaint,) = read(examples.NOWHERE).complaints
    assert (complaint.message, complaint.file) == ("gone.litmus: no such file or directory", None)


def test_all_is_well() -> None:
    assert read(examples.PASS) == Checkpatch((), 0, 0, 0)


def test_every_way_to_fare_can_be_read() -> None:
    found = read(*examples.EVERYTHING)
    assert found.errors == sum(complaint.level == "ERROR" for complaint in found.complaints)
    assert found.warnings == sum(complaint.level == "WARNING" for complaint in found.complaints)
