"""Draft events become an event graph: numbering, dependencies, and which accesses may miss every cell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from memmodel.errors import Unsupported
from memmodel.events.areas import POISON, Areas, Cell, Touch
from memmodel.events.dependencies import NONE, Local, Sources
from memmodel.events.graph import (
    INITIAL,
    Assertion,
    Assumption,
    Cut,
    Dependency,
    Event,
    EventKind,
    Fault,
    FaultKind,
)
from memmodel.events.terms import FALSE, TRUE, Term, both, choice, constant, member, negate, operation, read
from memmodel.events.values import Values, ValueSets, possible_values, reachable_values
from memmodel.program.ir import Operator
from memmodel.program.types import ADDRESS, BOOL, IntType
from memmodel.records import dataclass, replace
from memmodel.source import Span

MOST_EVENTS = 20_000


@dataclass(frozen=True)
class Reach:
    """An access that is checked in the end: `events` are at `address`, when `guard` holds."""

    events: tuple[int, ...]
    address: Term
    guard: Term
    thread: int
    span: Span


class Builder:
    """Collects the events of all threads. `written` are cells that get an initial write. `areas`: where objects lie,
    in programs whose accesses have the size of their type."""

    def __init__(self, cells: dict[int, Cell], written: frozenset[int], areas: Areas | None = None) -> None:
        self.cells = cells
        self.exact = areas is not None
        self._areas = areas
        self._written = written
        self.events: list[Event] = []
        self.literals: list[frozenset[Term]] = []
        self.rmw: list[tuple[int, int]] = []
        self.addr: list[Dependency] = []
        self.data: list[Dependency] = []
        self.ctrl: list[Dependency] = []
        self.assumptions: list[Assumption] = []
        self.cuts: list[Cut] = []
        self.faults: list[Fault] = []
        self.assertions: list[Assertion] = []
        self.reaches: list[Reach] = []
        self.choices = 0
        for cell in cells.values():
            if cell.address in written:
                self._add_initial(cell)

    def _add_initial(self, cell: Cell) -> None:
        where, value = constant(cell.address, ADDRESS), constant(cell.initial, cell.type)
        number = len(self.events)
        self.events.append(
            Event(number, INITIAL, EventKind.WRITE, frozenset(), TRUE, where, value, cell.type, None, cell.span)
        )
        self.literals.append(frozenset())

    def choose(self, values: tuple[int, ...], type_: IntType) -> Term:
        """A new CHOICE term."""
        self.choices += 1
        return choice(self.choices - 1, values, type_)

    def add(
        self,
        thread: int,
        kind: EventKind,
        tags: frozenset[str],
        guard: Term,
        literals: frozenset[Term],
        control: Sources,
        span: Span,
        address: Local | None = None,
        value: Local | None = None,
        type_: IntType | None = None,
    ) -> int:
        """A new event with its dependencies; its number. A read's value is made here."""
        number = len(self.events)
        if number >= MOST_EVENTS:
            hint = "give a smaller loop bound"
            raise Unsupported(f"the program unrolls to more than {MOST_EVENTS} events", span, hint)
        term = value.term if value is not None else None
        if kind is EventKind.READ:
            assert type_ is not None
            term = read(number, type_)
        where = address.term if address is not None else None
        self.events.append(Event(number, thread, kind, tags, guard, where, term, type_, None, span))
        self.literals.append(literals)
        self._depend(self.addr, address.data if address is not None else NONE, number)
        self._depend(self.data, value.data if value is not None else NONE, number)
        self._depend(self.ctrl, control, number)
        return number

    def _depend(self, into: list[Dependency], sources: Sources, target: int) -> None:
        """Dependencies from `sources` to the event `target`, whose own execution may imply their condition."""
        implied = self.literals[target]
        for source, when in sources.items():
            if when is not FALSE:
                into.append(Dependency(source, target, TRUE if when in implied else when))

    def settle(self, found: Sequence[Values] | None = None) -> frozenset[int]:
        """Make every access keep to cells, with faults where it may not, and say which cells are accessed. `found`:
        where each may be, if a draft of the same events has found that."""
        if found is not None:
            self.places = found
        accessed: set[int] = set()
        for reach, places in zip(self.reaches, self.places, strict=True):
            inside = self._inside(reach)
            accessed |= inside if places is None else places & inside
            if places is None or not places <= inside:
                self._confine(reach, places, inside)
            if self._unwritten:
                self._check_written(reach, places)
        return frozenset(accessed)

    def touches(self) -> list[Touch]:
        """Where accesses may be, and how large they are; what may be anywhere may be at any cell of its size."""
        found = []
        for reach, places in zip(self.reaches, self.places, strict=True):
            type_ = self.events[reach.events[0]].type
            assert type_ is not None
            found.append(Touch(self._inside(reach) if places is None else places, type_, reach.span))
        return found

    def value_sets(self) -> ValueSets:
        """The values that terms may have, as far as the program is known now."""
        inside = frozenset(self.cells)
        if not self.exact:
            return possible_values(self.events, inside)
        initial = {at: cell.initial for at, cell in self.cells.items() if at not in self._written}
        return reachable_values(self.events, inside, initial)

    @cached_property
    def _values(self) -> ValueSets:
        return self.value_sets()

    @cached_property
    def _every(self) -> frozenset[int]:
        return frozenset(self.cells)

    @cached_property
    def _unwritten(self) -> dict[int, Cell]:
        return {at: cell for at, cell in self.cells.items() if cell.unwritten}

    @cached_property
    def _by_size(self) -> dict[int, frozenset[int]]:
        found: dict[int, set[int]] = {}
        for at, cell in self.cells.items():
            found.setdefault(cell.type.size, set()).add(at)
        return {size: frozenset(places) for size, places in found.items()}

    def _inside(self, reach: Reach) -> frozenset[int]:
        """The cells that an access can be to at all."""
        type_ = self.events[reach.events[0]].type
        if not self.exact or type_ is None:
            return self._every
        return self._by_size.get(type_.size, frozenset())

    @cached_property
    def places(self) -> Sequence[Values]:
        """For each access where it may be, cell or not; None: anywhere."""
        known = [reach.address.value for reach in self.reaches]
        return [
            self._values.of(reach.address) if where is None else frozenset((where,))
            for reach, where in zip(self.reaches, known, strict=True)
        ]

    def _check_written(self, reach: Reach, places: Values) -> None:
        """A read that may see what was never written is a fault where it does."""
        cells = [cell for at, cell in self._unwritten.items() if places is None or at in places]
        for number in reach.events:
            event = self.events[number]
            if event.kind is not EventKind.READ or event.type is None:
                continue
            hit = [cell.address for cell in cells if cell.type.size == event.type.size]
            if hit:
                poison = constant(event.type.wrap(POISON), event.type)
                seen = operation(Operator.EQ, (read(number, event.type), poison), BOOL)
                condition = both(event.guard, both(member(reach.address, frozenset(hit)), both(reach.guard, seen)))
                self.faults.append(Fault(FaultKind.UNWRITTEN, condition, reach.thread, reach.span))

    def _mixed(self, reach: Reach, places: Values, inside: frozenset[int]) -> frozenset[int]:
        """Where an access would be to bytes of an object that are no cell of its size."""
        type_ = self.events[reach.events[0]].type
        if self._areas is None or type_ is None or places is None:
            return frozenset()
        areas = self._areas
        return frozenset(at for at in places - inside if areas.holds(at, type_.size))

    def _confine(self, reach: Reach, places: Values, inside: frozenset[int]) -> None:
        fits = member(reach.address, inside if places is None else inside & places)
        for number in reach.events:
            event = self.events[number]
            self.events[number] = replace(event, guard=both(event.guard, fits))
        null = operation(Operator.EQ, (reach.address, constant(0, reach.address.type)), BOOL)
        if places is not None and 0 not in places:
            null = FALSE
        mixed = self._mixed(reach, places, inside)
        known = inside | {0} | mixed
        missed = both(negate(fits), negate(null))
        part = member(reach.address, mixed) if mixed else FALSE
        outside = FALSE if places is not None and places <= known else both(missed, negate(part))
        kinds = ((FaultKind.NULL, null), (FaultKind.MIXED, part), (FaultKind.OUT_OF_BOUNDS, outside))
        for kind, condition in kinds:
            condition = both(reach.guard, condition)
            if condition is not FALSE:
                self.faults.append(Fault(kind, condition, reach.thread, reach.span))
