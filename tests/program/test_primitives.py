"""What each kernel primitive does: the accesses, their annotations, and the value it returns.

The facts are those of the kernel's Documentation/atomic_t.txt and memory-barriers.txt.
"""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import ir
from memmodel.program.primitives import DEFAULT
from tests.program.programs import instructions, lowered, value

LOCK = "spinlock_t *x"


@pytest.mark.parametrize(
    ("call", "does"),
    [
        ("WRITE_ONCE(*x, 1)", ["W[once] &x = 1"]),
        ("READ_ONCE(*x)", ["load = R[once] &x"]),
        ("smp_load_acquire(x)", ["load = R[acquire] &x"]),
        ("smp_store_release(x, 1)", ["W[release] &x = 1"]),
        ("smp_store_mb(*x, 1)", ["W[once] &x = 1", "F[mb]"]),
        ("rcu_dereference(*x)", ["load = R[once] &x"]),
        ("rcu_assign_pointer(*x, 1)", ["W[release] &x = 1"]),
        ("smp_mb()", ["F[mb]"]),
        ("smp_wmb()", ["F[wmb]"]),
        ("smp_rmb()", ["F[rmb]"]),
        ("barrier()", ["F[barrier]"]),
        ("smp_mb__before_atomic()", ["F[before-atomic]"]),
        ("smp_mb__after_atomic()", ["F[after-atomic]"]),
        ("smp_mb__after_spinlock()", ["F[after-spinlock]"]),
        ("smp_mb__after_unlock_lock()", ["F[after-unlock-lock]"]),
        ("smp_mb__after_srcu_read_unlock()", ["F[after-srcu-read-unlock]"]),
        ("rcu_read_lock()", ["F[rcu-lock]"]),
        ("rcu_read_unlock()", ["F[rcu-unlock]"]),
        ("synchronize_rcu()", ["F[sync-rcu]"]),
        ("synchronize_rcu_expedited()", ["F[sync-rcu]"]),
        ("srcu_read_lock(x)", ["load = R[srcu-lock] &x"]),
        ("srcu_read_unlock(x, 1)", ["W[srcu-unlock] &x = 1"]),
        ("srcu_down_read(x)", ["load = R[srcu-lock] &x"]),
        ("srcu_up_read(x, 1)", ["W[srcu-unlock] &x = 1"]),
        ("synchronize_srcu(x)", ["F[sync-srcu] &x"]),
        ("spin_lock(x)", ["spin_lock &x"]),
        ("spin_unlock(x)", ["spin_unlock &x"]),
        ("atomic_read(x)", ["load = R[once] &x"]),
        ("atomic_read_acquire(x)", ["load = R[acquire] &x"]),
        ("atomic_set(x, 1)", ["W[once] &x = 1"]),
        ("atomic_set_release(x, 1)", ["W[release] &x = 1"]),
        ("xchg(x, 1)", ["RMW[mb][mb] &x = 1"]),
        ("cmpxchg_acquire(x, 1, 2)", ["RMW[acquire][acquire] &x = 2 if (== old 1)"]),
        ("atomic_inc(x)", ["RMW[noreturn][noreturn] data &x = (+ old 1)"]),
        ("atomic_andnot(3, x)", ["RMW[noreturn][noreturn] data &x = (& old (~ 3))"]),
        ("atomic_sub(2, x)", ["RMW[noreturn][noreturn] data &x = (- old 2)"]),
        ("atomic_fetch_or_release(2, x)", ["RMW[release][release] data &x = (| old 2)"]),
        ("atomic_fetch_xor_relaxed(2, x)", ["RMW[once][once] data &x = (^ old 2)"]),
        ("atomic_long_xchg_relaxed(x, 2)", ["RMW[once][once] &x = 2"]),
    ],
)
def test_the_accesses_of_a_primitive(call: str, does: list[str]) -> None:
    assert instructions(f"{call};") == does


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("xchg(x, 1)", "old"),
        ("cmpxchg(x, 1, 2)", "old"),
        ("atomic_fetch_add(2, x)", "old"),
        ("atomic_add_return(2, x)", "(+ old 2)"),
        ("atomic_dec_return(x)", "(- old 1)"),
    ],
)
def test_what_a_read_modify_write_returns(call: str, result: str) -> None:
    body = lowered(f"int r0 = {call};").program.threads[0].body
    returned = [item for item in body if isinstance(item, ir.Assign)]
    assert value(returned[0].value) == result
    assert returned[-1].target == "r0"


@pytest.mark.parametrize(
    ("call", "test"),
    [
        ("atomic_dec_and_test(x)", "(== value 0)"),
        ("atomic_sub_and_test(2, x)", "(== value 0)"),
        ("atomic_inc_and_test(x)", "(== value 0)"),
        ("atomic_add_negative(2, x)", "(< value 0)"),
    ],
)
def test_tests_are_on_the_new_value(call: str, test: str) -> None:
    assert instructions(f"int r0 = {call};")[-1] == f"r0 = {test}"


def test_add_unless_writes_and_returns_true_unless_the_limit_was_there() -> None:
    assert instructions("int r0 = atomic_add_unless(x, 2, 7);") == [
        "RMW[mb][mb] data &x = (+ old 2) if (!= old 7)",
        "value = (!= old 7)",
        "r0 = (cast value)",
    ]


def test_a_failed_try_cmpxchg_leaves_what_was_there_in_the_expected_value() -> None:
    assert instructions("int old = 1; int r0 = atomic_try_cmpxchg(x, &old, 2);") == [
        "old = 1",
        "value = old",
        "RMW[mb][mb] &x = 2 if (== old value)",
        "value = (== old value)",
        "if value {} else {old = old}",
        "r0 = (cast value)",
    ]


