"""The pairing tables of the functions that a patch touches, before and after it, in; the orders that it loses, lacks
or makes out (MM201, MM202, MM208).

An order is lost if it was proved before and an execution shows after the patch that it is not there. One is lacking in
new code if an execution shows that, and the other side orders the same two accesses by a barrier or an ordered access:
that it does so is what says that the order is wanted. Rows in which neither side orders anything are nobody's mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from memmodel.analyses.pairs.row import Row, Standing
from memmodel.analyses.review.lines import PatchLines
from memmodel.records import dataclass
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
    """Rows that lack order at the same place. `lost`: the order was there before."""

    side: Side
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


def compare(rows: Sequence[Row], before: Sequence[Row], lines: PatchLines, known: frozenset[str]) -> Orders:
    """What becomes of the orders. `known`: the functions that were there before the patch."""
    old: dict[tuple[str, ...], list[Row]] = {}
    for row in before:
        old.setdefault(_key(row), []).append(row)
    found: dict[tuple[object, ...], list[Change]] = {}
    made = []
    for row in rows:
        change = Change(row, tuple(item for item in old.get(_key(row), ()) if _same(row, item, lines)))
        if row.standing is Standing.ORDERED:
            if change.before and all(item.standing is Standing.REORDERED for item in change.before):
                made.append(change)
        elif row.standing is Standing.REORDERED:
            kind = _kind(change, lines, known)
            if kind is not None:
                lost, side = kind
                place = row.second if side is Side.WRITER else row.sees
                found.setdefault((side, place.span, place.function, lost), []).append(change)
    defects = [_defect(key[0], key[3], changes) for key, changes in found.items()]
    return Orders(tuple(defects), tuple(made))


def _kind(change: Change, lines: PatchLines, known: frozenset[str]) -> tuple[bool, Side] | None:
    """Whether the order is lost, and on which side; None where nothing is to be said."""
    row = change.row
    if change.before:
        if all(item.standing is Standing.ORDERED for item in change.before):
            return True, _lost_side(change, lines)
        return None
    both_known = row.first.function in known and row.sees.function in known
    if both_known and not any(lines.added(a.span) for a in (row.first, row.second, row.sees, row.then)):
        return None
    if not row.one.by and _ordering(row.other.by) and lines.added(row.second.span):
        return (False, Side.WRITER) if not row.second.plain and not row.first.plain else None
    if not row.other.by and _ordering(row.one.by) and lines.added(row.sees.span):
        return (False, Side.READER) if not row.sees.plain else None
    return None


def _ordering(by: str) -> bool:
    return by not in _DEPENDENCIES


def _lost_side(change: Change, lines: PatchLines) -> Side:
    """The side whose order is gone: the one that lacks it now where the other still has it, or the one that changed."""
    row = change.row
    if bool(row.one.by) != bool(row.other.by):
        return Side.READER if row.one.by else Side.WRITER
    old = change.before[0]
    for side, spans in ((Side.WRITER, old.one.spans), (Side.READER, old.other.spans)):
        if any(lines.removed(span) for span in spans):
            return side
    writer = any(lines.added(access.span) for access in (row.first, row.second))
    return Side.WRITER if writer else Side.READER


def _defect(side: object, lost: object, changes: list[Change]) -> Defect:
    assert isinstance(side, Side) and isinstance(lost, bool)
    ordered = sorted(changes, key=lambda change: _plainness(change.row, side))
    before = tuple(dict.fromkeys(item for change in ordered for item in change.before))
    return Defect(side, tuple(change.row for change in ordered), before, lost)


def _plainness(row: Row, side: Side) -> tuple[int, int, int]:
    """How far from the plainest story: something is written, its being there is told, and who is told reads the old
    value; and the nearest such write."""
    gap = row.second.span.line - row.first.span.line if side is Side.WRITER else row.then.span.line - row.sees.span.line
    return (row.first.does != "writes") + (row.then.does != "reads"), row.first.plain + row.then.plain, abs(gap)


def _key(row: Row) -> tuple[str, ...]:
    accesses = (row.first, row.second, row.sees, row.then)
    return tuple(word for a in accesses for word in (a.function, a.field, a.does))


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
