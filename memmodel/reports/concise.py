"""File reports in, lines as gcc prints them out, for editors and scripts that know those.

    a.litmus:4:12: error: expected Never, found Sometimes [MM001]
    a.litmus:16:2: note: the barrier

A line for each error or warning, and a note for each other place that it speaks about, each hint and each suggestion.
What has no place in a text stands at the beginning of its file.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.reports import Rules, Run
from memmodel.reports.review.printable import one_line
from memmodel.reports.told import Told, path_text, told
from memmodel.result import FileReport


class ConciseWriter:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def file(self, report: FileReport) -> str:
        return "".join(f"{line}\n" for one in told(report, self._rules) for line in _lines(one))

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        return ""


def _lines(one: Told) -> Iterator[str]:
    where = f"{path_text(one.file)}:{one.line}:{one.column}"
    yield f"{where}: {one.severity.value}: {one.message} [{one.code}]"
    for related in one.item.related:
        place = related.place
        yield f"{path_text(place.file)}:{place.line}:{place.column}: note: {one_line(related.label)}"
    if one.item.hint:
        yield f"{where}: note: {one_line(one.item.hint)}"
    if one.item.remedy:
        yield f"{where}: note: suggested: {one_line(one.item.remedy)}"
