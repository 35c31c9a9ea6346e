"""How the kernel's primitives are compiled for RISC-V: with fences, or with .aqrl where they are fully ordered."""

from __future__ import annotations

from memmodel.machines.machine import Machine, Row, Use

_BARRIER = "arch/riscv/include/asm/barrier.h"
_ATOMIC = "arch/riscv/include/asm/atomic.h"
_CMPXCHG = "arch/riscv/include/asm/cmpxchg.h"
_FENCES = "arch/riscv/include/asm/fence.h"
_SPIN = "include/asm-generic/spinlock.h"
_RCU = "include/linux/rcupdate.h"
_SRCU = "kernel/rcu/srcutree.c"
_AMO, _AMO_AQRL = frozenset(("amo",)), frozenset(("amo", "aq", "rl"))
_X, _X_RL = frozenset(("exclusive",)), frozenset(("exclusive", "rl"))
_FULL, _ACQUIRE, _RELEASE = ("fence-rw-rw",), ("fence-r-rw",), ("fence-rw-w",)

RISCV = Machine(
    "riscv",
    "RISC-V, RVWMO",
    (
        Row(Use.LOAD, "ld", "include/asm-generic/rwonce.h"),
        Row(Use.LOAD_ACQUIRE, "ld; fence r,rw", _BARRIER, after=_ACQUIRE),
        Row(Use.STORE, "sd", "include/asm-generic/rwonce.h"),
        Row(Use.STORE_RELEASE, "fence rw,w; sd", _BARRIER, _RELEASE),
        Row(Use.MODIFY_NORETURN, "amoadd zero", _ATOMIC, read=_AMO, write=_AMO),
        Row(Use.MODIFY_RELAXED, "amoadd", _ATOMIC, read=_AMO, write=_AMO, exchange="amoswap"),
        Row(
            Use.MODIFY_ACQUIRE,
            "amoadd; fence r,rw",
            _FENCES,
            read=_AMO,
            write=_AMO,
            after=_ACQUIRE,
            exchange="amoswap; fence r,rw",
        ),
        Row(Use.MODIFY_RELEASE, "fence rw,w; amoadd", _FENCES, _RELEASE, _AMO, _AMO, exchange="fence rw,w; amoswap"),
        Row(Use.MODIFY_FULL, "amoadd.aqrl", _ATOMIC, read=_AMO_AQRL, write=_AMO_AQRL, exchange="amoswap.aqrl"),
        Row(Use.COMPARE_RELAXED, "lr; bne; sc", _CMPXCHG, read=_X, write=_X),
        Row(
            Use.COMPARE_ACQUIRE, "lr; bne 1f; sc; bnez; fence r,rw; 1:", _CMPXCHG, read=_X, write=_X, succeeded=_ACQUIRE
        ),
        Row(Use.COMPARE_RELEASE, "fence rw,w; lr; bne; sc", _CMPXCHG, _RELEASE, _X, _X),
        Row(
            Use.COMPARE_FULL,
            "lr; bne 1f; sc.rl; bnez; fence rw,rw; 1:",
            _CMPXCHG,
            read=_X,
            write=_X_RL,
            succeeded=_FULL,
        ),
        Row(Use.LOCK, "amoadd.aqrl", _SPIN, read=_AMO_AQRL, write=_AMO_AQRL, failed=frozenset()),
        Row(Use.UNLOCK, "fence rw,w; sh", _SPIN, _RELEASE),
        Row(Use.MB, "fence rw,rw", _BARRIER, _FULL),
        Row(Use.RMB, "fence r,r", _BARRIER, ("fence-r-r",)),
        Row(Use.WMB, "fence w,w", _BARRIER, ("fence-w-w",)),
        Row(Use.BARRIER, "", "include/linux/compiler.h"),
        Row(Use.BEFORE_ATOMIC, "fence rw,rw", "include/asm-generic/barrier.h", _FULL),
        Row(Use.AFTER_ATOMIC, "fence rw,rw", "include/asm-generic/barrier.h", _FULL),
        Row(Use.AFTER_SPINLOCK, "fence iorw,iorw", _BARRIER, _FULL),
        Row(Use.AFTER_UNLOCK_LOCK, "", _RCU),
        Row(Use.AFTER_SRCU, "", "include/linux/srcu.h"),
        Row(Use.PLAIN_LOAD, "ld", "the compiler, which may do otherwise"),
        Row(Use.PLAIN_STORE, "sd", "the compiler, which may do otherwise"),
        Row(Use.READER, "", _RCU),
        Row(Use.GRACE_PERIOD, "fence rw,rw; …; fence rw,rw", "kernel/rcu/tree.c", _FULL, after=_FULL),
        Row(Use.SRCU_LOCK, "amoadd; fence rw,rw", _SRCU, after=_FULL),
        Row(Use.SRCU_UNLOCK, "fence rw,rw; amoadd", _SRCU, _FULL),
    ),
)
