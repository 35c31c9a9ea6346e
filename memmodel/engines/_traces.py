"""What one thread may do by itself: guesses for what its reads return go in, its traces come out.

A trace fixes which events of a thread run, where they access and which values they see and store. Whether
somebody stored the values that it saw is asked later, when traces of all threads are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from memmodel.errors import EngineError, Unsupported
from memmodel.events.graph import INITIAL, Assumption, Event, EventGraph, EventKind
from memmodel.events.terms import Kind, Term, evaluate
from memmodel.events.values import Values, reachable_values
from memmodel.program.types import IntType
from memmodel.records import dataclass, field

MOST_EVENTS = 500
"""Of a program."""

MOST_TRACES = 200_000
"""Of one thread; past them the program is too large to be listed."""

Alive = Callable[[], None]
"""Called now and then; raises when time is up."""

Key = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Access:
    """A read or write of a trace, with the value it saw or stored; `partner` is the other half of a read-modify-write
    that takes place."""

    event: int
    thread: int
    write: bool
    value: int
    type: IntType
    partner: int | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """One way through a thread. `accesses` by cell in program order, and `keys` their (event, value) pairs; `needs`
    are the stored values of which each read needs one at its cell; `cut` and `faults` (by number) say why an
    execution with this trace would not be complete."""

    executed: int
    accesses: dict[int, tuple[Access, ...]]
    keys: dict[int, Key]
    needs: tuple[tuple[int, frozenset[int]], ...]
    gives: frozenset[tuple[int, int]]
    choices: tuple[tuple[int, int], ...]
    cut: bool
    bounded: bool
    """Cut off at a loop that does more than wait."""
    faults: tuple[int, ...]


class Memory:
    """Which values each cell may hold, and which threads store there, whatever guards and assumptions say: values may
    depend on each other in a circle, where the circle goes through decisions."""

    def __init__(self, graph: EventGraph, coherent: bool) -> None:
        self.coherent = coherent
        initial = graph.by_thread[INITIAL]
        cells = frozenset(event.address.number for event in initial if event.address is not None)
        found = reachable_values(graph.events, cells)
        self.values: dict[int, Values] = {cell: found.stored(cell) for cell in cells}
        self.writers: dict[int, set[int]] = {cell: set() for cell in cells}
        for event in graph.events:
            if event.kind is EventKind.WRITE and event.thread != INITIAL:
                for cell in found.places(event):
                    self.writers[cell].add(event.thread)

    def candidates(self, cell: int, event: Event, own: list[tuple[int, Access]]) -> Iterable[int]:
        """The stored values that a read of `cell` may meet, after its thread's `own` accesses. Where nobody else stores
        and the model is coherent, it is the last of its own. Raises Unsupported where there are too many."""
        if self.coherent and self.writers[cell] <= {event.thread}:
            for where, access in reversed(own):
                if where == cell:
                    return (access.value,)
        values = self.values[cell]
        if values is None:
            hint = "use the smt engine"
            raise Unsupported("too many values may be read here to list them all", event.span, hint)
        return values


@dataclass
class _State:
    """Half a trace."""

    executed: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    accesses: list[tuple[int, Access]] = field(default_factory=list)
    needs: list[tuple[int, frozenset[int]]] = field(default_factory=list)
    choices: dict[int, int] = field(default_factory=dict)
    memo: dict[Term, int] = field(default_factory=dict)

    def copy(self) -> _State:
        return _State(
            self.executed,
            dict(self.seen),
            list(self.accesses),
            list(self.needs),
            dict(self.choices),
            dict(self.memo),
        )

    def value(self, term: Term) -> int:
        return evaluate(term, self._leaf, self.memo)

    def _leaf(self, term: Term) -> int:
        if term.kind is Kind.CHOICE:
            return self.choices[term.choice[0]]
        return term.type.wrap(self.seen[term.number])


class ThreadPlan:
    """A thread's events in the order in which they are decided, and what is checked after each."""

    def __init__(self, graph: EventGraph, thread: int, extra: frozenset[Term], locks: bool) -> None:
        """`extra` are choices for this thread to make though none of its events mentions them; without `locks`, a
        lock may be taken while it is held."""
        self.thread = thread
        self.partner = dict(graph.rmw) | {w: r for r, w in graph.rmw}
        events = graph.by_thread.get(thread, ())
        # Fences come last: those around a read-modify-write rest on a read that stands after the first of them.
        self.events = [e for e in events if e.kind is not EventKind.FENCE]
        self.fences = [e for e in events if e.kind is EventKind.FENCE]
        end = len(self.events)
        position = {e.id: i + 1 for i, e in enumerate(self.events)}
        self.choices: list[list[Term]] = []
        for event in self.events:
            known = {t for terms in self.choices for t in terms}
            self.choices.append(sorted(choices_of((event,)) - known, key=lambda t: t.choice))
        self.choices.append(sorted(extra | choices_of(self.fences) - choices_of(self.events), key=lambda t: t.choice))
        decided = {t.choice[0]: i for i, terms in enumerate(self.choices) for t in terms}

        def ready(term: Term) -> int | None:
            """After how many events all that `term` rests on is known; None if it is another thread's."""
            if not term.support:
                return end if thread == 0 else None
            places = [position.get(t.number) if t.kind is Kind.READ else decided.get(t.choice[0]) for t in term.support]
            return None if None in places else max(p for p in places if p is not None)

        self.checks: list[list[Assumption]] = [[] for _ in range(end + 1)]
        for assumption in graph.assumptions:
            place = ready(assumption.condition)
            if place is not None and (locks or not assumption.lock):
                self.checks[place].append(assumption)
        self.cuts = [c for c in graph.cuts if ready(c.condition) is not None]
        self.faults = [(i, f.condition) for i, f in enumerate(graph.faults) if f.thread == thread]

    def traces(self, memory: Memory, alive: Alive) -> list[Trace]:
        """All traces in which each read returns a value that its cell may hold. Raises Unsupported where they are
        too many."""
        found: list[Trace] = []
        for trace in self._from(0, _State(), memory, alive):
            found.append(trace)
            if len(found) > MOST_TRACES:
                span = self.events[0].span
                hint = "use the smt engine"
                raise Unsupported("this thread has too many traces to list them all", span, hint)
        return found

    def _from(self, place: int, state: _State, memory: Memory, alive: Alive) -> Iterator[Trace]:
        """Go on from the event number `place`; a copy of the state for each branch."""
        while True:
            for term in self.choices[place]:
                number, values = term.choice
                if number not in state.choices:
                    for value in values:
                        branch = state.copy()
                        branch.choices[number] = value
                        yield from self._from(place, branch, memory, alive)
                    return
            if not self._holds(self.checks[place], state):
                return
            if place == len(self.events):
                yield self._finish(state)
                return
            branches = self._event(self.events[place], state, memory)
            place += 1
            if len(branches) > 1:
                alive()
            for branch in branches[1:]:
                yield from self._from(place, branch, memory, alive)
            state = branches[0]

    def _holds(self, checks: list[Assumption], state: _State) -> bool:
        """Whether all assumptions hold; after a fault they need not."""
        return all(state.value(a.condition) for a in checks) or any(
            all(t.kind is Kind.CHOICE or t.number in state.seen for t in fault.support) and state.value(fault)
            for _, fault in self.faults
        )

    def _event(self, event: Event, state: _State, memory: Memory) -> list[_State]:
        """The states after `event`: one for each value that it may return."""
        if not state.value(event.guard):
            if event.kind is EventKind.READ:
                state.seen[event.id] = 0
            return [state]
        assert event.address is not None and event.value is not None and event.type is not None
        cell = state.value(event.address)
        if cell not in memory.values:
            raise EngineError(f"event {event.id} accesses {cell:#x}, where no cell is", event.span)
        state.executed |= 1 << event.id
        partner = self.partner.get(event.id)
        if event.kind is EventKind.WRITE:
            value = state.value(event.value)
            state.accesses.append((cell, Access(event.id, self.thread, True, value, event.type, partner)))
            return [state]
        returned: dict[int, set[int]] = {}
        for stored in memory.candidates(cell, event, state.accesses):
            returned.setdefault(event.type.wrap(stored), set()).add(stored)
        branches = []
        for value, stored_values in sorted(returned.items()):
            branch = state.copy() if len(returned) > 1 else state
            branch.seen[event.id] = value
            branch.accesses.append((cell, Access(event.id, self.thread, False, value, event.type, partner)))
            branch.needs.append((cell, frozenset(stored_values)))
            branches.append(branch)
        return branches

    def _finish(self, state: _State) -> Trace:
        for fence in self.fences:
            if state.value(fence.guard):
                state.executed |= 1 << fence.id
        accesses: dict[int, tuple[Access, ...]] = {}
        for cell, access in state.accesses:
            if access.partner is not None and not state.executed >> access.partner & 1:
                access = Access(access.event, access.thread, access.write, access.value, access.type)
            accesses[cell] = (*accesses.get(cell, ()), access)
        cuts = [cut for cut in self.cuts if state.value(cut.condition)]
        return Trace(
            state.executed,
            accesses,
            {cell: tuple((a.event, a.value) for a in items) for cell, items in accesses.items()},
            tuple(dict.fromkeys(state.needs)),
            frozenset((cell, access.value) for cell, access in state.accesses if access.write),
            tuple(sorted(state.choices.items())),
            bool(cuts),
            any(not cut.awaits for cut in cuts),
            tuple(number for number, fault in self.faults if state.value(fault)),
        )


