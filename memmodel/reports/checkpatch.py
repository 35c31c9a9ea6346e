"""File reports in, lines as the kernel's checkpatch.pl prints them for files out, for whoever already reads those.

    ERROR:UNEXPECTED_VERDICT: expected Never, found Sometimes
    #4: FILE: a.litmus:4:
    + * Result: Never

The types are the names of the rules. What has no place in a text has no `#` line: its file stands in the message. The
last line is the total of the run.
"""

from __future__ import annotations

from collections import Counter

from memmodel.diagnostic import Severity
from memmodel.reports import Rules, Run
from memmodel.reports.review.printable import one_line
from memmodel.reports.told import Told, path_text, told
from memmodel.result import FileReport

_LEVELS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "CHECK"}


class CheckpatchWriter:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._counts: Counter[Severity] = Counter()
        self._lines = 0

    def file(self, report: FileReport) -> str:
        found = list(told(report, self._rules))
        self._counts.update(one.severity for one in found)
        self._lines += report.length
        return "".join(f"{_block(one)}\n" for one in found)

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        errors, warnings = self._counts[Severity.ERROR], self._counts[Severity.WARNING]
        return f"total: {errors} errors, {warnings} warnings, {self._lines} lines checked\n"


def _block(one: Told) -> str:
    level = _LEVELS[one.severity]
    kind = one.name.upper().replace("-", "_")
    suggested = f"; suggested: {one_line(one.item.remedy)}" if one.item.remedy else ""
    place, file = one.item.place, path_text(one.file)
    if place is None:
        return f"{level}:{kind}: {file}: {one.message}{suggested}\n"
    return f"{level}:{kind}: {one.message}{suggested}\n#{place.line}: FILE: {file}:{place.line}:\n+{place.excerpt}\n"
