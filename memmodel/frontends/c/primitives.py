"""A table of the kernel's primitives in, the same with what C code uses besides out: barrier, lock and RCU variants,
operations on single bits and of one CPU, spellings for other widths.

Rows only say which documented primitive a name is another spelling of, so they follow the model at hand, also an older
tree's. What can be said in C instead is in include/memmodel/prelude.h.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from memmodel.frontends.c.atomics import is_builtin
from memmodel.program.definitions import derived
from memmodel.program.ir import Flavour, Operator
from memmodel.program.primitives import (
    DEFAULT,
    Action,
    Argument,
    Guard,
    Place,
    Primitive,
    PrimitiveTable,
    Reference,
    Step,
    Tags,
)
from memmodel.records import replace


def extended(base: PrimitiveTable) -> PrimitiveTable:
    """`base` and the primitives that C code uses besides, annotated as `base` annotates its own."""
    if base is DEFAULT:
        return _extended_default()
    return PrimitiveTable((*derived(base, _extended_default()), *base))


def is_primitive(name: str) -> bool:
    """Whether `name` means the same whatever the code under test defines it as."""
    return _extended_default().find(name) is not None or is_builtin(name)


@cache
def _extended_default() -> PrimitiveTable:
    return DEFAULT.extended(_rows())


def _rows() -> Iterator[Primitive]:
    yield from _renamed()
    yield from _two_arguments()
    yield from _conditional()
    yield from _bits()
    for prefix in ("local_", "local64_"):
        yield from _of_one_cpu(prefix)


# ── other spellings ──────────────────────────────────────────────────────────────────────────────

_SPELLINGS = {
    # include/asm-generic/barrier.h: mb() and its kind order devices too, so CPUs at the least as smp_mb() does; dma_*
    # are mb's unless an architecture has something lighter that orders memory both sides share, and virt_* are the
    # smp_* of a kernel built for one CPU. memory-barriers.txt, "KERNEL MEMORY BARRIERS" and "VIRTUAL MACHINE GUESTS".
    "smp_mb": ("mb", "dma_mb", "virt_mb", "__smp_mb"),
    "smp_rmb": ("rmb", "dma_rmb", "virt_rmb", "__smp_rmb", "smp_acquire__after_ctrl_dep"),
    "smp_wmb": ("wmb", "dma_wmb", "virt_wmb", "__smp_wmb"),
    "smp_store_mb": ("virt_store_mb", "__smp_store_mb"),
    "smp_load_acquire": ("virt_load_acquire", "__smp_load_acquire"),
    "smp_store_release": ("virt_store_release", "__smp_store_release"),
    "smp_mb__before_atomic": ("virt_mb__before_atomic", "__smp_mb__before_atomic"),
    "smp_mb__after_atomic": ("virt_mb__after_atomic", "__smp_mb__after_atomic"),
    # include/linux/preempt.h and asm-generic/processor.h: to other CPUs they are compiler barriers.
    "barrier": ("cpu_relax", "preempt_disable", "preempt_enable", "preempt_enable_no_resched"),
    "READ_ONCE": ("__READ_ONCE", "READ_ONCE_NOCHECK", "ACCESS_ONCE", "rcu_access_pointer"),
    # include/linux/rcupdate.h: RCU_INIT_POINTER promises no ordering.
    "WRITE_ONCE": ("__WRITE_ONCE", "RCU_INIT_POINTER"),
    # Since version 5.0 one grace period waits for all three kinds of readers (Documentation/RCU/checklist.rst).
    "rcu_read_lock": ("rcu_read_lock_bh", "rcu_read_lock_sched", "rcu_read_lock_sched_notrace"),
    "rcu_read_unlock": ("rcu_read_unlock_bh", "rcu_read_unlock_sched", "rcu_read_unlock_sched_notrace"),
    "rcu_dereference": (
        "rcu_dereference_bh",
        "rcu_dereference_sched",
        "rcu_dereference_raw",
        "rcu_dereference_raw_check",
    ),
    # Interrupts, and who the lock was taken by before, are nothing that other CPUs see (memory-barriers.txt, "LOCK
    # ACQUISITION FUNCTIONS" and "INTERRUPT DISABLING FUNCTIONS").
    "spin_lock": ("spin_lock_irq", "spin_lock_bh", "raw_spin_lock", "raw_spin_lock_irq", "raw_spin_lock_bh"),
    "spin_unlock": (
        "spin_unlock_irq",
        "spin_unlock_bh",
        "raw_spin_unlock",
        "raw_spin_unlock_irq",
        "raw_spin_unlock_bh",
    ),
    "spin_trylock": (
        "spin_trylock_irq",
        "spin_trylock_bh",
        "raw_spin_trylock",
        "raw_spin_trylock_irq",
        "raw_spin_trylock_bh",
    ),
    "spin_is_locked": ("raw_spin_is_locked",),
    "cmpxchg": ("sync_cmpxchg",),
    # local_ops.rst: without any barrier between CPUs, and only the owning CPU may write.
    "xchg_relaxed": ("xchg_local",),
    "cmpxchg_relaxed": ("cmpxchg_local", "cmpxchg64_local"),
    "try_cmpxchg_relaxed": ("try_cmpxchg_local", "try_cmpxchg64_local"),
}
for _name in ("cmpxchg", "try_cmpxchg"):
    for _suffix in ("", "_relaxed", "_acquire", "_release"):
        _before = _SPELLINGS.get(_name + _suffix, ())
        _SPELLINGS[_name + _suffix] = (*_before, f"{_name}64{_suffix}")


_FLAVOURS = {
    Flavour.DEVICE: ("mb", "rmb", "wmb"),
    Flavour.DMA: ("dma_mb", "dma_rmb", "dma_wmb"),
    Flavour.THIS_CPU: ("cmpxchg_local", "cmpxchg64_local", "try_cmpxchg_local", "try_cmpxchg64_local"),
}
"""What architectures tell from the primitive that it is another spelling of."""


def _known(name: str) -> Primitive:
    found = DEFAULT.find(name)
    assert found is not None, name
    return found


def _renamed() -> Iterator[Primitive]:
    """Primitives of the table under other names."""
    for name, others in _SPELLINGS.items():
        for other in others:
            flavour = next((one for one, names in _FLAVOURS.items() if other in names), None)
            known = _known(name) if flavour is None else _flavoured(_known(name), flavour)
            yield replace(known, name=other)
    # What instrumented operations are made of (include/linux/atomic/atomic-instrumented.h).
    for primitive in DEFAULT:
        if primitive.name.startswith(("atomic_", "atomic64_", "atomic_long_")) or "xchg" in primitive.name:
            for prefix in ("arch_", "raw_"):
                yield replace(primitive, name=prefix + primitive.name)


def _flavoured(primitive: Primitive, flavour: Flavour) -> Primitive:
    return replace(primitive, steps=tuple(replace(step, flavour=flavour) for step in primitive.steps))


def _two_arguments() -> Iterator[Primitive]:
    """Locks with an argument that is lockdep's, or holds the interrupt flags."""
    for prefix in ("", "raw_"):
        for name, like, second in (
            ("spin_lock_nested", "spin_lock", "subclass"),
            ("spin_lock_nest_lock", "spin_lock", "nest_lock"),
            ("spin_unlock_irqrestore", "spin_unlock", "flags"),
        ):
            yield replace(_known(like), name=prefix + name, parameters=("lock", second))


