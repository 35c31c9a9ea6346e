"""What a kernel program does on each machine: facts of the headers of Linux 6.1 that the file of each row states."""

from __future__ import annotations

import pytest

from memmodel.errors import Unsupported
from memmodel.machines import registry
from memmodel.machines.translate import instructions, translate
from memmodel.program import ir
from memmodel.program.ir import Program
from memmodel.records import replace
from tests.events.programs import program, store
from tests.machines.asking import code, litmus, shows

ALL = ("x86", "arm64-lse", "arm64-llsc", "riscv", "power")
NONE, EVERY = (False,) * 5, (True,) * 5


def between(statement: str, first: str = "WRITE_ONCE(*x, 1);", second: str = "r0 = READ_ONCE(*y);") -> Program:
    """Store buffering, with `statement` between the store and the load of one thread; a full barrier in the other."""
    mine = f"int r0; int r1; {first} {statement} {second}"
    other = "int r0; WRITE_ONCE(*y, 1); smp_mb(); r0 = READ_ONCE(*x);"
    return litmus(mine, other, exists="0:r0=0 /\\ 1:r0=0")


def passing(writes: str, reads: str, initial: str = "") -> Program:
    """Message passing: x is the data, y the flag."""
    mine, other = f"int r; WRITE_ONCE(*x, 1); {writes}", f"int r0; int r1; int r; {reads}"
    return litmus(mine, other, exists="1:r0=1 /\\ 1:r1=0", initial=initial)


# ── barriers ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("barrier", ["smp_mb", "virt_mb", "dma_mb", "mb"])
def test_full_barriers_are_full_everywhere(barrier: str) -> None:
    assert shows(between(f"{barrier}();"), *ALL) == NONE


def test_a_barrier_of_reads_or_writes_is_none_between_a_store_and_a_load_but_a_sync() -> None:
    for barrier in ("smp_rmb", "smp_wmb", "virt_rmb", "dma_rmb", "dma_wmb", "barrier"):
        assert shows(between(f"{barrier}();"), *ALL) == EVERY, barrier
    # arch/powerpc/include/asm/barrier.h: rmb() and wmb() speak to devices, and are sync as mb() is.
    for barrier in ("rmb", "wmb"):
        assert shows(between(f"{barrier}();"), *ALL) == (True, True, True, True, False), barrier


@pytest.mark.parametrize("prefix", ["smp_", "virt_", "dma_", ""])
def test_barriers_of_reads_and_of_writes_pass_a_message(prefix: str) -> None:
    writes, reads = f"{prefix}wmb(); WRITE_ONCE(*y, 1);", f"r0 = READ_ONCE(*y); {prefix}rmb(); r1 = READ_ONCE(*x);"
    assert shows(passing(writes, reads), *ALL) == NONE
    assert shows(passing("WRITE_ONCE(*y, 1);", reads), *ALL) == (False, True, True, True, True)
    unordered = "r0 = READ_ONCE(*y); r1 = READ_ONCE(*x);"
    assert shows(passing(writes, unordered), *ALL) == (False, True, True, True, True)


def test_a_store_with_a_barrier_is_one() -> None:
    assert shows(between("", "smp_store_mb(*x, 1);"), *ALL) == NONE


def test_before_and_after_an_atomic_operation_x86_needs_no_barrier_and_has_none() -> None:
    """__smp_mb__before_atomic() is nothing there: next to a store that is no operation it does nothing."""
    assert shows(between("smp_mb__after_atomic();"), *ALL) == (True, False, False, False, False)
    assert shows(between("atomic_inc(z); smp_mb__after_atomic();"), *ALL) == NONE


def test_only_power_has_a_barrier_after_an_unlock_and_a_lock() -> None:
    """CONFIG_ARCH_WEAK_RELEASE_ACQUIRE."""
    for machine in registry.MACHINES:
        row = next(row for row in machine.rows if row.use.name == "AFTER_UNLOCK_LOCK")
        assert bool(row.text) == (machine.name == "power")


