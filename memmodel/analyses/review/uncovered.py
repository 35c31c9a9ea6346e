"""A changed file in, the changed lines of code that lie in no definition out, with the function that they may be of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from memmodel.analyses.review.definitions import Code, Words
from memmodel.frontends.patch.applied import AppliedFile
from memmodel.frontends.patch.patch import Hunk
from memmodel.records import dataclass
from memmodel.source import Span

_SECTION = re.compile(r"([A-Za-z_]\w*)\s*\(")
_HARMLESS = re.compile(r"\s*(?:#.*|[A-Za-z_]\w*\s*\([^{}]*\)\s*;?\s*|[{}()\[\];,\s]*)$")


@dataclass(frozen=True)
class Fragment:
    """Lines that a patch changes. `function`: whose body they are in, by what the patch's @@ line says; "" where
    nothing says so."""

    function: str
    before: Span | None
    after: Span | None

    @property
    def span(self) -> Span:
        span = self.after or self.before
        assert span is not None
        return span


def fragments(item: AppliedFile, before: Code | None, after: Code | None) -> tuple[Fragment, ...]:
    """One for each hunk with changed code outside everything that is recognised. Where the whole file is known, lines
    that are only the call of a macro, as EXPORT_SYMBOL() is, are no code."""
    old, new = _outside(before, item.removed, item.partial), _outside(after, item.added, item.partial)
    was, now = _in_patch(item.lines_before), _in_patch(item.lines_after)
    found = []
    for hunk in item.change.hunks:
        removed, added = _lines(hunk, was, old), _lines(hunk, now, new)
        if (removed or added) and _words(removed) != _words(added):
            name = _SECTION.search(hunk.section) if item.partial else None
            one, other = _around(before, removed, hunk, was), _around(after, added, hunk, now)
            found.append(Fragment(name[1] if name else "", one, other))
    return tuple(found)


def _outside(code: Code | None, lines: Iterable[int], partial: bool) -> dict[int, Words]:
    """Those of the lines that lie in no definition and have code, each with its tokens."""
    if code is None:
        return {}
    found = {}
    for line in lines:
        start, end = code.line(line)
        words = code.words(start, end) if not code.covers(line) else ()
        if words and (partial or not _HARMLESS.match(code.clean[start:end])):
            found[line] = words
    return found


def _in_patch(lines: Mapping[int, int]) -> dict[int, int]:
    return {at: line for line, at in lines.items()}


def _lines(hunk: Hunk, in_patch: Mapping[int, int], wanted: Mapping[int, Words]) -> dict[int, Words]:
    found = (in_patch.get(line.number) for line in hunk.lines)
    return {line: wanted[line] for line in found if line is not None and line in wanted}


def _words(lines: Mapping[int, Words]) -> Words:
    return tuple(word for words in lines.values() for word in words)


def _around(code: Code | None, lines: Mapping[int, Words], hunk: Hunk, in_patch: Mapping[int, int]) -> Span | None:
    """The lines of a hunk around some of them that lie in no definition either."""
    if code is None or not lines:
        return None
    shown = {line for item in hunk.lines if (line := in_patch.get(item.number)) is not None and not code.covers(line)}
    first, last = min(lines), max(lines)
    while first - 1 in shown:
        first -= 1
    while last + 1 in shown:
        last += 1
    return code.file.span(code.line(first)[0], code.line(last)[1])
