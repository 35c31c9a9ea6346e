"""The functions that a patch touches in, the pairing tables of them before and after it out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from memmodel.analyses.pairs.functions import FIELD
from memmodel.analyses.pairs.pairing import LATE
from memmodel.analyses.pairs.row import Row, Shape, Standing
from memmodel.analyses.pairs.table import Paired, Table, Tables
from memmodel.analyses.review.barriers import BarrierChange
from memmodel.analyses.review.result import Looked, Skipped
from memmodel.analyses.review.touched import How, Touched
from memmodel.files import Files
from memmodel.records import dataclass, field
from memmodel.source import SourceFile

AROUND = 4
"""Lines before and after a barrier that say what it is about."""

SHARES = (0.4, 0.7)
"""Of the time that is left, what the table before the patch may take of two functions, and then that after."""

OVER = "the time for pairs of functions was over"


@dataclass(frozen=True)
class Rows:
    """The rows of the functions that a patch touches, after and before it, each with the pair that it is of. What was
    looked at is known."""

    after: dict[Row, Paired]
    before: dict[Row, Paired]
    looked: dict[Row, Row] = field(default_factory=dict)

    def look(self, row: Row) -> Row:
        """The row with an execution that shows that its order does not hold, where there is one."""
        if row not in self.looked:
            self.looked[row] = (self.after.get(row) or self.before[row]).look(row)
        return self.looked[row]

    def claims(self, row: Row) -> bool:
        """Whether its first function may be meant to run on two CPUs at a time."""
        pairing = self.after[row].pairing
        return pairing is not None and pairing.claims


@dataclass(frozen=True)
class _Wanted:
    """Two functions to look at, in the file after the patch, and in that before it where they are there too."""

    pair: tuple[str, str]
    table: Table
    old: Table | None
    changed: int
    """How many of the two have other barriers than before, or are new."""

    def rank(self, near: frozenset[str]) -> tuple[int, int, int, bool]:
        """What comes first: what the patch changes, with what has the same fields, and then with itself; last what only
        calls others that order."""
        units = self.table.functions.units
        common = min(len(near & units[name].fields) for name in self.pair)
        wraps = sum(units[name].wraps for name in self.pair)
        return wraps, -self.changed, -common, self.pair[0] == self.pair[1]

    @property
    def who(self) -> str:
        first, second = self.pair
        return f"{first}() with {'itself' if first == second else f'{second}()'}"


class Pairs:
    """The pairing tables of one patch. `before`, `after`: those of the trees."""

    def __init__(self, before: tuple[Tables, Files], after: tuple[Tables, Files]) -> None:
        self._before = before
        self._after = after
        self._found: list[tuple[_Wanted, Paired]] = []
        self.skipped: list[Skipped] = []

    def rows(
        self, functions: Sequence[Touched], changes: Sequence[BarrierChange], deadline: float, until: float
    ) -> Rows:
        """The rows of all that the patch touches, what it changes first. `until`: how long executions may be
        looked for."""
        wanted = [item for item in functions if item.how is not How.REMOVED and not item.renamed_only]
        why = "the patch does not show all of it"
        self.skipped += [Skipped(f"{f.function}()", why, f.span) for f in wanted if not f.whole]
        changed = {change.function for change in changes} | {f.function for f in wanted if f.how is How.ADDED}
        pairs = self._wanted([f for f in wanted if f.whole], changed)
        rows = Rows({}, {})
        late: list[_Wanted] = []
        near = _near(changes)
        for item in sorted(pairs, key=lambda item: item.rank(near)):
            if time.monotonic() > deadline:
                late.append(item)
                continue
            limit = _share(deadline, SHARES[0])
            was = item.old.paired(*item.pair, limit, near=near, until=until) if item.old is not None else None
            earlier = was.rows if was is not None else ()
            if was is not None:
                rows.before.update(dict.fromkeys(earlier, was))
            everything = any(row.shape is Shape.CROSSING or row.first.caller for row in earlier)
            found = item.table.paired(*item.pair, _share(deadline, SHARES[1]), everything, near, until)
            rows.after.update(dict.fromkeys(found.rows, found))
            self._note(item, found, was)
        self.skipped += _over(late)
        return rows

    def _wanted(self, functions: Sequence[Touched], changed: set[str]) -> list[_Wanted]:
        found: list[_Wanted] = []
        for path in dict.fromkeys(item.path_after for item in functions if item.path_after is not None):
            here = [item for item in functions if item.path_after == path]
            table = _table(self._after, path)
            if table is None:
                continue
            old = _table(self._before, here[0].path_before or path)
            units = table.functions
            names = {outer for item in here for outer in units.stands_for(item.function) if units.units[outer].orders}
            other = {outer for name in changed for outer in units.stands_for(name)}
            for pair in table.pairs(sorted(names, key=list(units.units).index)):
                known = old is not None and all(name in old.functions.units for name in pair)
                found.append(_Wanted(pair, table, old if known else None, len(other.intersection(pair))))
        return found

    def _note(self, item: _Wanted, found: Paired, was: Paired | None) -> None:
        if found.why:
            self.skipped.append(Skipped(item.who, found.why))
        if was is not None and was.why and was.why != found.why:
            self.skipped.append(Skipped(f"{item.who}, as before the patch", was.why))
        self._found.append((item, found))

    def looked(self, rows: Rows) -> Iterator[Looked]:
        """What was found of each pair, by what was looked at since."""
        for item, found in self._found:
            if found.rows:
                yield Looked(item.who, _summary([rows.looked.get(row, row) for row in found.rows]))

    def late(self, rows: Rows) -> Iterator[Skipped]:
        """What there was no time to look at, of that."""
        for item, found in self._found:
            number = sum(row in rows.looked and rows.looked[row].why == LATE for row in found.rows)
            if number:
                yield Skipped(item.who, f"{LATE} for {number} of its rows")


def _near(changes: Sequence[BarrierChange]) -> frozenset[str]:
    """The fields that the barriers which change are about: those that they access, or that lines around them name."""
    found: set[str] = set()
    for change in changes:
        span = change.span
        own = FIELD.findall(span.text)
        lines = (span.file.line(n) for n in range(max(1, span.line - AROUND), span.line + AROUND + 1))
        found.update(own or (word for line in lines for word in FIELD.findall(line)))
    return frozenset(found)


def _share(deadline: float, share: float) -> float:
    """What one table may take of the time that is left."""
    now = time.monotonic()
    return now + share * max(0.0, deadline - now)


def _table(side: tuple[Tables, Files], path: str) -> Table | None:
    tables, files = side
    text = files.read(files.root / path)
    return tables.table(SourceFile(path, text), path) if text is not None else None


def _over(late: Iterable[_Wanted]) -> list[Skipped]:
    """What there was no time for: of each function in one line."""
    found: dict[str, list[_Wanted]] = {}
    for item in late:
        found.setdefault(item.pair[0], []).append(item)
    return [
        Skipped(items[0].who if len(items) == 1 else f"{name}() with {len(items)} functions", OVER)
        for name, items in found.items()
    ]


def _summary(rows: Sequence[Row]) -> str:
    counts = [(standing, sum(row.standing is standing for row in rows)) for standing in Standing]
    return f"{len(rows)} row{'s' if len(rows) > 1 else ''}: " + ", ".join(
        f"{count} {standing.value}" for standing, count in counts if count
    )