def choices_of(events: Iterable[Event]) -> frozenset[Term]:
    """The CHOICE terms that decide about `events`."""
    terms = (term for e in events for term in (e.guard, e.address, e.value) if term is not None)
    return frozenset(t for term in terms for t in term.support if t.kind is Kind.CHOICE)


def unclaimed_choices(graph: EventGraph) -> frozenset[Term]:
    """Choices that decide about no event, only about conditions."""
    terms = [graph.condition, graph.filter]
    terms += [part.condition for parts in (graph.assumptions, graph.cuts, graph.faults) for part in parts]
    terms += [observation.value for observation in graph.observations]
    terms += [assertion.failed for assertion in graph.assertions]
    every = frozenset(t for term in terms for t in term.support if t.kind is Kind.CHOICE)
    return every - choices_of(graph.events)


def all_traces(graph: EventGraph, coherent: bool, locks: bool, alive: Alive) -> list[list[Trace]]:
    """For each thread, every trace that some execution may contain, and some that none contains. Without `locks`, a
    lock may be taken while it is held. Raises Unsupported where a thread has too many."""
    if len(graph.events) > MOST_EVENTS:
        hint = "use the smt engine"
        raise Unsupported(f"more than {MOST_EVENTS} events are too many to list all executions", None, hint)
    extra = unclaimed_choices(graph)
    memory = Memory(graph, coherent)
    traces: list[list[Trace]] = []
    for thread in range(max(graph.threads, 1)):
        plan = ThreadPlan(graph, thread, extra if thread == 0 else frozenset(), locks)
        traces.append(plan.traces(memory, alive))
    return _supported(graph, traces)


def _supported(graph: EventGraph, traces: list[list[Trace]]) -> list[list[Trace]]:
    """Without the traces that see a value which no other trace, and no initial write, stores."""
    while True:
        given = {pair for part in traces for trace in part for pair in trace.gives}
        for event in graph.by_thread[INITIAL]:
            assert event.address is not None and event.value is not None
            given.add((event.address.number, event.value.number))
        kept = [[t for t in part if all(_met(need, given) for need in t.needs)] for part in traces]
        if [len(part) for part in kept] == [len(part) for part in traces]:
            return kept
        traces = kept


def _met(need: tuple[int, frozenset[int]], given: set[tuple[int, int]]) -> bool:
    cell, values = need
    return any((cell, value) in given for value in values)
