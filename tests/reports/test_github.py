"""What GitHub Actions reads in `--format github`."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.analyses.rulebook import find
from memmodel.reports import Format, writer
from memmodel.result import FileReport, Outcome
from tests.reports import examples
from tests.reports.readers import Command, workflow_command


def commands(*reports: FileReport, root: str = "") -> list[Command]:
    out = writer(Format.GITHUB, rules=find, root=root)
    return [workflow_command(line) for report in reports for line in out.file(report).split("\n") if line]


def test_an_annotation_has_the_place_the_rule_and_the_message() -> None:
    (command,) = commands(examples.SUGGESTED)
    assert command.name == "error"
    assert command.properties == {
        "file": "rings/drain.litmus",
        "line": "3",
        "col": "12",
        "endLine": "3",
        "endColumn": "17",
        "title": "MM001 unexpected-verdict",
    }
    assert command.message == f"expected Never, found Sometimes\nsuggested: {examples.REMEDY}"


def test_every_file_that_is_not_as_expected_has_an_annotation() -> None:
    for report in examples.EVERYTHING:
        found = commands(report)
        assert bool(found) or report.outcome is Outcome.PASS
        undecided = report.outcome in (Outcome.TIMEOUT, Outcome.BOUNDED, Outcome.UNSUPPORTED)
        if report.outcome is not Outcome.PASS:
            assert found[0].name == ("warning" if undecided else "error")


def test_warnings_tell_the_other_place_and_what_is_suppressed_is_not_told() -> None:
    (command,) = commands(examples.RULED)
    assert (command.name, command.properties["title"][:5]) == ("warning", "MM101")
    assert command.message.split("\n") == [
        "smp_mb__before_atomic() orders nothing here",
        "rings/drain.litmus:10: the access that follows",
        "no read-modify-write follows it",
    ]


def test_names_and_messages_keep_what_the_format_gives_a_meaning() -> None:
    (command,) = commands(examples.ODD_NAME)
    assert command.properties["file"] == "odd dir/a b,c:100%\\n\\x1b[31mü.litmus"
    assert command.message == "\\x1b[1mbell\\x07, 50% of a::b, ops->fn[0](r) <&>"


def test_paths_are_given_from_the_top_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path / "tests")
    for file, shown in (("a.litmus", "tests/a.litmus"), ("../b.litmus", "b.litmus"), ("/else/c.litmus",) * 2):
        (command,) = commands(examples.report(file, Outcome.TIMEOUT), root=str(tmp_path))
        assert command.properties["file"] == shown


def test_what_looks_like_an_escape_is_none() -> None:
    (command,) = commands(examples.report("a%2C.litmus", Outcome.ERROR, reason="%0A is 100%25 of it"))
    assert command.properties["file"] == "a%2C.litmus"
    assert command.message == "%0A is 100%25 of it"
