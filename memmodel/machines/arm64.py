"""How the kernel's primitives are compiled for arm64: with LSE's atomic instructions, or with pairs of exclusives."""

from __future__ import annotations

from memmodel.machines.common import (
    AFTER_SRCU,
    BARRIER,
    COMPILER,
    FALLBACK,
    GENERIC,
    GRACE_PERIOD,
    LOCAL,
    ONCE,
    PLAIN,
    RCU,
    READER,
    SRCU,
)
from memmodel.machines.machine import NONE, Machine, Row, Tags, Use
from memmodel.records import replace

_ASM = "arch/arm64/include/asm"
_BARRIER, _LLSC, _LSE, _CMPXCHG = (f"{_ASM}/{name}.h" for name in ("barrier", "atomic_ll_sc", "atomic_lse", "cmpxchg"))
_LTO_ONCE, _SPIN = f"{_ASM}/rwonce.h", f"{_ASM}/spinlock.h"
_BITS, _BIT_LOCK = "include/asm-generic/bitops/atomic.h", "include/asm-generic/bitops/lock.h"
_QSPIN = "include/asm-generic/qspinlock.h"

_A, _L = frozenset(("acquire",)), frozenset(("release",))
_X, _X_A, _X_L = frozenset(("exclusive",)), frozenset(("exclusive", "acquire")), frozenset(("exclusive", "release"))
_AMO, _AMO_A, _AMO_L = frozenset(("amo",)), frozenset(("amo", "acquire")), frozenset(("amo", "release"))
_AMO_ONE_WAY = frozenset(("amo", "no-return"))
_FULL, _READS, _WRITES = ("dmb-ish",), ("dmb-ishld",), ("dmb-ishst",)
_PC = frozenset(("acquire-pc",))

_COMMON = (
    Row(Use.LOAD, "ldr", ONCE),
    Row(Use.LOAD_ACQUIRE, "ldar", _BARRIER, read=_A),
    Row(Use.STORE, "str", ONCE),
    Row(Use.STORE_RELEASE, "stlr", _BARRIER, write=_L),
    Row(Use.STORE_MB, "str; dmb ish", GENERIC, after=_FULL),
    Row(Use.MB, "dmb ish", _BARRIER, _FULL),
    Row(Use.RMB, "dmb ishld", _BARRIER, _READS),
    Row(Use.WMB, "dmb ishst", _BARRIER, _WRITES),
    # What orders for the outer shareable domain, or waits, orders no less for the CPUs of the inner one.
    Row(Use.DMA_MB, "dmb osh", _BARRIER, _FULL),
    Row(Use.DMA_RMB, "dmb oshld", _BARRIER, _READS),
    Row(Use.DMA_WMB, "dmb oshst", _BARRIER, _WRITES),
    Row(Use.DEVICE_MB, "dsb sy", _BARRIER, _FULL),
    Row(Use.DEVICE_RMB, "dsb ld", _BARRIER, _READS),
    Row(Use.DEVICE_WMB, "dsb st", _BARRIER, _WRITES),
    BARRIER,
    Row(Use.BEFORE_ATOMIC, "dmb ish", GENERIC, _FULL),
    Row(Use.AFTER_ATOMIC, "dmb ish", GENERIC, _FULL),
    Row(Use.AFTER_SPINLOCK, "dmb ish", _SPIN, _FULL),
    Row(Use.AFTER_UNLOCK_LOCK, "", RCU),
    AFTER_SRCU,
    Row(Use.PLAIN_LOAD, "ldr", PLAIN),
    Row(Use.PLAIN_STORE, "str", PLAIN),
    Row(Use.UNLOCK, "stlrb", _QSPIN, write=_L),
    READER,
    Row(Use.GRACE_PERIOD, "dmb ish; …; dmb ish", GRACE_PERIOD, _FULL, after=_FULL),
    Row(Use.SRCU_LOCK, "ldadd; dmb ish", SRCU, after=_FULL),
    Row(Use.SRCU_UNLOCK, "dmb ish; ldadd", SRCU, _FULL),
)


def _amo(use: Use, text: str, source: str, read: Tags = _AMO, write: Tags = _AMO, exchange: str = "") -> Row:
    return Row(use, text, source, read=read, write=write, exchange=exchange)


def _amo_after_load(use: Use, text: str, source: str, write: Tags) -> Row:
    """One that reads first, and fails without more."""
    return Row(use, text, source, read=_AMO_A, write=write, failed=NONE)


