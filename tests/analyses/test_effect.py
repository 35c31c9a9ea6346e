"""What fences change in a model's terms: never less than what differs between two evaluations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memmodel.analyses.effect import Change, without_effect
from memmodel.analyses.rules.subject import Subject
from memmodel.cat.evaluate import evaluation_of
from memmodel.cat.terms import Op, Sort, Term, base, make
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.events.execution import replay
from memmodel.events.graph import Event, EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.program.load import load
from memmodel.source import SourceFile
from tests.analyses.rules.programs import BARE, inspected, litmus, model
from tests.differential.generate import generate


def terms_of(term: Term, seen: dict[Term, None]) -> None:
    if term not in seen:
        for arg in term.args:
            terms_of(arg, seen)
        seen[term] = None


def bare(graph: EventGraph, fence: Event) -> EventGraph:
    events = tuple(replace(event, tags=BARE) if event.id == fence.id else event for event in graph.events)
    return replace(graph, events=events)


@pytest.mark.parametrize("seeds", [range(60), range(60, 120)])
def test_the_bound_covers_every_difference_in_executions(seeds: range) -> None:
    """Every closed term of the model, evaluated with and without each fence, on executions of generated programs."""
    closed: dict[Term, None] = {}
    for check in model().checks:
        terms_of(check.term, closed)
    terms = [term for term in closed if not term.free]
    differed = compared = 0
    for seed in seeds:
        graph = unroll(load(SourceFile("t", generate(seed).render())).program)
        fences = [event for event in graph.events if event.kind is EventKind.FENCE]
        result = SmtEngine().run(graph, model(), Request(timeout=5))
        witnesses = [w for w in (result.witness, result.counterexample) if w is not None]
        subject = Subject(graph, model(), result)
        for fence in fences[:3]:
            change = Change(subject.bounds, (fence,))
            for witness in witnesses:
                first = evaluation_of(replay(graph, witness.execution))
                second = evaluation_of(replay(bare(graph, fence), witness.execution))
                for term in terms:
                    compared += 1
                    one, other = first.value(term), second.value(term)
                    if one == other:
                        continue
                    differed += 1
                    bound = change.change(term)
                    if isinstance(one, int):
                        assert isinstance(other, int) and isinstance(bound, int)
                        assert (one ^ other) & ~bound == 0, (seed, fence, term)
                    else:
                        assert not isinstance(other, int) and not isinstance(bound, int)
                        rows = zip(one, other, bound, strict=True)
                        assert all((a ^ b) & ~c == 0 for a, b, c in rows), (seed, fence, term)
    assert compared > 1000 and differed > 100


def test_a_needed_fence_has_an_effect_and_a_misplaced_one_has_none() -> None:
    text = litmus(
        "1:r0=1 /\\ 1:r1=0",
        "WRITE_ONCE(*x, 1);\nsmp_wmb();\nWRITE_ONCE(*y, 1);\nsmp_wmb();",
        "int r0 = READ_ONCE(*y);\nsmp_rmb();\nint r1 = READ_ONCE(*x);",
    )
    subject = inspected(text).subject
    wmb, last, rmb = [event for event in subject.graph.events if event.kind is EventKind.FENCE]
    assert not without_effect(subject.bounds, subject.model, [wmb])
    assert not without_effect(subject.bounds, subject.model, [rmb])
    assert without_effect(subject.bounds, subject.model, [last])


def test_a_redundant_fence_is_not_without_effect() -> None:
    """Of two barriers in a row either may go, but not both: each orders something by itself."""
    text = litmus("1:r0=1", "WRITE_ONCE(*x, 1);\nsmp_mb();\nsmp_wmb();\nWRITE_ONCE(*y, 1);", "int r0 = READ_ONCE(*y);")
    subject = inspected(text).subject
    fences = [event for event in subject.graph.events if event.kind is EventKind.FENCE]
    assert not any(without_effect(subject.bounds, subject.model, [fence]) for fence in fences)


def test_taking_away_from_what_is_subtracted_adds() -> None:
    """`po \\ po ; [Wmb] ; po` grows where the fence goes: a change all the same."""
    text = litmus("x=1", "WRITE_ONCE(*x, 1);\nsmp_wmb();\nWRITE_ONCE(*y, 1);")
    subject = inspected(text).subject
    (fence,) = [event for event in subject.graph.events if event.kind is EventKind.FENCE]
    po = base("po", Sort.RELATION)
    wmb = make(Op.IDENTITY, Sort.RELATION, (base("Wmb", Sort.SET),))
    through = make(Op.SEQ, Sort.RELATION, (po, wmb, po))
    change = Change(subject.bounds, (fence,))
    assert change.reaches(make(Op.DIFF, Sort.RELATION, (po, through)))
    assert change.reaches(make(Op.COMPLEMENT, Sort.RELATION, (through,)))
    assert not change.reaches(make(Op.DIFF, Sort.RELATION, (po, po)))
