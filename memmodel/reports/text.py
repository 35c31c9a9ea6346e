"""File reports in, lines for people out: one a file when all is well, the details where it is not, a summary."""

from __future__ import annotations

import textwrap
from collections import Counter

from memmodel.diagnostic import Severity
from memmodel.program.ir import Quantifier
from memmodel.reports import Run, Verbosity
from memmodel.reports.diagnostic import render
from memmodel.reports.machines import blanks, cells, execution, header, notes
from memmodel.reports.states import line, ordered
from memmodel.reports.style import PLAIN, Colour, Style
from memmodel.result import ExitStatus, FileReport, Observation, Outcome

WIDTH = 80
_INDENT = " " * 4

_COLOURS = {
    ExitStatus.OK: (Colour.GREEN,),
    ExitStatus.FINDING: (Colour.RED, Colour.BOLD),
    ExitStatus.BAD_INPUT: (Colour.RED, Colour.BOLD),
    ExitStatus.UNDECIDED: (Colour.YELLOW, Colour.BOLD),
}


class TextWriter:
    def __init__(self, verbosity: Verbosity = Verbosity.NORMAL, style: Style = PLAIN) -> None:
        self._verbosity = verbosity
        self._style = style
        self._columns = 0
        """Those that were named, of architectures."""

    def file(self, report: FileReport) -> str:
        well = report.outcome.status is ExitStatus.OK
        if well and self._verbosity is Verbosity.QUIET:
            return ""
        lines = [*self._names(report), self._headline(report)]
        lines += _wrapped(report.says) if report.says else []
        if not well or self._verbosity is Verbosity.VERBOSE:
            lines += self._details(report)
        elif report.reason:
            lines += _wrapped(report.reason)
        lines += _expected(report) if well else []
        lines += _counts(report) + _states(report) + self._machines(report)
        lines += _wrapped(f"suggested: {report.remedy}") if report.remedy else []
        text = "".join(f"{item.rstrip()}\n" for item in lines)
        told = (item for item in report.diagnostics if item.suppressed is None)
        return text + textwrap.indent("".join(render(item, self._style) for item in told), _INDENT)

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        if self._verbosity is Verbosity.QUIET and not run.interrupted:
            return ""
        counts = Counter(report.outcome for report in run.reports)
        parts = [
            self._style.paint(f"{counts[outcome]} {outcome.value}", *_outcome_colours(outcome))
            for outcome in Outcome
            if counts[outcome]
        ]
        files = "1 file" if len(run.reports) == 1 else f"{len(run.reports)} files"
        found = ", ".join(parts) or "nothing checked"
        stopped = " (interrupted)" if run.interrupted else ""
        return f"{files}: {found} in {run.seconds:.2f} s{stopped}\n"

    def _headline(self, report: FileReport) -> str:
        outcome = self._style.paint(f"{report.outcome.value:<11}", *_outcome_colours(report.outcome))
        observation = report.observation.value if report.observation else "-"
        flags = f"  [{', '.join(report.flags)}]" if report.flags else ""
        on = f"{cells(report)} " if report.machines else blanks(self._columns)
        return f"{outcome} {observation:<9} {on}{report.file}{flags}"

    def _names(self, report: FileReport) -> list[str]:
        """The names of the columns, above the first line that has them."""
        if not report.machines or self._columns:
            return []
        self._columns = len(report.machines)
        model = report.model if len(report.model) <= 9 else "model"
        return [f"{'':<11} {model:<9} {header(report.machines)}"]

    def _machines(self, report: FileReport) -> list[str]:
        """What the columns mean for a file, where there is something to say."""
        verbose = self._verbosity is Verbosity.VERBOSE
        told = report.compiler or verbose or report.observation is not Observation.NEVER
        if not told and all(item.reachable is False for item in report.machines):  # the columns say it all
            return []
        lines = _wrapped(report.observable) if report.observable else []
        lines += [line for note in notes(report.machines) for line in _wrapped(note)]
        if verbose:
            shown = execution(report.machines, WIDTH - len(_INDENT))
            lines += [f"{_INDENT}{line}" if line else "" for line in shown]
        return lines

    def _details(self, report: FileReport) -> list[str]:
        lines: list[str] = []
        if report.changed:
            lines += [f"{_INDENT}changed since the baseline:", *(f"{_INDENT}  {line}" for line in report.changed)]
        elif reason := _untold(report):
            lines += _wrapped(reason)
        if report.condition and not report.code:
            lines += _wrapped(report.condition)
        lines += _wrapped(example) if (example := _example(report)) else []
        if self._verbosity is Verbosity.VERBOSE:
            lines.append(f"{_INDENT}{report.model}, {report.engine}, {report.seconds:.3f} s")
        return lines


def _untold(report: FileReport) -> str | None:
    """The reason, as far as no diagnostic below it says the same."""
    if report.reason is None or any(item.sentence() == report.reason for item in report.diagnostics):
        return None
    if not any(item.severity is Severity.NOTE for item in report.diagnostics):
        return report.reason
    if not report.code or report.outcome is Outcome.RACE:
        return None
    mishaps = "; ".join(str(item) for item in report.faults or report.assertions)
    return report.reason.removesuffix(mishaps).removesuffix(": ")


def _example(report: FileReport) -> str:
    """The final state of the execution that settles the verdict, if there is one to show."""
    if report.observation in (None, Observation.NEVER) or (
        report.quantifier is Quantifier.FORALL and report.counterexample is None
    ):
        return ""
    if report.quantifier is Quantifier.FORALL and report.counterexample is not None:
        return f"violated by {line(ordered([report.counterexample])[0])}"
    return f"reached with {line(ordered([report.witness])[0])}" if report.witness else ""


def _expected(report: FileReport) -> list[str]:
    """What goes wrong in a C program, as it was announced: a line or two each."""
    return (
        [text for item in (*report.faults, *report.assertions) for text in _wrapped(str(item))] if report.code else []
    )


def _counts(report: FileReport) -> list[str]:
    if report.positive is None:
        return []
    return [f"{_INDENT}executions: {report.positive} with the condition, {report.negative} without"]


def _states(report: FileReport) -> list[str]:
    if report.states is None:
        return []
    return [f"{_INDENT}{line(state)}" for state in ordered(report.states)] or [f"{_INDENT}no state"]


def _outcome_colours(outcome: Outcome) -> tuple[Colour, ...]:
    return _COLOURS[outcome.status]


def _wrapped(text: str) -> list[str]:
    """`text` in lines of 80 columns; paths and conditions are not broken inside."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
