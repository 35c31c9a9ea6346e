"""A graph of events in, the same with everything that hangs on values set free out.

Which way a branch goes, which element an index means, whether a compare-and-exchange finds what it expects: each is a
choice of its own here, made once for each different question that the program asks. What memory holds does not matter
any more, so that an outcome which no execution of the freed graph has, none of the program has, from whatever
state its functions are called in. What stays: which field of which object an access is to, what depends on what, and
who holds a lock. An element of an array is either the one that all look at, or one that nobody else touches; and so is
the object that a pointer in memory leads to, each time that it is read, and a variable that each CPU has one of.
"""

from __future__ import annotations

import re

from memmodel.analyses.pairs.places import Place, Places
from memmodel.engines.ranges import Ranges
from memmodel.events.graph import INITIAL, LOCK_TAGS, Assumption, Dependency, Event, EventGraph, EventKind
from memmodel.events.terms import (
    FALSE,
    TRUE,
    Kind,
    Term,
    both,
    choice,
    constant,
    either,
    member,
    negate,
    operation,
    read,
)
from memmodel.program.ir import Operator
from memmodel.program.types import ADDRESS, BOOL, INT, IntType
from memmodel.records import dataclass, replace

FIRST_CHOICE = 1 << 22
"""Where the numbers of the choices that stand for values begin."""

MOST_TERMS = 20_000
"""Terms of the conditions of two functions, at most: there are hundreds in most, and what has more takes a gigabyte."""

_ANY = 1 << 41
"""What is added to the address of an array for the cell that stands for any of its elements, where one is accessed
by itself too."""

_OWN = 1 << 40
"""Where the cells begin that stand for elements that one access alone is to."""


@dataclass(frozen=True)
class Freed:
    """`number`: for each event of the graph before its number in the one after, by its number; initial writes are made
    anew. `places`: of each event after, where the program has it, as `where` tells."""

    graph: EventGraph
    number: dict[int, int]
    places: dict[int, Place]
    where: Places


def free(graph: EventGraph, coherent: bool = True) -> Freed:
    """The freed graph. `coherent`: the model demands coherence per location."""
    whole = replace(graph, events=tuple(replace(event, guard=TRUE) for event in graph.events))
    return _Freeing(graph, Places(graph, Ranges(whole, coherent))).run()


def going_on(graph: EventGraph) -> EventGraph:
    """The graph without what comes after a failed assertion: BUG() does not return."""
    met = tuple(Assumption(negate(assertion.failed), assertion.span) for assertion in graph.assertions)
    return replace(graph, assumptions=(*graph.assumptions, *met), assertions=())


