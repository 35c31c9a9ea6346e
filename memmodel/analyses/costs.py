"""What a barrier or an access of some strength costs on each architecture: the table by which fixes are ranked.

The unit is a hundredth of what a full barrier costs, roughly, on a machine with nobody else on the cache line. The
figures rank; they do not predict. What they come from is the instruction that the kernel uses
(arch/*/include/asm/barrier.h and atomic.h):

             smp_mb        smp_wmb       smp_rmb       release       acquire
    x86      lock addl     (compiler)    (compiler)    mov           mov
    arm64    dmb ish       dmb ishst     dmb ishld     stlr          ldar / ldapr
    power    hwsync        lwsync        lwsync        lwsync; st    ld; lwsync (or isync)
    riscv    fence rw,rw   fence w,w     fence r,r     fence rw,w    fence r,rw

Atomic read-modify-writes on x86 are full barriers whatever their name says, and so their strength costs nothing there.
"""

from __future__ import annotations

from enum import Enum

from memmodel.program.strengths import Form, Kind, Power
from memmodel.records import dataclass


class Architecture(Enum):
    """What to rank for. ALL: the mean over the others."""

    X86 = "x86"
    ARM64 = "arm64"
    POWER = "power"
    RISCV = "riscv"
    ALL = "all"


@dataclass(frozen=True)
class CostTable:
    """Hundredths of a full barrier."""

    mb: int
    wmb: int
    rmb: int
    release: int
    acquire: int
    atomic_mb: int
    """smp_mb__before_atomic and the like: nothing where atomic operations are full barriers by themselves."""
    modify_release: int
    modify_acquire: int
    modify_full: int


TABLES = {
    Architecture.X86: CostTable(100, 0, 0, 0, 0, 0, 0, 0, 0),
    Architecture.ARM64: CostTable(100, 50, 60, 30, 20, 100, 30, 20, 110),
    Architecture.POWER: CostTable(100, 40, 40, 40, 35, 100, 40, 35, 140),
    Architecture.RISCV: CostTable(100, 50, 50, 60, 60, 100, 60, 60, 120),
}

COMPILER = 1
"""A barrier for the compiler alone, or an access that it must leave alone: no instruction, but some freedom lost."""

GRACE_PERIOD = 100_000
"""Waiting for readers takes milliseconds."""


def cost(form: Form, kind: Kind, architecture: Architecture) -> int:
    """What a form costs more than the weakest of its family, in hundredths of a full barrier."""
    if architecture is Architecture.ALL:
        return sum(cost(form, kind, one) for one in TABLES) // len(TABLES)
    table = TABLES[architecture]
    powers = form.powers
    if not powers:
        return 0
    if Power.GRACE_PERIOD in powers:
        return GRACE_PERIOD
    return COMPILER + (_barrier(powers, table) if kind is Kind.FENCE else _access(powers, kind, table))


def _barrier(powers: frozenset[Power], table: CostTable) -> int:
    if Power.EVERYTHING in powers:
        return table.mb
    if Power.WRITES in powers:
        return table.wmb
    if Power.READS in powers:
        return table.rmb
    return table.atomic_mb if powers - {Power.COMPILER} else 0


def _access(powers: frozenset[Power], kind: Kind, table: CostTable) -> int:
    if Power.EVERYTHING in powers:
        return table.mb
    modifies = kind is Kind.MODIFY
    if Power.FULL in powers:
        return table.modify_full
    if Power.RELEASE in powers:
        return table.modify_release if modifies else table.release
    if Power.ACQUIRE in powers:
        return table.modify_acquire if modifies else table.acquire
    return 0
