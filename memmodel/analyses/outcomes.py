"""A file's report in, all that there is to tell of it out as diagnostics, each with the code of a rule: what formats
for machines print."""

from __future__ import annotations

from memmodel.analyses import outcome_rules as rules
from memmodel.analyses.documented import Documented
from memmodel.diagnostic import Diagnostic, Related, Severity
from memmodel.records import replace
from memmodel.result import ExitStatus, FileReport, Outcome

_BY_OUTCOME = {
    Outcome.FAIL: rules.UNEXPECTED_VERDICT,
    Outcome.RACE: rules.DATA_RACE,
    Outcome.DEADLOCK: rules.DEADLOCK,
    Outcome.VACUOUS: rules.VACUOUS,
    Outcome.BOUNDED: rules.BOUNDED,
    Outcome.TIMEOUT: rules.OUT_OF_TIME,
    Outcome.UNSUPPORTED: rules.UNSUPPORTED,
    Outcome.ERROR: rules.BAD_INPUT,
}


def rule_of(report: FileReport) -> Documented | None:
    """The rule that stands for the outcome of a file; None where all is well."""
    if report.outcome is Outcome.PASS:
        return None
    if report.changed:
        return rules.CHANGED
    if report.internal:
        return rules.INTERNAL
    if report.outcome is Outcome.FAIL and report.code:
        if report.faults:
            return rules.FAULT
        return rules.FAILED_ASSERTION if report.assertions else rules.UNEXPECTED_VERDICT
    return _BY_OUTCOME[report.outcome]


def diagnostics(report: FileReport) -> tuple[Diagnostic, ...]:
    """What there is to tell, the outcome first, then warnings in the order of the text. Each has a code, and none is a
    note: those that a report has only illustrate the outcome, whose `related` places they become. Those that the text
    asks not to be told are among them, marked."""
    told = [outcome] if (outcome := _outcome(report)) is not None else []
    for item in report.diagnostics:
        if item.severity is Severity.WARNING and item.sentence() != report.reason:
            told.append(item if item.code is not None else replace(item, code=rules.ODD.code))
    return tuple(told)


def _says(message: str, report: FileReport, note: Diagnostic) -> bool:
    """Whether the message has what a note at the same place says. Of a race it has both accesses."""
    return note.message in message or report.outcome is Outcome.RACE


def _outcome(report: FileReport) -> Diagnostic | None:
    rule = rule_of(report)
    if rule is None:
        return None
    severity = Severity.WARNING if report.outcome.status is ExitStatus.UNDECIDED else Severity.ERROR
    for item in report.diagnostics:  # an error in the text, told already
        if item.severity is Severity.ERROR and item.sentence() == report.reason:
            return replace(item, severity=severity, code=rule.code)
    message = report.reason or report.outcome.value
    if report.place is not None:
        message = message.removeprefix(f"{report.place}: ")
    for mishap in (*report.faults, *report.assertions):  # their places are those of the notes
        message = message.replace(f"{mishap.place}: ", "")
    if report.observable:
        message = f"{message}; {report.observable}"
    notes = (item for item in report.diagnostics if item.severity is Severity.NOTE and item.code is None)
    related = tuple(
        Related(item.message, item.place)
        for item in notes
        if item.place is not None and not (item.place == report.place and _says(message, report, item))
    )
    return Diagnostic(
        severity,
        message,
        report.place,
        None,
        rule.code,
        related,
        report.steps,
        report.changes,
        report.remedy,
    )
