"""A kernel program in, the final states that some machine shows and the kernel's model does not have out.

The verdict of a condition follows from the states; states do not hang on what the condition happens to ask about.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from memmodel.cat import models
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals
from memmodel.engines.solver import OutOfTime
from memmodel.events import terms
from memmodel.events.graph import EventGraph
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.translate import translate
from memmodel.program.ir import Program
from memmodel.result import Result, State

KERNEL = "lkmm"
Values = tuple[int, ...]


@dataclass(frozen=True)
class Contradiction:
    """A state that a machine shows, against the kernel's model."""

    machine: str
    state: State


@dataclass(frozen=True)
class Compared:
    """`states`: how many the kernel's model has. `shown`: for each machine, whether it shows one of them. `undecided`:
    the machines, or the model, for which there was not enough time."""

    states: int
    contradictions: tuple[Contradiction, ...]
    undecided: tuple[str, ...] = ()


def compare(program: Program, timeout: float = 20.0) -> Compared:
    """All machines against the kernel's model. The program must have no data race: of one the model says nothing."""
    terms.forget()
    try:
        allowed = _states(unroll(program), time.monotonic() + timeout)
    except OutOfTime:
        return Compared(0, (), (KERNEL,))

    def another(graph: EventGraph, machine: Machine) -> State | None:
        return _another(graph, machine, allowed, time.monotonic() + timeout)

    return _asked(program, len(allowed), another)


def compare_verdict(program: Program, kernel: Result, timeout: float = 20.0) -> Compared:
    """The same where the states are too many to list: whether some machine shows the condition, or its opposite, where
    the model, decided already, has no execution with it."""

    def another(graph: EventGraph, machine: Machine) -> State | None:
        search = Search(graph, models.load(machine.name).model, time.monotonic() + timeout)
        goals = Goals(search)
        missing = [goals.condition] if kernel.witness is None else []
        missing += [-goals.condition] if kernel.counterexample is None else []
        witness = search.first(goals.complete, search.literals.disjunction(missing)) if missing else None
        return None if witness is None else witness.state

    return _asked(program, (kernel.witness is not None) + (kernel.counterexample is not None), another)


def _asked(program: Program, states: int, another: Callable[[EventGraph, Machine], State | None]) -> Compared:
    found: list[Contradiction] = []
    undecided: list[str] = []
    seen: list[tuple[str, Program]] = []
    for machine in registry.MACHINES:
        translated = translate(program, machine)
        if (machine.name, translated) in seen:
            continue
        seen.append((machine.name, translated))
        try:
            state = another(unroll(translated), machine)
        except OutOfTime:
            undecided.append(registry.name(machine))
            continue
        if state is not None:
            found.append(Contradiction(registry.name(machine), state))
    return Compared(states, tuple(found), tuple(undecided))


def _states(graph: EventGraph, deadline: float) -> list[Values]:
    """The final values of what is observed, in each way that the kernel's model allows."""
    search = Search(graph, models.load(KERNEL).model, deadline)
    goals = Goals(search)
    found: list[Values] = []
    while candidate := search.find(goals.complete):
        done = search.replayed(candidate)
        if done is not None:
            found.append(tuple(done.value(o.value) for o in graph.observations))
            _bar(search, found[-1])
    return found


def _another(graph: EventGraph, machine: Machine, allowed: list[Values], deadline: float) -> State | None:
    """A state of the machine that is none of these."""
    search = Search(graph, models.load(machine.name).model, deadline)
    goals = Goals(search)
    for values in allowed:
        _bar(search, values)
    witness = search.first(goals.complete)
    return None if witness is None else witness.state


def _bar(search: Search, values: Values) -> None:
    """No more executions that end with these values."""
    observed = zip(search.graph.observations, values, strict=True)
    search.literals.clause([-search.encoding.values.equals(o.value, value) for o, value in observed])
