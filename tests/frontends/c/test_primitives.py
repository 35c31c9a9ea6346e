"""What C code may call besides the litmus dialect's primitives, and which documented primitive each name is.

The facts are those of include/asm-generic/barrier.h, Documentation/atomic_t.txt, atomic_bitops.txt and local_ops.rst.
"""

from __future__ import annotations

import pytest

from memmodel.frontends.c.primitives import extended, is_primitive
from memmodel.program.definitions import read
from memmodel.program.ir import Flavour
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.source import SourceFile
from tests.program.programs import instructions, lowered, value

TABLE = extended(DEFAULT)
LOCK = "spinlock_t *x, int *y"


def does(body: str, parameters: str = "int *x, int *y", table: PrimitiveTable = TABLE) -> list[str]:
    return instructions(body, parameters=parameters, primitives=table)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("variant", "base"),
    [
        ("mb()", "smp_mb()"),
        ("dma_rmb()", "smp_rmb()"),
        ("virt_wmb()", "smp_wmb()"),
        ("__smp_mb__before_atomic()", "smp_mb__before_atomic()"),
        ("smp_acquire__after_ctrl_dep()", "smp_rmb()"),
        ("cpu_relax()", "barrier()"),
        ("preempt_disable()", "barrier()"),
        ("virt_store_mb(*x, 1)", "smp_store_mb(*x, 1)"),
        ("virt_load_acquire(x)", "smp_load_acquire(x)"),
        ("virt_store_release(x, 1)", "smp_store_release(x, 1)"),
        ("rcu_access_pointer(*x)", "READ_ONCE(*x)"),
        ("RCU_INIT_POINTER(*x, 1)", "WRITE_ONCE(*x, 1)"),
        ("rcu_dereference_raw(*x)", "rcu_dereference(*x)"),
        ("rcu_read_lock_bh()", "rcu_read_lock()"),
        ("rcu_read_unlock_sched()", "rcu_read_unlock()"),
        ("cmpxchg64_release(x, 1, 2)", "cmpxchg_release(x, 1, 2)"),
        ("sync_cmpxchg(x, 1, 2)", "cmpxchg(x, 1, 2)"),
        ("cmpxchg_local(x, 1, 2)", "cmpxchg_relaxed(x, 1, 2)"),
        ("arch_atomic_inc(x)", "atomic_inc(x)"),
        ("raw_atomic64_fetch_or_release(1, x)", "atomic64_fetch_or_release(1, x)"),
    ],
)
def test_a_variant_does_what_the_primitive_does_that_it_is_another_name_of(variant: str, base: str) -> None:
    assert does(f"{variant};") == does(f"{base};")


@pytest.mark.parametrize("name", ["spin_lock", "spin_unlock", "spin_trylock"])
@pytest.mark.parametrize("variant", ["{}_irq", "{}_bh", "raw_{}", "raw_{}_irq", "raw_{}_bh"])
def test_interrupts_make_no_difference_to_a_lock(name: str, variant: str) -> None:
    assert does(f"{variant.format(name)}(x);", LOCK) == does(f"{name}(x);", LOCK)


@pytest.mark.parametrize(
    ("call", "base"),
    [
        ("spin_lock_nested(x, 1)", "spin_lock(x)"),
        ("raw_spin_lock_nested(x, 1)", "spin_lock(x)"),
        ("spin_unlock_irqrestore(x, 0)", "spin_unlock(x)"),
        ("raw_spin_unlock_irqrestore(x, 0)", "spin_unlock(x)"),
    ],
)
def test_lockdeps_subclass_and_the_interrupt_flags_are_dropped(call: str, base: str) -> None:
    assert does(f"{call};", LOCK) == does(f"{base};", LOCK)


@pytest.mark.parametrize(
    ("call", "operation"),
    [
        ("fetch_add_unless(x, 2, 7)", "RMW[mb][mb] data &x = (+ old 2) if (!= old 7)"),
        ("dec_if_positive(x)", "RMW[mb][mb] data &x = (- old 1) if (> old 0)"),
        ("inc_unless_negative(x)", "RMW[mb][mb] data &x = (+ old 1) if (>= old 0)"),
        ("dec_unless_positive(x)", "RMW[mb][mb] data &x = (- old 1) if (<= old 0)"),
    ],
)
@pytest.mark.parametrize("prefix", ["atomic_", "atomic_long_", "atomic64_"])
def test_conditional_operations_write_only_where_their_condition_holds(prefix: str, call: str, operation: str) -> None:
    assert does(f"{prefix}{call};", f"{prefix}t *x")[0] == operation


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("atomic_fetch_add_unless(x, 2, 7)", ["r0 = old"]),
        ("atomic_dec_if_positive(x)", ["value = (- old 1)", "r0 = value"]),
        ("atomic_inc_unless_negative(x)", ["r0 = (>= old 0)"]),
        ("atomic_dec_unless_positive(x)", ["r0 = (<= old 0)"]),
    ],
)
def test_what_a_conditional_operation_returns(call: str, result: list[str]) -> None:
    assert does(f"int r0 = {call};", "atomic_t *x")[1:] == result


