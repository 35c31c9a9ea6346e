"""How the kernel's primitives are compiled for x86: hardly any barrier, and locked instructions that are full ones."""

from __future__ import annotations

from memmodel.machines.common import (
    AFTER_SRCU,
    BARRIER,
    COMPILER,
    FALLBACK,
    GENERIC,
    GRACE_PERIOD,
    ONCE,
    PLAIN,
    RCU,
    READER,
    SRCU,
)
from memmodel.machines.machine import NONE, Machine, Row, Use

_ASM = "arch/x86/include/asm"
_BARRIER, _ATOMIC, _CMPXCHG = f"{_ASM}/barrier.h", f"{_ASM}/atomic.h", f"{_ASM}/cmpxchg.h"
_BITS, _LOCAL, _QSPIN = f"{_ASM}/bitops.h", f"{_ASM}/local.h", f"{_ASM}/qspinlock.h"
_LOCKED = frozenset(("locked",))
_FULL = ("mfence",)


def _locked(use: Use, text: str, source: str, exchange: str = "", always: bool = False) -> Row:
    return Row(use, text, source, read=_LOCKED, write=_LOCKED, exchange=exchange, always=always)


X86 = Machine(
    "x86",
    "x86, total store order",
    (
        Row(Use.LOAD, "mov", ONCE),
        Row(Use.LOAD_ACQUIRE, "mov", _BARRIER),
        Row(Use.STORE, "mov", ONCE),
        Row(Use.STORE_RELEASE, "mov", _BARRIER),
        # A locked instruction orders as a fence after the store does.
        Row(Use.STORE_MB, "xchg", _BARRIER, after=_FULL),
        _locked(Use.MODIFY_NORETURN, "lock add", _ATOMIC),
        _locked(Use.MODIFY_RELAXED, "lock xadd", _ATOMIC, "xchg"),
        _locked(Use.MODIFY_ACQUIRE, "lock xadd", _ATOMIC, "xchg"),
        _locked(Use.MODIFY_RELEASE, "lock xadd", _ATOMIC, "xchg"),
        _locked(Use.MODIFY_FULL, "lock xadd", _ATOMIC, "xchg"),
        _locked(Use.MODIFY_BOTH, "lock xadd", COMPILER, "xchg"),
        # One that fails is a locked instruction too.
        _locked(Use.COMPARE_RELAXED, "lock cmpxchg", _CMPXCHG),
        _locked(Use.COMPARE_ACQUIRE, "lock cmpxchg", _CMPXCHG),
        _locked(Use.COMPARE_RELEASE, "lock cmpxchg", _CMPXCHG),
        _locked(Use.COMPARE_FULL, "lock cmpxchg", _CMPXCHG),
        _locked(Use.COMPARE_BOTH, "lock cmpxchg", COMPILER),
        # These read first, and fail without more.
        Row(Use.UNLESS, "mov; lock cmpxchg", FALLBACK, read=_LOCKED, write=_LOCKED, failed=NONE),
        Row(Use.UNLESS_SIGN, "mov; lock cmpxchg", FALLBACK, read=_LOCKED, write=_LOCKED, failed=NONE),
        _locked(Use.BIT, "lock bts", _BITS, always=True),
        _locked(Use.BIT_LOCK, "lock bts", _BITS, always=True),
        Row(Use.LOCAL_NORETURN, "add", _LOCAL),
        Row(Use.LOCAL_MODIFY, "xadd", _LOCAL, exchange="mov; cmpxchg"),
        Row(Use.LOCAL_COMPARE, "cmpxchg", _LOCAL),
        Row(Use.CPU_COMPARE, "cmpxchg", _CMPXCHG),
        _locked(Use.LOCK, "lock cmpxchg", _QSPIN),
        _locked(Use.TRYLOCK, "mov; lock cmpxchg", _QSPIN),
        Row(Use.UNLOCK, "movb", _QSPIN),
        Row(Use.MB, "lock addl", _BARRIER, _FULL),
        Row(Use.RMB, "", _BARRIER),
        Row(Use.WMB, "", _BARRIER),
        Row(Use.DMA_MB, "mfence", GENERIC, _FULL),
        Row(Use.DMA_RMB, "", _BARRIER),
        Row(Use.DMA_WMB, "", _BARRIER),
        Row(Use.DEVICE_MB, "mfence", _BARRIER, _FULL),
        # To memory that is cached these two are nothing that its accesses do not have by themselves.
        Row(Use.DEVICE_RMB, "lfence", _BARRIER),
        Row(Use.DEVICE_WMB, "sfence", _BARRIER),
        BARRIER,
        Row(Use.BEFORE_ATOMIC, "", _BARRIER),
        Row(Use.AFTER_ATOMIC, "", _BARRIER),
        Row(Use.AFTER_SPINLOCK, "", "include/linux/spinlock.h"),
        Row(Use.AFTER_UNLOCK_LOCK, "", RCU),
        AFTER_SRCU,
        Row(Use.PLAIN_LOAD, "mov", PLAIN),
        Row(Use.PLAIN_STORE, "mov", PLAIN),
        READER,
        Row(Use.GRACE_PERIOD, "lock addl; …; lock addl", GRACE_PERIOD, _FULL, after=_FULL),
        Row(Use.SRCU_LOCK, "incl; lock addl", SRCU, after=_FULL),
        Row(Use.SRCU_UNLOCK, "lock addl; incl", SRCU, _FULL),
    ),
)
