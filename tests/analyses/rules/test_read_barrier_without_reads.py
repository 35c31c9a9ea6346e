"""MM102: smp_rmb() orders reads before it against reads after it (Documentation/memory-barriers.txt)."""

from __future__ import annotations

import pytest

from tests.analyses.rules.programs import Inspected, assert_without_effect, inspected, litmus

CODE = "MM102"


def thread(body: str, shared: str = "int *x, int *y, int *z") -> Inspected:
    other = "WRITE_ONCE(*y, 1);\nsmp_mb();\nint r9 = READ_ONCE(*x);"
    return inspected(litmus("x=1 /\\ 1:r9=0", body, other, shared=shared))


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("int r0 = READ_ONCE(*y);\nsmp_rmb();\nWRITE_ONCE(*x, 1);", "after"),
        ("WRITE_ONCE(*x, 1);\nsmp_rmb();\nint r0 = READ_ONCE(*y);", "before"),
        ("WRITE_ONCE(*x, 1);\nsmp_rmb();\nWRITE_ONCE(*z, 1);", "before or after"),
        ("int r0 = READ_ONCE(*y);\nint r1 = READ_ONCE(*x);\nsmp_rmb();", "after"),
    ],
)
def test_a_side_without_reads(body: str, missing: str) -> None:
    seen = thread(body)
    assert seen.places(CODE) == ["smp_rmb()"]
    assert f"no read comes {missing} it" in seen.findings[0].title
    assert_without_effect(seen, seen.findings[0])


def test_the_read_of_an_operation_without_a_value_is_none() -> None:
    seen = thread("atomic_inc(a);\nsmp_rmb();\nint r0 = READ_ONCE(*y);", "int *x, int *y, atomic_t *a")
    assert seen.codes == [CODE]
    assert_without_effect(seen, seen.findings[0])


@pytest.mark.parametrize(
    "body",
    [
        "int r0 = READ_ONCE(*y);\nsmp_rmb();\nint r1 = READ_ONCE(*x);",
        "int r0 = *y;\nsmp_rmb();\nint r1 = READ_ONCE(*x);",
        "int r0 = xchg_relaxed(y, 1);\nsmp_rmb();\nint r1 = READ_ONCE(*x);",
        "int r0 = READ_ONCE(*y);\nsmp_rmb();\nWRITE_ONCE(*z, 1);\nint r1 = READ_ONCE(*x);",
        "int r0 = READ_ONCE(*y);\nsmp_rmb();\nif (r0) {\nint r1 = READ_ONCE(*x);\n}",
    ],
)
def test_reads_on_both_sides(body: str) -> None:
    assert CODE not in thread(body).codes


def test_the_reads_of_the_next_round_count() -> None:
    assert CODE not in thread("int r0 = 1;\nwhile (r0) {\nr0 = READ_ONCE(*y);\nsmp_rmb();\n}").codes
