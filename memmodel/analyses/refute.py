"""A program and an outcome that its model forbids in; the reasons that, together, forbid every way to it out."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.analyses.derivation import Chain, Deriver
from memmodel.analyses.edges import Narrator
from memmodel.analyses.explanation import Reason, Refutation
from memmodel.cat.terms import EMPTY_RELATION, Check, CheckKind, Model, Op, Sort, make
from memmodel.engines.base import LOCK_AXIOMS
from memmodel.engines.narrow import is_atomicity, is_coherence
from memmodel.engines.search import Candidate, Search
from memmodel.engines.smt import Goals
from memmodel.engines.solver import OutOfTime
from memmodel.errors import EngineError
from memmodel.events.graph import INITIAL, EventGraph, EventKind
from memmodel.records import dataclass, replace

SMALL = 14
"""Accesses up to which executions that break coherence are looked at too."""

ROUNDS = 3_000
"""Executions looked at, at most."""


@dataclass(frozen=True)
class _Learnt:
    """A reason, and the literal under which what it forbids is forbidden."""

    reason: Reason
    selector: int


def refute(graph: EventGraph, model: Model, deadline: float | None, target: Callable[[Goals], int]) -> Refutation:
    """Why no execution has the outcome. Each execution that has it, whatever the model says, gives a reason, and the
    solver is told not to propose its like again; when it has nothing more to propose, the reasons cover all,
    and those that can be left out are. Raises EngineError if the model allows one after all."""
    accesses = sum(event.kind is not EventKind.FENCE and event.thread != INITIAL for event in graph.events)
    lazily = accesses <= SMALL
    search = Search(graph, unrecognised(model) if lazily else model, deadline, eager=False)
    goals = Goals(search)
    return _Refuter(search, model, (goals.complete, target(goals)), not lazily).run()


class _Refuter:
    def __init__(self, search: Search, model: Model, goal: tuple[int, ...], coherent: bool) -> None:
        self._search = search
        self._model = model
        self._goal = goal
        self._coherent = coherent
        self._learnt: dict[Reason, _Learnt] = {}
        self._thin_air = False
        self._single = {c.name for c in model.axioms if is_coherence(c) or is_atomicity(c)} | LOCK_AXIOMS

    def run(self) -> Refutation:
        complete = self._gather()
        learnt = self._least(list(self._learnt.values())) if complete else list(self._learnt.values())
        reasons = sorted((item.reason for item in learnt), key=_difficulty)
        return Refutation(tuple(reasons), complete, self._thin_air, self._coherent)

    def _gather(self) -> bool:
        """Learn until no execution is left; False if that takes too long."""
        search = self._search
        try:
            for _ in range(ROUNDS):
                candidate = search.propose(*self._goal, *(item.selector for item in self._learnt.values()))
                if candidate is None:
                    return True
                self._learn(candidate)
        except OutOfTime:
            pass
        return False

    def _learn(self, candidate: Candidate) -> None:
        search = self._search
        deriver = Deriver(self._model, candidate.evaluation, search.reasons(candidate), search.narrowed.bounds)
        narrator = Narrator(search.graph, candidate.evaluation.frame.addresses)
        found: list[tuple[Check, Chain]] = []
        for single in (True, False):
            for check in self._model.axioms:
                search.solver.watch()
                if (check.name in self._single) is single:
                    chain = deriver.violation(check)
                    if chain is not None:
                        found.append((check, chain))
            if found:
                break
        if not found:
            if search.replayed(candidate) is not None:
                raise EngineError(f"{self._model.name} allows what was found to be forbidden")
            self._thin_air = True
            return
        check, chain = min(found, key=lambda item: item[1].weight)
        reason = narrator.reason(check.name, chain.steps, check.name in self._single)
        known = self._learnt.get(reason)
        if known is None:
            known = self._learnt[reason] = _Learnt(reason, search.literals.fresh())
        search.forbid(chain.facts, candidate, -known.selector)

    def _least(self, learnt: list[_Learnt]) -> list[_Learnt]:
        """Those of the reasons that cannot be left out. Barriers are not to get the credit for what a variable's own
        coherence forbids, so their reasons are tried first, the hardest to follow before the others."""
        kept = sorted(learnt, key=lambda item: (item.reason.by_itself, -len(item.reason.edges)))
        for item in list(kept):
            others = [other for other in kept if other is not item]
            try:
                if self._search.propose(*self._goal, *(other.selector for other in others)) is None:
                    kept = others
            except OutOfTime:
                break
        return kept


def _difficulty(reason: Reason) -> tuple[bool, int]:
    return reason.by_itself, len(reason.edges)


def unrecognised(model: Model) -> Model:
    """The model with coherence and atomicity spelt so that the search does not build them in but learns them like any
    other axiom, which tells where they are needed."""
    return replace(model, checks=tuple(_spelt_out(check) for check in model.checks))


def _spelt_out(check: Check) -> Check:
    if is_coherence(check):
        return Check(
            CheckKind.ACYCLIC, False, make(Op.PLUS, Sort.RELATION, (check.term,)), check.name, False, check.span
        )
    if is_atomicity(check):
        union = make(Op.UNION, Sort.RELATION, (check.term, EMPTY_RELATION))
        return replace(check, term=union)
    return check