# ── conditional operations ───────────────────────────────────────────────────────────────────────

_POINTER = Place(Argument(0), Reference.POINTER)
_FULL = _known("atomic_fetch_add").steps[0].tags


def _conditional() -> Iterator[Primitive]:
    """Conditional operations that the litmus dialect lacks: fully ordered where they write, unordered where they do
    not (atomic_t.txt, "ORDERING")."""
    for prefix in ("atomic_", "atomic_long_", "atomic64_"):
        arguments = (Argument(1), Argument(2))
        unless = Step(Action.FETCH_OPERATE, _FULL, _POINTER, arguments, Operator.ADD, guard=Guard.UNLESS)
        yield Primitive(f"{prefix}fetch_add_unless", ("place", "operand", "limit"), (unless,))
        # The value is one less than what was there, whether or not it was written.
        less = Step(Action.OPERATE_RETURN, _FULL, _POINTER, (1,), Operator.SUB, guard=Guard.POSITIVE)
        yield Primitive(f"{prefix}dec_if_positive", ("place",), (less,))
        for name, operator, guard, test in (
            ("inc_unless_negative", Operator.ADD, Guard.NOT_NEGATIVE, Operator.GE),
            ("dec_unless_positive", Operator.SUB, Guard.NOT_POSITIVE, Operator.LE),
        ):
            step = Step(Action.FETCH_OPERATE, _FULL, _POINTER, (1,), operator, guard=guard)
            yield Primitive(prefix + name, ("place",), (step,), (test, 0))


# ── bits ─────────────────────────────────────────────────────────────────────────────────────────


def _bits() -> Iterator[Primitive]:
    """What the prelude makes set_bit and its kind of: operations on the word, given a mask, that yield the old word.

    Documentation/atomic_bitops.txt: an operation that returns a value is fully ordered, unless the bit is unchanged:
    then it is deemed to have failed, and is unordered. test_and_set_bit_lock() acquires if it succeeds.
    """
    place = Place(Argument(1), Reference.POINTER)
    acquire = _known("atomic_fetch_or_acquire").steps[0].tags
    for name, operator, complement, tags in (
        ("__bits_test_and_set", Operator.OR, False, _FULL),
        ("__bits_test_and_set_lock", Operator.OR, False, acquire),
        ("__bits_test_and_clear", Operator.AND, True, _FULL),
    ):
        step = Step(Action.FETCH_OPERATE, tags, place, (Argument(0),), operator, complement, guard=Guard.CHANGES)
        yield Primitive(name, ("mask", "place"), (step,))


# ── operations of one CPU ────────────────────────────────────────────────────────────────────────

_LOCAL = (
    "read",
    "set",
    "add",
    "sub",
    "inc",
    "dec",
    "add_return",
    "sub_return",
    "inc_return",
    "dec_return",
    "sub_and_test",
    "inc_and_test",
    "dec_and_test",
    "add_negative",
    "xchg",
    "cmpxchg",
    "try_cmpxchg",
    "add_unless",
    "inc_not_zero",
)


def _of_one_cpu(prefix: str) -> Iterator[Primitive]:
    """local_t: as the operations of atomic_long_t, but never ordered against other CPUs, not even those that return a
    value (Documentation/core-api/local_ops.rst). That they are atomic only on the CPU that owns the variable makes no
    difference as long as no other CPU writes it, which that document demands."""
    relaxed = _known("atomic_long_xchg_relaxed").steps[0].tags
    for name in _LOCAL:
        like = _known(f"atomic_long_{name}")
        steps = tuple(_unordered(step, relaxed) for step in like.steps)
        yield _flavoured(replace(like, name=prefix + name, steps=steps), Flavour.LOCAL)


def _unordered(step: Step, relaxed: Tags) -> Step:
    return replace(step, tags=relaxed) if step.tags == _FULL else step
