"""The explicit engine: an event graph and a model in, every execution looked at, a Result out.

This is the living definition of what an answer means. It shares no search code with the other engine: it lists
each thread's traces, puts them together, orders the accesses of each cell in every way, and asks the concrete
evaluator about each execution. Only two axioms, where the model has them, prune the list: coherence and atomicity.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from memmodel.cat.evaluate import Evaluation, evaluation_of, frame_of
from memmodel.cat.frame import Frame
from memmodel.cat.terms import Model
from memmodel.engines._coherence import Way, is_atomic, is_coherent, ways
from memmodel.engines._traces import Access, Key, Trace, all_traces
from memmodel.engines.base import Request, without_lock_axioms
from memmodel.events.execution import Execution, NotAnExecution, Replay, replay
from memmodel.events.graph import INITIAL, EventGraph
from memmodel.events.terms import Kind
from memmodel.program.ir import Operator
from memmodel.result import Note, Observation, Result, State, Witness

Candidate = tuple[Execution, tuple[Trace, ...]]

MOST_FRAMES = 200
"""Kept at a time."""


class _OutOfTime(Exception):
    pass


class EnumerateEngine:
    """Lists all executions of small programs."""

    name = "enumerate"

    def run(self, graph: EventGraph, model: Model, request: Request) -> Result:
        """Decide `graph` under `model` by looking at every execution. Raises Unsupported where a thread alone has
        too many traces.

        Only complete executions count. `cut` says that an execution which meets all assumptions, has no fault and is
        allowed would have passed a loop's bound; faults are those of allowed executions. With no execution at all,
        it is a deadlock if there are some once locks may be taken while they are held.
        """
        begun = time.monotonic()
        deadline = None if request.timeout is None else begun + request.timeout
        findings = _Findings(graph, model)
        timed_out = False
        try:
            search = _Search(graph, model, True, deadline)
            for candidate in search.candidates(findings):
                findings.look_at(candidate)
            deadlock = not findings.keys and _has_execution(graph, model, deadline)
        except _OutOfTime:
            timed_out, deadlock = True, False
        result = findings.result(request, deadlock)
        if timed_out:
            reason = f"the search did not finish within {request.timeout:g} s"
            result = replace(result, observation=None, timed_out=True, reason=reason, no_executions=False)
        return replace(result, seconds=time.monotonic() - begun)


def _has_execution(graph: EventGraph, model: Model, deadline: float | None) -> bool:
    """Whether there is an execution when locks may be taken while they are held."""
    if not any(assumption.lock for assumption in graph.assumptions):
        return False
    kept = tuple(assumption for assumption in graph.assumptions if not assumption.lock)
    relaxed, lockless = replace(graph, assumptions=kept), without_lock_axioms(model)
    findings = _Findings(relaxed, lockless)
    for candidate in _Search(relaxed, lockless, False, deadline).candidates(findings):
        findings.look_at(candidate)
        if findings.keys:
            return True
    return False


class _Search:
    """Lists the candidate executions of a graph."""

    def __init__(self, graph: EventGraph, model: Model, locks: bool, deadline: float | None) -> None:
        self.graph = graph
        self.deadline = deadline
        self.coherent = is_coherent(model)
        self.atomic = self.coherent and is_atomic(model)
        self.traces = all_traces(graph, self.coherent, locks, self.alive)
        self.initial: dict[int, Access] = {}
        self.given: frozenset[tuple[int, int]] = frozenset()
        for event in graph.by_thread[INITIAL]:
            assert event.address is not None and event.value is not None and event.type is not None
            value = event.value.number
            self.initial[event.address.number] = Access(event.id, INITIAL, True, value, event.type)
            self.given |= {(event.address.number, value)}
        self.start = sum(1 << access.event for access in self.initial.values())
        self.may_give = [frozenset().union(*(t.gives for t in part)) for part in self.traces]
        self.last: dict[int, int] = dict.fromkeys(self.initial, -1)
        """The last thread that may access each cell: once its trace is chosen, the cell's accesses are known."""
        for thread, part in enumerate(self.traces):
            for trace in part:
                for cell in trace.accesses:
                    self.last[cell] = thread
        self.guessed = _deciding_reads(graph)
        self._ways: dict[tuple[int, tuple[Key, ...]], list[Way]] = {}

    def alive(self) -> None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise _OutOfTime

    def candidates(self, findings: _Findings) -> Iterator[Candidate]:
        """All candidate executions, except incomplete ones of which nothing more is to be learnt."""
        for chosen in self._choose((), self.given, (), findings):
            cells = [self._ways_at(cell, chosen) for cell in self.initial]
            for choice in product(*cells):
                self.alive()
                yield self._execution(chosen, choice), chosen

    def _choose(
        self,
        chosen: tuple[Trace, ...],
        given: frozenset[tuple[int, int]],
        wanted: tuple[tuple[int, frozenset[int]], ...],
        findings: _Findings,
    ) -> Iterator[tuple[Trace, ...]]:
        """One trace for each further thread: every value that is seen is stored by somebody."""
        number = len(chosen)
        if number == len(self.traces):
            yield chosen
            return
        later = frozenset().union(*self.may_give[number + 1 :])
        for trace in self.traces[number]:
            self.alive()
            if not findings.wants(trace):
                continue
            stored = given | trace.gives
            missing = tuple(
                need for need in (*wanted, *trace.needs) if not any((need[0], value) in stored for value in need[1])
            )
            if any(not any((cell, value) in later for value in values) for cell, values in missing):
                continue
            extended = (*chosen, trace)
            if all(self._ways_at(cell, extended) for cell in trace.accesses if self.last[cell] == number):
                yield from self._choose(extended, stored, missing, findings)

    def _ways_at(self, cell: int, chosen: tuple[Trace, ...]) -> list[Way]:
        """The ways to order the accesses of the `chosen` traces to a cell."""
        key = (cell, tuple(trace.keys.get(cell, ()) for trace in chosen))
        found = self._ways.get(key)
        if found is None:
            threads = [trace.accesses[cell] for trace in chosen if cell in trace.accesses]
            found = ways(self.initial[cell], threads, self.coherent, self.atomic, self.alive)
            self._ways[key] = found
        return found

    def _execution(self, chosen: tuple[Trace, ...], choice: tuple[Way, ...]) -> Execution:
        executed = self.start
        values: dict[int, int] = {}
        for trace in chosen:
            executed |= trace.executed
            for accesses in trace.accesses.values():
                values.update((a.event, a.value) for a in accesses if a.event in self.guessed)
        pairs = [pair for rf, _ in choice for pair in rf]
        return Execution(
            executed,
            tuple(sorted(pairs, key=lambda pair: pair[1])),
            tuple(co for _, co in choice),
            tuple(pair for trace in chosen for pair in trace.choices),
            tuple(sorted(values.items())),
        )