def test_locks_that_may_fail_return_whether_they_did() -> None:
    assert instructions("int r0 = spin_trylock(x);", parameters=LOCK) == ["spin_trylock &x -> lock", "r0 = lock"]
    assert instructions("int r0 = spin_is_locked(x);", parameters=LOCK)[0] == "spin_is_locked &x -> lock"


@pytest.mark.parametrize("prefix", ["atomic_", "atomic_long_", "atomic64_"])
def test_all_value_returning_operations_come_in_four_strengths(prefix: str) -> None:
    names = [f"{prefix}{op}_return" for op in ("add", "sub", "inc", "dec")]
    names += [f"{prefix}fetch_{op}" for op in ("add", "sub", "inc", "dec", "and", "or", "xor", "andnot")]
    names += [f"{prefix}{op}" for op in ("xchg", "cmpxchg", "try_cmpxchg", "add_negative")]
    for name in names:
        for suffix, tag in (("", "mb"), ("_relaxed", "once"), ("_acquire", "acquire"), ("_release", "release")):
            primitive = DEFAULT.find(name + suffix)
            assert primitive is not None, name + suffix
            assert primitive.steps[0].tags.read == primitive.steps[0].tags.write == {tag}


def test_an_unknown_primitive_is_named_with_its_nearest() -> None:
    with pytest.raises(SyntaxError) as caught:
        lowered("r0 = READ_ONC(*x);")
    assert "'READ_ONC'" in caught.value.message
    assert caught.value.hint == "did you mean 'READ_ONCE'?"
    assert caught.value.span is not None and caught.value.span.text == "READ_ONC"


def test_a_wrong_number_of_arguments_is_said_with_the_right_one() -> None:
    with pytest.raises(SyntaxError, match="takes 2 arguments, not 1") as caught:
        lowered("WRITE_ONCE(*x);")
    assert caught.value.hint == "expected WRITE_ONCE(place, value)"


@pytest.mark.parametrize(
    ("call", "operand"),
    [
        ("r0 = xchg(x, READ_ONCE(*y));", "READ_ONCE(*y)"),
        ("r0 = xchg_relaxed(x, *y + 1);", "*y + 1"),
        ("r0 = cmpxchg(x, smp_load_acquire(y), 1);", "smp_load_acquire(y)"),
        ("r0 = cmpxchg(x, 0, READ_ONCE(*y));", "READ_ONCE(*y)"),
        ("r0 = atomic_add_return(READ_ONCE(*y), x);", "READ_ONCE(*y)"),
        ("r0 = atomic_fetch_or(READ_ONCE(*y), x);", "READ_ONCE(*y)"),
        ("atomic_add(READ_ONCE(*y), x);", "READ_ONCE(*y)"),
        ("r0 = atomic_add_unless(x, 1, READ_ONCE(*y));", "READ_ONCE(*y)"),
        ("atomic_sub(xchg(y, 1), x);", "xchg(y, 1)"),
    ],
)
def test_an_access_among_the_operands_of_a_read_modify_write_is_refused(call: str, operand: str) -> None:
    """herd7 orders it before the operation's write alone: to place it before the operation's read would be stronger."""
    with pytest.raises(Unsupported, match="among the operands") as caught:
        lowered(f"int r0; {call}")
    assert caught.value.span is not None and caught.value.span.text == operand
    assert caught.value.hint is not None and "into a local first" in caught.value.hint


@pytest.mark.parametrize(
    "statement",
    [
        "WRITE_ONCE(*y, xchg(x, 1));",
        "smp_store_release(y, 1 + atomic_inc_return(x));",
        "*y = cmpxchg(x, 0, 1);",
        "r0 = y[atomic_fetch_inc(x)];",
        "y[atomic_fetch_inc(x)] = 1;",
        "r0 = READ_ONCE(*(int *) xchg(x, y));",
        "r0 = xchg((int *) xchg(x, y), 1);",
    ],
)
def test_a_read_modify_write_among_the_operands_of_another_access_is_refused(statement: str) -> None:
    """Only what it reads is passed on: herd7 leaves what it writes and the other access unordered."""
    with pytest.raises(Unsupported, match="among the operands"):
        lowered(f"int r0; {statement}")


@pytest.mark.parametrize(
    ("statement", "does"),
    [
        ("WRITE_ONCE(*y, READ_ONCE(*x));", ["load = R[once] &x", "W[once] &y = load"]),
        ("smp_store_release(y, READ_ONCE(*x));", ["load = R[once] &x", "W[release] &y = load"]),
        ("*y = *x;", ["load = R[] &x", "W[] &y = load"]),
        ("smp_store_mb(*y, READ_ONCE(*x));", ["load = R[once] &x", "W[once] &y = load", "F[mb]"]),
        ("xchg(READ_ONCE(*p), 1);", ["load = R[once] &p", "RMW[mb][mb] load = 1"]),
        ("spin_lock(READ_ONCE(*p));", ["load = R[once] &p", "spin_lock load"]),
        ("WRITE_ONCE(*y, spin_is_locked(x));", ["spin_is_locked &x -> lock", "W[once] &y = lock"]),
    ],
)
def test_what_an_access_takes_from_another_comes_before_it(statement: str, does: list[str]) -> None:
    """The data or the address orders the two."""
    assert instructions(statement, parameters="int *x, int *y, int **p", initial="p=x;") == does


def test_in_a_function_of_the_file_what_the_arguments_do_comes_first() -> None:
    """Such functions are C alone, and C evaluates arguments before the call."""
    function = "int twice(int v) { return 2 * v; }"
    does = instructions("r0 = xchg(x, twice(READ_ONCE(*y)));", before=function)
    assert does[0] == "load = R[once] &y" and does[-2].startswith("RMW[mb][mb] &x =")
