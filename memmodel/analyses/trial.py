"""A program and places in it in, an answer out for each set of these places that gets a full barrier.

All sets are asked of one search: a barrier that a set leaves out is an event that does not run, so that what was learnt
of the program with some barriers helps with the next.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import TypeVar

from memmodel.analyses.barriers import Spot, with_barriers
from memmodel.analyses.story import Execution
from memmodel.cat.terms import Model
from memmodel.engines.flags import FlagSearch
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals
from memmodel.events.graph import EventGraph
from memmodel.events.terms import Term, both, choice, member
from memmodel.events.unroll import unroll
from memmodel.program.ir import Program, Quantifier
from memmodel.program.types import INT
from memmodel.records import replace
from memmodel.result import RACE_FLAG

Item = TypeVar("Item")

FIRST_CHOICE = 1 << 21
"""Where the numbers of the barriers' switches begin: those of programs are counted from 0."""


class Trial:
    """A program with barriers at `spots`, each there or not. Raises OutOfTime past `deadline`, a time.monotonic()."""

    def __init__(self, program: Program, model: Model, deadline: float, spots: Iterable[Spot]) -> None:
        self._model = model
        self._deadline = deadline
        self._tags = {spot: f"barrier {number} on trial" for number, spot in enumerate(sorted(set(spots)))}
        self._switches: dict[Spot, Term] = {}
        self._program = program
        self.graph = self._switched(unroll(with_barriers(program, self._tags)))

    def _switched(self, graph: EventGraph) -> EventGraph:
        events = list(graph.events)
        for number, (spot, tag) in enumerate(self._tags.items()):
            for event in graph.events:
                if tag in event.tags:
                    switch = self._switches.setdefault(spot, choice(FIRST_CHOICE + number, (0, 1), INT))
                    guard = both(event.guard, member(switch, frozenset((1,))))
                    events[event.id] = replace(event, tags=event.tags - {tag}, guard=guard)
        return replace(graph, events=tuple(events))

    @cached_property
    def _search(self) -> Search:
        return Search(self.graph, self._model, self._deadline)

    @cached_property
    def _goals(self) -> Goals:
        return Goals(self._search)

    def _setting(self, on: Collection[Spot]) -> list[int]:
        values = self._search.encoding.values
        return [values.equals(switch, int(spot in on)) for spot, switch in self._switches.items()]

    def outcome(self, on: Collection[Spot]) -> Execution | None:
        """An execution with barriers at `on` alone and the outcome in question; None if there is none."""
        goals = self._goals
        witness = self._search.first(goals.complete, target(self._program, goals), *self._setting(on))
        return Execution(self.graph, self._model, witness) if witness is not None else None

    def races(self, on: Collection[Spot]) -> bool:
        """Whether there is a data race with barriers at `on` alone."""
        search = self._search
        complete = search.literals.conjunction([self._goals.complete, *self._setting(on)])
        for check in search.narrowed.flags:
            while check.name == RACE_FLAG:
                candidate = FlagSearch(search, check).find(complete)
                if candidate is None:
                    break
                if search.confirm(candidate) is not None:
                    return True
        return False


def least(spots: Sequence[Item], suffice: Callable[[Collection[Item]], bool]) -> set[Item]:
    """A subset of `spots` that suffices, as all of them do, and of which none can be left out; earlier ones are kept
    rather than later ones. Halves are asked for before their parts, since most spots are not needed: the QuickXplain
    algorithm (Junker, AAAI 2004)."""

    def search(given: tuple[Item, ...], news: bool, rest: Sequence[Item]) -> tuple[Item, ...]:
        if news and suffice(given):
            return ()
        if len(rest) <= 1:
            return tuple(rest)
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        needed = search((*given, *first), bool(first), second)
        return search((*given, *needed), bool(needed), first) + needed

    return set(search((), True, spots))


def target(program: Program, goals: Goals) -> int:
    """The literal of the outcome in question: the condition, or for `forall` that it fails."""
    return -goals.condition if program.quantifier is Quantifier.FORALL else goals.condition
