"""The event graph: everything that may happen in a bounded program, before any model is asked.

Events are numbered 0 … n-1: first one initial write per cell (thread -1), then each thread's events
in program order, thread after thread. Guards, addresses and values are terms over what reads
return, so one graph stands for all paths: nothing is enumerated here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from itertools import groupby

from memmodel.events.terms import TRUE, Term
from memmodel.program.ir import Program, Undefined, layout
from memmodel.program.types import LONG, IntType
from memmodel.records import dataclass, field
from memmodel.source import Span

INITIAL = -1
"""The thread of initial writes."""

LOCK_TAGS = frozenset(("LKR", "LKW", "UL", "LF", "RL", "RU"))
"""The tags of what spinlock primitives do."""


class EventKind(Enum):
    READ = "R"
    WRITE = "W"
    FENCE = "F"


@dataclass(frozen=True)
class Event:
    """`guard` (BOOL): executed or not. `address`: of the cell, None for a fence without one.
    `value`: what a write stores; for a read its own READ term; None for a fence. `tags` are the
    annotations as the model's bell file spells them ('once', 'rcu-lock', and for locks 'LKR', 'LKW' …)."""

    id: int
    thread: int
    kind: EventKind
    tags: frozenset[str]
    guard: Term
    address: Term | None
    value: Term | None
    type: IntType | None
    size: int | None
    """Bytes accessed; None: the whole cell at that address, whatever its size."""
    span: Span | None = field(compare=False)


@dataclass(frozen=True)
class Dependency:
    """A syntactic dependency from a read to a later event of its thread. It is there when both are
    executed and `condition` (BOOL) holds: a local assigned in one arm of an if carries it only on that path."""

    source: int
    target: int
    condition: Term = TRUE


@dataclass(frozen=True)
class Mark:
    """An annotation that an event has besides its tags where `condition` (BOOL) holds: how an analysis asks about many
    strengths of an access at once. The unroller makes none."""

    event: int
    tag: str
    condition: Term


@dataclass(frozen=True)
class Cut:
    """Where a loop would go on past its bound: `condition` (BOOL) says when."""

    condition: Term
    span: Span
    awaits: bool = False
    """The loop only waits, and was given as many iterations as can tell anything: no verdict leans on the bound."""


class FaultKind(Enum):
    NULL = "NULL dereference"
    OUT_OF_BOUNDS = "access outside every object"
    MIXED = "access to parts of what is stored as a whole"
    """No fault of the program: the event graph has no such accesses, and cannot tell what would be read."""
    INDEX = Undefined.INDEX.value
    SHIFT = Undefined.SHIFT.value
    DIVISION = "division by zero"
    UNWRITTEN = "read of what was never written"


@dataclass(frozen=True)
class Fault:
    kind: FaultKind
    condition: Term
    thread: int
    span: Span


@dataclass(frozen=True)
class Assertion:
    """`failed` (BOOL) says when the assertion is reached and does not hold."""

    failed: Term
    message: str
    thread: int
    span: Span


@dataclass(frozen=True)
class Assumption:
    """`condition` (BOOL) holds in every complete execution. `lock` marks those that say that a lock was
    found free: where they cannot be met the program deadlocks."""

    condition: Term
    span: Span | None
    lock: bool = False


@dataclass(frozen=True)
class Observation:
    """A final value that states list; `whole` names the array that it is listed with."""

    label: str
    value: Term
    pointer: bool
    whole: str = ""


@dataclass(frozen=True, eq=False)
class EventGraph:
    program: Program
    events: tuple[Event, ...]
    rmw: tuple[tuple[int, int], ...]
    """(read, write) pairs; one is in the relation when both are executed."""
    addr: tuple[Dependency, ...]
    data: tuple[Dependency, ...]
    ctrl: tuple[Dependency, ...]
    assumptions: tuple[Assumption, ...]
    cuts: tuple[Cut, ...]
    faults: tuple[Fault, ...]
    assertions: tuple[Assertion, ...]
    observations: tuple[Observation, ...]
    condition: Term
    """BOOL, over READ and FINAL terms: the quantified condition."""
    filter: Term
    cells: dict[int, str]
    """Address to name (`x`, `a[1]`) of every cell."""
    cell_types: dict[int, IntType]
    marks: tuple[Mark, ...] = ()

    @cached_property
    def threads(self) -> int:
        return len(self.program.threads)

    @cached_property
    def by_thread(self) -> dict[int, tuple[Event, ...]]:
        groups: dict[int, list[Event]] = {INITIAL: []}
        for event in self.events:
            groups.setdefault(event.thread, []).append(event)
        return {thread: tuple(events) for thread, events in groups.items()}

    @cached_property
    def _names(self) -> dict[int, str]:
        """What addresses are called: where an object or an inner array begins, it is what the address names."""
        names = {address: _of_start(name) for address, name in self.cells.items()}
        starts = layout(self.program.objects)
        return names | {start: name for name, start in starts.items() if start in names}

    def show(self, value: int, pointer: bool) -> str:
        """A value as states print it: an address by name where addresses are meant, and what else a pointer may hold
        as a number with its sign."""
        if value in self._names and (pointer or value >= 0x10000):
            return self._names[value]
        return str(LONG.wrap(value) if pointer else value)

    def state(self, value: Callable[[Term], int]) -> tuple[tuple[str, str], ...]:
        """What is observed of an execution in which terms have the values `value`: labels, and values as states print
        them. An array that is observed as one has its elements in braces."""
        shown: list[tuple[str, str]] = []
        for whole, group in groupby(self.observations, lambda o: o.whole):
            values = [(o.label, self.show(value(o.value), o.pointer)) for o in group]
            shown.extend([(whole, f"{{{','.join(text for _, text in values)}}}")] if whole else values)
        return tuple(shown)


def _of_start(name: str) -> str:
    """What begins at the cell of this name: of `a[1][0]` it is `a[1]`."""
    while name.endswith("[0]"):
        name = name[:-3]
    return name
