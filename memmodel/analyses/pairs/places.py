"""The address of an access in, where it may lead out, whatever memory holds: fixed places, or elements of an array."""

from __future__ import annotations

from bisect import bisect_right

from memmodel.engines.ranges import Ranges
from memmodel.events.graph import EventGraph
from memmodel.events.terms import Kind, Term
from memmodel.program.arithmetic import apply
from memmodel.program.ir import Operator, layout
from memmodel.records import dataclass

MOST = 8
"""Places of one access, at most."""


@dataclass(frozen=True)
class Place:
    """`starts`: the addresses it may be at; of an array's element, that of the first. `indexed`: any element is
    meant."""

    starts: frozenset[int]
    indexed: bool


_NUMBER = Place(frozenset((0,)), True)
"""What is no address: an index, an offset."""
_LOST = Place(frozenset(), True)


class Places:
    """The places of a graph's accesses. A pointer that is read from memory leads where memory as it was set up, and the
    threads' own writes, make it lead; a number that is read may be any."""

    def __init__(self, graph: EventGraph, ranges: Ranges) -> None:
        self._ranges = ranges
        self._starts = sorted((start, name) for name, start in layout(graph.program.objects).items())
        self._sizes = {item.name: item.type.size for item in graph.program.objects}
        self._known: dict[Term, Place] = {}

    def of(self, address: Term) -> Place:
        """The place of an address; without any start where it cannot be told."""
        found = self._of(address)
        inside = frozenset(start for start in found.starts if self.object_at(start) is not None)
        return Place(inside, found.indexed or not inside)

    def object_at(self, address: int) -> tuple[str, int] | None:
        """The object that an address lies in, and how many bytes from its beginning."""
        number = bisect_right(self._starts, (address, "\U0010ffff")) - 1
        if number < 0:
            return None
        start, name = self._starts[number]
        return (name, address - start) if address - start < max(self._sizes[name], 1) else None

    def _of(self, term: Term) -> Place:
        known = self._known.get(term)
        if known is None:
            known = self._known[term] = self._compute(term)
        return known

    def _compute(self, term: Term) -> Place:
        if term.kind is Kind.CONSTANT:
            return Place(frozenset((term.number,)), False)
        if term.kind in (Kind.READ, Kind.CHOICE):
            values = self._ranges.of(term) or frozenset()
            inside = frozenset(value for value in values if self.object_at(value) is not None)
            return Place(inside, False) if 0 < len(inside) <= MOST else _LOST if inside else _NUMBER
        if term.kind is not Kind.OPERATION:
            return _NUMBER
        operands = [self._of(operand) for operand in term.operands]
        if term.payload is Operator.CAST:
            return operands[0]
        if term.payload is Operator.ITE:
            return _either(operands[1], operands[2])
        return self._combined(term, operands)

    def _combined(self, term: Term, operands: list[Place]) -> Place:
        """An operator applied. Where an index or an offset is added to an address, the address stays."""
        operator = term.payload
        assert isinstance(operator, Operator)
        pointers = [any(self.object_at(start) is not None for start in item.starts) for item in operands]
        if any(operand is _LOST for operand in operands):
            return _LOST
        exact = not any(operand.indexed for operand in operands)
        if exact or (operator in (Operator.ADD, Operator.SUB) and len(operands) == 2):
            found: set[int] = {0} if len(operands) == 1 else set()
            if len(operands) == 2:
                for first in operands[0].starts:
                    for second in operands[1].starts:
                        found.add(_applied(operator, (first, second), term))
            else:
                found = {_applied(operator, (first,), term) for first in operands[0].starts}
            return Place(frozenset(found), not exact) if len(found) <= MOST else _LOST
        return _LOST if any(pointers) else _NUMBER


def _applied(operator: Operator, values: tuple[int, ...], term: Term) -> int:
    try:
        return apply(operator, values, term.type)
    except ZeroDivisionError:
        return 0


def _either(first: Place, second: Place) -> Place:
    """One place or the other; what is no address at all (a NULL) does not count beside one that is."""
    if first is _LOST or second is _LOST:
        return _LOST
    starts = first.starts | second.starts
    return Place(starts, first.indexed or second.indexed) if len(starts) <= MOST else _LOST