LSE = Machine(
    "arm64",
    "Armv8-A, other-multi-copy-atomic",
    (
        *_COMMON,
        _amo(Use.MODIFY_NORETURN, "stadd", _LSE, _AMO_ONE_WAY),
        _amo(Use.MODIFY_RELAXED, "ldadd", _LSE, exchange="swp"),
        _amo(Use.MODIFY_ACQUIRE, "ldadda", _LSE, _AMO_A, exchange="swpa"),
        _amo(Use.MODIFY_RELEASE, "ldaddl", _LSE, write=_AMO_L, exchange="swpl"),
        _amo(Use.MODIFY_FULL, "ldaddal", _LSE, _AMO_A, _AMO_L, "swpal"),
        _amo(Use.MODIFY_BOTH, "ldaddal", COMPILER, _AMO_A, _AMO_L, "swpal"),
        # One that fails has loaded, and with acquire if it has that at all.
        _amo(Use.COMPARE_RELAXED, "cas", _LSE),
        _amo(Use.COMPARE_ACQUIRE, "casa", _LSE, _AMO_A),
        _amo(Use.COMPARE_RELEASE, "casl", _LSE, write=_AMO_L),
        _amo(Use.COMPARE_FULL, "casal", _LSE, _AMO_A, _AMO_L),
        _amo(Use.COMPARE_BOTH, "casal", COMPILER, _AMO_A, _AMO_L),
        _amo_after_load(Use.UNLESS, "ldr; casal", FALLBACK, _AMO_L),
        _amo_after_load(Use.UNLESS_SIGN, "ldr; casal", FALLBACK, _AMO_L),
        Row(Use.BIT, "ldsetal", _BITS, read=_AMO_A, write=_AMO_L, always=True),
        _amo_after_load(Use.BIT_LOCK, "ldr; ldseta", _BIT_LOCK, _AMO),
        _amo(Use.LOCAL_NORETURN, "stadd", LOCAL, _AMO_ONE_WAY),
        _amo(Use.LOCAL_MODIFY, "ldaddal", LOCAL, _AMO_A, _AMO_L, "swpal"),
        _amo_after_load(Use.LOCAL_COMPARE, "casal", LOCAL, _AMO_L),
        _amo(Use.CPU_COMPARE, "cas", _CMPXCHG),
        _amo(Use.LOCK, "casa", _QSPIN, _AMO_A),
        _amo(Use.TRYLOCK, "ldr; casa", _QSPIN, _AMO_A),
    ),
    "lse",
    "with the atomic instructions of Armv8.1",
)


def _pair(use: Use, text: str, source: str = _LLSC, read: Tags = _X, write: Tags = _X) -> Row:
    return Row(use, text, source, read=read, write=write)


def _full_pair(use: Use, text: str, source: str = _LLSC, failed: Tags | None = None) -> Row:
    """A pair with the condition in between, and a barrier after it."""
    return Row(use, text, source, read=_X, write=_X_L, succeeded=_FULL, failed=failed)


_PAIR, _FULL_PAIR = "ldxr; stxr", "ldxr; cbnz 2f; stlxr; dmb ish; 2:"

LLSC = Machine(
    "arm64",
    LSE.title,
    (
        *_COMMON,
        _pair(Use.MODIFY_NORETURN, _PAIR),
        _pair(Use.MODIFY_RELAXED, _PAIR),
        _pair(Use.MODIFY_ACQUIRE, "ldaxr; stxr", read=_X_A),
        _pair(Use.MODIFY_RELEASE, "ldxr; stlxr", write=_X_L),
        Row(Use.MODIFY_FULL, "ldxr; stlxr; dmb ish", _LLSC, read=_X, write=_X_L, after=_FULL),
        _pair(Use.MODIFY_BOTH, "ldaxr; stlxr", COMPILER, _X_A, _X_L),
        _pair(Use.COMPARE_RELAXED, "ldxr; cbnz; stxr"),
        _pair(Use.COMPARE_ACQUIRE, "ldaxr; cbnz; stxr", read=_X_A),
        _pair(Use.COMPARE_RELEASE, "ldxr; cbnz; stlxr", write=_X_L),
        _full_pair(Use.COMPARE_FULL, _FULL_PAIR),
        _pair(Use.COMPARE_BOTH, "ldaxr; cbnz; stlxr", COMPILER, _X_A, _X_L),
        _full_pair(Use.UNLESS, f"ldr; {_FULL_PAIR}", FALLBACK, NONE),
        _full_pair(Use.UNLESS_SIGN, f"ldr; {_FULL_PAIR}", FALLBACK, NONE),
        Row(Use.BIT, "ldxr; stlxr; dmb ish", _BITS, read=_X, write=_X_L, after=_FULL, always=True),
        Row(Use.BIT_LOCK, "ldr; ldaxr; stxr", _BIT_LOCK, read=_X_A, write=_X, failed=NONE),
        _pair(Use.LOCAL_NORETURN, _PAIR, LOCAL),
        Row(Use.LOCAL_MODIFY, "ldxr; stlxr; dmb ish", LOCAL, read=_X, write=_X_L, after=_FULL),
        _full_pair(Use.LOCAL_COMPARE, _FULL_PAIR, LOCAL, NONE),
        _pair(Use.CPU_COMPARE, "ldxr; cbnz; stxr", _CMPXCHG),
        _pair(Use.LOCK, "ldaxr; stxr", _QSPIN, _X_A),
        _pair(Use.TRYLOCK, "ldr; ldaxr; stxr", _QSPIN, _X_A),
    ),
    "llsc",
    "with pairs of exclusives, as Armv8.0 has them",
)


def _linked(row: Row) -> Row:
    """The row where READ_ONCE() acquires. A load that comes first in an operation is one."""
    if row.use is Use.LOAD:
        return replace(row, text="ldapr", source=_LTO_ONCE, read=_PC)
    if row.failed is None:
        return row
    return replace(row, text=row.text.replace("ldr; ", "ldapr; "), failed=_PC)


LTO = Machine(
    "arm64",
    LSE.title,
    tuple(map(_linked, LSE.rows)),
    "lto",
    "built with link-time optimisation, on a processor that has ldapr",
    within="lse",
)
