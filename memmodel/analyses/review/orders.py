"""The pairing tables of the functions that a patch touches, before and after it, in; the orders that it loses, lacks
or makes out (MM201, MM202, MM208).

An order is lost if it was proved before and an execution shows after the patch that it is not there. One is lacking in
new code if an execution shows that, and the other side orders the same two accesses by a barrier or an ordered access:
that it does so is what says that the order is wanted. Rows in which neither side orders anything are nobody's mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from memmodel.analyses.pairs.row import Row, Standing
from memmodel.analyses.review.lines import PatchLines
from memmodel.records import dataclass, replace
from memmodel.source import Span

_DEPENDENCIES = ("address dependency", "data dependency", "control dependency", "the order of accesses", "the lock", "")


class Side(Enum):
    """Where order is missing: between `first` and `second`, or between `sees` and `then`."""

    WRITER = 0
    READER = 1


@dataclass(frozen=True)
class Change:
    """A row after the patch, and those of before that are about the same accesses."""

    row: Row
    before: tuple[Row, ...]


@dataclass(frozen=True)
class Defect:
    """Rows that lack order for the same reason. `place`: what is to blame, after the patch or, where it is removed,
    before it; `lost`: the order was there before."""

    side: Side
    place: Span
    rows: tuple[Row, ...]
    before: tuple[Row, ...]
    lost: bool

    @property
    def row(self) -> Row:
        return self.rows[0]


@dataclass(frozen=True)
class Orders:
    """What the tables say of a patch."""

    defects: tuple[Defect, ...]
    made: tuple[Change, ...]
    """Rows that are ordered now and were shown not to be."""
    opened: tuple[Row, ...] = ()
    """Rows that were ordered and of which nothing is shown now: neither that they are, nor that they are not."""


class Tables(Protocol):
    """What is asked of the pairing tables besides their rows."""

    def look(self, row: Row) -> Row:
        """The row with an execution that shows that its order does not hold, where there is one."""

    def claims(self, row: Row) -> bool:
        """Whether its first function may be meant to run on two CPUs at a time."""


def compare(
    rows: Sequence[Row], before: Sequence[Row], lines: PatchLines, known: frozenset[str], tables: Tables
) -> Orders:
    """What becomes of the orders. `known`: the functions that were there before the patch."""
    old: dict[tuple[str, ...], list[Row]] = {}
    for row in before:
        old.setdefault(_key(row), []).append(row)
    found: dict[tuple[bool, Span], list[_Blamed]] = {}
    made = []
    opened = []
    for row in rows:
        change = Change(row, tuple(item for item in old.get(_key(row), ()) if _same(row, item, lines)))
        was = {item.standing for item in change.before}
        if row.standing is Standing.ORDERED:
            if change.before and Standing.ORDERED not in was:
                shown = tuple(tables.look(item) for item in change.before)
                if all(item.standing is Standing.REORDERED for item in shown):
                    made.append(Change(row, shown))
            continue
        lost = was == {Standing.ORDERED}
        blamed = _lost(change, lines) if lost else _lacking(change, lines, known)
        alone = not lost and row.first.function == row.sees.function and not tables.claims(row)
        if blamed is not None and not alone:
            shown_row = tables.look(row)
            if shown_row.standing is Standing.REORDERED:
                blamed = replace(blamed, change=Change(shown_row, change.before))
                found.setdefault((lost, blamed.place), []).append(blamed)
            elif lost:
                opened.append(shown_row)
    defects = tuple(_defect(lost, place, items) for (lost, place), items in found.items())
    return Orders(defects, tuple(made), tuple(opened))


@dataclass(frozen=True)
class _Blamed:
    """A row with what is to blame for it."""

    change: Change
    side: Side
    place: Span


def _lost(change: Change, lines: PatchLines) -> _Blamed:
    """What is to blame for an order that is gone."""
    row, old = change.row, change.before[0]
    parts = (
        (Side.WRITER, old.one.spans, (row.second, row.first)),
        (Side.READER, old.other.spans, (row.sees, row.then)),
    )
    lacking = Side.READER if row.one.by and not row.other.by else Side.WRITER
    ordered = sorted(parts, key=lambda part: part[0] is not lacking)
    for side, spans, accesses in ordered:
        gone = [span for span in spans if lines.removed(span)]
        if gone:
            added = [access.span for access in accesses if lines.added(access.span)]
            return _Blamed(change, side, added[0] if added else gone[0])
    for side, _, accesses in ordered:
        for access in accesses:
            if lines.added(access.span):
                return _Blamed(change, side, access.span)
    made = old.one.spans if lacking is Side.WRITER else old.other.spans
    return _Blamed(change, lacking, made[0] if made else (row.second if lacking is Side.WRITER else row.sees).span)


def _lacking(change: Change, lines: PatchLines, known: frozenset[str]) -> _Blamed | None:
    """Where order is wanted and is not there, in what the patch adds; of what was there before, and was as wrong, only
    that a barrier was added to it."""
    row = change.row
    if row.first.caller or _own(row) or _publishes(row):
        return None
    if change.before:
        spans = row.other.spans if not row.one.by else row.one.spans if not row.other.by else ()
        return _partnerless(change, Side.READER if row.one.by else Side.WRITER, spans, lines)
    both_known = row.first.function in known and row.sees.function in known
    accesses = (row.first, row.second, row.sees, row.then)
    fresh = not both_known or any(lines.added(access.span) for access in accesses)
    if not row.one.by and _ordering(row.other.by):
        marked = not row.second.plain and not row.first.plain
        if marked and fresh and lines.added(row.second.span):
            return _Blamed(change, Side.WRITER, row.second.span)
        return _partnerless(change, Side.WRITER, row.other.spans, lines) if marked else None
    if not row.other.by and _ordering(row.one.by):
        if not row.sees.plain and fresh and lines.added(row.sees.span):
            return _Blamed(change, Side.READER, row.sees.span)
        return None if row.sees.plain else _partnerless(change, Side.READER, row.one.spans, lines)
    return None


def _own(row: Row) -> bool:
    """Whether a function would only overwrite its own plain write: two callers that had one object there would race
    whatever the order, so that each has its own."""
    first, then = row.first, row.then
    return first.span == then.span and first.plain and then.plain and "[]" not in first.field


def _publishes(row: Row) -> bool:
    """Whether a pointer is published: that is ordered for what is reached through it, which reading it orders too."""
    return row.one.by.startswith("rcu_") and not row.other.by and not row.sees.plain


def _partnerless(change: Change, side: Side, spans: Sequence[Span], lines: PatchLines) -> _Blamed | None:
    """A barrier that the patch adds on the other side: it is alone."""
    return next((_Blamed(change, side, span) for span in spans if lines.added(span)), None)


def _ordering(by: str) -> bool:
    return by not in _DEPENDENCIES


def _defect(lost: bool, place: Span, items: list[_Blamed]) -> Defect:
    ordered = sorted(items, key=lambda item: _plainness(item.change.row, item.side))
    side = ordered[0].side
    mine = [item.change for item in ordered if item.side is side]
    before = tuple(dict.fromkeys(row for change in mine for row in change.before))
    return Defect(side, place, tuple(change.row for change in mine), before, lost)


def _plainness(row: Row, side: Side) -> tuple[int, int, int, int]:
    """How far from the plainest story: something is written, its being there is told, and who is told reads the old
    value; and the nearest such write."""
    gap = row.second.span.line - row.first.span.line if side is Side.WRITER else row.then.span.line - row.sees.span.line
    same = row.first.function == row.sees.function
    return (row.first.does != "writes") + (row.then.does != "reads"), same, row.first.plain + row.then.plain, abs(gap)


def _key(row: Row) -> tuple[str, ...]:
    accesses = (row.first, row.second, row.sees, row.then)
    return row.shape.value, *(word for a in accesses for word in (a.function, a.field, a.does))


def _same(row: Row, old: Row, lines: PatchLines) -> bool:
    """Whether two rows may be about the same accesses: lines that stay are the same lines, and lines that the patch
    adds can only stand for lines that it removes, or moves."""
    pairs = zip((row.first, row.second, row.sees, row.then), (old.first, old.second, old.sees, old.then), strict=True)
    return all(_may_be(new.span, was.span, lines) for new, was in pairs)


def _may_be(new: Span, old: Span, lines: PatchLines) -> bool:
    known = lines.before(new)
    if known is not None:
        return known == old.line
    return lines.removed(old)
