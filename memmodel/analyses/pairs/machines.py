"""A question that an execution under the kernel's model answers in, which architectures can show the same out.

An architecture does not show it if no execution of the freed graph of the translated program does, whatever memory
holds; it does if an execution of the program itself is found. Where neither is, nothing is said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from memmodel.analyses.observable import NOT_ASKED, OUT_OF_TIME
from memmodel.analyses.pairs.free import MOST_TERMS, Freed, free, going_on
from memmodel.analyses.pairs.memory import MEMORIES, with_any_memory
from memmodel.analyses.pairs.question import Asking, Quartet, Question
from memmodel.analyses.pairs.turns import Turns
from memmodel.cat import models
from memmodel.cat.terms import Model
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals
from memmodel.engines.solver import OutOfTime
from memmodel.errors import Unsupported
from memmodel.events.graph import EventGraph
from memmodel.events.transport import twins
from memmodel.events.unroll import unroll
from memmodel.frontends.c.alone.open_calls import UNKNOWN_CALL
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.translate import translate
from memmodel.program.ir import Program
from memmodel.records import replace
from memmodel.result import MachineVerdict

NO_VALUES = "no values were found with which it happens there"


class Observing:
    """Two functions as the threads of `program`, and its graph under the kernel's model."""

    def __init__(self, program: Program, graph: EventGraph, deadline: float) -> None:
        self._program = program
        self._graph = graph
        self._deadline = deadline

    def observed(
        self, question: Question, unknown: Sequence[int], architectures: Sequence[str]
    ) -> tuple[MachineVerdict, ...]:
        """Whether each of them shows it. `question` and `unknown`, the calls that an execution has to do without, are
        in numbers of the graph."""
        return tuple(self._verdict(question, unknown, name) for name in architectures)

    def _verdict(self, question: Question, unknown: Sequence[int], name: str) -> MachineVerdict:
        if time.monotonic() > self._deadline:
            return MachineVerdict(name, None, (), NOT_ASKED)
        told: dict[str, bool | None] = {}
        why = None
        for machine in registry.variants(name):
            if machine.within and told.get(machine.within) is False:
                told[machine.variant] = False
                continue
            try:
                told[machine.variant] = found = self._shows(question, unknown, machine)
                why = why or (NO_VALUES if found is None else None)
            except OutOfTime:
                told[machine.variant], why = None, OUT_OF_TIME
            except Unsupported as error:
                told[machine.variant], why = None, error.message
        showing = tuple(variant for variant, shows in told.items() if shows)
        if showing:
            return MachineVerdict(name, True, showing if len(showing) < len(told) else ())
        return MachineVerdict(name, None if why else False, (), why)

    def _shows(self, question: Question, unknown: Sequence[int], machine: Machine) -> bool | None:
        """Raises OutOfTime."""
        program = translate(self._program, machine, frozenset((UNKNOWN_CALL,)))
        model = models.load(machine.name).model
        graph = going_on(unroll(program, MOST_TERMS))
        matched = twins(self._graph, graph)
        if matched is None:
            return None
        there = replace(question, quartets=_renumbered(question, matched.there))
        if not self._may(there, program, graph, model):
            return False
        calls = dict(zip(_calls(self._graph), _calls(graph), strict=True))
        for memory in MEMORIES:
            search = Search(with_any_memory(graph, memory), model, self._deadline)
            asking = Asking(search, Goals(search).complete)
            if asking.witness(there, [calls[number] for number in unknown]) is not None:
                return True
        return None

    def _may(self, question: Question, program: Program, graph: EventGraph, model: Model) -> bool:
        """Whether any execution of the freed graph has it, or one with another turn of a loop."""
        freed: Freed = free(graph)
        search = Search(freed.graph, model, self._deadline)
        asked = replace(question, quartets=_renumbered(question, freed.number))
        if Asking(search, Goals(search).assumed).possible(asked, True):
            return True
        if all(cut.awaits for cut in graph.cuts):
            return False
        return Turns(program, freed.graph, model, self._deadline).break_(asked)


def _renumbered(question: Question, numbers: dict[int, int]) -> tuple[Quartet, ...]:
    return tuple(Quartet(*(numbers[number] for number in quartet)) for quartet in question.quartets)


def _calls(graph: EventGraph) -> Iterator[int]:
    """The calls of functions of which nothing is known."""
    return (event.id for event in graph.events if UNKNOWN_CALL in event.tags)
