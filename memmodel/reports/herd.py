"""A file report in, what herd7 prints for it out, so that the kernel's own scripts can read it."""

from __future__ import annotations

import re

from memmodel.diagnostic import Diagnostic, Severity
from memmodel.program.ir import Quantifier
from memmodel.reports import Run
from memmodel.reports.states import line, ordered
from memmodel.result import FileReport, Observation

_KINDS = {
    Quantifier.EXISTS: "Allowed",
    Quantifier.FORALL: "Required",
    Quantifier.NOT_EXISTS: "Forbidden",
}


_UNKNOWN = re.compile(r"unknown primitive '(\w+)'")


class HerdWriter:
    """A block for each decided file; nothing for one that is not, as herd7 does. Needs states and counts, but for C."""

    def file(self, report: FileReport) -> str:
        quantifier, observation = report.quantifier, report.observation
        if quantifier is None or observation is None:
            return ""
        if report.states is None:
            return _code(report, quantifier, observation) if report.code else ""
        satisfying, other = report.positive or 0, report.negative or 0
        # For ~exists a witness of the claim is an execution without the condition; the Observation line keeps to it.
        claimed, against = (other, satisfying) if quantifier is Quantifier.NOT_EXISTS else (satisfying, other)
        name = report.name
        lines = [
            f"Test {name} {_KINDS[quantifier]}",
            f"States {len(report.states)}",
            *(line(state) for state in ordered(report.states)),
            ("Loop " if report.cut else "") + ("Ok" if _holds(quantifier, satisfying, other) else "No"),
            "Witnesses",
            f"Positive: {claimed} Negative: {against}",
            *(f"Flag {flag}" for flag in report.flags),
            f"Condition {report.condition}",
            f"Observation {name} {observation.value} {satisfying} {other}",
            f"Time {name} {report.seconds:.2f}",
            f"Hash={report.digest}",
            "",
        ]
        return "".join(f"{text}\n" for text in lines)

    def complaints(self, report: FileReport) -> str:
        lines = [complaint(item) for item in report.diagnostics if item.severity is not Severity.NOTE]
        if report.observation is None and not lines:
            lines.append(f'Warning: File "{report.file}": {report.reason or report.outcome.value} (User error)')
        return "".join(f"{text}\n" for text in lines)

    def end(self, run: Run) -> str:
        return ""


def _code(report: FileReport, quantifier: Quantifier, observation: Observation) -> str:
    """What is printed for a C program: it lists no states, and its executions are too many to be counted."""
    name = report.name
    holds = _holds(quantifier, observation is not Observation.NEVER, observation is not Observation.ALWAYS)
    lines = [
        f"Test {name} {_KINDS[quantifier]}",
        ("Loop " if report.cut else "") + ("Ok" if holds else "No"),
        *(f"Flag {flag}" for flag in report.flags),
        f"Condition {report.condition}",
        f"Observation {name} {observation.value}",
        f"Time {name} {report.seconds:.2f}",
        f"Hash={report.digest}",
        "",
    ]
    return "".join(f"{text}\n" for text in lines)


def complaint(item: Diagnostic) -> str:
    """A diagnostic on one line, as herd7 words it: the kernel's scripts look for its `Unknown macro`."""
    unknown = _UNKNOWN.match(item.message)
    if unknown and item.place:
        return f'Warning: File "{item.place.file}": Unknown macro {unknown[1]} (User error)'
    message = f"{item.message} ({item.hint})" if item.hint else item.message
    if item.place is None:
        return f"Warning: {message}"
    place = item.place
    characters = f"characters {place.column - 1}-{place.end_column - 1}"
    return f'Warning: File "{place.file}", line {place.line}, {characters}: {message}'


def _holds(quantifier: Quantifier, satisfying: int, other: int) -> bool:
    """Whether the quantified condition holds over the executions that there are."""
    if quantifier is Quantifier.EXISTS:
        return satisfying > 0
    if quantifier is Quantifier.FORALL:
        return other == 0
    return satisfying == 0
