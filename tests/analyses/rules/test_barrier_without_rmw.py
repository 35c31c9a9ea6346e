"""MM101: smp_mb__before_atomic() and __after_atomic() are for read-modify-writes alone (Documentation/atomic_t.txt)."""

from __future__ import annotations

import pytest

from tests.analyses.rules.programs import Inspected, assert_without_effect, inspected, litmus

CODE = "MM101"
ATOMIC = "int *x, atomic_t *a, int *z"
READER = "int r0 = READ_ONCE(*z);\nint r1 = READ_ONCE(*x);"
BEFORE, AFTER = "smp_mb__before_atomic();", "smp_mb__after_atomic();"


def writer(body: str) -> Inspected:
    return inspected(litmus("1:r0=1 /\\ 1:r1=0", body, READER, shared=ATOMIC))


@pytest.mark.parametrize("store", ["atomic_set(a, 1);", "WRITE_ONCE(*z, 1);", "*z = 1;", "atomic_set_release(a, 1);"])
def test_before_a_mere_store_the_barrier_orders_nothing(store: str) -> None:
    seen = writer(f"WRITE_ONCE(*x, 1);\n{BEFORE}\n{store}")
    assert seen.places(CODE) == [BEFORE.removesuffix(";")]
    assert_without_effect(seen, seen.findings[0])


@pytest.mark.parametrize("store", ["atomic_set(a, 1);", "WRITE_ONCE(*x, 1);", "smp_store_release(x, 1);"])
def test_after_a_mere_store_the_barrier_orders_nothing(store: str) -> None:
    seen = writer(f"{store}\n{AFTER}\nWRITE_ONCE(*z, 1);")
    assert seen.places(CODE) == [AFTER.removesuffix(";")]
    assert_without_effect(seen, seen.findings[0])


@pytest.mark.parametrize("operation", ["atomic_inc(a);", "int r0 = atomic_xchg_relaxed(a, 1);", "xchg_relaxed(z, 1);"])
def test_an_operation_is_what_it_is_for(operation: str) -> None:
    assert CODE not in writer(f"WRITE_ONCE(*x, 1);\n{BEFORE}\n{operation}").codes
    assert CODE not in writer(f"{operation}\n{AFTER}\nWRITE_ONCE(*z, 1);").codes


def test_an_operation_further_on_counts() -> None:
    """The model orders all that comes before the barrier against the operation and what comes after it."""
    assert CODE not in writer(f"WRITE_ONCE(*x, 1);\n{BEFORE}\nWRITE_ONCE(*z, 1);\natomic_inc(a);").codes


def test_an_operation_on_the_wrong_side_does_not_count() -> None:
    assert writer(f"atomic_inc(a);\n{BEFORE}\nWRITE_ONCE(*z, 1);").codes == [CODE]
    assert writer(f"WRITE_ONCE(*x, 1);\n{AFTER}\natomic_inc(a);").codes == [CODE]


def test_an_operation_on_one_path_counts() -> None:
    body = f"int r0 = READ_ONCE(*x);\n{BEFORE}\nif (r0) {{\natomic_inc(a);\n}} else {{\nWRITE_ONCE(*z, 1);\n}}"
    assert CODE not in writer(body).codes


def test_an_operation_in_the_next_round_of_a_loop_counts() -> None:
    """The last round's barrier has nothing after it; that of the rounds before it has."""
    body = f"int r0 = 1;\nwhile (r0) {{\natomic_inc(a);\nr0 = READ_ONCE(*x);\n{BEFORE}\n}}"
    assert CODE not in writer(body).codes


def test_too_few_rounds_to_see_the_next_operation_are_no_evidence() -> None:
    body = f"int r0 = 1;\nwhile (r0) {{\natomic_inc(a);\nr0 = READ_ONCE(*x);\n{BEFORE}\n}}"
    text = litmus("1:r0=1 /\\ 1:r1=0", body, READER, shared=ATOMIC, init="x=1;")
    assert CODE not in inspected(text, unrolled=0).codes
    assert CODE not in inspected(text, unrolled=1).codes


def test_a_barrier_that_keeps_the_compiler_from_mixing_accesses_has_an_effect() -> None:
    """It parts a plain store from a marked one of the same variable: without it the model raises mixed-accesses."""
    assert CODE not in writer(f"*x = 1;\n{BEFORE}\nWRITE_ONCE(*x, 2);").codes


def test_the_finding_names_what_follows_and_says_what_to_write() -> None:
    (finding,) = writer(f"WRITE_ONCE(*x, 1);\n{BEFORE}\natomic_set(a, 1);").findings
    assert finding.title == "smp_mb__before_atomic() orders nothing here: an atomic_set is not a read-modify-write"
    assert "atomic_set_release()" in finding.message
    assert [related.span.text for related in finding.related] == ["atomic_set(a, 1)"]


def test_models_of_hardware_have_no_say() -> None:
    text = litmus("1:r0=1 /\\ 1:r1=0", f"WRITE_ONCE(*x, 1);\n{BEFORE}\nWRITE_ONCE(*z, 1);", READER, shared=ATOMIC)
    assert inspected(text).codes == [CODE]
    assert inspected(text, "tso").codes == []
    assert inspected(text, "sc").codes == []
