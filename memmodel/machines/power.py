"""How the kernel's primitives are compiled for 64-bit POWER: with sync, lwsync and isync."""

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
from memmodel.machines.machine import Machine, Row, Use
from memmodel.records import replace

_ASM = "arch/powerpc/include/asm"
_BARRIER, _ATOMIC, _CMPXCHG, _BITS = (f"{_ASM}/{name}.h" for name in ("barrier", "atomic", "cmpxchg", "bitops"))
_LOCAL, _SPIN, _SIMPLE = (f"{_ASM}/{name}.h" for name in ("local", "spinlock", "simple_spinlock"))
_X = frozenset(("reserve",))
_SYNC, _LWSYNC, _ISYNC = ("sync",), ("lwsync",), ("isync",)


def _compared(use: Use, text: str, source: str) -> Row:
    """A pair with the condition in between and barriers on both sides, of which a failure meets the first."""
    return Row(use, text, source, _SYNC, _X, _X, succeeded=_SYNC)


ISYNC = Machine(
    "power",
    "POWER, not multi-copy-atomic",
    (
        Row(Use.LOAD, "ld", ONCE),
        Row(Use.LOAD_ACQUIRE, "ld; lwsync", _BARRIER, after=_LWSYNC),
        Row(Use.STORE, "std", ONCE),
        Row(Use.STORE_RELEASE, "lwsync; std", _BARRIER, _LWSYNC),
        Row(Use.STORE_MB, "std; sync", GENERIC, after=_SYNC),
        Row(Use.MODIFY_NORETURN, "ldarx; stdcx.", _ATOMIC, read=_X, write=_X),
        Row(Use.MODIFY_RELAXED, "ldarx; stdcx.", _ATOMIC, read=_X, write=_X),
        Row(Use.MODIFY_ACQUIRE, "ldarx; stdcx.; bne-; isync", _ATOMIC, read=_X, write=_X, after=_ISYNC),
        Row(Use.MODIFY_RELEASE, "lwsync; ldarx; stdcx.", _ATOMIC, _LWSYNC, _X, _X),
        Row(Use.MODIFY_FULL, "sync; ldarx; stdcx.; sync", _ATOMIC, _SYNC, _X, _X, _SYNC),
        Row(Use.MODIFY_BOTH, "lwsync; ldarx; stdcx.; bne-; isync", COMPILER, _LWSYNC, _X, _X, _ISYNC),
        Row(Use.COMPARE_RELAXED, "ldarx; cmpd; bne-; stdcx.", _CMPXCHG, read=_X, write=_X),
        Row(
            Use.COMPARE_ACQUIRE,
            "ldarx; cmpd; bne- 2f; stdcx.; bne-; isync; 2:",
            _CMPXCHG,
            read=_X,
            write=_X,
            succeeded=_ISYNC,
        ),
        Row(Use.COMPARE_RELEASE, "lwsync; ldarx; cmpd; bne-; stdcx.", FALLBACK, _LWSYNC, _X, _X),
        _compared(Use.COMPARE_FULL, "sync; ldarx; cmpd; bne- 2f; stdcx.; bne-; sync; 2:", _CMPXCHG),
        Row(
            Use.COMPARE_BOTH,
            "lwsync; ldarx; cmpd; bne- 2f; stdcx.; bne-; isync; 2:",
            COMPILER,
            _LWSYNC,
            _X,
            _X,
            succeeded=_ISYNC,
        ),
        _compared(Use.UNLESS, "sync; ldarx; cmpd; beq 2f; add; stdcx.; bne-; sync; 2:", _ATOMIC),
        # These read first, and fail without more.
        Row(
            Use.UNLESS_SIGN,
            "ld; cmpdi; blt 2f; sync; ldarx; cmpd; bne-; stdcx.; bne-; sync; 2:",
            FALLBACK,
            read=_X,
            write=_X,
            around=_SYNC,
        ),
        Row(Use.BIT, "sync; ldarx; or; stdcx.; bne-; sync", _BITS, _SYNC, _X, _X, _SYNC, always=True),
        Row(Use.BIT_LOCK, "ldarx; or; stdcx.; bne-; isync", _BITS, read=_X, write=_X, after=_ISYNC, always=True),
        # With interrupts off: nothing that other CPUs would know of.
        Row(Use.LOCAL_NORETURN, "ld; add; std", _LOCAL),
        Row(Use.LOCAL_MODIFY, "ld; add; std", _LOCAL, exchange="ld; std"),
        Row(Use.LOCAL_COMPARE, "ld; cmpd; bne; std", _LOCAL),
        Row(Use.CPU_COMPARE, "ldarx; cmpd; bne-; stdcx.", _CMPXCHG, read=_X, write=_X),
        Row(Use.LOCK, "lwarx; stwcx.; bne-; isync", _SIMPLE, read=_X, write=_X, succeeded=_ISYNC),
        Row(
            Use.TRYLOCK, "lwarx; cmpwi; bne- 2f; stwcx.; bne-; isync; 2:", _SIMPLE, read=_X, write=_X, succeeded=_ISYNC
        ),
        Row(Use.UNLOCK, "lwsync; stw", _SIMPLE, _LWSYNC),
        Row(Use.MB, "sync", _BARRIER, _SYNC),
        Row(Use.RMB, "lwsync", _BARRIER, _LWSYNC),
        Row(Use.WMB, "lwsync", _BARRIER, _LWSYNC),
        Row(Use.DMA_MB, "sync", GENERIC, _SYNC),
        Row(Use.DMA_RMB, "lwsync", _BARRIER, _LWSYNC),
        Row(Use.DMA_WMB, "lwsync", _BARRIER, _LWSYNC),
        Row(Use.DEVICE_MB, "sync", _BARRIER, _SYNC),
        Row(Use.DEVICE_RMB, "sync", _BARRIER, _SYNC),
        Row(Use.DEVICE_WMB, "sync", _BARRIER, _SYNC),
        BARRIER,
        Row(Use.BEFORE_ATOMIC, "sync", GENERIC, _SYNC),
        Row(Use.AFTER_ATOMIC, "sync", GENERIC, _SYNC),
        Row(Use.AFTER_SPINLOCK, "sync", _SPIN, _SYNC),
        Row(Use.AFTER_UNLOCK_LOCK, "sync", RCU, _SYNC),
        AFTER_SRCU,
        Row(Use.PLAIN_LOAD, "ld", PLAIN),
        Row(Use.PLAIN_STORE, "std", PLAIN),
        READER,
        Row(Use.GRACE_PERIOD, "sync; …; sync", GRACE_PERIOD, _SYNC, after=_SYNC),
        Row(Use.SRCU_LOCK, "ldarx; stdcx.; sync", SRCU, after=_SYNC),
        Row(Use.SRCU_UNLOCK, "sync; ldarx; stdcx.", SRCU, _SYNC),
    ),
    "isync",
    "with isync after an operation that acquires, as the headers have it",
)


def _patched(row: Row) -> Row:
    if row.source == COMPILER:
        return row
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
