"""Values as functions of a few unknowns: so that two locals that rest on one read are known to go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod

from memmodel.events.values import Values as Values
from memmodel.records import dataclass

LIMIT = 256
"""Larger sets of values are given up."""

MOST_ROWS = 1024
"""Of a function of unknowns; past it only the values are kept, not what they rest on."""


@dataclass(frozen=True, eq=False)
class Spread:
    """A value for each row of values of `leaves`, where it is computed at all. `table` None: it may be anything."""

    leaves: tuple[int, ...]
    table: dict[tuple[int, ...], int] | None

    @property
    def values(self) -> Values:
        return None if self.table is None else frozenset(self.table.values())


ANYTHING = Spread((), None)


class Spreads:
    """The unknowns of one program, and what is computed from them."""

    def __init__(self) -> None:
        self._domains: list[tuple[int, ...]] = []

    def constant(self, value: int) -> Spread:
        return Spread((), {(): value})

    def unknown(self, values: Values) -> Spread:
        """A new unknown, which is one of `values`."""
        if values is None or len(values) > LIMIT:
            return ANYTHING
        if not values:
            return Spread((), {})
        if len(values) == 1:
            return self.constant(next(iter(values)))
        self._domains.append(tuple(sorted(values)))
        return Spread((len(self._domains) - 1,), {(value,): value for value in self._domains[-1]})

    def computed(
        self, parts: Sequence[Spread], path: Sequence[Spread], compute: Callable[[tuple[int, ...]], int]
    ) -> Spread:
        """What `compute` makes of the values of `parts`, where all of `path` is true."""
        leaves = self._leaves(parts)
        if leaves is None:
            rows = self.rows(parts, path)
            found = None if rows is None else frozenset(map(compute, rows))
            return ANYTHING if found is None else self.unknown(found)
        table = {row: compute(values) for row, values in self._rows(leaves, parts, path)}
        return Spread(leaves, table) if len(set(table.values())) <= LIMIT else ANYTHING

    def chosen(self, test: Spread, then: Spread, otherwise: Spread) -> Spread:
        """`then` where `test` is true, else `otherwise`."""
        if then is otherwise:
            return then
        if then.table is None or otherwise.table is None:
            return ANYTHING
        leaves = self._leaves((test, then, otherwise))
        if leaves is None:
            return self.unknown(frozenset(then.table.values()) | frozenset(otherwise.table.values()))
        table: dict[tuple[int, ...], int] = {}
        pick = [_picker(leaves, part) for part in (test, then, otherwise)]
        for row in product(*(self._domains[leaf] for leaf in leaves)):
            decided = pick[0](row)
            value = None if decided is None else pick[1 if decided else 2](row)
            if value is not None:
                table[row] = value
        return Spread(leaves, table)

    def rows(self, parts: Sequence[Spread], path: Sequence[Spread]) -> frozenset[tuple[int, ...]] | None:
        """The values that `parts` may have together; None where they are not known, or too many."""
        leaves = self._leaves(parts)
        if leaves is not None:
            return frozenset(values for _, values in self._rows(leaves, parts, path))
        sets = [part.values for part in parts]
        known = [values for values in sets if values is not None]
        if len(known) < len(sets) or prod(map(len, known)) > 16 * LIMIT:
            return None
        return frozenset(product(*known))

    def _leaves(self, parts: Sequence[Spread]) -> tuple[int, ...] | None:
        """All unknowns of `parts`; None if something is not known, or there are too many rows."""
        leaves = tuple(sorted({leaf for part in parts for leaf in part.leaves}))
        if any(part.table is None for part in parts) or prod(len(self._domains[leaf]) for leaf in leaves) > MOST_ROWS:
            return None
        return leaves

    def _rows(
        self, leaves: tuple[int, ...], parts: Sequence[Spread], path: Sequence[Spread]
    ) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Each row of unknowns with the values of `parts`, where they have some."""
        within = set(leaves)
        tests = [_picker(leaves, test) for test in path if test.table is not None and within.issuperset(test.leaves)]
        pick = [_picker(leaves, part) for part in parts]
        for row in product(*(self._domains[leaf] for leaf in leaves)):
            if not all(test(row) for test in tests):
                continue
            found = [picked(row) for picked in pick]
            values = tuple(value for value in found if value is not None)
            if len(values) == len(found):
                yield row, values


def _picker(leaves: tuple[int, ...], part: Spread) -> Callable[[tuple[int, ...]], int | None]:
    """The value of `part` in a row of `leaves`; None where it has none."""
    places = tuple(leaves.index(leaf) for leaf in part.leaves)
    table = part.table
    assert table is not None
    return lambda row: table.get(tuple(row[place] for place in places))
