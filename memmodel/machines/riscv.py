"""How the kernel's primitives are compiled for RISC-V: with fences, or with .aqrl where they are fully ordered."""

from __future__ import annotations

from memmodel.machines.common import (
    AFTER_SRCU,
    BARRIER,
    COMPILER,
    GENERIC,
    GRACE_PERIOD,
    LOCAL,
    ONCE,
    PLAIN,
    RCU,
    READER,
    SRCU,
)
from memmodel.machines.machine import Machine, Row, Use

_ASM = "arch/riscv/include/asm"
_BARRIER, _ATOMIC, _CMPXCHG = f"{_ASM}/barrier.h", f"{_ASM}/atomic.h", f"{_ASM}/cmpxchg.h"
_BITS, _FENCES = f"{_ASM}/bitops.h", f"{_ASM}/fence.h"
_SPIN = "include/asm-generic/spinlock.h"
_AMO, _AMO_AQRL = frozenset(("amo",)), frozenset(("amo", "aq", "rl"))
_AMO_AQ = frozenset(("amo", "aq"))
_X, _X_RL = frozenset(("exclusive",)), frozenset(("exclusive", "rl"))
_FULL, _ACQUIRE, _RELEASE = ("fence-rw-rw",), ("fence-r-rw",), ("fence-rw-w",)


def _compared(use: Use, text: str, source: str) -> Row:
    """A pair of lr and sc that is fully ordered where it succeeds."""
    return Row(use, text, source, read=_X, write=_X_RL, succeeded=_FULL)


RISCV = Machine(
    "riscv",
    "RISC-V, RVWMO",
    (
        Row(Use.LOAD, "ld", ONCE),
        Row(Use.LOAD_ACQUIRE, "ld; fence r,rw", _BARRIER, after=_ACQUIRE),
        Row(Use.STORE, "sd", ONCE),
        Row(Use.STORE_RELEASE, "fence rw,w; sd", _BARRIER, _RELEASE),
        Row(Use.STORE_MB, "sd; fence rw,rw", GENERIC, after=_FULL),
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
        Row(Use.MODIFY_BOTH, "amoadd.aqrl", COMPILER, read=_AMO_AQRL, write=_AMO_AQRL, exchange="amoswap.aqrl"),
        Row(Use.COMPARE_RELAXED, "lr; bne; sc", _CMPXCHG, read=_X, write=_X),
        Row(
            Use.COMPARE_ACQUIRE, "lr; bne 1f; sc; bnez; fence r,rw; 1:", _CMPXCHG, read=_X, write=_X, succeeded=_ACQUIRE
        ),
        Row(Use.COMPARE_RELEASE, "fence rw,w; lr; bne; sc", _CMPXCHG, _RELEASE, _X, _X),
        _compared(Use.COMPARE_FULL, "lr; bne 1f; sc.rl; bnez; fence rw,rw; 1:", _CMPXCHG),
        Row(
            Use.COMPARE_BOTH,
            "fence rw,w; lr; bne 1f; sc; bnez; fence r,rw; 1:",
            COMPILER,
            _RELEASE,
            _X,
            _X,
            succeeded=_ACQUIRE,
        ),
        _compared(Use.UNLESS, "lr; beq 1f; add; sc.rl; bnez; fence rw,rw; 1:", _ATOMIC),
        _compared(Use.UNLESS_SIGN, "lr; bltz 1f; add; sc.rl; bnez; fence rw,rw; 1:", _ATOMIC),
        Row(Use.BIT, "amoor.aqrl", _BITS, read=_AMO_AQRL, write=_AMO_AQRL, always=True),
        Row(Use.BIT_LOCK, "amoor.aq", _BITS, read=_AMO_AQ, write=_AMO_AQ, always=True),
        Row(Use.LOCAL_NORETURN, "amoadd zero", LOCAL, read=_AMO, write=_AMO),
        Row(Use.LOCAL_MODIFY, "amoadd.aqrl", LOCAL, read=_AMO_AQRL, write=_AMO_AQRL, exchange="amoswap.aqrl"),
        _compared(Use.LOCAL_COMPARE, "lr; bne 1f; sc.rl; bnez; fence rw,rw; 1:", LOCAL),
        Row(Use.CPU_COMPARE, "lr; bne; sc", _CMPXCHG, read=_X, write=_X),
        # A ticket lock: taking a ticket is fully ordered, and where that has to wait a fence rw,rw follows.
        Row(Use.LOCK, "amoadd.aqrl", _SPIN, read=_AMO_AQRL, write=_AMO_AQRL),
        _compared(Use.TRYLOCK, "lw; lr; bne 1f; sc.rl; bnez; fence rw,rw; 1:", _SPIN),
        Row(Use.UNLOCK, "lw; fence rw,w; sh", _SPIN, _RELEASE),
        Row(Use.MB, "fence rw,rw", _BARRIER, _FULL),
        Row(Use.RMB, "fence r,r", _BARRIER, ("fence-r-r",)),
        Row(Use.WMB, "fence w,w", _BARRIER, ("fence-w-w",)),
        Row(Use.DMA_MB, "fence iorw,iorw", GENERIC, _FULL),
        Row(Use.DMA_RMB, "fence ir,ir", GENERIC, ("fence-r-r",)),
        Row(Use.DMA_WMB, "fence ow,ow", GENERIC, ("fence-w-w",)),
        Row(Use.DEVICE_MB, "fence iorw,iorw", _BARRIER, _FULL),
        Row(Use.DEVICE_RMB, "fence ir,ir", _BARRIER, ("fence-r-r",)),
        Row(Use.DEVICE_WMB, "fence ow,ow", _BARRIER, ("fence-w-w",)),
        BARRIER,
        Row(Use.BEFORE_ATOMIC, "fence rw,rw", GENERIC, _FULL),
        Row(Use.AFTER_ATOMIC, "fence rw,rw", GENERIC, _FULL),
        Row(Use.AFTER_SPINLOCK, "fence iorw,iorw", _BARRIER, _FULL),
        Row(Use.AFTER_UNLOCK_LOCK, "", RCU),
        AFTER_SRCU,
        Row(Use.PLAIN_LOAD, "ld", PLAIN),
        Row(Use.PLAIN_STORE, "sd", PLAIN),
        READER,
        Row(Use.GRACE_PERIOD, "fence rw,rw; …; fence rw,rw", GRACE_PERIOD, _FULL, after=_FULL),
        Row(Use.SRCU_LOCK, "amoadd; fence rw,rw", SRCU, after=_FULL),
        Row(Use.SRCU_UNLOCK, "fence rw,rw; amoadd", SRCU, _FULL),
    ),
)