# ── read-modify-writes ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("operation", ["xchg(z, 1)", "atomic_add_return(1, z)", "atomic_fetch_or(1, z)"])
def test_fully_ordered_operations_are_full_barriers(operation: str) -> None:
    assert shows(between(f"r1 = {operation};"), *ALL) == NONE


@pytest.mark.parametrize("suffix", ["_relaxed", "_acquire", "_release"])
def test_all_others_are_so_on_x86_alone(suffix: str) -> None:
    assert shows(between(f"r1 = xchg{suffix}(z, 1);"), *ALL) == (False, True, True, True, True)


def test_a_compare_and_exchange_that_fails_is_locked_on_x86_and_has_the_barrier_before_on_power() -> None:
    """Nothing is stored and no barrier comes after it; sync comes before, and a failing casal is a load with acquire,
    which orders nothing that came before."""
    assert shows(between("r1 = cmpxchg(z, 5, 1);"), *ALL) == (False, True, True, True, False)
    assert shows(between("r1 = cmpxchg_relaxed(z, 5, 1);"), *ALL) == (False, True, True, True, True)


def test_one_that_fails_and_was_to_acquire_does_on_arm64_alone() -> None:
    """casa and ldaxr acquire whatever they find; lwsync, isync and fence r,rw are jumped over."""
    reads = "r0 = cmpxchg_acquire(y, 5, 1); r1 = READ_ONCE(*x);"
    assert shows(passing("smp_store_release(y, 1);", reads), *ALL) == (False, False, False, True, True)
    reads = "r0 = cmpxchg(y, 5, 1); r1 = READ_ONCE(*x);"
    # casal acquires; the pair of exclusives that is fully ordered does so by the barrier at its end.
    assert shows(passing("smp_store_release(y, 1);", reads), *ALL) == (False, False, True, True, True)


def test_a_conditional_operation_that_fails_is_a_mere_load() -> None:
    """include/linux/atomic/atomic-arch-fallback.h: a load first, and no more if that says no. POWER has its own, with
    sync before it, of atomic_add_unless() and dec_if_positive(), and none of inc_unless_negative()."""
    assert shows(between("r1 = atomic_add_unless(z, 1, 0);"), *ALL) == (True, True, True, True, False)
    assert shows(between("r1 = atomic_inc_not_zero(z);"), *ALL) == (True, True, True, True, False)
    assert shows(between("r1 = atomic_dec_if_positive(z);"), *ALL) == (True, True, True, True, False)
    assert shows(between("r1 = atomic_dec_unless_positive(z);"), *ALL) == NONE  # 0: it does it
    assert shows(between("r1 = atomic_add_unless(z, 1, 5);"), *ALL) == NONE
    negative = litmus(
        "int r0; int r1; WRITE_ONCE(*x, 1); r1 = atomic_inc_unless_negative(z); r0 = READ_ONCE(*y);",
        "int r0; WRITE_ONCE(*y, 1); smp_mb(); r0 = READ_ONCE(*x);",
        exists="0:r0=0 /\\ 1:r0=0",
        initial="z=-1;",
    )
    assert shows(negative, *ALL) == EVERY


def test_with_link_time_optimisation_that_load_acquires() -> None:
    reads = "r0 = atomic_add_unless(y, 1, 1); r0 = !r0; r1 = READ_ONCE(*x);"
    assert shows(passing("smp_store_release(y, 1);", reads), "arm64-lse", "arm64-lto") == (True, False)


def test_operations_on_bits_write_also_what_is_there() -> None:
    """So they are ordered although the bit does not change, which the kernel's model deems a failure. But to take a bit
    lock is to look first where the generic header does it."""
    for operation in ("__bits_test_and_set(0, z)", "__bits_test_and_clear(0, z)"):
        assert shows(between(f"r1 = {operation};"), *ALL) == NONE, operation
    reads = "r0 = __bits_test_and_set_lock(1, y); r1 = READ_ONCE(*x);"
    assert shows(passing("smp_store_release(y, 1);", reads), *ALL) == (False, True, True, False, False)


