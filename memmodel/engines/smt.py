"""The Z3 engine: which questions are put to a search, and what its answers make of the program.

A verdict is two questions (an execution with the condition, one without), a flag one more, a list of states as many
as there are states. All go to one search, which keeps what it has learnt from one to the next.
"""

from __future__ import annotations

import time

from memmodel.cat.terms import Model
from memmodel.engines.base import Request, without_lock_axioms
from memmodel.engines.flags import FlagSearch
from memmodel.engines.literals import TRUE
from memmodel.engines.search import Search
from memmodel.engines.solver import OutOfTime
from memmodel.events.graph import EventGraph
from memmodel.records import dataclass, field, replace
from memmodel.result import Note, Observation, Result, State, Witness
from memmodel.source import Span


@dataclass
class _Findings:
    """What a run has established so far: also what a time-out leaves."""

    flags: set[str] = field(default_factory=set)
    states: dict[State, bool] = field(default_factory=dict)
    positive: int = 0
    negative: int = 0
    witness: Witness | None = None
    counterexample: Witness | None = None
    flag_witnesses: dict[str, Witness] = field(default_factory=dict)

    def note(self, witness: Witness, satisfied: bool) -> None:
        if satisfied:
            self.witness = self.witness or witness
        else:
            self.counterexample = self.counterexample or witness
        for flag in witness.flags:
            self.flags.add(flag)
            self.flag_witnesses.setdefault(flag, witness)


class SmtEngine:
    """Engine by Z3. `limit` bounds the values kept as cases (0: everything as bit-vectors, for testing)."""

    name = "smt"

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit

    def run(self, graph: EventGraph, model: Model, request: Request) -> Result:
        start = time.monotonic()
        deadline = None if request.timeout is None else start + request.timeout
        findings = _Findings()
        try:
            result = self._decide(graph, model, request, deadline, findings)
        except OutOfTime:
            result = Result(None, timed_out=True, reason="no decision within the time limit")
        return replace(
            result,
            flags=frozenset(findings.flags),
            states=tuple(sorted(findings.states)) if request.states else None,
            positive=findings.positive if request.count else None,
            negative=findings.negative if request.count else None,
            witness=findings.witness,
            counterexample=findings.counterexample,
            flag_witnesses=tuple(sorted(findings.flag_witnesses.items())),
            seconds=time.monotonic() - start,
        )

    def _decide(
        self, graph: EventGraph, model: Model, request: Request, deadline: float | None, findings: _Findings
    ) -> Result:
        search = Search(graph, model, deadline, self._limit)
        goals = Goals(search)
        if request.count:
            _count(search, goals, findings)
        elif request.states:
            _states(search, goals, findings)
        else:
            for condition, satisfied in ((goals.condition, True), (-goals.condition, False)):
                witness = search.first(goals.complete, condition)
                if witness is not None:
                    findings.note(witness, satisfied)
        nothing = findings.witness is None and findings.counterexample is None
        if not nothing and not request.count:
            _flags(search, goals, findings)
        if findings.witness is None:
            observation = Observation.NEVER
        elif findings.counterexample is None:
            observation = Observation.ALWAYS
        else:
            observation = Observation.SOMETIMES
        cut = goals.cut != -TRUE and search.find(goals.assumed, goals.cut) is not None
        bounded = cut and goals.leaning != -TRUE
        if bounded and goals.leaning != goals.cut:
            bounded = search.find(goals.assumed, goals.leaning) is not None
        return Result(
            observation,
            no_executions=nothing,
            deadlock=nothing and self._deadlocks(graph, model, deadline),
            cut=cut,
            bounded=bounded,
            faults=_notes(search, goals.faults, goals.assumed),
            failed_assertions=_notes(search, goals.failures, goals.complete),
        )

    def _deadlocks(self, graph: EventGraph, model: Model, deadline: float | None) -> bool:
        """Whether a program without executions would have some if held locks could be taken."""
        search = Search(graph, without_lock_axioms(model), deadline, self._limit)
        return search.find(Goals(search).unlocked) is not None


