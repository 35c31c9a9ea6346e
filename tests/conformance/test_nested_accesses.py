"""What accesses inside conditions and arguments order: verdicts, as herd7 7.58 answers these tests."""

import pytest

from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.run import load_model
from memmodel.engines.smt import SmtEngine
from memmodel.events.unroll import unroll
from memmodel.program.load import load
from memmodel.result import Observation
from memmodel.source import SourceFile

NEVER, SOMETIMES = Observation.NEVER, Observation.SOMETIMES

TEMPLATE = """C t
{{ {initial} }}
P0(int *x, int *y, int *z)
{{
	int r1 = READ_ONCE(*x);
	int r3;
	{body}
}}
P1(int *x, int *y, int *z)
{{
	int r2 = READ_ONCE(*z);
	smp_mb();
	WRITE_ONCE(*x, 1);
}}
exists (0:r1=1 /\\ 1:r2=1)
"""

POINTERS = """C t
{{ p=x; }}
P0(int *x, int *y, int *z, int **p)
{{
	int *r1 = READ_ONCE(*p);
	{body}
}}
P1(int *x, int *y, int *z, int **p)
{{
	int r2 = READ_ONCE(*z);
	smp_mb();
	WRITE_ONCE(*p, y);
}}
exists (0:r1=y /\\ 1:r2=1)
"""


def verdicts(text: str) -> set[Observation | None]:
    """What each engine says under lkmm."""
    model = load_model("lkmm").model
    graph = unroll(load(SourceFile("t", text)).program)
    return {engine.run(graph, model, Request()).observation for engine in (SmtEngine(), EnumerateEngine())}


@pytest.mark.parametrize(
    ("body", "initial", "verdict"),
    [
        ("if (xchg_relaxed(y, r1) == 0) WRITE_ONCE(*z, 1);", "", NEVER),
        ("r3 = xchg_relaxed(y, r1); if (r3 == 0) WRITE_ONCE(*z, 1);", "", SOMETIMES),
        ("if (cmpxchg_relaxed(y, r1, 2) == 1) WRITE_ONCE(*z, 1);", "y=1;", NEVER),
        ("if (cmpxchg_relaxed(y, r1, 2) == 5) WRITE_ONCE(*z, 1);", "y=5;", NEVER),
        ("r3 = cmpxchg_relaxed(y, r1, 2); if (r3 == 1) WRITE_ONCE(*z, 1);", "y=1;", SOMETIMES),
        # What would be written counts only where it is: not after a failure.
        ("if (cmpxchg_relaxed(y, 5, r1) == 5) WRITE_ONCE(*z, 1);", "y=5;", NEVER),
        ("if (cmpxchg_relaxed(y, 4, r1) == 5) WRITE_ONCE(*z, 1);", "y=5;", SOMETIMES),
        ("if (atomic_add_unless(y, r1, 5)) WRITE_ONCE(*z, 1);", "", NEVER),
        ("if (atomic_add_unless(y, r1, 5) == 0) WRITE_ONCE(*z, 1);", "y=5;", SOMETIMES),
        ("if (atomic_fetch_add_relaxed(r1, y) == 0) WRITE_ONCE(*z, 1);", "", NEVER),
        # A local assigned in the arms carries the control further.
        ("if (xchg_relaxed(y, r1) == 0) r3 = 1; else r3 = 1; if (r3) WRITE_ONCE(*z, 1);", "", NEVER),
        # The value of a fetch_add rests on its operand, as that of an add_return does.
        ("r3 = atomic_fetch_add_relaxed(r1, y); WRITE_ONCE(*z, r3 + 1);", "", NEVER),
        ("r3 = atomic_add_return_relaxed(r1, y); if (r3 == 1) WRITE_ONCE(*z, 1);", "", NEVER),
    ],
)
def test_operands_of_an_operation_in_a_condition_control_the_arms(
    body: str, initial: str, verdict: Observation
) -> None:
    assert verdicts(TEMPLATE.format(body=body, initial=initial)) == {verdict}


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("if (*r1 == 0) WRITE_ONCE(*z, 1);", NEVER),
        ("int r3 = *r1; if (r3 == 0) WRITE_ONCE(*z, 1);", SOMETIMES),
        ("if (spin_trylock(r1)) { WRITE_ONCE(*z, 1); spin_unlock(r1); }", NEVER),
        ("if (spin_is_locked(r1) == 0) WRITE_ONCE(*z, 1);", NEVER),
    ],
)
def test_pointers_followed_in_a_condition_control_the_arms(body: str, verdict: Observation) -> None:
    assert verdicts(POINTERS.format(body=body)) == {verdict}


LOOP = """C t
{{ p=y; x=0; y=1; w=1; }}
P0(int *z, int **p, int *w)
{{
	int *r1 = READ_ONCE(*p);
	{body}
}}
P1(int *x, int *z, int **p)
{{
	int r2 = READ_ONCE(*z);
	smp_mb();
	WRITE_ONCE(*p, x);
}}
exists (1:r2=1)
"""


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("while (*r1 == 0) { WRITE_ONCE(*z, 1); r1 = w; }", NEVER),
        ("int r3 = *r1; while (r3 == 0) { WRITE_ONCE(*z, 1); r3 = 1; }", SOMETIMES),
    ],
)
def test_so_they_do_in_the_condition_of_a_loop(body: str, verdict: Observation) -> None:
    assert verdicts(LOOP.format(body=body)) == {verdict}
