"""A decided program in, the picture of the execution that tells most of it out: the outcome asked about where it can
happen, a race, an execution that the model forbids where it cannot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from memmodel.analyses.drawing import captions
from memmodel.analyses.drawing.boxes import Turn, box, initial_box, sources
from memmodel.analyses.drawing.cycle import Link, Surprise, surprise
from memmodel.analyses.drawing.edges import Edges, partners, passing, written
from memmodel.analyses.drawing.forbidden import Forbidden, forbidden, same
from memmodel.analyses.explain import Question
from memmodel.analyses.race import racing
from memmodel.analyses.shortest import shortest
from memmodel.analyses.story import LOOK, Execution, settled
from memmodel.analyses.trial import target
from memmodel.cat.terms import Model
from memmodel.engines.run import Decided, judge
from memmodel.engines.solver import OutOfTime
from memmodel.events.graph import EventGraph
from memmodel.picture import Picture
from memmodel.program.ir import Quantifier
from memmodel.records import dataclass
from memmodel.result import RACE_FLAG, Outcome, Result, Witness, assertion_failed

QUICK = 2.0
"""Seconds that a picture may take in a run over many files."""

QUICK_LOOK = 200
"""Orders of an execution that are tried in that time."""

MOST = 16
"""Accesses of a C program that are all shown; of more, those that pass values from thread to thread and those on the
cycle. Litmus tests are as short as their author wanted them."""

MOST_OF_LITMUS = 40

TOO_MANY = 28
"""Boxes; of more, those alone that the cycle, or else the race, has to do with."""


@dataclass(frozen=True)
class Subject:
    """What a picture is of."""

    file: str
    graph: EventGraph
    model: Model
    result: Result
    outcome: Outcome
    deadline: float
    look: int = LOOK
    """Orders that are tried for one close to the program's."""


def picture_of(decided: Decided) -> Picture | None:
    """A picture from what is at hand: the witness that the verdict rests on; for an outcome that is impossible, as far
    as a short search finds one. None where nothing is to be drawn."""
    deadline = min(decided.deadline, time.monotonic() + QUICK)
    judged = judge(decided.result, decided.graph, decided.model)
    file = decided.opened.source.name if decided.task.data is not None else decided.task.file
    subject = Subject(file, decided.graph, decided.model, decided.result, judged.outcome, deadline, QUICK_LOOK)
    return _picture(subject, lambda witness: witness)


def best_picture(question: Question, result: Result, file: str) -> Picture | None:
    """The same with the shortest execution that there is, found before the question's deadline."""
    judged = judge(result, question.graph, question.model)

    def shorter(witness: Witness) -> Witness:
        try:
            return shortest(question.search, question.goals.complete, question.target) or witness
        except OutOfTime:
            return witness

    subject = Subject(file, question.graph, question.model, result, judged.outcome, question.deadline)
    return _picture(subject, shorter)


def _picture(subject: Subject, shorter: Callable[[Witness], Witness]) -> Picture | None:
    result, program = subject.result, subject.graph.program
    if result.no_executions:
        return None
    racy = dict(result.flag_witnesses).get(RACE_FLAG)
    if subject.outcome is Outcome.RACE and racy is not None:
        return _race(subject, racy)
    notes = (*result.faults, *(() if program.exact else map(assertion_failed, result.failed_assertions)))
    for note in notes:
        if note.witness is not None:
            return _allowed(subject, note.witness, note.message)
    witness = result.counterexample if program.quantifier is Quantifier.FORALL else result.witness
    if witness is not None:
        return _allowed(subject, shorter(witness))
    return _never(subject) if result.observation is not None else None


def _allowed(subject: Subject, witness: Witness, finding: str = "") -> Picture:
    execution = Execution(subject.graph, subject.model, witness)
    found = surprise(execution, subject.look)
    caption = captions.noted(finding) if finding else captions.reachable(execution, found)
    races = racing(execution)[:1] if RACE_FLAG in witness.flags else []
    return _drawn(subject, execution, caption, found.links, found, races)


