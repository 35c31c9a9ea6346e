"""Relations between events as lists of bit sets: row i has bit j where (i, j) is in the relation."""

from __future__ import annotations

from collections.abc import Iterator

Rows = list[int]


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits set in `mask`, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def compose(first: Rows, second: Rows) -> Rows:
    """`first ; second`."""
    result = []
    for row in first:
        out = 0
        while row:
            low = row & -row
            out |= second[low.bit_length() - 1]
            row ^= low
        result.append(out)
    return result


def inverse(rows: Rows) -> Rows:
    result = [0] * len(rows)
    for i, row in enumerate(rows):
        bit = 1 << i
        while row:
            low = row & -row
            result[low.bit_length() - 1] |= bit
            row ^= low
    return result


def closure(rows: Rows) -> Rows:
    """Transitive closure."""
    result = list(rows)
    active = [i for i, row in enumerate(result) if row]
    for k in active:
        through = result[k]
        bit = 1 << k
        for i in active:
            if result[i] & bit:
                result[i] |= through
        # `through` may have grown by itself only when k reaches k: nothing new then
    return result


def domain(rows: Rows) -> int:
    mask = 0
    for i, row in enumerate(rows):
        if row:
            mask |= 1 << i
    return mask


def codomain(rows: Rows) -> int:
    mask = 0
    for row in rows:
        mask |= row
    return mask


def cyclic_core(rows: Rows) -> int:
    """The events left when those that start or end no path inside the rest are taken away in turn:
    0 exactly when the relation is acyclic; else every cycle lies within."""
    alive = domain(rows) & codomain(rows)
    while alive:
        kept = 0
        reached = 0
        for i in bits(alive):
            row = rows[i] & alive
            if row:
                kept |= 1 << i
                reached |= row
        kept &= reached
        if kept == alive:
            return alive
        alive = kept
    return 0


def shortest_cycle(rows: Rows, start: int, within: int) -> list[int] | None:
    """The events of a shortest cycle through `start` that stays in the set `within`, from `start` on;
    None if there is none. A self-loop gives [start]."""
    if rows[start] >> start & 1:
        return [start]
    layers = [1 << start]
    seen = 0
    frontier = rows[start] & within
    target = 1 << start
    while frontier:
        if frontier & target:
            cycle = [start]
            for layer in reversed(layers[1:]):
                goal = 1 << cycle[-1]
                cycle.append(next(i for i in bits(layer) if rows[i] & goal))
            return [start, *reversed(cycle[1:])]
        seen |= frontier
        layers.append(frontier)
        following = 0
        for i in bits(frontier):
            following |= rows[i]
        frontier = following & within & ~seen
    return None


def shortest_cycles(rows: Rows) -> Iterator[list[tuple[int, int]]]:
    """The edges of a shortest cycle through each event that is on one; each set of events once."""
    core = cyclic_core(rows)
    seen: set[frozenset[int]] = set()
    for start in bits(core):
        cycle = shortest_cycle(rows, start, core)
        if cycle is not None and frozenset(cycle) not in seen:
            seen.add(frozenset(cycle))
            yield list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