def test_an_operation_of_one_cpu_is_a_barrier_where_it_is_the_usual_one() -> None:
    """asm-generic/local.h makes it of atomic_long_t's; x86 leaves the lock prefix out, POWER turns interrupts off."""
    assert shows(between("r1 = local_add_return(1, z);"), *ALL) == (True, False, False, False, True)
    assert shows(between("r1 = local_xchg(z, 1);"), *ALL) == (True, False, False, False, True)
    assert shows(between("r1 = cmpxchg_local(z, 0, 1);"), *ALL) == EVERY


def test_a_result_that_is_thrown_away_is_no_read_to_a_barrier_of_reads() -> None:
    """stadd may be done where the memory is, and dmb ishld does not wait for it (the architecture's manual says so);
    ldxr is a load like others. 6 says that the increment came second."""
    mine, other = (
        "WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 5);",
        "int r1; atomic_inc(y); smp_rmb(); r1 = READ_ONCE(*x);",
    )
    assert shows(litmus(mine, other, exists="y=6 /\\ 1:r1=0"), "arm64-lse", "arm64-llsc") == (True, False)


# ── locks, RCU ───────────────────────────────────────────────────────────────────────────────────


def test_what_a_lock_protects_is_passed_on() -> None:
    variables = "int *x, spinlock_t *l"
    for take in ("spin_lock(l);", "r = spin_trylock(l);"):
        mine = "int r; spin_lock(l); WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2); spin_unlock(l);"
        other = f"int r; int r0; r = 1; {take} r0 = READ_ONCE(*x);"
        found = litmus(mine, other, exists="1:r=1 /\\ 1:r0=1", variables=variables)
        assert shows(found, *ALL) == NONE


def test_a_reader_is_nothing_and_a_grace_period_waits_for_it() -> None:
    mine = "int r0; int r1; {} r0 = READ_ONCE(*y); r1 = READ_ONCE(*x); {}"
    other = "WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);"
    exists = "0:r0=1 /\\ 0:r1=0"
    inside = litmus(mine.format("rcu_read_lock();", "rcu_read_unlock();"), other, exists=exists)
    assert shows(inside, *ALL) == NONE
    empty = litmus(mine.format("rcu_read_lock(); rcu_read_unlock();", ""), other, exists=exists)
    assert shows(empty, *ALL) == (False, True, True, True, True)


# ── what is left alone ───────────────────────────────────────────────────────────────────────────


def test_an_annotation_without_a_row_is_not_guessed() -> None:
    odd = program((store("x", 1, frozenset(("sideways",))),))
    machine = registry.find("arm64")
    assert machine is not None
    with pytest.raises(Unsupported):
        translate(odd, machine)


def test_a_line_has_the_instructions_of_what_it_calls() -> None:
    """A store with a barrier is one instruction on x86, and an exchange is none that adds."""
    found = code("int x, y; void P0(void) { smp_store_mb(x, 1); xchg(&y, 2); mb(); dma_rmb(); y = x; }")
    texts = {name: list(instructions(found, machine).values()) for name in ALL if (machine := registry.find(name))}
    assert texts["x86"] == ["xchg", "xchg", "mfence", "", "mov (plain)", "mov (plain)"]
    assert texts["arm64-lse"][:4] == ["str; dmb ish", "swpal", "dsb sy", "dmb oshld"]
    assert texts["power"][:4] == ["std; sync", "sync; ldarx; stdcx.; sync", "sync", "lwsync"]


def test_a_fully_ordered_operation_of_an_older_model_is_one_here_too() -> None:
    """There it is a relaxed one with barriers around it."""
    found = between("r1 = xchg_relaxed(z, 1);")
    mine, other = found.threads
    body = tuple(
        replace(item, around=frozenset(("mb",))) if isinstance(item, ir.ReadModifyWrite) else item for item in mine.body
    )
    assert shows(found, "arm64-lse", "power") == (True, True)
    assert shows(replace(found, threads=(replace(mine, body=body), other)), "arm64-lse", "power") == (False, False)
