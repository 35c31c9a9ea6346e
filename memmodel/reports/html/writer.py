"""File reports in, the HTML report of a run out, a piece with each file: none is kept."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from memmodel import __version__
from memmodel.analyses import outcome_rules
from memmodel.reports import Rules, Run
from memmodel.reports.html.data import Object, details, summary
from memmodel.reports.html.shell import block, shell
from memmodel.result import FileReport

_USUAL_ENGINE = "smt"
"""What `memmodel check` takes unless told otherwise."""


class HtmlWriter:
    """Details are written as they come, the index at the end. `rules`: of all diagnostics that may be told. `given`:
    the options that the run was given, to be told with each file."""

    def __init__(self, rules: Rules = outcome_rules.find, given: Sequence[str] = ()) -> None:
        self._rules = rules
        self._given = tuple(given)
        self._index: list[Object] = []

    def file(self, report: FileReport) -> str:
        head = "" if self._index else shell().head
        name = f"test-{len(self._index)}"
        self._index.append(summary(report))
        return head + block(name, details(report, self._commands(report)))

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        head = "" if self._index else shell().head
        codes = sorted({str(code) for entry in self._index for code in _list(entry["codes"])})
        rules = [rule for code in codes if (rule := self._rules(code)) is not None]
        index: Object = {
            "title": "memmodel report",
            "version": __version__,
            "seconds": round(run.seconds, 2),
            "interrupted": run.interrupted,
            "rules": {rule.code: {"name": rule.name, "summary": rule.summary} for rule in rules},
            "tests": self._index,
        }
        return head + block("index-data", index) + shell().tail

    def _commands(self, report: FileReport) -> list[str]:
        """What shows the same again, and why it is so."""
        engine = [] if report.engine == _USUAL_ENGINE else ["--engine", report.engine]
        file = f"./{report.file}" if report.file.startswith("-") and report.file != "-" else report.file
        commands = [["memmodel", "check", *engine, *self._given, file]]
        if report.observation is not None:
            commands.insert(0, ["memmodel", "explain", *self._given, file])
        return [shlex.join(words) for words in commands]


def _list(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()
