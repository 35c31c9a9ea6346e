"""Which loops only wait, and what that means for a verdict: nothing leans on the bound of such a loop."""

from __future__ import annotations

import pytest

from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.outcome import judge
from memmodel.engines.run import load_model
from memmodel.engines.smt import SmtEngine
from memmodel.events.awaits import only_waits
from memmodel.events.unroll import unroll
from memmodel.program import ir
from memmodel.program.load import load
from memmodel.result import Observation, Outcome, Result
from memmodel.source import SourceFile

PASSING = """C t
{{ {initial} }}
P0(int *x, int *y, int *z)
{{
	WRITE_ONCE(*y, 1);
	{release}
}}
P1(int *x, int *y, int *z)
{{
	int r0;
	int r1;
	int r2;
	int r3;
	{loop}
	r1 = READ_ONCE(*y);
}}
exists ({condition})
"""


def passing(loop: str, release: str = "smp_store_release(x, 1);", condition: str = "1:r1=0", initial: str = "") -> str:
    """Message passing in which the receiver loops until the flag is there."""
    return PASSING.format(loop=loop, release=release, condition=condition, initial=initial)


def program(text: str, unroll: int | None = None) -> ir.Program:
    return load(SourceFile("t", text), unroll=unroll).program


def results(text: str, bound: int | None = None) -> list[Result]:
    """What each engine finds under lkmm."""
    graph = unroll(program(text, bound))
    model = load_model("lkmm").model
    return [engine.run(graph, model, Request(states=True)) for engine in (SmtEngine(), EnumerateEngine())]


def waits(loop: str) -> bool:
    def loops(body: tuple[ir.Instruction, ...]) -> list[ir.Loop]:
        found: list[ir.Loop] = []
        for node in body:
            if isinstance(node, ir.Loop):
                found.append(node)
            elif isinstance(node, ir.Block):
                found.extend(loops(node.body))
        return found

    shown = program(passing(loop, condition="1:r0=0 /\\ 1:r2=0 /\\ 1:r3=0"))
    (only,) = loops(shown.threads[1].body)
    return only_waits(only, shown, 1)


@pytest.mark.parametrize(
    "loop",
    [
        "while (READ_ONCE(*x) == 0) ;",
        "while (smp_load_acquire(x) == 0) { barrier(); }",
        "while (*x == 0) smp_rmb();",
        "do { r0 = READ_ONCE(*x); smp_mb(); } while (r0 != 1);",
        "while (1) { r0 = READ_ONCE(*x); r2 = READ_ONCE(*z); if (r0 == r2 + 1) break; }",
        "while (1) { if (READ_ONCE(*x) != 0) { if (READ_ONCE(*z) == 0) break; } }",
        "while (1) { r0 = READ_ONCE(*x); if (r0 == 0) continue; break; }",
        "while (READ_ONCE(*x) == 0 || READ_ONCE(*z) == 1) ;",
    ],
)
def test_a_loop_of_reads_and_fences_only_waits(loop: str) -> None:
    assert waits(loop)


@pytest.mark.parametrize(
    "loop",
    [
        "while (READ_ONCE(*x) == 0) WRITE_ONCE(*z, 1);",
        "while (READ_ONCE(*x) == 0) r2 = r2 + 1;",
        "while (READ_ONCE(*x) == 0) r2++;",
        "while (xchg(x, 0) == 0) ;",
        "while (cmpxchg(x, 1, 0) == 0) ;",
        "while (spin_trylock(z) == 0) ;",
        "while (READ_ONCE(*x) == 0) synchronize_rcu();",
        "while (READ_ONCE(*x) == 0) { rcu_read_lock(); rcu_read_unlock(); }",
        "while (READ_ONCE(*x) == 0) { r2 = srcu_read_lock(z); }",
        "while (r0 == 0) r0 = READ_ONCE(*x);",
        "do { if (r2 == 0) r0 = READ_ONCE(*x); r2 = READ_ONCE(*z); } while (r0 == 0);",
        "while (READ_ONCE(*x) == 0) { while (READ_ONCE(*z) == 1) ; }",
    ],
)
def test_a_loop_that_writes_or_counts_or_remembers_does_more(loop: str) -> None:
    assert not waits(loop)