def _race(subject: Subject, witness: Witness) -> Picture:
    execution = Execution(subject.graph, subject.model, witness)
    races = racing(execution)[:1]
    caption = captions.race(execution, *races[0]) if races else captions.noted("data race")
    return _drawn(subject, execution, caption, (), surprise(execution, subject.look), races)


def _never(subject: Subject) -> Picture | None:
    program, result = subject.graph.program, subject.result
    found = forbidden(subject.graph, subject.model, subject.deadline, lambda goals: target(program, goals))
    if isinstance(found, Forbidden):
        closed = bool(found.links) and same(found.execution, found.links[0].first, found.links[-1].second)
        caption = captions.forbidden(found.execution, found.axiom, closed)
        return _drawn(subject, found.execution, caption, found.links, axiom=found.axiom)
    witness = result.witness or result.counterexample
    if witness is None:
        return None
    execution = Execution(subject.graph, subject.model, witness)
    return _drawn(subject, execution, captions.impossible(program, found), (), surprise(execution, subject.look))


def _drawn(
    subject: Subject,
    execution: Execution,
    caption: str,
    links: Sequence[Link],
    order: Surprise | None = None,
    races: Sequence[tuple[int, int]] = (),
    axiom: str = "",
) -> Picture:
    """The picture of an execution; `order` is None for those that are in no order."""
    graph, result = subject.graph, subject.result
    on = {event for link in links for event in (link.first, link.second)} | {e for pair in races for e in pair}
    shown = _shown(execution, set(_nodes(execution, on)), order)
    readers = cyclic if graph.program.exact and (cyclic := _nodes(execution, on)) else shown
    initial = sorted({*written(execution, readers), *(e for e in on if graph.events[e].thread < 0)})
    boxes = [initial_box(execution, number, event) for number, event in enumerate(initial)]
    places = {event: number for number, event in enumerate(initial)}
    turns = _turns(shown, order)
    for node in shown:
        places |= dict.fromkeys(execution.nodes[node].events, len(boxes))
        boxes.append(box(execution, len(boxes), execution.nodes[node], turns[node]))
    program = graph.program
    return Picture(
        subject.file,
        program.name,
        subject.model.name,
        result.observation.value if result.observation is not None else subject.outcome.value,
        program.condition_text,
        not axiom,
        axiom,
        caption + captions.left_out(len(execution.nodes) - len(shown)),
        tuple(thread.name for thread in program.threads),
        tuple(boxes),
        Edges(execution, shown, places).all(links, races),
        sources(execution, [execution.nodes[node] for node in shown]),
        execution.witness.state,
    )


def _nodes(execution: Execution, events: Iterable[int]) -> list[int]:
    return sorted({execution.number[event] for event in events if event in execution.number})


def _shown(execution: Execution, needed: set[int], order: Surprise | None) -> list[int]:
    """The nodes that get boxes. In C, those that read what was set up once are left out; and of many, those that other
    threads have nothing to do with."""
    every = list(range(len(execution.nodes)))
    exact = execution.graph.program.exact
    moved = order.moved if order is not None else frozenset()
    if exact:
        every = [node for node in every if node in needed | moved or not settled(execution, execution.nodes[node])]
    if len(every) > (MOST if exact else MOST_OF_LITMUS):
        wanted = needed | moved | passing(execution)
        every = [node for node in every if node in wanted]
    if len(every) > TOO_MANY and needed:
        wanted = needed | partners(execution, needed)
        every = [node for node in every if node in wanted]
    return every


def _turns(shown: Sequence[int], order: Surprise | None) -> dict[int, Turn]:
    if order is None:
        return {node: Turn(0, False) for node in shown}
    steps = {node: step for step, node in enumerate((n for n in order.order if n in set(shown)), 1)}
    return {node: Turn(steps[node], node in order.moved) for node in shown}