@pytest.mark.parametrize(
    ("call", "operation"),
    [
        ("__bits_test_and_set(4, x)", "RMW[mb][mb] data &x = (| old 4) if (!= old (| old 4))"),
        ("__bits_test_and_set_lock(4, x)", "RMW[acquire][acquire] data &x = (| old 4) if (!= old (| old 4))"),
        ("__bits_test_and_clear(4, x)", "RMW[mb][mb] data &x = (& old (~ 4)) if (!= old (& old (~ 4)))"),
    ],
)
def test_an_operation_on_a_bit_that_changes_nothing_has_failed(call: str, operation: str) -> None:
    assert does(f"{call};")[0] == operation


@pytest.mark.parametrize("prefix", ["local_", "local64_"])
def test_operations_of_one_cpu_are_never_ordered(prefix: str) -> None:
    local = [p for p in TABLE if p.name.startswith(prefix)]
    assert len(local) == 19
    for primitive in local:
        for step in primitive.steps:
            assert (step.tags.read | step.tags.write) <= {"once", "noreturn"}, primitive.name


def test_a_local_operation_takes_its_arguments_as_the_atomic_one_does() -> None:
    assert does("local_add(2, x);") == does("atomic_long_add(2, x);")
    assert does("int r0 = local_cmpxchg(x, 1, 2);") == does("int r0 = atomic_long_cmpxchg_relaxed(x, 1, 2);")
    body = lowered("int r0 = local_dec_and_test(x);", primitives=TABLE).program.threads[0].body
    assert value(body[-1].value) == "(== value 0)"  # type: ignore[union-attr]


def test_the_table_keeps_all_that_it_had() -> None:
    for primitive in DEFAULT:
        assert TABLE.find(primitive.name) is primitive


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("READ_ONCE", True),
        ("dma_rmb", True),
        ("local_cmpxchg", True),
        ("__atomic_load_n", True),
        ("atomic_store_explicit", True),
        ("__sync_synchronize", True),
        ("ring_put", False),
        ("test_bit", False),
        ("min", False),
    ],
)
def test_which_names_no_code_can_redefine(name: str, known: bool) -> None:
    assert is_primitive(name) is known


# ── older models ─────────────────────────────────────────────────────────────────────────────────

OLD = """
smp_mb() { __fence{mb}; }
smp_rmb() { __fence{rmb}; }
READ_ONCE(X) __load{once}(X)
xchg(X,V) __xchg{mb}(X,V)
xchg_relaxed(X,V) __xchg{once}(X,V)
cmpxchg(X,V,W) __cmpxchg{mb}(X,V,W)
cmpxchg_acquire(X,V,W) __cmpxchg{acquire}(X,V,W)
atomic_fetch_or(V,X) __atomic_fetch_op{mb}(X,|,V)
"""


@pytest.mark.parametrize(
    ("names", "flavour"),
    [
        (("mb", "rmb", "wmb"), Flavour.DEVICE),
        (("dma_mb", "dma_rmb", "dma_wmb"), Flavour.DMA),
        (("virt_mb", "virt_rmb", "virt_wmb", "__smp_mb", "smp_acquire__after_ctrl_dep"), Flavour.USUAL),
        (("cmpxchg_local", "try_cmpxchg64_local"), Flavour.THIS_CPU),
        (("local_add_return", "local64_xchg", "local_inc"), Flavour.LOCAL),
    ],
)
def test_what_only_architectures_tell_apart_is_kept(names: tuple[str, ...], flavour: Flavour) -> None:
    for name in names:
        found = TABLE.find(name)
        assert found is not None
        assert {step.flavour for step in found.steps} == {flavour}


def test_variants_are_annotated_as_the_model_at_hand_annotates_its_own() -> None:
    """The models of older kernels make a fully ordered operation of two fences."""
    table = extended(read(SourceFile("linux-kernel.def", OLD), 1))
    for variant, base in (("cmpxchg64", "cmpxchg"), ("cmpxchg64_acquire", "cmpxchg_acquire"), ("dma_mb", "smp_mb")):
        one, other = table.find(variant), table.find(base)
        assert one is not None and other is not None
        assert [step.tags for step in one.steps] == [step.tags for step in other.steps]
    bits, fetch = table.find("__bits_test_and_set"), table.find("atomic_fetch_or")
    assert bits is not None and fetch is not None
    assert bits.steps[0].tags == fetch.steps[0].tags
    assert bits.steps[0].tags.around == {"mb"}
