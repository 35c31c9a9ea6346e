"""Which values terms may take: from draft events, a sound and finite answer, or None where there is none.

The sets come from a fixpoint through memory that looks at no guards and no order, so they may be too large and
are never too small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from memmodel.events.graph import Event, EventKind
from memmodel.events.terms import DivisionByZero, Kind, Term, apply
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


def possible_values(events: Sequence[Event], cells: frozenset[int]) -> Callable[[Term], Values]:
    """The values that each term may take in any execution of `events`; `cells` are all addresses of cells.

    A read that may miss every cell may also be 0, which is what a read that is not executed counts as.
    """
    reads: dict[int, Values] = {e.id: frozenset() for e in events if e.kind is EventKind.READ}
    memory: dict[int, Values] = {}
    for turn in range(len(reads) * 2 + 2 * PATIENCE):
        memo: dict[Term, Values] = {}
        memory = _memory(events, cells, reads, memo)
        changed = False
        for event in events:
            if event.kind is not EventKind.READ or reads[event.id] is None:
                continue
            found = _read(event, cells, memory, reads, memo)
            if found != reads[event.id]:
                reads[event.id] = found if turn < PATIENCE else None
                changed = True
        if not changed:
            break
    final: dict[Term, Values] = {}
    return lambda term: values_of(term, reads, final)


def _memory(
    events: Sequence[Event], cells: frozenset[int], reads: dict[int, Values], memo: dict[Term, Values]
) -> dict[int, Values]:
    """What each cell may hold when reads may return `reads`."""
    memory: dict[int, Values] = {}
    for event in events:
        if event.kind is not EventKind.WRITE or event.value is None or event.address is None:
            continue
        places = values_of(event.address, reads, memo)
        stored = values_of(event.value, reads, memo)
        for cell in cells if places is None else places & cells:
            memory[cell] = _join((memory.get(cell, frozenset()), stored))
    return memory


def _read(
    event: Event,
    cells: frozenset[int],
    memory: dict[int, Values],
    reads: dict[int, Values],
    memo: dict[Term, Values],
) -> Values:
    assert event.address is not None and event.type is not None
    places = values_of(event.address, reads, memo)
    found = _join(memory.get(cell, frozenset()) for cell in (cells if places is None else places & cells))
    if found is None:
        return None
    wrapped = {event.type.wrap(value) for value in found}
    if places is None or not places <= cells:
        wrapped.add(0)
    return frozenset(wrapped)


def _join(parts: Iterable[Values]) -> Values:
    joined: set[int] = set()
    for part in parts:
        if part is None:
            return None
        joined |= part
    return frozenset(joined) if len(joined) <= LIMIT else None


def values_of(term: Term, reads: dict[int, Values], memo: dict[Term, Values]) -> Values:
    """The values of `term` when each read returns one of `reads`; `memo` is filled."""
    stack = [term]
    while stack:
        top = stack[-1]
        if top in memo:
            stack.pop()
            continue
        missing = [o for o in top.operands if o not in memo]
        if missing:
            stack.extend(missing)
            continue
        memo[top] = _of_leaf(top, reads) if not top.operands else _of_operation(top, [memo[o] for o in top.operands])
        stack.pop()
    return memo[term]


def _of_leaf(term: Term, reads: dict[int, Values]) -> Values:
    payload = term.payload
    match term.kind:
        case Kind.CONSTANT:
            return frozenset((payload,))  # type: ignore[arg-type]
        case Kind.READ:
            return reads[payload]  # type: ignore[index]
        case Kind.CHOICE:
            return frozenset(payload[1])  # type: ignore[index]
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
        return _join(operands[1:])
    known = [values for values in operands if values is not None]
    count = 1
    for values in known:
        count *= len(values)
    if len(known) < len(operands) or count > 16 * LIMIT:
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
