"""A freed graph of two threads in, the questions that the pairing table asks of it out, and their answers.

A question is about four instructions: `first` and `second` of one thread, `sees` and `then` of the other. In a handover
`second` is a write, `sees` reads what it wrote; is there an execution in which `then`, which comes after `sees`, is
nevertheless before `first`: reads what was there before it, is overwritten by it, or is what it read? In a crossing
each thread writes and then reads what the other writes; is there an execution in which both reads miss the writes?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from memmodel.analyses.pairs.places import Place
from memmodel.analyses.pairs.row import Shape
from memmodel.engines.search import Search
from memmodel.events.graph import LOCK_TAGS, Event, EventGraph, EventKind
from memmodel.records import dataclass
from memmodel.result import Witness
from memmodel.source import Span


class Quartet(NamedTuple):
    """One way for the four instructions to run: by events."""

    first: int
    second: int
    sees: int
    then: int


@dataclass(frozen=True)
class Question:
    """`thread`: that of `first` and `second`. `quartets`: the ways to run them (loops make several)."""

    thread: int
    first: Span
    second: Span
    sees: Span
    then: Span
    quartets: tuple[Quartet, ...]
    shape: Shape = Shape.HANDOVER


def questions(
    graph: EventGraph,
    places: dict[int, Place],
    thread: int,
    other: int,
    of_callers: frozenset[int],
    shape: Shape = Shape.HANDOVER,
) -> tuple[Question, ...]:
    """All questions of a shape about two accesses of one thread and two of another that are to the same places.
    `of_callers`: accesses that hand nothing over themselves; what is around them does."""
    found: dict[tuple[Span, Span, Span, Span], list[Quartet]] = {}
    mine, theirs = _accesses(graph, thread), _accesses(graph, other)
    inner = _INNER[shape]
    for second in mine:
        for sees in theirs:
            if (second.kind, sees.kind) != inner or second.id in of_callers or not _meet(places, second, sees):
                continue
            for first, then in _outer(mine, theirs, places, second, sees):
                if shape is Shape.CROSSING and (
                    first.id in of_callers or (first.kind, then.kind) != (EventKind.WRITE, EventKind.READ)
                ):
                    continue
                spans = (first.span, second.span, sees.span, then.span)
                assert spans[0] is not None and spans[1] is not None and spans[2] is not None and spans[3] is not None
                key = (spans[0], spans[1], spans[2], spans[3])
                found.setdefault(key, []).append(Quartet(first.id, second.id, sees.id, then.id))
    return tuple(Question(thread, *spans, tuple(quartets), shape) for spans, quartets in found.items())


_INNER = {
    Shape.HANDOVER: (EventKind.WRITE, EventKind.READ),
    Shape.CROSSING: (EventKind.READ, EventKind.WRITE),
}
"""What `second` and `sees` are."""


def _accesses(graph: EventGraph, thread: int) -> list[Event]:
    return [
        event
        for event in graph.by_thread.get(thread, ())
        if event.kind is not EventKind.FENCE
        and event.span is not None
        and event.tags.isdisjoint(LOCK_TAGS)  # locks order, and are not to be ordered
    ]


def _outer(
    mine: list[Event], theirs: list[Event], places: dict[int, Place], second: Event, sees: Event
) -> Iterator[tuple[Event, Event]]:
    """What comes before `second` with what comes after `sees`, where they conflict."""
    for first in mine:
        if first.id >= second.id or first.span == second.span or _meet(places, first, second):
            continue
        for then in theirs:
            if then.id <= sees.id or then.span == sees.span or not _meet(places, first, then):
                continue
            if EventKind.WRITE in (first.kind, then.kind):
                yield first, then


def _meet(places: dict[int, Place], one: Event, two: Event) -> bool:
    return not places[one.id].starts.isdisjoint(places[two.id].starts)


class Asking:
    """A search that questions are put to."""

    def __init__(self, search: Search, assumed: int) -> None:
        """`assumed`: the literal that holds in the executions that count."""
        self._search = search
        self._assumed = assumed
        self._goals: dict[tuple[Question, bool], int] = {}

    def goal(self, question: Question, late: bool) -> int:
        """The literal that holds where one of the question's quartets runs, in a handover `sees` reading what
        `second` wrote; `late`: and they are out of order."""
        key = question, late
        if key not in self._goals:
            ways = (self._way(quartet, late, question.shape) for quartet in question.quartets)
            self._goals[key] = self._search.literals.disjunction(ways)
        return self._goals[key]

    def _way(self, quartet: Quartet, late: bool, shape: Shape) -> int:
        encoding, literals = self._search.encoding, self._search.literals
        if shape is Shape.CROSSING:
            runs = [encoding.guards[event] for event in quartet]
            both = [*runs, encoding.same(quartet.first, quartet.then), encoding.same(quartet.second, quartet.sees)]
            if late:
                both.append(encoding.from_read(quartet.second, quartet.sees))
                both.append(encoding.from_read(quartet.then, quartet.first))
            return literals.conjunction(both)
        rf = encoding.rf[quartet.sees].get(quartet.second)
        if rf is None:
            return -1
        same = encoding.same(quartet.first, quartet.then)
        if same == -1:
            return -1
        both = [rf, *(encoding.guards[event] for event in quartet), same]
        if late:
            both.append(self._before(quartet.then, quartet.first))
        return literals.conjunction(both)

    def _before(self, then: int, first: int) -> int:
        """That `then` is before `first` in what memory saw."""
        encoding, events = self._search.encoding, self._search.graph.events
        if events[then].kind is EventKind.READ:
            return encoding.from_read(then, first)
        if events[first].kind is EventKind.READ:
            return encoding.rf[first].get(then, -1)
        return encoding.order(then, first)

    def possible(self, question: Question, late: bool, *assumptions: int) -> bool:
        """Whether an allowed execution has it."""
        goal = self.goal(question, late)
        return goal != -1 and self._search.find(self._assumed, goal, *assumptions) is not None

    def witness(self, question: Question, without: Iterable[int] = ()) -> Witness | None:
        """An execution, confirmed by the concrete evaluator, in which it is late and these events do not run."""
        goal = self.goal(question, True)
        guards = (-self._search.encoding.guards[event] for event in without)
        return self._search.first(self._assumed, goal, *guards) if goal != -1 else None


def unmirrored(crossings: Sequence[Question]) -> list[Question]:
    """Of a function with itself: without those that are others seen from the other side."""
    kept: dict[frozenset[tuple[Span, Span]], Question] = {}
    for item in crossings:
        kept.setdefault(frozenset(((item.first, item.second), (item.sees, item.then))), item)
    return list(kept.values())


def stretches(question: Question, side: int) -> list[tuple[int, int]]:
    """From the one access of a side to the other, by events: 0 is the side of `first` and `second`."""
    return [(q.sees, q.then) if side else (q.first, q.second) for q in question.quartets]
