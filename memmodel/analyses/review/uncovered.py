"""A changed file in, the changed lines of code that lie in no definition out, with the function that they may be of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from memmodel.analyses.review.definitions import Code, Words
from memmodel.frontends.patch.applied import AppliedFile
from memmodel.frontends.patch.patch import Line
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
    """One for each hunk with changed code outside everything that is recognised. Lines that are only the call of a
    macro, as EXPORT_SYMBOL() is, are no code where they are in no function."""
    old, new = _Side(before, item.lines_before, item.removed), _Side(after, item.lines_after, item.added)
    found = []
    for hunk in item.change.hunks:
        changed = [
            n for n, line in enumerate(hunk.lines) if old.changes(line, item.partial) or new.changes(line, item.partial)
        ]
        lines = [hunk.lines[n] for n in changed]
        if not changed or old.words(lines) == new.words(lines):
            continue
        first, last = changed[0], changed[-1]
        while first > 0 and not (old.covers(hunk.lines[first - 1]) or new.covers(hunk.lines[first - 1])):
            first -= 1
        while last + 1 < len(hunk.lines) and not (old.covers(hunk.lines[last + 1]) or new.covers(hunk.lines[last + 1])):
            last += 1
        ended = any(line.text.startswith("}") for line in hunk.lines[: changed[0]])
        name = _SECTION.search(hunk.section) if item.partial and not ended else None
        around = hunk.lines[first : last + 1]
        found.append(Fragment(name[1] if name else "", old.span(around), new.span(around)))
    return tuple(found)


class _Side:
    """The file before, or after."""

    def __init__(self, code: Code | None, in_patch: Mapping[int, int], changed: frozenset[int]) -> None:
        self.code = code
        self._changed = changed
        self._lines = {at: line for line, at in in_patch.items()}

    def covers(self, line: Line) -> bool:
        """Whether a line of the patch is here, in a definition."""
        number = self._lines.get(line.number)
        return self.code is not None and number is not None and self.code.covers(number)

    def changes(self, line: Line, partial: bool) -> bool:
        """Whether a line of the patch is here alone, in no definition, and is code."""
        number = self._lines.get(line.number)
        if self.code is None or number not in self._changed or self.covers(line):
            return False
        start, end = self.code.line(number)
        text = self.code.clean[start:end]
        harmless = _HARMLESS.match(text) and not (partial and text[:1].isspace())
        return bool(self.words([line])) and not harmless

    def words(self, lines: Sequence[Line]) -> Words:
        """The tokens of those of the lines that are here and change."""
        found: list[str] = []
        for line in lines:
            number = self._lines.get(line.number)
            if self.code is not None and number in self._changed:
                found += self.code.words(*self.code.line(number))
        return tuple(found)

    def span(self, lines: Sequence[Line]) -> Span | None:
        """From the first of the lines that is here to the last."""
        numbers = [number for line in lines if (number := self._lines.get(line.number)) is not None]
        if self.code is None or not numbers:
            return None
        return self.code.file.span(self.code.line(min(numbers))[0], self.code.line(max(numbers))[1])
