"""What explanations claim, held against the other engine and against the meaning of an execution."""

from __future__ import annotations

import time
from functools import lru_cache

import pytest

from bench.rings import spsc
from memmodel.analyses import refute as refuting
from memmodel.analyses.barriers import spot, with_barriers
from memmodel.analyses.explain import Question, explain
from memmodel.analyses.explanation import Cure
from memmodel.analyses.missing import find_missing
from memmodel.analyses.shortest import shortest
from memmodel.analyses.story import Execution, sequence
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals, SmtEngine
from memmodel.events.graph import INITIAL, EventKind
from memmodel.events.unroll import unroll
from memmodel.program.ir import Program, Quantifier
from memmodel.reports.explanation import WIDTH, render
from memmodel.result import Observation
from tests.analyses.explaining import explained, library, model, names, program
from tests.sampling import one_in

ALL_SOMETIMES = names("Sometimes")
ALL_NEVER = names("Never")
SOMETIMES = [name for name in ALL_SOMETIMES if not name.startswith("ring/") or "drain" in name]
NEVER = [name for name in ALL_NEVER if not name.startswith("ring/") or "drain" in name]
"""Without the rings, which take longer."""

FEW = 12
"""Accesses up to which the explicit engine is asked."""


@lru_cache(maxsize=512)
def accesses(name: str) -> int:
    events = unroll(library(name)).events
    return sum(event.thread != INITIAL and event.kind is not EventKind.FENCE for event in events)


def small(name: str, most: int = FEW) -> bool:
    return accesses(name) <= most


def impossible(tested: Program, under: str = "lkmm") -> bool:
    """Whether, by the explicit engine, the outcome that the program asks about has no execution."""
    found = EnumerateEngine().run(unroll(tested), model(under), Request(timeout=60)).observation
    return found is (Observation.ALWAYS if tested.quantifier is Quantifier.FORALL else Observation.NEVER)


@pytest.mark.parametrize("name", one_in(2, [name for name in SOMETIMES if small(name, 7)]))
def test_full_barriers_in_the_gaps_and_no_fewer_make_the_outcome_impossible(name: str) -> None:
    missing = explained(name).missing
    assert missing is not None
    tested = library(name)
    if missing.cure is not Cure.PROVEN:
        assert not impossible(tested)
        return
    spots = [spot(gap.before.thread, gap.before.span) for gap in missing.gaps if gap.before.span is not None]
    assert impossible(with_barriers(tested, dict.fromkeys(spots, "mb")))
    for one in spots:
        assert not impossible(with_barriers(tested, {other: "mb" for other in spots if other != one}))


@pytest.mark.parametrize("name", [name for name in SOMETIMES if not name.startswith(("rcu/", "srcu/"))])
def test_no_barrier_is_said_to_help_exactly_where_the_outcome_is_sequentially_consistent(name: str) -> None:
    missing = explained(name).missing
    assert missing is not None
    found = SmtEngine().run(unroll(library(name)), model("sc"), Request(timeout=60)).witness
    if missing.cure is Cure.INTERLEAVING:
        assert found is not None
    elif missing.cure is Cure.PROVEN:
        assert found is None


@pytest.mark.parametrize("name", SOMETIMES)
def test_each_read_of_a_story_sees_the_last_write_before_it(name: str) -> None:
    question = Question(library(name), model(), time.monotonic() + 60)
    witness = shortest(question.search, question.goals.complete, question.target)
    assert witness is not None
    shown = Execution(question.graph, model(), witness)
    order, broken = sequence(shown)
    assert sorted(order) == list(range(len(shown.nodes)))
    events, done = shown.graph.events, shown.done
    memory = {done.addresses[e.id]: done.values[e.id] for e in events if e.thread == INITIAL}
    for node in order:
        for event in shown.nodes[node].events:
            where = done.addresses[event]
            if events[event].kind is EventKind.READ:
                assert done.values[event] == memory[where]
            elif events[event].kind is EventKind.WRITE:
                memory[where] = done.values[event]
    placed = {node: i for i, node in enumerate(order)}
    turned = {(a, b) for a, row in enumerate(shown.order) for b in placed if row >> b & 1 and placed[b] < placed[a]}
    assert turned == set(broken)


@pytest.mark.parametrize("name", one_in(2, [name for name in NEVER if small(name)]))
def test_the_reasons_cover_every_way_and_forbid_no_allowed_execution(name: str) -> None:
    tested = library(name)
    graph = unroll(tested)
    search = Search(graph, refuting.unrecognised(model()), None, eager=False)
    goals = Goals(search)
    refuter = refuting._Refuter(search, model(), (goals.complete, goals.condition), False)
    refutation = refuter.run()
    assert refutation.complete
    selectors = [item.selector for item in refuter._learnt.values()]
    assert search.propose(goals.complete, goals.condition, *selectors) is None
    listing, allowed = search.literals.fresh(), 0
    while candidate := search.find(goals.complete, listing, *selectors):
        allowed += search.replayed(candidate) is not None
        search.literals.clause([-listing, *(-literal for literal in search.whole(candidate))])
    counted = EnumerateEngine().run(graph, model(), Request(count=True, timeout=60))
    assert counted.positive == 0
    assert allowed == counted.negative


@pytest.mark.parametrize("name", one_in(2, [name for name in NEVER if small(name)]))
def test_no_reason_can_be_left_out(name: str) -> None:
    graph = unroll(library(name))
    search = Search(graph, refuting.unrecognised(model()), None, eager=False)
    goals = Goals(search)
    refuter = refuting._Refuter(search, model(), (goals.complete, goals.condition), False)
    kept = set(refuter.run().reasons)
    selectors = {reason: item.selector for reason, item in refuter._learnt.items() if reason in kept}
    for left in kept:
        others = [selector for reason, selector in selectors.items() if reason != left]
        assert search.propose(goals.complete, goals.condition, *others) is not None