class _Freeing:
    def __init__(self, graph: EventGraph, places: Places) -> None:
        self._graph = graph
        self._places = places
        self._locks = {event.id for event in graph.events if event.tags & LOCK_TAGS}
        self._accessed = {event.address for event in graph.events if event.address is not None}
        self._guards: dict[Term, Term] = {}
        self._counting: dict[Term, Term] = {cut.condition: FALSE for cut in graph.cuts}
        self._atoms: dict[Term, Term] = {}
        self._addresses: dict[tuple[Term, int | None], tuple[Term, Place]] = {}
        self._cells: dict[int, tuple[str, IntType, int]] = {}
        self._elsewheres: dict[tuple[Term, int | None], Term] = {}
        self._per_cpu = _per_cpu(graph)
        self._fixed: set[int] = set()
        """The places of accesses that have no index."""
        self._count = 0
        self._number: dict[int, int] = {}

    def run(self) -> Freed:
        graph = self._graph
        threads = [event for event in graph.events if event.thread != INITIAL]
        for event in threads:
            place = self._places.of(event.address) if event.address is not None else None
            if place is not None and not place.indexed:
                self._fixed |= place.starts
        where = {event.id: self._address(event) for event in threads if event.address is not None}
        shift = len(self._cells)
        self._number = {event.id: shift + index for index, event in enumerate(threads)}
        events = [self._initial(index, address) for index, address in enumerate(sorted(self._cells))]
        for event in threads:
            events.append(self._event(event, where.get(event.id)))
        freed = replace(
            graph,
            events=tuple(events),
            rmw=tuple((self._number[a], self._number[b]) for a, b in graph.rmw),
            addr=self._dependencies(graph.addr),
            data=self._dependencies(graph.data),
            ctrl=self._dependencies(graph.ctrl),
            assumptions=tuple(Assumption(self._assumed(a.condition), a.span, a.lock) for a in graph.assumptions),
            cuts=(),
            faults=(),
            assertions=(),
            observations=(),
            condition=TRUE,
            filter=TRUE,
            cells={address: name for address, (name, _, _) in self._cells.items()},
            cell_types={address: type_ for address, (_, type_, _) in self._cells.items()},
        )
        return Freed(freed, self._number, {self._number[id_]: found[1] for id_, found in where.items()}, self._places)

    # ── events ───────────────────────────────────────────────────────────────────────────────────

    def _initial(self, number: int, address: int) -> Event:
        _, type_, value = self._cells[address]
        where = constant(address, ADDRESS)
        return Event(
            number, INITIAL, EventKind.WRITE, frozenset(), TRUE, where, constant(value, type_), type_, None, None
        )

    def _event(self, event: Event, where: tuple[Term, Place] | None) -> Event:
        number = self._number[event.id]
        value = event.value
        if event.kind is EventKind.READ and event.type is not None:
            value = read(number, event.type)
        elif value is not None and event.id not in self._locks:
            value = constant(0, value.type)
        return replace(
            event,
            id=number,
            guard=self._freed(event.guard),
            address=where[0] if where is not None else None,
            value=value,
        )

    def _dependencies(self, items: tuple[Dependency, ...]) -> tuple[Dependency, ...]:
        return tuple(
            Dependency(self._number[item.source], self._number[item.target], self._freed(item.condition))
            for item in items
        )

    # ── addresses ────────────────────────────────────────────────────────────────────────────────

    def _address(self, event: Event) -> tuple[Term, Place]:
        """Where an access is: one of the places it may lead to, or, where any element is meant, its own."""
        assert event.address is not None
        thread = event.thread if self._each(event.address) else None
        known = self._addresses.get((event.address, thread))
        if known is not None:
            return known
        place = self._places.of(event.address)
        cells = sorted(place.starts)
        type_ = event.type or INT
        if place.indexed:
            # Any two of them may be the same element, and yet none that is accessed by a constant index.
            cells += [_ANY + cell for cell in cells if cell in self._fixed]
        for cell in cells:
            self._cell(cell, type_)
        if place.indexed:
            cells.append(self._own(type_))
        term: Term = constant(cells[0], ADDRESS)
        if len(cells) > 1:
            term = choice(self._fresh(), tuple(cells), ADDRESS)
        if (event.address.support or thread is not None) and not place.indexed:
            own = self._own(type_)
            term = operation(
                Operator.ITE, (self._elsewhere(event.address, thread), constant(own, ADDRESS), term), ADDRESS
            )
        self._addresses[event.address, thread] = term, place
        return term, place

    def _each(self, address: Term) -> bool:
        """Whether it is the address of something that each CPU has one of."""
        found = self._places.object_at(address.number) if address.kind is Kind.CONSTANT else None
        return found is not None and found[0] in self._per_cpu

    def _own(self, type_: IntType) -> int:
        """A new cell that nobody else touches."""
        own = _OWN + 64 * len(self._addresses)
        self._cells[own] = (f"element {len(self._addresses)}", type_, 0)
        return own

    def _elsewhere(self, address: Term, thread: int | None) -> Term:
        """BOOL: a pointer that is read leads to another object than the one that all look at. Of one pointer, all that
        is reached through it is there or here; what two of them lead to need not be the same."""
        pointer = _pointer(address)
        if thread is not None:
            found = self._places.object_at(address.number)
            assert found is not None
            pointer = constant(address.number - found[1], ADDRESS)
        if (pointer, thread) not in self._elsewheres:
            self._elsewheres[pointer, thread] = choice(self._fresh(), (0, 1), BOOL)
        return self._elsewheres[pointer, thread]

    def _cell(self, address: int, type_: IntType) -> None:
        if address not in self._cells:
            named = address - _ANY if address >= _ANY else address
            name = self._graph.cells.get(named, f"{named:#x}")
            self._cells[address] = (name, self._graph.cell_types.get(named, type_), 0)

    # ── conditions ───────────────────────────────────────────────────────────────────────────────

    def _assumed(self, condition: Term) -> Term:
        """What is assumed, freed. It counts behind loops too that would run more often: what follows is there."""
        return self._freed(self._uncut(condition))

    def _uncut(self, condition: Term) -> Term:
        known = self._counting.get(condition)
        if known is None:
            parts = condition.operands
            if condition.type != BOOL or condition.payload not in (Operator.NOT, Operator.LAND, Operator.LOR):
                known = condition
            elif condition.payload is Operator.NOT:
                known = negate(self._uncut(parts[0]))
            else:
                join = both if condition.payload is Operator.LAND else either
                known = join(self._uncut(parts[0]), self._uncut(parts[1]))
            self._counting[condition] = known
        return known

    def _freed(self, condition: Term) -> Term:
        """A condition with each question about values as a choice; what is asked of locks stays."""
        known = self._guards.get(condition)
        if known is None:
            known = self._guards[condition] = self._compute(condition)
        return known

    def _compute(self, condition: Term) -> Term:
        if condition in (TRUE, FALSE) or condition.kind is Kind.CONSTANT:
            return condition
        if condition.kind is Kind.OPERATION and condition.type == BOOL:
            parts = condition.operands
            if condition.payload is Operator.NOT:
                return negate(self._freed(parts[0]))
            if condition.payload is Operator.LAND:
                return both(self._freed(parts[0]), self._freed(parts[1]))
            if condition.payload is Operator.LOR:
                return either(self._freed(parts[0]), self._freed(parts[1]))
        if isinstance(condition.payload, frozenset) and condition.operands[0] in self._accessed:
            return TRUE  # an access runs where its branch does: one that leads nowhere ends the run, locks and all
        if self._of_locks(condition):
            return self._renumbered(condition)
        if condition.kind is Kind.OPERATION and condition.payload in (Operator.NE, Operator.GE, Operator.GT):
            other = {Operator.NE: Operator.EQ, Operator.GE: Operator.LT, Operator.GT: Operator.LE}[condition.payload]
            return negate(self._freed(operation(other, condition.operands, BOOL)))
        if condition not in self._atoms:
            self._atoms[condition] = choice(self._fresh(), (0, 1), BOOL)
        return self._atoms[condition]

    def _of_locks(self, condition: Term) -> bool:
        """Whether it speaks of locks alone: of what their reads return, or of which outcome a primitive has."""
        return bool(condition.support) and all(
            leaf.kind is Kind.READ and leaf.number in self._locks for leaf in condition.support
        )

    def _renumbered(self, term: Term) -> Term:
        if term.kind is Kind.READ:
            return read(self._number[term.number], term.type)
        if not term.operands:
            return term
        parts = tuple(self._renumbered(part) for part in term.operands)
        if isinstance(term.payload, frozenset):
            return member(parts[0], term.payload)
        assert isinstance(term.payload, Operator)
        return operation(term.payload, parts, term.type)

    def _fresh(self) -> int:
        self._count += 1
        return FIRST_CHOICE + self._count - 1


def _pointer(address: Term) -> Term:
    """What a constant is added to in an address; the address itself where more was computed."""
    found = address
    while found.kind is Kind.OPERATION and found.payload in (Operator.ADD, Operator.CAST):
        parts = [operand for operand in found.operands if operand.support]
        if len(parts) != 1:
            return address
        found = parts[0]
    return found


_PER_CPU = re.compile(
    r"\b(?:(?:DEFINE|DECLARE)_PER_CPU\w*\s*\([^,;]*,\s*|\w*(?:this_cpu|per_cpu|raw_cpu|get_cpu)_?\w*\s*\(\s*&?\s*)(\w+)"
)


def _per_cpu(graph: EventGraph) -> frozenset[str]:
    """The names of variables that each CPU has one of, as the files say that the accesses are in."""
    files = {event.span.file.name: event.span.file.text for event in graph.events if event.span is not None}
    return frozenset(match[1] for text in files.values() for match in _PER_CPU.finditer(text))