@pytest.mark.parametrize(
    "loop",
    [
        "while (READ_ONCE(*x) == 0) r2 = 1;",
        "while (READ_ONCE(*x) == 0) r2 = READ_ONCE(*z);",
        "while (1) { r0 = READ_ONCE(*x); if (r0 == 1) break; r2 = READ_ONCE(*z); }",
        "while (1) { r0 = READ_ONCE(*x); if (r0 == 1) break; if (r0 == 2) r2 = 1; if (r0 == 3) r3 = 1; }",
    ],
)
def test_so_does_one_whose_failing_iterations_leave_something_behind(loop: str) -> None:
    """What such a local holds afterwards may need as many failing iterations as there are locals."""
    assert not waits(loop)


def test_a_local_that_nothing_uses_afterwards_is_no_matter() -> None:
    found = program(passing("while (READ_ONCE(*x) == 0) r2 = READ_ONCE(*z);"))
    block = found.threads[1].body[0]
    assert isinstance(block, ir.Block) and isinstance(block.body[0], ir.Loop)
    assert only_waits(block.body[0], found, 1)


def outcomes(text: str, verdict: str, bound: int | None = None) -> set[Outcome]:
    stated = ir.Expectation(verdict, False, SourceFile("t", text).span(0, 1))
    return {judge(result, stated, True).outcome for result in results(text, bound)}


@pytest.mark.parametrize("bound", [1, 2, 3])
def test_message_passing_with_a_wait_for_the_flag_is_decided(bound: int) -> None:
    text = passing("while (smp_load_acquire(x) == 0) ;")
    assert outcomes(text, "Never", bound) == {Outcome.PASS}
    assert {(r.observation, r.cut, r.bounded) for r in results(text, bound)} == {(Observation.NEVER, True, False)}


def test_without_the_acquire_it_fails() -> None:
    assert outcomes(passing("while (READ_ONCE(*x) == 0) ;"), "Never") == {Outcome.FAIL}


@pytest.mark.parametrize(
    "loop",
    [
        "while (smp_load_acquire(x) == 0) r2 = r2 + 1;",
        "while (smp_load_acquire(x) == 0) WRITE_ONCE(*z, 1);",
        "while (smp_load_acquire(x) == 0) ; while (READ_ONCE(*z) == 0) r2++;",
    ],
)
def test_with_a_counter_or_a_store_in_the_loop_the_verdict_leans_on_the_bound(loop: str) -> None:
    text = passing(loop)
    condition = "1:r1=0"
    assert outcomes(text.replace(f"({condition})", "(1:r1=0 /\\ 1:r2=9)"), "Never") == {Outcome.BOUNDED}


def test_with_no_failing_iteration_at_all_too() -> None:
    """A bound of 0 shows no failing iteration, which alone may race."""
    assert outcomes(passing("while (smp_load_acquire(x) == 0) ;"), "Never", 0) == {Outcome.BOUNDED}


def test_a_failing_iteration_shows_its_race() -> None:
    """The plain read races when it fails, so that one failing iteration must be there."""
    for result in results(passing("while (*x == 0) ;", "WRITE_ONCE(*x, 1);"), 1):
        assert "data-race" in result.flags
        assert not result.bounded


def test_a_wait_for_what_never_comes_is_no_question_of_the_bound() -> None:
    text = passing("while (READ_ONCE(*x) != 5) ;")
    assert outcomes(text, "Never") == {Outcome.VACUOUS}
    for result in results(text):
        assert judge(result, None, True).reason == "there is no execution at all: a loop waits for what never comes"


def test_more_iterations_of_a_wait_change_no_state_and_no_flag() -> None:
    """The argument, put to the test."""
    for loop in ("while (READ_ONCE(*x) == 0) ;", "while (*x == 0) smp_rmb();", "do { r0 = *x; } while (r0 != 2);"):
        text = passing(loop, "WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2);").replace("exists", "locations [1:r0; x;] exists")
        found = {(r.observation, r.flags, r.states) for bound in (1, 2, 4) for r in results(text, bound)}
        assert len(found) == 1
