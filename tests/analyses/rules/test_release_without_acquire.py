"""MM105: a release is half of a pair."""

from __future__ import annotations

import pytest

from memmodel.result import Observation
from tests.analyses.rules.programs import Inspected, assert_without_effect, inspected, litmus

CODE = "MM105"
RELEASE = "WRITE_ONCE(*x, 1);\nsmp_store_release(y, 1);"
BAD = "1:r0=1 /\\ 1:r1=0"


def read_by(reader: str, *others: str, writer: str = RELEASE) -> Inspected:
    return inspected(litmus(BAD, writer, reader, *others))


@pytest.mark.parametrize(
    "reader",
    [
        "int r0 = READ_ONCE(*y);\nint r1 = READ_ONCE(*x);",
        "int r0 = READ_ONCE(*y);\nbarrier();\nint r1 = READ_ONCE(*x);",
        "int r1 = READ_ONCE(*x);\nsmp_rmb();\nint r0 = READ_ONCE(*y);",
        "int r0 = *y;\nint r1 = READ_ONCE(*x);",
    ],
)
@pytest.mark.parametrize("store", ["smp_store_release(y, 1)", "rcu_assign_pointer(*y, 1)"])
def test_a_reader_that_orders_nothing_after_its_read(reader: str, store: str) -> None:
    seen = read_by(reader, writer=f"WRITE_ONCE(*x, 1);\n{store};")
    assert seen.places(CODE) == [store]
    assert_without_effect(seen, seen.findings[0])


@pytest.mark.parametrize(
    "reader",
    [
        "int r0 = smp_load_acquire(y);\nint r1 = READ_ONCE(*x);",
        "int r0 = READ_ONCE(*y);\nsmp_rmb();\nint r1 = READ_ONCE(*x);",
        "int r0 = READ_ONCE(*y);\nif (r0) {\nWRITE_ONCE(*x, 2);\n}",
        "int r0 = READ_ONCE(*y);\nWRITE_ONCE(*x, r0 + 1);",
        "int r0 = xchg_acquire(y, 2);\nint r1 = READ_ONCE(*x);",
        "int r0 = READ_ONCE(*y);\nsmp_store_release(z, 1);",
        "int r0 = READ_ONCE(*y);\nspin_lock(s);\nint r1 = READ_ONCE(*x);\nspin_unlock(s);",
        "int r0 = READ_ONCE(*y);\nrcu_read_lock();\nint r1 = READ_ONCE(*x);\nrcu_read_unlock();",
    ],
)
def test_a_reader_that_orders_something_after_its_read(reader: str) -> None:
    shared = "int *x, int *y, int *z, spinlock_t *s"
    assert CODE not in inspected(litmus(BAD, RELEASE, reader, shared=shared)).codes


def test_one_of_two_readers_is_enough() -> None:
    good = "int r0 = smp_load_acquire(y);\nint r1 = READ_ONCE(*x);"
    poor = "int r0 = READ_ONCE(*y);\nint r1 = READ_ONCE(*x);"
    assert CODE not in read_by(poor, good).codes
    assert CODE in read_by(poor, poor).codes


def test_a_release_also_orders_writes_among_themselves() -> None:
    """Two threads write both variables: a release orders the second write after the first for a third party (2+2W)."""
    first = "WRITE_ONCE(*x, 2);\nsmp_store_release(y, 1);"
    second = "WRITE_ONCE(*y, 2);\nsmp_store_release(x, 1);"
    text = litmus("x=2 /\\ y=2", first, second)
    assert inspected(text).codes == []


def test_nothing_is_said_of_what_no_other_thread_reads() -> None:
    assert CODE not in read_by("int r0 = 1;\nint r1 = READ_ONCE(*x);").codes


def test_what_may_be_read_through_a_pointer_is_read() -> None:
    reader = "int *r0 = READ_ONCE(*p);\nint r1 = smp_load_acquire(r0);\nint r2 = READ_ONCE(*x);"
    text = litmus("1:r1=1", RELEASE, reader, shared="int *x, int *y, int **p", init="p=&y;")
    assert CODE not in inspected(text).codes


POOR = "int r0 = READ_ONCE(*y);\nint r1 = READ_ONCE(*x);"


def test_a_release_that_passes_on_what_came_before_it() -> None:
    """The release orders the read before it, smp_wmb() the store after it: together they forbid load buffering."""
    passing = "int r2 = READ_ONCE(*x);\nsmp_store_release(y, 1);\nsmp_wmb();\nWRITE_ONCE(*z, 1);"
    text = litmus("0:r2=1 /\\ 1:r0=1", passing, "int r0 = smp_load_acquire(z);\nWRITE_ONCE(*x, 1);", POOR)
    assert CODE not in inspected(text).codes
    assert inspected(text).subject.result.observation is Observation.NEVER
    weaker = text.replace("smp_store_release(y, 1)", "WRITE_ONCE(*y, 1)")
    assert inspected(weaker).subject.result.observation is Observation.SOMETIMES


def test_a_release_that_parts_plain_from_marked_accesses() -> None:
    """Without it the compiler might mix the two stores to z: the model would raise mixed-accesses."""
    assert CODE not in read_by(POOR, writer="*z = 1;\nsmp_store_release(y, 1);\nWRITE_ONCE(*z, 2);").codes
    assert CODE in read_by(POOR, writer="WRITE_ONCE(*z, 1);\nsmp_store_release(y, 1);\nWRITE_ONCE(*z, 2);").codes


def test_nothing_is_said_where_the_variable_is_written_elsewhere() -> None:
    assert CODE not in read_by(POOR, "WRITE_ONCE(*y, 2);").codes
    assert CODE not in read_by(POOR, writer=f"{RELEASE}\nWRITE_ONCE(*y, 2);").codes
