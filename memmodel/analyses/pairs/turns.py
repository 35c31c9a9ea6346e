"""Two functions as a program in, whether an order that holds with each loop run once is broken by one more turn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product

from memmodel.analyses.pairs.free import MOST_TERMS, Freed, free, going_on
from memmodel.analyses.pairs.question import Asking, Quartet, Question
from memmodel.cat.terms import Model
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals
from memmodel.events.graph import Event, EventGraph
from memmodel.events.unroll import unroll
from memmodel.program.ir import Program
from memmodel.records import replace
from memmodel.source import Span


class Turns:
    """The program with one more turn of each loop, its values set free. An order between two accesses within a turn is
    mostly one from that turn to the next too; but not where it hangs on what this turn alone has read."""

    def __init__(self, program: Program, graph: EventGraph, model: Model, deadline: float | None) -> None:
        """`graph`: the freed one, of the program as it is, which questions are about."""
        self._program = replace(program, unroll=program.unroll + 1)
        self._graph = graph
        self._model = model
        self._deadline = deadline

    @cached_property
    def _freed(self) -> Freed:
        return free(going_on(unroll(self._program, MOST_TERMS)))

    @cached_property
    def _asking(self) -> Asking:
        search = Search(self._freed.graph, self._model, self._deadline)
        return Asking(search, Goals(search).assumed)

    @cached_property
    def _events(self) -> dict[tuple[int, Span | None], list[Event]]:
        found: dict[tuple[int, Span | None], list[Event]] = {}
        for event in self._freed.graph.events:
            found.setdefault((event.thread, event.span), []).append(event)
        return found

    def break_(self, question: Question) -> bool:
        """Whether the order that a question asks about is broken then. Raises OutOfTime."""
        quartets = tuple(self._quartets(question))
        return bool(quartets) and self._asking.possible(replace(question, quartets=quartets), True)

    def _quartets(self, question: Question) -> Iterator[Quartet]:
        """The ways to run the four instructions in several turns."""
        places = self._freed.places
        for numbers in product(*(self._like(number) for number in question.quartets[0])):
            found = Quartet(*numbers)
            apart = places[found.first].starts.isdisjoint(places[found.second].starts)
            if found.first < found.second and found.sees < found.then and apart:
                yield found

    def _like(self, number: int) -> list[int]:
        """The events of the instruction that an event of the shorter program belongs to."""
        event = self._graph.events[number]
        return [like.id for like in self._events.get((event.thread, event.span), []) if like.kind is event.kind]
