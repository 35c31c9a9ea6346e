"""Which values terms may take: from draft events, a sound and finite answer, or None where there is none.

The sets come from a fixpoint through memory that looks at no guards and no order, so they may be too large and
are never too small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod

from memmodel.events.chains import longest_chain
from memmodel.events.graph import Event, EventKind
from memmodel.events.terms import DivisionByZero, Kind, Term, apply, evaluate, fold
from memmodel.program.ir import Operator

Values = frozenset[int] | None
"""None: any value at all."""

LIMIT = 256
"""Larger sets are given up."""

PATIENCE = 12
"""Rounds after which a read whose set still grows is given up: counters would go on for ever."""

BITS = frozenset((0, 1))
_LOGICAL = frozenset((Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE))
_LOGICAL |= frozenset((Operator.NOT, Operator.LAND, Operator.LOR))


class ValueSets:
    """The values that terms may take in any execution of `events`; `cells` are all addresses of cells.

    A read that may miss every cell may also be 0, which is what a read that is not executed counts as. `initial` gives
    what cells hold at first, where no event says it.
    """

    def __init__(
        self, events: Sequence[Event], cells: frozenset[int], initial: Mapping[int, int] | None = None
    ) -> None:
        self.cells = cells
        self._events = events
        self._initial = {cell: frozenset((value,)) for cell, value in (initial or {}).items()}
        self._writes = [e for e in events if e.kind is EventKind.WRITE]
        self._read_events = [e for e in events if e.kind is EventKind.READ]
        self._reads: dict[int, Values] = {e.id: frozenset() for e in self._read_events}
        self._memory: dict[int, Values] = {}
        self._memo: dict[Term, Values] = {}

    def settle(self, rounds: int, patience: int | None) -> None:
        """Follow values through memory for so many `rounds`, or until nothing changes; what still changes after
        `patience` rounds may be anything. Without patience, for as many rounds as values can go through memory."""
        number, enough = 0, rounds
        while number < enough:
            before = dict(self._reads)
            self._fill_memory()
            for event in self._read_events:
                found = self._read(event)
                if found != before[event.id]:
                    self._reads[event.id] = found if patience is None or number < patience else None
            if before == self._reads:
                return
            self._memo = {}
            number += 1
            if patience is None and number == enough:
                # What is known after so many rounds are all values that come by chains of so many writes.
                enough = longest_chain(self._events, self.places) + 1
        self._fill_memory()

    def of(self, term: Term) -> Values:
        """The values of `term`."""
        for leaf in term.support:
            if leaf.kind is Kind.FINAL:
                stored = self.stored(leaf.number)
                self._memo[leaf] = None if stored is None else frozenset(map(leaf.type.wrap, stored))
        return values_of(term, self._reads, self._memo)

    def stored(self, cell: int) -> Values:
        """The values that are stored at a cell."""
        return self._memory.get(cell, frozenset())

    def places(self, event: Event) -> frozenset[int]:
        """The cells that an access may touch."""
        assert event.address is not None
        found = self.of(event.address)
        return self.cells if found is None else found & self.cells

    def _fill_memory(self) -> None:
        self._memory = dict(self._initial)
        for event in self._writes:
            assert event.value is not None
            stored = self.of(event.value)
            for cell in self.places(event):
                self._memory[cell] = _join((self.stored(cell), stored))

    def _read(self, event: Event) -> Values:
        assert event.address is not None and event.type is not None
        found = _join(self.stored(cell) for cell in self.places(event))
        if found is None:
            return None
        wrapped = {event.type.wrap(value) for value in found}
        places = self.of(event.address)
        if places is None or not places <= self.cells:
            wrapped.add(0)
        return frozenset(wrapped)


def possible_values(events: Sequence[Event], cells: frozenset[int]) -> ValueSets:
    """The values of all terms; counters, and whatever else goes on for too long, may be anything."""
    found = ValueSets(events, cells)
    reads = sum(e.kind is EventKind.READ for e in events)
    found.settle(reads + PATIENCE + 1, PATIENCE)
    return found


def reachable_values(
    events: Sequence[Event], cells: frozenset[int], initial: Mapping[int, int] | None = None
) -> ValueSets:
    """The same without giving up on counters: in an execution each write happens once and no value comes out of
    thin air, so that a value goes through memory no more often than there are writes."""
    found = ValueSets(events, cells, initial)
    found.settle(1, None)
    return found


def _join(parts: Iterable[Values]) -> Values:
    joined: set[int] = set()
    for part in parts:
        if part is None:
            return None
        joined |= part
    return frozenset(joined) if len(joined) <= LIMIT else None


def values_of(term: Term, reads: dict[int, Values], memo: dict[Term, Values]) -> Values:
    """The values of `term` when each read returns one of `reads`; `memo` is filled."""
    return fold(term, memo, lambda item: _of(item, reads, memo), _followed)


def _followed(term: Term) -> tuple[Term, ...]:
    """The operands that say which values a term may have: of a decision only what it decides between."""
    return term.operands[1:] if term.payload is Operator.ITE else term.operands


def _of(term: Term, reads: dict[int, Values], memo: dict[Term, Values]) -> Values:
    if not term.operands:
        return _of_leaf(term, reads)
    jointly = _jointly(term, memo) if _is_correlated(term) else None
    return jointly if jointly is not None else _of_operation(term, [memo[o] for o in _followed(term)])


def _is_correlated(term: Term) -> bool:
    """Whether operands of `term` rest on the same read, as in r - r, and no decision lies between: the values between
    which a decision chooses are taken together whatever decides, since decisions may go in a circle."""
    if sum(len(operand.support) for operand in term.operands) == len(term.support):
        return False
    stack = [term]
    while stack:
        top = stack.pop()
        if top.payload is Operator.ITE:
            return False
        stack.extend(top.operands)
    return True


def _jointly(term: Term, memo: dict[Term, Values]) -> Values:
    """The values of `term`, each read having one value wherever it stands; None if there are too many to try."""
    leaves = sorted(term.support, key=lambda leaf: (leaf.kind.value, str(leaf.payload)))
    known = [values for leaf in leaves if (values := memo[leaf]) is not None]
    if len(known) < len(leaves) or prod(len(values) for values in known) > LIMIT:
        return None
    found: set[int] = set()
    for row in product(*known):
        chosen = dict(zip(leaves, row, strict=True))
        found.add(evaluate(term, chosen.__getitem__, {}))
    return frozenset(found)


def _of_leaf(term: Term, reads: dict[int, Values]) -> Values:
    match term.kind:
        case Kind.CONSTANT:
            return frozenset((term.number,))
        case Kind.READ:
            return reads[term.number]
        case Kind.CHOICE:
            return frozenset(term.choice[1])
        case _:
            return None


def _of_operation(term: Term, operands: list[Values]) -> Values:
    if any(values is not None and not values for values in operands):
        return frozenset()
    if term.kind is Kind.MEMBER:
        return BITS
    operator = term.payload
    assert isinstance(operator, Operator)
    if operator is Operator.ITE:
        return _join(operands)
    known = [values for values in operands if values is not None]
    if len(known) < len(operands) or prod(len(values) for values in known) > 16 * LIMIT:
        return _without_operands(term, operator, operands)
    results = set()
    for row in product(*known):
        try:
            results.add(apply(operator, row, term.type))
        except DivisionByZero:
            results.add(0)
    return frozenset(results) if len(results) <= LIMIT else None


def _without_operands(term: Term, operator: Operator, operands: list[Values]) -> Values:
    """What the operator alone says of its result."""
    if operator in _LOGICAL or term.type.width == 1:
        return BITS
    constants = [next(iter(values)) for values in operands if values is not None and len(values) == 1]
    if operator is Operator.AND and constants:
        return _submasks(constants[0])
    last = operands[-1]
    if operator is Operator.MOD and last is not None and len(last) == 1:
        bound = abs(next(iter(last)))
        if bound <= LIMIT // 2:
            low = 1 - bound if term.type.signed else 0
            return frozenset(range(min(low, 0), max(bound, 1)))
    return None


def _submasks(mask: int) -> Values:
    """All values within the bits of a mask that is not negative."""
    if mask < 0 or mask.bit_count() > 8:
        return None
    found = [0]
    for position in range(mask.bit_length()):
        if mask >> position & 1:
            found += [value | 1 << position for value in found]
    return frozenset(found)
