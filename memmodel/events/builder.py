"""Draft events become an event graph: numbering, dependencies, and which accesses may miss every cell."""

from __future__ import annotations

from memmodel.errors import Unsupported
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
from memmodel.events.values import Values, ValueSets, possible_values
from memmodel.program.ir import Address, Object, Operator
from memmodel.program.types import ADDRESS, BOOL, ArrayType, IntType, StructType, Type, scalar
from memmodel.records import dataclass, replace
from memmodel.source import Span

MOST_EVENTS = 20_000


@dataclass(frozen=True)
class Cell:
    """A scalar of a shared object: where it lies, what it is called and what it holds at first."""

    address: int
    name: str
    type: IntType
    initial: int
    span: Span | None


def cells_of(objects: tuple[Object, ...], addresses: dict[str, int]) -> dict[int, Cell]:
    """Every scalar element of every object, by address, in ascending order; of a union's members the first."""
    found: dict[int, Cell] = {}

    def add(item: Object, type_: Type, offset: int, name: str) -> None:
        if isinstance(type_, ArrayType):
            for index in range(type_.length):
                add(item, type_.element, offset + index * type_.element.size, f"{name}[{index}]")
        elif isinstance(type_, StructType):
            for part in type_.fields:
                add(item, part.type, offset + part.offset, f"{name}.{part.name}")
        else:
            initial = item.initial.get(offset)
            if isinstance(initial, Address):
                value = addresses[initial.object] + initial.offset
            else:
                value = initial.value if initial is not None else 0
            where = addresses[item.name] + offset
            cell = Cell(where, name, scalar(type_), scalar(type_).wrap(value), item.span)
            found.setdefault(where, cell)

    for item in objects:
        add(item, item.type, 0, item.name)
    return found


@dataclass(frozen=True)
class Reach:
    """An access that is checked in the end: `events` are at `address`, when `guard` holds."""

    events: tuple[int, ...]
    address: Term
    guard: Term
    thread: int
    span: Span


class Builder:
    """Collects the events of all threads. `written` are the cells that get an initial write."""

    def __init__(self, cells: dict[int, Cell], written: frozenset[int]) -> None:
        self.cells = cells
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

    def settle(self) -> frozenset[int]:
        """Make every access keep to cells, with faults where it may not, and say which cells are accessed."""
        inside = frozenset(self.cells)
        values: ValueSets | None = None
        accessed: set[int] = set()
        for reach in self.reaches:
            places: Values
            if reach.address.value is not None:
                places = frozenset((reach.address.value,))
            else:
                values = values or possible_values(self.events, inside)
                places = values.of(reach.address)
            accessed |= inside if places is None else places & inside
            if places is None or not places <= inside:
                self._confine(reach, places, inside)
        return frozenset(accessed)

    def _confine(self, reach: Reach, places: Values, inside: frozenset[int]) -> None:
        fits = member(reach.address, inside if places is None else inside & places)
        for number in reach.events:
            event = self.events[number]
            self.events[number] = replace(event, guard=both(event.guard, fits))
        null = operation(Operator.EQ, (reach.address, constant(0, reach.address.type)), BOOL)
        if places is not None and 0 not in places:
            null = FALSE
        outside = FALSE if places is not None and places <= inside | {0} else both(negate(fits), negate(null))
        for kind, condition in ((FaultKind.NULL, null), (FaultKind.OUT_OF_BOUNDS, outside)):
            condition = both(reach.guard, condition)
            if condition is not FALSE:
                self.faults.append(Fault(kind, condition, reach.thread, reach.span))
