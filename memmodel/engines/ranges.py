"""Which values, addresses and sources each event of a graph can have: finite sets, computed before the search.

First from below, guards ignored: a value that a program can really produce comes through a chain of reads-from in
which no write occurs twice (else it would come out of thin air), so as many rounds as the longest chain has writes are
enough. Then from above: what the guards rule out under those values is taken away, a few times over;
each such step keeps every real execution.
"""

from __future__ import annotations

from memmodel.events.chains import longest_chain
from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind
from memmodel.events.terms import DivisionByZero, Kind, Term, apply, fold
from memmodel.program.ir import Operator

Values = frozenset[int] | None
"""The possible values; None: too many to list."""

LIMIT = 192
"""Largest set of values kept; the bit-vector encoding takes over past it."""

PRODUCT_LIMIT = 4096
"""Most combinations of operand values looked at for one operator."""

BOTH = frozenset((0, 1))
NEVER = frozenset((0,))

REFINEMENTS = 4
"""Rounds from above: each is sound by itself, later ones seldom find more."""


class Ranges:
    """`values[e]`, `addresses[e]`: possible values and addresses of event e (addresses: only cells; empty for a fence
    without one); `possible[e]`: whether it may be executed at all; `sources[r]`: the writes that read r may read from.

    `coherent`: the model demands coherence per location, so that what it rules out within a thread is left out.
    """

    def __init__(self, graph: EventGraph, coherent: bool, limit: int = LIMIT) -> None:
        self.graph = graph
        self.limit = limit
        self.cells = frozenset(graph.cells)
        count = len(graph.events)
        self.values: list[Values] = [frozenset()] * count
        self.addresses: list[frozenset[int]] = [frozenset()] * count
        self.possible = [True] * count
        self.sources: dict[int, list[int]] = {}
        self._memo: dict[Term, Values] = {}
        self._coherent = coherent
        self._conjuncts: dict[Term, frozenset[Term]] = {}
        self._open = True
        self._solve()

    def of(self, term: Term) -> Values:
        """The possible values of a term over reads and choices."""
        return fold(term, self._memo, self._of)

    def _of(self, term: Term) -> Values:
        match term.kind:
            case Kind.CONSTANT:
                return frozenset((term.number,))
            case Kind.CHOICE:
                return frozenset(term.choice[1])
            case Kind.READ:
                values = self.values[term.number]
                if values is None:
                    return None
                always = self.graph.events[term.number].guard.value == 1
                return frozenset(map(term.type.wrap, values)) | (frozenset() if always else NEVER)
            case Kind.FINAL:
                return None
        operands = [self._memo[o] for o in term.operands]
        if isinstance(term.payload, frozenset):
            known = operands[0]
            return BOTH if known is None else frozenset(int(v in term.payload) for v in known)
        assert isinstance(term.payload, Operator)
        return self._combine(term, term.payload, operands)

    def _combine(self, term: Term, operator: Operator, operands: list[Values]) -> Values:
        if operator is Operator.ITE:
            tests = BOTH if operands[0] is None else operands[0]
            result: frozenset[int] = frozenset()
            for wanted, values in ((True, operands[1]), (False, operands[2])):
                if self._open or any(bool(v) == wanted for v in tests):
                    if values is None:
                        return None
                    result |= values
            return self._capped(frozenset(map(term.type.wrap, result)))
        small = [o for o in operands if o is not None]
        unknown = BOTH if term.type.width == 1 else None
        if len(small) < len(operands):
            return unknown
        combinations = 1
        for values in small:
            combinations *= max(1, len(values))
        if combinations > PRODUCT_LIMIT:
            return unknown
        found: set[int] = set()
        for chosen in _product(small):
            try:
                found.add(apply(operator, chosen, term.type))
            except DivisionByZero:
                found.add(0)
        return self._capped(frozenset(found))

    def _capped(self, values: frozenset[int]) -> Values:
        return values if len(values) <= self.limit else None

    def _solve(self) -> None:
        events = self.graph.events
        reads = [e for e in events if e.kind is EventKind.READ]
        writes = [e for e in events if e.kind is EventKind.WRITE]
        self._open = True
        number, enough = 0, 2
        while number < enough and self._round(events, reads, writes):
            number += 1
            if number == enough:
                enough = longest_chain(events, lambda event: self.addresses[event.id]) + 2
        self._open = False
        for _ in range(REFINEMENTS):
            if not self._round(events, reads, writes):
                break
        self._memo.clear()

    def _round(self, events: tuple[Event, ...], reads: list[Event], writes: list[Event]) -> bool:
        """One step from the sets as they are; True if anything changed."""
        self._memo.clear()
        before = (list(self.values), list(self.addresses), list(self.possible))
        for event in events:
            if not self._open:
                self.possible[event.id] = self.of(event.guard) != NEVER
            if event.address is not None:
                found = self.of(event.address)
                self.addresses[event.id] = self.cells if found is None else found & self.cells
            if event.kind is EventKind.WRITE and event.value is not None:
                self.values[event.id] = self.of(event.value)
        self._find_sources(reads, writes)
        for read in reads:
            self.values[read.id] = self._read_values(read)
        return before != (self.values, self.addresses, self.possible)

    def _read_values(self, read: Event) -> Values:
        assert read.type is not None
        result: set[int] = set()
        for write in self.sources[read.id]:
            values = self.values[write]
            if values is None:
                return None
            result.update(map(read.type.wrap, values))
        return self._capped(frozenset(result))

    def _find_sources(self, reads: list[Event], writes: list[Event]) -> None:
        by_cell: dict[int, list[Event]] = {}
        for write in writes:
            if self.possible[write.id]:
                for cell in self.addresses[write.id]:
                    by_cell.setdefault(cell, []).append(write)
        for read in reads:
            found: dict[int, None] = {}
            if self.possible[read.id]:
                for cell in self.addresses[read.id]:
                    for write in by_cell.get(cell, ()):
                        if not (self._coherent and self._ruled_out(write, read, by_cell)):
                            found[write.id] = None
            self.sources[read.id] = sorted(found)

    def _ruled_out(self, write: Event, read: Event, by_cell: dict[int, list[Event]]) -> bool:
        """Coherence within the reader's thread: it never reads a later write of its own, nor one that its
        thread surely overwrote in between."""
        if write.thread == read.thread:
            if write.id > read.id:
                return True
        elif write.thread != INITIAL:
            return False
        place = self.addresses[read.id]
        if len(place) != 1 or self.addresses[write.id] != place:
            return False
        return any(
            other.thread == read.thread
            and write.id < other.id < read.id
            and self.addresses[other.id] == place
            and self.implied(other, read)
            for other in by_cell[next(iter(place))]
        )

    def implied(self, first: Event, second: Event) -> bool:
        """Whether `first` is surely executed when `second` is (guards are conjunctions of branch conditions)."""
        return self._parts(first.guard) <= self._parts(second.guard)

    def _parts(self, guard: Term) -> frozenset[Term]:
        known = self._conjuncts.get(guard)
        if known is None:
            if guard.payload is Operator.LAND:
                known = frozenset().union(*(self._parts(o) for o in guard.operands))
            else:
                known = frozenset() if guard.value == 1 else frozenset((guard,))
            self._conjuncts[guard] = known
        return known


def _product(sets: list[frozenset[int]]) -> list[tuple[int, ...]]:
    result: list[tuple[int, ...]] = [()]
    for values in sets:
        result = [(*chosen, value) for chosen in result for value in values]
    return result
