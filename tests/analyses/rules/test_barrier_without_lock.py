"""MM104: smp_mb__after_spinlock() and its like complete the ordering of one particular operation."""

from __future__ import annotations

import pytest

from tests.analyses.rules.programs import Inspected, assert_without_effect, inspected, litmus

CODE = "MM104"
SHARED = "int *x, int *y, spinlock_t *s, spinlock_t *t, struct srcu_struct *ss"
SPINLOCK, UNLOCK_LOCK = "smp_mb__after_spinlock();", "smp_mb__after_unlock_lock();"
SRCU = "smp_mb__after_srcu_read_unlock();"
STORE, LOAD = "WRITE_ONCE(*x, 1);", "int r0 = READ_ONCE(*y);"


def thread(*lines: str) -> Inspected:
    other = "WRITE_ONCE(*y, 1);\nsmp_mb();\nint r0 = READ_ONCE(*x);"
    return inspected(litmus("0:r0=0 /\\ 1:r0=0", "\n".join(lines), other, shared=SHARED))


@pytest.mark.parametrize(
    "lines",
    [
        (STORE, SPINLOCK, LOAD),
        (STORE, SPINLOCK, "spin_lock(s);", LOAD, "spin_unlock(s);"),
        (STORE, UNLOCK_LOCK, LOAD),
        (STORE, SRCU, LOAD),
        ("int i = srcu_read_lock(ss);", STORE, SRCU, LOAD, "srcu_read_unlock(ss, i);"),
    ],
)
def test_without_its_operation(lines: tuple[str, ...]) -> None:
    seen = thread(*lines)
    assert seen.codes == [CODE]
    assert_without_effect(seen, seen.findings[0])


@pytest.mark.parametrize(
    "lines",
    [
        (STORE, "spin_lock(s);", SPINLOCK, LOAD, "spin_unlock(s);"),
        (STORE, "if (spin_trylock(s)) {", SPINLOCK, LOAD, "spin_unlock(s);", "}"),
        ("spin_lock(s);", STORE, "spin_unlock(s);", "spin_lock(t);", UNLOCK_LOCK, LOAD, "spin_unlock(t);"),
        ("int i = srcu_read_lock(ss);", STORE, "srcu_read_unlock(ss, i);", SRCU, LOAD),
    ],
)
def test_with_its_operation(lines: tuple[str, ...]) -> None:
    assert thread(*lines).codes == []


def test_the_unlock_may_be_another_threads() -> None:
    """After taking a lock that another thread released, the barrier makes that thread's accesses visible to all."""
    text = litmus(
        "0:r9=0",
        f"spin_lock(s);\n{UNLOCK_LOCK}\n{LOAD}\nint r9 = 0;\nspin_unlock(s);",
        "spin_lock(s);\nWRITE_ONCE(*x, 1);\nspin_unlock(s);",
        shared=SHARED,
    )
    assert inspected(text).codes == []