@pytest.mark.parametrize("name", SOMETIMES + NEVER)
def test_the_text_fits_in_80_columns_below_its_title(name: str) -> None:
    title, *rest = render(explained(name)).splitlines()
    assert title and not title.endswith(" ")
    assert max(map(len, rest)) <= WIDTH


def test_the_chain_of_a_cycle_is_closed_and_every_order_edge_has_a_cause() -> None:
    for name in ALL_NEVER:
        refutation = explained(name).refutation
        assert refutation is not None
        for reason in refutation.reasons:
            pairs = list(zip(reason.edges, [*reason.edges[1:], reason.edges[0]], strict=True))
            for edge, following in pairs if reason.closed else pairs[:-1]:
                assert edge.second.span == following.first.span, (name, edge, following)
            assert all(edge.causes for edge in reason.edges if edge.relation == "order" and edge.first != edge.second)


def test_values_that_no_execution_gives_need_no_reason() -> None:
    text = "C nothing\n\n{}\n\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\nexists (x=2)\n"
    explanation = explain(program(text), model(), "a.litmus", 10)
    assert explanation.refutation is not None and explanation.refutation.reasons == ()
    assert explanation.title == "Never: no execution of the program gives these values, whatever the memory model"


def test_a_held_lock_is_a_deadlock() -> None:
    text = "C dead\n\n{}\n\nP0(spinlock_t *l, int *x)\n{\n\tspin_lock(l);\n\tspin_lock(l);\n}\n\nexists (x=0)\n"
    explanation = explain(program(text), model(), "a.litmus", 10)
    assert explanation.title.startswith("Deadlock: ")


def test_an_unsatisfiable_filter_is_vacuous() -> None:
    text = "C none\n\n{}\n\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\nfilter (x=2)\nexists (x=1)\n"
    explanation = explain(program(text), model(), "a.litmus", 10)
    assert explanation.title.startswith("Vacuous: ")


def test_grace_periods_and_critical_sections_are_named() -> None:
    refutation = explained("rcu/MP+sync+rscs").refutation
    assert refutation is not None
    causes = [cause.text for reason in refutation.reasons for edge in reason.edges for cause in edge.causes]
    assert any(text.startswith("synchronize_rcu()") for text in causes)
    assert any(text.startswith("an RCU read-side critical section, lines ") for text in causes)


def test_a_race_is_told_in_the_words_of_kcsan() -> None:
    text = """C race

{}

P0(int *x)
{
\t*x = 1;
}

P1(int *x)
{
\tint r0 = READ_ONCE(*x);
}

exists (1:r0=1)
"""
    explanation = explain(program(text), model(), "a.litmus", 10)
    race = explanation.race
    assert race is not None
    assert (
        explanation.title
        == "data-race in P0 / P1: write to x of 4 bytes, line 7, and marked read to x of 4 bytes, line 12"
    )
    assert race.missing.cure is Cure.NONE, "barriers put nothing in order that has no other access"
    assert race.marking


def test_the_witness_moves_to_one_that_needs_no_reordering() -> None:
    """Two ways to the outcome, one of which is sequentially consistent: that one is told."""
    text = """C either

{}

P0(int *x, int *y)
{
\tWRITE_ONCE(*x, 1);
\tWRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
\tint r0 = READ_ONCE(*y);
\tint r1 = READ_ONCE(*x);
}

exists (1:r0=1)
"""
    question = Question(program(text), model(), time.monotonic() + 60)
    goals = question.goals
    witness = question.search.first(goals.complete, question.target)
    assert witness is not None
    missing, shown = find_missing(Execution(question.graph, model(), witness), question.trial)
    assert missing.cure is Cure.INTERLEAVING
    assert sequence(shown)[1] == []


def test_reasons_that_differ_in_their_lines_only_are_shown_once() -> None:
    text = render(explained("locks/lock-counter"))
    assert text.count("a cycle that happens-before forbids:") == 1
    assert "and 1 more such, with the lines" in text


def test_time_running_out_is_said_in_the_title() -> None:
    explanation = explain(program(spsc(2, 12)), model(), "a.litmus", 0.3)
    assert "time limit" in explanation.title
    assert explanation.refutation is None or not explanation.refutation.complete


LOOP = """C loop

{}

P0(int *x)
{
\tWRITE_ONCE(*x, 1);
}

P1(int *x, int *y)
{
\tint r0 = 0;

\tdo {
\t\tr0 = r0 + READ_ONCE(*x);
\t} while (r0 < 3);
}

exists (1:r0=4)
"""


def test_a_verdict_that_leans_on_a_loop_bound_says_so() -> None:
    explanation = explain(program(LOOP), model(), "a.litmus", 20)
    assert explanation.outcome == "bounded"
    assert explanation.title.endswith("(up to the loop bound)") or "within the loop bound" in explanation.title


def test_a_fault_is_told_with_the_execution_that_runs_into_it() -> None:
    text = "C f\n\n{}\n\nP0(int **p)\n{\n\tint *r0 = READ_ONCE(*p);\n\tWRITE_ONCE(*r0, 1);\n}\n\nexists (0:r0=0)\n"
    explanation = explain(program(text), model(), "a.litmus", 20)
    assert explanation.title == "NULL dereference in P0 can happen on line 8"
    assert explanation.story is not None
    assert [row.effects for row in explanation.story.rows] == [("reads p = 0 (initial)",)]
