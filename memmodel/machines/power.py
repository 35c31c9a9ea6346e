"""How the kernel's primitives are compiled for 64-bit POWER: with sync, lwsync and isync."""

from __future__ import annotations

from memmodel.machines.machine import Machine, Row, Use
from memmodel.records import replace

_BARRIER = "arch/powerpc/include/asm/barrier.h"
_ATOMIC = "arch/powerpc/include/asm/atomic.h"
_CMPXCHG = "arch/powerpc/include/asm/cmpxchg.h"
_SPIN = "arch/powerpc/include/asm/simple_spinlock.h"
_RCU = "include/linux/rcupdate.h"
_SRCU = "kernel/rcu/srcutree.c"
_X = frozenset(("reserve",))
_SYNC, _LWSYNC, _ISYNC = ("sync",), ("lwsync",), ("isync",)

ISYNC = Machine(
    "power",
    "POWER, not multi-copy-atomic",
    (
        Row(Use.LOAD, "ld", "include/asm-generic/rwonce.h"),
        Row(Use.LOAD_ACQUIRE, "ld; lwsync", _BARRIER, after=_LWSYNC),
        Row(Use.STORE, "std", "include/asm-generic/rwonce.h"),
        Row(Use.STORE_RELEASE, "lwsync; std", _BARRIER, _LWSYNC),
        Row(Use.MODIFY_NORETURN, "ldarx; stdcx.", _ATOMIC, read=_X, write=_X),
        Row(Use.MODIFY_RELAXED, "ldarx; stdcx.", _ATOMIC, read=_X, write=_X),
        Row(Use.MODIFY_ACQUIRE, "ldarx; stdcx.; bne-; isync", _ATOMIC, read=_X, write=_X, after=_ISYNC),
        Row(Use.MODIFY_RELEASE, "lwsync; ldarx; stdcx.", _ATOMIC, _LWSYNC, _X, _X),
        Row(Use.MODIFY_FULL, "sync; ldarx; stdcx.; sync", _ATOMIC, _SYNC, _X, _X, _SYNC),
        Row(Use.COMPARE_RELAXED, "ldarx; cmpd; bne-; stdcx.", _CMPXCHG, read=_X, write=_X),
        Row(
            Use.COMPARE_ACQUIRE,
            "ldarx; cmpd; bne- 2f; stdcx.; bne-; isync; 2:",
            _CMPXCHG,
            read=_X,
            write=_X,
            succeeded=_ISYNC,
        ),
        Row(Use.COMPARE_RELEASE, "lwsync; ldarx; cmpd; bne-; stdcx.", _CMPXCHG, _LWSYNC, _X, _X),
        Row(
            Use.COMPARE_FULL,
            "sync; ldarx; cmpd; bne- 2f; stdcx.; bne-; sync; 2:",
            _CMPXCHG,
            _SYNC,
            _X,
            _X,
            succeeded=_SYNC,
        ),
        Row(Use.LOCK, "lwarx; stwcx.; bne-; isync", _SPIN, read=_X, write=_X, succeeded=_ISYNC),
        Row(Use.UNLOCK, "lwsync; stw", _SPIN, _LWSYNC),
        Row(Use.MB, "sync", _BARRIER, _SYNC),
        Row(Use.RMB, "lwsync", _BARRIER, _LWSYNC),
        Row(Use.WMB, "lwsync", _BARRIER, _LWSYNC),
        Row(Use.BARRIER, "", "include/linux/compiler.h"),
        Row(Use.BEFORE_ATOMIC, "sync", "include/asm-generic/barrier.h", _SYNC),
        Row(Use.AFTER_ATOMIC, "sync", "include/asm-generic/barrier.h", _SYNC),
        Row(Use.AFTER_SPINLOCK, "sync", "arch/powerpc/include/asm/spinlock.h", _SYNC),
        Row(Use.AFTER_UNLOCK_LOCK, "sync", _RCU, _SYNC),
        Row(Use.AFTER_SRCU, "", "include/linux/srcu.h"),
        Row(Use.PLAIN_LOAD, "ld", "the compiler, which may do otherwise"),
        Row(Use.PLAIN_STORE, "std", "the compiler, which may do otherwise"),
        Row(Use.READER, "", _RCU),
        Row(Use.GRACE_PERIOD, "sync; …; sync", "kernel/rcu/tree.c", _SYNC, after=_SYNC),
        Row(Use.SRCU_LOCK, "ldarx; stdcx.; sync", _SRCU, after=_SYNC),
        Row(Use.SRCU_UNLOCK, "sync; ldarx; stdcx.", _SRCU, _SYNC),
    ),
    "isync",
    "with isync after an operation that acquires, as the headers have it",
)


def _patched(row: Row) -> Row:
    after, succeeded = (_LWSYNC if names == _ISYNC else names for names in (row.after, row.succeeded))
    return replace(row, text=row.text.replace("isync", "lwsync"), after=after, succeeded=succeeded)


LWSYNC = Machine(
    "power",
    ISYNC.title,
    tuple(_patched(row) for row in ISYNC.rows),
    "lwsync",
    "with the lwsync that the kernel puts in place of it at boot, where the processor has one",
    within="isync",
)
