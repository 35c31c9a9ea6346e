"""Events and where they may access in, out: through how many writes, one feeding the next, a value can have come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from memmodel.events.graph import INITIAL, Event, EventKind
from memmodel.events.terms import Kind


def longest_chain(events: Sequence[Event], places: Callable[[Event], Collection[int]]) -> int:
    """A bound on the number of writes in any chain of writes, all different, in which a read of each write's value may
    feed the next write: its value or its address. In an execution no value comes out of thin air, so each write has
    its value by such chains.

    Writes that feed each other in a circle may all be in one chain, in some order; of the others only those of one way
    through.
    """
    writes = [e for e in events if e.kind is EventKind.WRITE and e.thread != INITIAL]
    if not writes:
        return 1
    by_cell: dict[int, int] = {}
    for number, write in enumerate(writes):
        for cell in places(write):
            by_cell[cell] = by_cell.get(cell, 0) | 1 << number
    sources: dict[int, int] = {}
    """For each read the writes, as a bit set, that feed it: by value or by the address it is at."""
    for event in events:
        if event.kind is EventKind.READ:
            found = _fed(event, sources)
            for cell in places(event):
                found |= by_cell.get(cell, 0)
            sources[event.id] = found
    return 1 + max(_longest([_fed(write, sources) for write in writes]))


def _fed(event: Event, sources: dict[int, int]) -> int:
    """The writes that feed an event's address, and what it stores. A read's address rests on earlier reads only."""
    found = 0
    terms = (event.address,) if event.kind is EventKind.READ else (event.address, event.value)
    for term in terms:
        for leaf in term.support if term is not None else ():
            if leaf.kind is Kind.READ:
                found |= sources.get(leaf.number, 0)
    return found


def _longest(feeding: list[int]) -> list[int]:
    """For each node the most different nodes on a way that ends there; `feeding[n]`: bit set of n's predecessors."""
    before = list(feeding)
    count = len(before)
    for middle in range(count):
        through = before[middle]
        for node in range(count):
            if before[node] >> middle & 1:
                before[node] |= through
    longest = [0] * count
    for node in sorted(range(count), key=lambda n: before[n].bit_count()):
        together, rest = 1, 0
        for other in range(count):
            if other == node or not before[node] >> other & 1:
                continue
            if before[other] >> node & 1:
                together += 1
            else:
                rest = max(rest, longest[other])
        longest[node] = together + rest
    return longest
