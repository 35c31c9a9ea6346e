"""How the kernel's primitives are compiled for arm64: with LSE's atomic instructions, or with pairs of exclusives."""

from __future__ import annotations

from memmodel.machines.machine import Machine, Row, Use

_BARRIER = "arch/arm64/include/asm/barrier.h"
_LLSC = "arch/arm64/include/asm/atomic_ll_sc.h"
_LSE = "arch/arm64/include/asm/atomic_lse.h"
_ONCE = "arch/arm64/include/asm/rwonce.h"
_SPIN = "arch/arm64/include/asm/spinlock.h"
_QSPIN = "include/asm-generic/qspinlock.h"
_GENERIC = "include/asm-generic/barrier.h"
_RCU = "include/linux/rcupdate.h"
_SRCU = "kernel/rcu/srcutree.c"

_A, _L = frozenset(("acquire",)), frozenset(("release",))
_EXCLUSIVE, _EXCLUSIVE_A, _EXCLUSIVE_L = (
    frozenset(("exclusive",)),
    frozenset(("exclusive", "acquire")),
    frozenset(("exclusive", "release")),
)
_AMO, _AMO_A, _AMO_L = frozenset(("amo",)), frozenset(("amo", "acquire")), frozenset(("amo", "release"))
_AMO_ONE_WAY = frozenset(("amo", "no-return"))
_FULL = ("dmb-ish",)
_PC = frozenset(("acquire-pc",))

_COMMON = (
    Row(Use.LOAD, "ldr", "include/asm-generic/rwonce.h"),
    Row(Use.LOAD_ACQUIRE, "ldar", _BARRIER, read=_A),
    Row(Use.STORE, "str", "include/asm-generic/rwonce.h"),
    Row(Use.STORE_RELEASE, "stlr", _BARRIER, write=_L),
    Row(Use.MB, "dmb ish", _BARRIER, _FULL),
    Row(Use.RMB, "dmb ishld", _BARRIER, ("dmb-ishld",)),
    Row(Use.WMB, "dmb ishst", _BARRIER, ("dmb-ishst",)),
    Row(Use.BARRIER, "", "include/linux/compiler.h"),
    Row(Use.BEFORE_ATOMIC, "dmb ish", _GENERIC, _FULL),
    Row(Use.AFTER_ATOMIC, "dmb ish", _GENERIC, _FULL),
    Row(Use.AFTER_SPINLOCK, "dmb ish", _SPIN, _FULL),
    Row(Use.AFTER_UNLOCK_LOCK, "", _RCU),
    Row(Use.AFTER_SRCU, "", "include/linux/srcu.h"),
    Row(Use.PLAIN_LOAD, "ldr", "the compiler, which may do otherwise"),
    Row(Use.PLAIN_STORE, "str", "the compiler, which may do otherwise"),
    Row(Use.UNLOCK, "stlrb", _QSPIN, write=_L),
    Row(Use.READER, "", _RCU),
    Row(Use.GRACE_PERIOD, "dmb ish; …; dmb ish", "kernel/rcu/tree.c", _FULL, after=_FULL),
    Row(Use.SRCU_LOCK, "ldadd; dmb ish", _SRCU, after=_FULL),
    Row(Use.SRCU_UNLOCK, "dmb ish; ldadd", _SRCU, _FULL),
)

LSE = Machine(
    "arm64",
    "Armv8-A, other-multi-copy-atomic",
    (
        *_COMMON,
        Row(Use.MODIFY_NORETURN, "stadd", _LSE, read=_AMO_ONE_WAY, write=_AMO),
        Row(Use.MODIFY_RELAXED, "ldadd", _LSE, read=_AMO, write=_AMO, exchange="swp"),
        Row(Use.MODIFY_ACQUIRE, "ldadda", _LSE, read=_AMO_A, write=_AMO, exchange="swpa"),
        Row(Use.MODIFY_RELEASE, "ldaddl", _LSE, read=_AMO, write=_AMO_L, exchange="swpl"),
        Row(Use.MODIFY_FULL, "ldaddal", _LSE, read=_AMO_A, write=_AMO_L, exchange="swpal"),
        Row(Use.COMPARE_RELAXED, "cas", _LSE, read=_AMO, write=_AMO),
        Row(Use.COMPARE_ACQUIRE, "casa", _LSE, read=_AMO_A, write=_AMO),
        Row(Use.COMPARE_RELEASE, "casl", _LSE, read=_AMO, write=_AMO_L),
        Row(Use.COMPARE_FULL, "casal", _LSE, read=_AMO_A, write=_AMO_L),
        Row(Use.LOCK, "casa", _QSPIN, read=_AMO_A, write=_AMO, failed=frozenset()),
    ),
    "lse",
    "with the atomic instructions of Armv8.1",
)

LLSC = Machine(
    "arm64",
    LSE.title,
    (
        *_COMMON,
        Row(Use.MODIFY_NORETURN, "ldxr; stxr", _LLSC, read=_EXCLUSIVE, write=_EXCLUSIVE),
        Row(Use.MODIFY_RELAXED, "ldxr; stxr", _LLSC, read=_EXCLUSIVE, write=_EXCLUSIVE),
        Row(Use.MODIFY_ACQUIRE, "ldaxr; stxr", _LLSC, read=_EXCLUSIVE_A, write=_EXCLUSIVE),
        Row(Use.MODIFY_RELEASE, "ldxr; stlxr", _LLSC, read=_EXCLUSIVE, write=_EXCLUSIVE_L),
        Row(Use.MODIFY_FULL, "ldxr; stlxr; dmb ish", _LLSC, read=_EXCLUSIVE, write=_EXCLUSIVE_L, after=_FULL),
        Row(Use.COMPARE_RELAXED, "ldxr; cbnz; stxr", _LLSC, read=_EXCLUSIVE, write=_EXCLUSIVE),
        Row(Use.COMPARE_ACQUIRE, "ldaxr; cbnz; stxr", _LLSC, read=_EXCLUSIVE_A, write=_EXCLUSIVE),
        Row(Use.COMPARE_RELEASE, "ldxr; cbnz; stlxr", _LLSC, read=_EXCLUSIVE, write=_EXCLUSIVE_L),
        Row(
            Use.COMPARE_FULL,
            "ldxr; cbnz 2f; stlxr; dmb ish; 2:",
            _LLSC,
            read=_EXCLUSIVE,
            write=_EXCLUSIVE_L,
            succeeded=_FULL,
        ),
        Row(Use.LOCK, "ldaxr; stxr", _QSPIN, read=_EXCLUSIVE_A, write=_EXCLUSIVE, failed=frozenset()),
    ),
    "llsc",
    "with pairs of exclusives, as Armv8.0 has them",
)

LTO = Machine(
    "arm64",
    LSE.title,
    tuple(Row(Use.LOAD, "ldapr", _ONCE, read=_PC) if row.use is Use.LOAD else row for row in LSE.rows),
    "lto",
    "built with link-time optimisation, on a processor that has ldapr",
    within="lse",
)