def _deciding_reads(graph: EventGraph) -> frozenset[int]:
    """Reads that decide which of two merged values a local holds."""
    found: set[int] = set()
    seen = set()
    stack = [term for e in graph.events for term in (e.guard, e.address, e.value) if term is not None]
    while stack:
        term = stack.pop()
        if term in seen:
            continue
        seen.add(term)
        stack.extend(term.operands)
        if term.payload is Operator.ITE:
            found.update(t.number for t in term.operands[0].support if t.kind is Kind.READ)
    return frozenset(found)


class _Findings:
    """What the executions seen so far say."""

    def __init__(self, graph: EventGraph, model: Model) -> None:
        self.graph = graph
        self.model = model
        self.keys: dict[tuple[object, ...], bool] = {}
        """Each complete allowed execution, apart from its choices, and whether it satisfies the condition."""
        self.states: set[State] = set()
        self.witnesses: dict[bool, Witness] = {}
        self.flags: dict[str, Witness] = {}
        self.cut = False
        self.bounded = False
        self._leaning = any(not cut.awaits for cut in graph.cuts)
        self.faults: dict[int, Note] = {}
        self.failed: dict[int, Note] = {}
        self._frames: dict[tuple[object, ...], Frame] = {}

    def wants(self, trace: Trace) -> bool:
        """Whether an execution with `trace` can tell anything new."""
        return not (trace.cut and self._cuts_known) and all(fault not in self.faults for fault in trace.faults)

    @property
    def _cuts_known(self) -> bool:
        """Nothing more is to be learnt of executions that are cut off."""
        return self.cut and (self.bounded or not self._leaning)

    def look_at(self, candidate: Candidate) -> None:
        """Replay, judge and take down one candidate."""
        execution, chosen = candidate
        faults = [fault for trace in chosen for fault in trace.faults]
        cut = any(trace.cut for trace in chosen)
        if (cut and self._cuts_known) or any(fault in self.faults for fault in faults):
            return
        try:
            seen = replay(self.graph, execution)
        except NotAnExecution:
            return
        if not faults and not cut and not seen.complete:
            return
        evaluation = self._evaluation(seen)
        if not all(evaluation.holds(axiom) for axiom in self.model.axioms):
            return
        if faults or cut:
            self._incomplete(seen, faults, any(trace.bounded for trace in chosen))
            return
        self._complete(seen, frozenset(flag.name for flag in self.model.flags if evaluation.holds(flag)))

    def _evaluation(self, seen: Replay) -> Evaluation:
        """The model's terms on an execution; executions that differ in rf and co alone share the others."""
        frame = frame_of(seen)
        key = (frame.executed, frame.addresses, tuple(sorted(frame.active.items())))
        if len(self._frames) > MOST_FRAMES:
            self._frames.clear()
        return evaluation_of(seen, self._frames.setdefault(key, frame))

    def _incomplete(self, seen: Replay, faults: list[int], bounded: bool) -> None:
        for number in faults:
            fault = self.graph.faults[number]
            message = f"{fault.kind.value} in {self.graph.program.threads[fault.thread].name}"
            self.faults[number] = Note(message, fault.span, self._witness(seen, frozenset()))
        if not faults:
            self.cut = True
            self.bounded = self.bounded or bounded

    def _complete(self, seen: Replay, flags: frozenset[str]) -> None:
        execution = seen.execution
        holds = bool(seen.value(self.graph.condition))
        witness = self._witness(seen, flags)
        self.keys[(execution.executed, execution.rf, execution.co, holds)] = holds
        self.states.add(witness.state)
        self.witnesses.setdefault(holds, witness)
        for flag in flags:
            self.flags.setdefault(flag, witness)
        for number, assertion in enumerate(self.graph.assertions):
            if number not in self.failed and seen.value(assertion.failed):
                self.failed[number] = Note(assertion.message, assertion.span, witness)

    def _witness(self, seen: Replay, flags: frozenset[str]) -> Witness:
        return Witness(seen.execution, seen.values, seen.addresses, self.graph.state(seen.value), flags)

    def result(self, request: Request, deadlock: bool) -> Result:
        """All that was found, as a Result."""
        positive = sum(self.keys.values())
        negative = len(self.keys) - positive
        if positive == 0:
            observation = Observation.NEVER
        else:
            observation = Observation.SOMETIMES if negative else Observation.ALWAYS
        return Result(
            observation,
            frozenset(self.flags),
            tuple(sorted(self.states)) if request.states else None,
            positive if request.count else None,
            negative if request.count else None,
            self.witnesses.get(True),
            self.witnesses.get(False),
            tuple(sorted(self.flags.items(), key=lambda item: item[0])),
            no_executions=not self.keys,
            deadlock=deadlock,
            cut=self.cut,
            bounded=self.bounded,
            faults=tuple(self.faults[number] for number in sorted(self.faults)),
            failed_assertions=tuple(self.failed[number] for number in sorted(self.failed)),
        )
