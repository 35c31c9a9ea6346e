"""MM106: an acquire is half of a pair."""

from __future__ import annotations

import pytest

from tests.analyses.rules.programs import Inspected, assert_without_effect, inspected, litmus

CODE = "MM106"
ACQUIRE = "int r0 = smp_load_acquire(y);\nint r1 = READ_ONCE(*x);"
BAD = "1:r0=1 /\\ 1:r1=0"


def written_by(writer: str, *others: str, reader: str = ACQUIRE) -> Inspected:
    return inspected(litmus(BAD, writer, reader, *others, shared="int *x, int *y, int *z, spinlock_t *s"))


@pytest.mark.parametrize(
    "writer",
    [
        "WRITE_ONCE(*x, 1);\nWRITE_ONCE(*y, 1);",
        "WRITE_ONCE(*x, 1);\nbarrier();\nWRITE_ONCE(*y, 1);",
        "WRITE_ONCE(*y, 1);\nsmp_wmb();\nWRITE_ONCE(*x, 1);",
        "*y = 1;\nWRITE_ONCE(*x, 1);",
    ],
)
def test_a_writer_that_orders_nothing_before_its_store(writer: str) -> None:
    seen = written_by(writer)
    assert seen.places(CODE) == ["smp_load_acquire(y)"]
    assert_without_effect(seen, seen.findings[0])


@pytest.mark.parametrize(
    "writer",
    [
        "WRITE_ONCE(*x, 1);\nsmp_store_release(y, 1);",
        "WRITE_ONCE(*x, 1);\nsmp_wmb();\nWRITE_ONCE(*y, 1);",
        "WRITE_ONCE(*x, 1);\nxchg_release(y, 1);",
        "int r2 = READ_ONCE(*x);\nif (r2) {\nWRITE_ONCE(*y, 1);\n}",
        "int r2 = smp_load_acquire(x);\nWRITE_ONCE(*y, 1);",
        "WRITE_ONCE(*x, 1);\nsynchronize_rcu();\nWRITE_ONCE(*y, 1);",
        "spin_lock(s);\nWRITE_ONCE(*x, 1);\nspin_unlock(s);\nspin_lock(s);\nWRITE_ONCE(*y, 1);\nspin_unlock(s);",
        "WRITE_ONCE(*y, 2);\nWRITE_ONCE(*y, 1);",
    ],
)
def test_a_writer_that_orders_something_before_its_store(writer: str) -> None:
    assert CODE not in written_by(writer).codes


def test_one_of_two_writers_is_enough() -> None:
    poor, good = "WRITE_ONCE(*x, 1);\nWRITE_ONCE(*y, 1);", "WRITE_ONCE(*x, 1);\nsmp_store_release(y, 1);"
    assert CODE not in written_by(poor, good).codes
    assert CODE in written_by(poor, poor).codes


def test_an_acquire_that_passes_on_what_came_before_it() -> None:
    """A barrier orders reads before the acquire; the acquire orders the store after it."""
    reader = "int r0 = READ_ONCE(*z);\nsmp_rmb();\nint r1 = smp_load_acquire(y);\nWRITE_ONCE(*x, 1);"
    assert CODE not in written_by("WRITE_ONCE(*y, 1);", reader=reader).codes


def test_an_acquire_that_parts_plain_from_marked_accesses() -> None:
    """Without it the compiler might mix the two stores to x: the model would raise mixed-accesses."""
    reader = "*x = 1;\nint r0 = smp_load_acquire(y);\nWRITE_ONCE(*x, 2);"
    assert CODE not in written_by("WRITE_ONCE(*y, 1);", reader=reader).codes


def test_nothing_is_said_of_what_no_other_thread_writes() -> None:
    assert CODE not in written_by("WRITE_ONCE(*x, 1);").codes
