"""MM108: operations that fail are unordered (Documentation/atomic_t.txt)."""

from __future__ import annotations

import pytest

from tests.analyses.rules.programs import (
    Inspected,
    assert_forbidden_when_ordered,
    inspected,
    litmus,
)

CODE = "MM108"
WRITER = "WRITE_ONCE(*x, 1);\nsmp_store_release(y, 1);"
SHARED = "int *x, int *y, atomic_t *z"


def passing(claim: str, writer: str = WRITER) -> Inspected:
    """Message passing whose reader makes its first read with an operation that fails."""
    return inspected(litmus("1:r0=1 /\\ 1:r1=0", writer, f"int r0 = {claim};\nint r1 = READ_ONCE(*x);", shared=SHARED))


def buffering(middle: str) -> Inspected:
    """Store buffering with `middle` between the first thread's store and load; z is never 2."""
    first = f"WRITE_ONCE(*x, 1);\n{middle}\nint r1 = READ_ONCE(*y);"
    second = "WRITE_ONCE(*y, 1);\nsmp_mb();\nint r1 = READ_ONCE(*x);"
    return inspected(litmus("0:r1=0 /\\ 1:r1=0", first, second, shared=SHARED))


@pytest.mark.parametrize("claim", ["cmpxchg_acquire(y, 2, 3)", "cmpxchg(y, 2, 3)"])
def test_a_failed_operation_is_no_acquire(claim: str) -> None:
    seen = passing(claim)
    assert seen.places(CODE) == [claim]
    (finding,) = [item for item in seen.findings if item.code == CODE]
    assert finding.span is not None
    # The model takes an operation for failed by its tag RMW: without it, the same read is an acquire load.
    assert_forbidden_when_ordered(seen, finding, finding.span, frozenset(("acquire",)))


@pytest.mark.parametrize("middle", ["atomic_cmpxchg(z, 2, 3)", "atomic_add_unless(z, 1, 0)", "atomic_inc_not_zero(z)"])
def test_a_failed_operation_is_no_full_barrier(middle: str) -> None:
    seen = buffering(f"int r0 = {middle};")
    assert seen.places(CODE) == [middle]
    assert seen.findings[0].span is not None
    assert_forbidden_when_ordered(seen, seen.findings[0], seen.findings[0].span, frozenset(("mb",)))


@pytest.mark.parametrize("middle", ["int r0 = atomic_cmpxchg(z, 0, 3);", "int r0 = atomic_add_unless(z, 1, 5);"])
def test_one_that_succeeds_is(middle: str) -> None:
    assert buffering(middle).codes == []


def test_nothing_is_said_of_operations_that_promise_nothing() -> None:
    assert CODE not in passing("cmpxchg_relaxed(y, 2, 3)").codes
    assert CODE not in passing("cmpxchg_release(y, 2, 3)").codes
    assert CODE not in buffering("int r0 = atomic_cmpxchg_acquire(z, 2, 3);").codes


def test_nothing_is_said_where_success_would_not_help() -> None:
    assert CODE not in passing("cmpxchg_acquire(y, 2, 3)", "WRITE_ONCE(*x, 1);\nWRITE_ONCE(*y, 1);").codes


def test_a_barrier_on_the_failing_path_answers_it() -> None:
    reader = "int r0 = cmpxchg_acquire(y, 2, 3);\nint r1;\nif (r0 != 2) {\nsmp_rmb();\nr1 = READ_ONCE(*x);\n}"
    assert inspected(litmus("1:r0=1 /\\ 1:r1=0", WRITER, reader, shared=SHARED)).codes == []
    without = reader.replace("smp_rmb();", "")
    assert CODE in inspected(litmus("1:r0=1 /\\ 1:r1=0", WRITER, without, shared=SHARED)).codes


def test_a_failed_trylock() -> None:
    """The lock was taken after a release, and a trylock that had succeeded would have been an acquire."""
    shared = "int *x, spinlock_t *s"
    holder = "WRITE_ONCE(*x, 1);\nsmp_mb();\nspin_lock(s);"
    text = litmus("1:r0=0 /\\ 1:r1=0", holder, "int r0 = spin_trylock(s);\nint r1 = READ_ONCE(*x);", shared=shared)
    assert inspected(text).places(CODE) == ["spin_trylock(s)"]
