"""A program and an outcome that its model forbids in; an execution that has the outcome, which axiom forbids it and by
which cycle out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from enum import Enum

from memmodel.analyses.derivation import Chain, Deriver, Step
from memmodel.analyses.drawing.cycle import ORDER, Link
from memmodel.analyses.refute import SMALL, unrecognised
from memmodel.analyses.story import Execution
from memmodel.cat.terms import Check, Model
from memmodel.engines.base import LOCK_AXIOMS
from memmodel.engines.narrow import is_atomicity, is_coherence
from memmodel.engines.search import Candidate, Search
from memmodel.engines.smt import Goals
from memmodel.engines.solver import OutOfTime
from memmodel.events.graph import INITIAL, EventGraph, EventKind
from memmodel.records import dataclass
from memmodel.result import Witness

LOOK = 6
"""Executions that are compared for the one whose cycle is easiest to follow."""

ROUNDS = 40
"""Executions looked at, of which some cannot be drawn: their values come out of thin air."""


@dataclass(frozen=True)
class Forbidden:
    execution: Execution
    axiom: str
    links: tuple[Link, ...]


_Ranked = tuple[tuple[int, ...], Forbidden]
"""How hard the reason is to follow, first."""


class Nothing(Enum):
    """Why there is no execution with the outcome to be drawn."""

    IMPOSSIBLE = "impossible"
    """The program's threads cannot give these values, whatever the model."""
    THIN_AIR = "thin air"
    """Some value would depend on itself."""
    TIME = "time"


def forbidden(graph: EventGraph, model: Model, deadline: float, target: Callable[[Goals], int]) -> Forbidden | Nothing:
    """The execution whose reason is shortest, among some. Coherence and atomicity, which need no barriers, are the
    reason only if there is no other."""
    accesses = sum(event.kind is not EventKind.FENCE and event.thread != INITIAL for event in graph.events)
    found = _look(graph, model, model, deadline, target)
    if isinstance(found, Forbidden) or found is Nothing.TIME:
        return found
    if accesses > SMALL:
        return Nothing.TIME  # more would be looked at than there is time for
    again = _look(graph, model, unrecognised(model), deadline, target)
    return found if again is Nothing.IMPOSSIBLE else again


def _look(
    graph: EventGraph, model: Model, asked: Model, deadline: float, target: Callable[[Goals], int]
) -> Forbidden | Nothing:
    """`asked`: the model for the search, in which what it recognises holds of all that it proposes."""
    found: list[_Ranked] = []
    why = Nothing.TIME
    with suppress(OutOfTime):
        search = Search(graph, asked, deadline, eager=False)
        goals = Goals(search)
        why = _gather(search, model, (goals.complete, target(goals)), found)
    return min(found, key=lambda item: item[0])[1] if found else why


def _gather(search: Search, model: Model, goal: tuple[int, ...], found: list[_Ranked]) -> Nothing:
    """Find some, and say why there are not more."""
    why = Nothing.IMPOSSIBLE
    for _ in range(ROUNDS):
        candidate = search.propose(*goal)
        if candidate is None:
            return why
        done = search.replayed(candidate)
        if done is None:
            why = Nothing.THIN_AIR
            continue
        reason = _reason(search, model, candidate)
        if reason is None or len(found) >= LOOK:
            break
        check, chain = reason
        shown = Execution(search.graph, model, Witness(done.execution, done.values, done.addresses, search.state(done)))
        links = _links(shown, chain.steps)
        found.append(((len(links), *chain.weight), Forbidden(shown, check.name, links)))
        search.forbid(chain.facts, candidate)
    return Nothing.TIME


def _reason(search: Search, model: Model, candidate: Candidate) -> tuple[Check, Chain] | None:
    """The axiom that is broken most plainly; what a variable's own coherence forbids goes first."""
    deriver = Deriver(model, candidate.evaluation, search.reasons(candidate), search.narrowed.bounds)
    single = {c.name for c in model.axioms if is_coherence(c) or is_atomicity(c)} | LOCK_AXIOMS
    for alone in (True, False):
        broken: list[tuple[Check, Chain]] = []
        for check in model.axioms:
            search.solver.watch()
            chain = deriver.violation(check) if (check.name in single) is alone else None
            if chain is not None:
                broken.append((check, chain))
        if broken:
            return min(broken, key=lambda item: item[1].weight)
    return None


def _links(execution: Execution, steps: tuple[Step, ...]) -> tuple[Link, ...]:
    """The steps between events that have boxes: what leads through fences is one link."""
    moves = [step for step in steps if not step.is_test]
    drawn = [execution.number.get(step.first, -1 if _initial(execution, step.first) else None) for step in moves]
    start = next((i for i, node in enumerate(drawn) if node is not None), 0)
    moves = moves[start:] + moves[:start]
    links: list[Link] = []
    at: int | None = None
    names: list[str] = []
    for step in moves:
        at = step.first if at is None else at
        names.append(step.name)
        if step.second in execution.number or _initial(execution, step.second):
            links.append(_link(execution, at, step.second, names))
            at, names = None, []
    return tuple(_merged(execution, [link for link in links if not same(execution, link.first, link.second)]))


def _initial(execution: Execution, event: int) -> bool:
    return execution.graph.events[event].thread < 0


def same(execution: Execution, a: int, b: int) -> bool:
    """Whether two events are of one instruction."""
    return a == b or (a in execution.number and execution.number[a] == execution.number.get(b))


def _link(execution: Execution, first: int, second: int, names: list[str]) -> Link:
    events = execution.graph.events
    if len(names) == 1 and (names[0] in ("rf", "co", "fr") or events[first].thread != events[second].thread):
        return Link(names[0], first, second)
    backwards = next((name for name in names if name.endswith("rscs^-1")), None)
    return Link(backwards or ORDER, first, second)


def _merged(execution: Execution, links: list[Link]) -> list[Link]:
    """Links in a row within a thread as one, where the model orders their ends: what is between adds nothing."""
    merged: list[Link] = []
    for link in links:
        before = merged[-1] if merged else None
        if before is not None and before.relation == link.relation == ORDER and _joins(execution, before, link):
            merged[-1] = Link(ORDER, before.first, link.second)
        else:
            merged.append(link)
    return merged


def _joins(execution: Execution, before: Link, link: Link) -> bool:
    return before.first < link.second and bool(execution.kept[before.first] >> link.second & 1)
