"""MM103: smp_wmb() orders writes before it against writes after it (Documentation/memory-barriers.txt)."""

from __future__ import annotations

import pytest

from tests.analyses.rules.programs import Inspected, assert_without_effect, inspected, litmus

CODE = "MM103"


def thread(body: str) -> Inspected:
    other = "WRITE_ONCE(*y, 1);\nsmp_mb();\nint r9 = READ_ONCE(*x);"
    return inspected(litmus("x=1 /\\ 1:r9=0", body, other))


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("int r0 = READ_ONCE(*y);\nsmp_wmb();\nWRITE_ONCE(*x, 1);", "before"),
        ("WRITE_ONCE(*x, 1);\nsmp_wmb();\nint r0 = READ_ONCE(*y);", "after"),
        ("int r1 = READ_ONCE(*x);\nsmp_wmb();\nint r0 = READ_ONCE(*y);", "before or after"),
        ("smp_wmb();\nWRITE_ONCE(*x, 1);\nWRITE_ONCE(*z, 1);", "before"),
    ],
)
def test_a_side_without_writes(body: str, missing: str) -> None:
    seen = thread(body)
    assert seen.places(CODE) == ["smp_wmb()"]
    assert f"no write comes {missing} it" in seen.findings[0].title
    assert_without_effect(seen, seen.findings[0])


@pytest.mark.parametrize(
    "body",
    [
        "WRITE_ONCE(*x, 1);\nsmp_wmb();\nWRITE_ONCE(*z, 1);",
        "*x = 1;\nsmp_wmb();\n*z = 1;",
        "xchg_relaxed(x, 1);\nsmp_wmb();\nWRITE_ONCE(*z, 1);",
        "WRITE_ONCE(*x, 1);\nsmp_wmb();\nint r0 = READ_ONCE(*y);\nWRITE_ONCE(*z, 1);",
    ],
)
def test_writes_on_both_sides(body: str) -> None:
    assert CODE not in thread(body).codes


def test_a_function_used_twice_is_judged_by_all_of_its_uses() -> None:
    """One call of the helper has a write after it, the other has none: the barrier is needed."""
    text = """\
C helper
{}
static void put(int *p, int v)
{
	WRITE_ONCE(*p, v);
	smp_wmb();
}
P0(int *x, int *y) { put(x, 1); WRITE_ONCE(*y, 1); }
P1(int *x, int *y) { put(y, 2); int r0 = READ_ONCE(*x); }
exists (1:r0=0)
"""
    assert CODE not in inspected(text).codes
    alone = text.replace(" WRITE_ONCE(*y, 1);", "")
    assert CODE in inspected(alone).codes
