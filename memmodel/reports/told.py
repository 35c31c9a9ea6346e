"""A report in, what formats for machines say of it out: diagnostics with the file, the rule and the words they need."""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses import outcome_rules, outcomes
from memmodel.diagnostic import Diagnostic, Severity
from memmodel.records import dataclass
from memmodel.reports import Rules
from memmodel.reports.paths import STDIN
from memmodel.reports.review.printable import one_line, printable
from memmodel.result import FileReport

_STDIN = "-"
_SCENARIO = "scenario.toml"
_TEXTS = (".litmus", ".c")


@dataclass(frozen=True)
class Told:
    """A diagnostic as a problem of a file. `line` and `column` count from 1; without a place they are 1."""

    item: Diagnostic
    file: str
    line: int
    column: int
    code: str
    name: str
    """The rule's: unexpected-verdict."""
    message: str
    """On one line, without the place."""

    @property
    def severity(self) -> Severity:
        return self.item.severity


def told(report: FileReport, rules: Rules) -> Iterator[Told]:
    """What there is to tell, but for what the text asks not to be told."""
    return (one for one in everything(report, rules) if one.item.suppressed is None)


def everything(report: FileReport, rules: Rules) -> Iterator[Told]:
    """The same with what the text asks not to be told."""
    for item in outcomes.diagnostics(report):
        place = item.place
        code = item.code or outcome_rules.ODD.code
        rule = rules(code)
        yield Told(
            item,
            place.file if place is not None else file_of(report),
            place.line if place is not None else 1,
            place.column if place is not None else 1,
            code,
            rule.name if rule is not None else code.lower(),
            message(item, report),
        )


def message(item: Diagnostic, report: FileReport) -> str:
    """What it says, on one line. It begins with what was checked where the place does not tell that: the variant of a
    scenario."""
    text = item.message if item.place is not None else item.message.removeprefix(f"{report.file}: ")
    file = item.place.file if item.place is not None else file_of(report)
    return one_line(text if report.file in (file, _STDIN) else f"{report.file}: {text}")


def file_of(report: FileReport) -> str:
    """The file behind a report: for a variant of a scenario, the one that says what the variant is."""
    if report.file == _STDIN:
        return STDIN
    folder, colon, variant = report.file.rpartition(":")
    if colon and "/" not in variant and not report.file.endswith(_TEXTS):
        return f"{folder}/{_SCENARIO}"
    return report.file


def path_text(path: str) -> str:
    """A path on one line, with nothing that steers a terminal; blanks stay as they are."""
    return printable(path).replace("\t", "\\t").replace("\n", "\\n")
