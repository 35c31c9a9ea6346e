"""The Z3 engine: what it learns is true, its re-check catches it, and values mean the same however they are encoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench import rings
from memmodel.cat import models
from memmodel.cat.evaluate import judge
from memmodel.cat.facts import Fact, FactKind, Facts
from memmodel.engines.base import Request
from memmodel.engines.search import Candidate, Search
from memmodel.engines.smt import Goals, SmtEngine
from memmodel.errors import EngineError
from memmodel.events.execution import Execution, NotAnExecution, replay
from memmodel.events.graph import EventGraph
from memmodel.events.unroll import unroll
from memmodel.program.load import load
from memmodel.result import Observation
from memmodel.source import SourceFile
from tests.differential.generate import generate

LKMM = models.load("lkmm").model
LITMUS = Path(__file__).parents[2] / "litmus"
SOME_TESTS = sorted(LITMUS.glob("*/*.litmus"))[::9]


def graph_of(text: str) -> EventGraph:
    return unroll(load(SourceFile("test.litmus", text)).program)


def generated(count: int, start: int) -> Iterator[str]:
    for seed in range(start, start + count):
        yield generate(seed).render()


def candidates(graph: EventGraph) -> list[Candidate]:
    """Every complete candidate, allowed or not, without learning anything."""
    search = Search(graph, replace(LKMM, checks=LKMM.flags), None)
    goals = Goals(search)
    found: list[Candidate] = []
    while candidate := search.find(goals.complete):
        found.append(candidate)
        search.literals.clause(-literal for literal in search.whole(candidate))
    return found


class Witnessing(Search):
    """A search that holds everything it learns against the executions that the model allows."""

    allowed: tuple[Execution, ...] = ()
    learnt = 0

    def forbid(self, facts: Facts, candidate: Candidate, *unless: int) -> None:
        if not unless and not any(f.kind in (FactKind.PATH, FactKind.FULL) for f in facts):
            type(self).learnt += 1
            for execution in self.allowed:
                assert not all(holds(fact, execution, self.graph) for fact in facts), (sorted(facts), execution)
        super().forbid(facts, candidate, *unless)


def holds(fact: Fact, execution: Execution, graph: EventGraph) -> bool:
    """Whether an execution has a fact, by the fact's definition."""
    done = replay(graph, execution)
    place = {write: i for order in execution.co for i, write in enumerate(order)}
    source = {read: write for write, read in execution.rf}
    a, b = fact.first, fact.second
    match fact.kind:
        case FactKind.EXECUTED:
            found = bool(execution.executed >> a & 1)
        case FactKind.RF:
            found = source.get(b) == a
        case FactKind.SAME:
            found = done.addresses[a] == done.addresses[b]
        case FactKind.ORDER:
            found = a in place and b in place and place[a] < place[b]
        case FactKind.EQUAL:
            found = done.values[a] == done.values[b]
        case FactKind.FROM_READ:
            found = a in source and b in place and place[source[a]] < place[b]
        case _:
            dependencies = {FactKind.ADDR: graph.addr, FactKind.DATA: graph.data, FactKind.CTRL: graph.ctrl}
            found = bool(done.value(dependencies[fact.kind][a].condition))
    return found == fact.holds


PROGRAMS_WITH_MUCH_TO_LEARN = [
    *generated(12, 4100),
    rings.rcu(2, 2),
    rings.rcu_alternating(4),
    rings.spsc(1, 2),
    rings.spsc(1, 2, payload=rings.Payload.PLAIN),
]


@pytest.mark.parametrize("text", PROGRAMS_WITH_MUCH_TO_LEARN, ids=lambda text: text.split()[1])
def test_nothing_learnt_bars_an_allowed_execution(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of(text)
    allowed = []
    for candidate in candidates(graph):
        try:
            done = replay(graph, candidate.execution)
        except NotAnExecution:
            continue
        if judge(LKMM, done).allowed:
            allowed.append(candidate.execution)
    monkeypatch.setattr(Witnessing, "allowed", tuple(allowed))
    monkeypatch.setattr("memmodel.engines.smt.Search", Witnessing)
    result = SmtEngine().run(graph, LKMM, Request(count=True))
    assert (result.positive or 0) + (result.negative or 0) == len(allowed)


def test_the_programs_above_give_something_to_learn() -> None:
    Witnessing.learnt = 0
    for text in PROGRAMS_WITH_MUCH_TO_LEARN[-4:]:
        search = Witnessing(graph_of(text), LKMM, None)
        while candidate := search.find(Goals(search).complete):
            search.literals.clause(-literal for literal in search.whole(candidate))
    assert Witnessing.learnt > 5


@pytest.mark.parametrize("text", list(generated(25, 9300)), ids=lambda text: text.split()[1])
def test_bit_vectors_and_cases_agree_on_generated_programs(text: str) -> None:
    assert_same_values(graph_of(text))


@pytest.mark.parametrize("path", SOME_TESTS, ids=lambda path: path.stem)
def test_bit_vectors_and_cases_agree_on_the_library(path: Path) -> None:
    assert_same_values(graph_of(path.read_text()))


def assert_same_values(graph: EventGraph) -> None:
    by_cases = SmtEngine().run(graph, LKMM, Request(states=True, timeout=20))
    by_bits = SmtEngine(limit=0).run(graph, LKMM, Request(states=True, timeout=20))
    if by_bits.timed_out:
        pytest.skip("bit-vectors alone take too long here")
    assert by_bits.observation == by_cases.observation
    assert by_bits.flags == by_cases.flags
    assert by_bits.states == by_cases.states


STORE_BUFFERING = """C SB
{}
P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_mb(); int r0 = READ_ONCE(*y); }
P1(int *x, int *y) { WRITE_ONCE(*y, 1); smp_mb(); int r0 = READ_ONCE(*x); }
exists (0:r0=0 /\\ 1:r0=0)
"""


def test_a_search_that_forgets_an_axiom_is_caught_by_the_re_check() -> None:
    search = Search(graph_of(STORE_BUFFERING), LKMM, None)
    search.narrowed = replace(search.narrowed, axioms=())
    goals = Goals(search)
    candidate = search.find(goals.complete, goals.condition)
    assert candidate is not None
    with pytest.raises(EngineError, match="propagation"):
        search.confirm(candidate)


def test_with_its_axioms_the_same_search_finds_nothing() -> None:
    result = SmtEngine().run(graph_of(STORE_BUFFERING), LKMM, Request())
    assert result.observation is Observation.NEVER
    assert result.witness is None
    assert result.counterexample is not None


def test_time_out_leaves_what_was_found() -> None:
    graph = graph_of(rings.rcu(5, 5))
    result = SmtEngine().run(graph, LKMM, Request(states=True, timeout=0.5))
    assert result.timed_out
    assert result.observation is None
    assert result.states
    assert result.witness or result.counterexample