class Goals:
    """The literals that executions are asked for."""

    def __init__(self, search: Search) -> None:
        graph, values, literals = search.graph, search.encoding.values, search.literals
        met = [values.literal(a.condition) for a in graph.assumptions]
        cuts = [values.literal(c.condition) for c in graph.cuts]
        faults = [values.literal(f.condition) for f in graph.faults]
        kept = values.literal(graph.filter)
        whole = [*(-c for c in cuts), *(-f for f in faults), kept]
        self.assumed = literals.conjunction(met)
        """Assumptions met; perhaps cut off or faulty, filtered or not."""
        self.complete = literals.conjunction([*met, *whole])
        unlocked = [m for m, a in zip(met, graph.assumptions, strict=True) if not a.lock]
        self.unlocked = literals.conjunction([*unlocked, *whole])
        """Complete, but for locks taken without being free."""
        self.condition = values.literal(graph.condition)
        self.cut = literals.disjunction(cuts)
        self.leaning = literals.disjunction([c for c, cut in zip(cuts, graph.cuts, strict=True) if not cut.awaits])
        """Cut off at a loop that does more than wait."""
        self.faults = [
            (literal, Note(f"{fault.kind.value} in P{fault.thread}", fault.span))
            for literal, fault in zip(faults, graph.faults, strict=True)
        ]
        self.failures = [(values.literal(item.failed), Note(item.message, item.span)) for item in graph.assertions]


def _count(search: Search, goals: Goals, findings: _Findings) -> None:
    """Every execution, one by one."""
    listing = search.literals.fresh()  # what was listed is barred only while this holds
    while candidate := search.find(goals.complete, listing):
        satisfied = search.solver.true(goals.condition)
        done = search.replayed(candidate)
        if done is None:
            continue
        raised = search.flags_raised(candidate, done)
        news = findings.counterexample is None if not satisfied else findings.witness is None
        if news or not raised <= findings.flags:
            witness = search.confirm(candidate)
            assert witness is not None
            findings.note(witness, satisfied)
        findings.states[search.state(done)] = satisfied
        if satisfied:
            findings.positive += 1
        else:
            findings.negative += 1
        search.literals.clause([-listing, *(-literal for literal in search.whole(candidate))])


def _states(search: Search, goals: Goals, findings: _Findings) -> None:
    """One execution for each final state; two where states do not tell whether the condition holds, as in C."""
    values = search.encoding.values
    listing = search.literals.fresh()
    while candidate := search.find(goals.complete, listing):
        satisfied = search.solver.true(goals.condition)
        witness = search.confirm(candidate)
        if witness is None:
            continue
        findings.note(witness, satisfied)
        findings.states[witness.state] = satisfied
        done = search.replayed(candidate)
        assert done is not None
        shown = [values.equals(o.value, done.value(o.value)) for o in search.graph.observations]
        shown.append(goals.condition if satisfied else -goals.condition)
        search.literals.clause([-listing, *(-literal for literal in shown)])


def _flags(search: Search, goals: Goals, findings: _Findings) -> None:
    """Each flag not raised yet: is there an execution that raises it?"""
    for check in search.narrowed.flags:
        if check.name in findings.flags:
            continue
        candidate = FlagSearch(search, check).find(goals.complete)
        while candidate is not None:
            witness = search.confirm(candidate)
            if witness is not None:
                findings.flags.add(check.name)
                findings.flag_witnesses.setdefault(check.name, witness)
                break
            candidate = FlagSearch(search, check).find(goals.complete)


def _notes(search: Search, goals: list[tuple[int, Note]], assumed: int) -> tuple[Note, ...]:
    """Those of the goals that an allowed execution reaches, with it. Copies of one place, as loops make them, are one
    goal; and where nothing can be reached at all, one search says so."""
    every = search.literals.disjunction([literal for literal, _ in goals])
    if every == -TRUE or search.first(assumed, every) is None:
        return ()
    places: dict[tuple[str, Span | None], list[int]] = {}
    for literal, note in goals:
        places.setdefault((note.message, note.span), []).append(literal)
    found: list[Note] = []
    for (message, span), literals in places.items():
        witness = search.first(assumed, search.literals.disjunction(literals))
        if witness is not None:
            found.append(Note(message, span, witness))
    return tuple(found)
