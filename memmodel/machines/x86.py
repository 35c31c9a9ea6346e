"""How the kernel's primitives are compiled for x86: hardly any barrier, and locked instructions that are full ones."""

from __future__ import annotations

from memmodel.machines.machine import Machine, Row, Use

_BARRIER = "arch/x86/include/asm/barrier.h"
_ATOMIC = "arch/x86/include/asm/atomic.h"
_CMPXCHG = "arch/x86/include/asm/cmpxchg.h"
_QSPIN = "arch/x86/include/asm/qspinlock.h"
_RCU = "include/linux/rcupdate.h"
_SRCU = "kernel/rcu/srcutree.c"
_LOCKED = frozenset(("locked",))
_FULL = ("mfence",)

X86 = Machine(
    "x86",
    "x86, total store order",
    (
        Row(Use.LOAD, "mov", "include/asm-generic/rwonce.h"),
        Row(Use.LOAD_ACQUIRE, "mov", _BARRIER),
        Row(Use.STORE, "mov", "include/asm-generic/rwonce.h"),
        Row(Use.STORE_RELEASE, "mov", _BARRIER),
        *(
            Row(
                use,
                "lock add" if use is Use.MODIFY_NORETURN else "lock xadd",
                _ATOMIC,
                read=_LOCKED,
                write=_LOCKED,
                exchange="xchg",
            )
            for use in (
                Use.MODIFY_NORETURN,
                Use.MODIFY_RELAXED,
                Use.MODIFY_ACQUIRE,
                Use.MODIFY_RELEASE,
                Use.MODIFY_FULL,
            )
        ),
        *(
            Row(use, "lock cmpxchg", _CMPXCHG, read=_LOCKED, write=_LOCKED)
            for use in (Use.COMPARE_RELAXED, Use.COMPARE_ACQUIRE, Use.COMPARE_RELEASE, Use.COMPARE_FULL)
        ),
        Row(Use.LOCK, "lock cmpxchg", _QSPIN, read=_LOCKED, write=_LOCKED, failed=frozenset()),
        Row(Use.UNLOCK, "movb", _QSPIN),
        Row(Use.MB, "lock addl", _BARRIER, _FULL),
        Row(Use.RMB, "", _BARRIER),
        Row(Use.WMB, "", _BARRIER),
        Row(Use.BARRIER, "", "include/linux/compiler.h"),
        Row(Use.BEFORE_ATOMIC, "", _BARRIER),
        Row(Use.AFTER_ATOMIC, "", _BARRIER),
        Row(Use.AFTER_SPINLOCK, "", "include/linux/spinlock.h"),
        Row(Use.AFTER_UNLOCK_LOCK, "", _RCU),
        Row(Use.AFTER_SRCU, "", "include/linux/srcu.h"),
        Row(Use.PLAIN_LOAD, "mov", "the compiler, which may do otherwise"),
        Row(Use.PLAIN_STORE, "mov", "the compiler, which may do otherwise"),
        Row(Use.READER, "", _RCU),
        Row(Use.GRACE_PERIOD, "lock addl; …; lock addl", "kernel/rcu/tree.c", _FULL, after=_FULL),
        Row(Use.SRCU_LOCK, "incl; lock addl", _SRCU, after=_FULL),
        Row(Use.SRCU_UNLOCK, "lock addl; incl", _SRCU, _FULL),
    ),
)
