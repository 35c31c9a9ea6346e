"""What a barrier or an access of some strength costs on each architecture, and what it is compiled to: by the tables of
`memmodel.machines`. The unit is a hundredth of what a full barrier costs there."""

from __future__ import annotations

from enum import Enum

from memmodel.machines import registry
from memmodel.machines.machine import Machine, Use
from memmodel.machines.names import ARCHITECTURES
from memmodel.machines.prices import price
from memmodel.program.strengths import Form, Kind, Power


class Architecture(Enum):
    """What to rank for. ALL: the mean over the others."""

    X86 = "x86"
    ARM64 = "arm64"
    RISCV = "riscv"
    POWER = "power"
    ALL = "all"


COMPILER = 1
"""A barrier for the compiler alone, or an access that it must leave alone: no instruction, but some freedom lost."""

GRACE_PERIOD = 100_000
"""Waiting for readers takes milliseconds."""

_BARRIERS = (
    (Power.EVERYTHING, Use.MB),
    (Power.WRITES, Use.WMB),
    (Power.READS, Use.RMB),
    (Power.BEFORE_ATOMIC, Use.BEFORE_ATOMIC),
    (Power.AFTER_ATOMIC, Use.AFTER_ATOMIC),
    (Power.AFTER_SPINLOCK, Use.AFTER_SPINLOCK),
    (Power.AFTER_UNLOCK_LOCK, Use.AFTER_UNLOCK_LOCK),
    (Power.AFTER_SRCU, Use.AFTER_SRCU),
    (Power.COMPILER, Use.BARRIER),
)
_LOADS = ((Power.ACQUIRE, Use.LOAD_ACQUIRE), (Power.MARKED, Use.LOAD))
_STORES = ((Power.EVERYTHING, Use.STORE_MB), (Power.RELEASE, Use.STORE_RELEASE), (Power.MARKED, Use.STORE))
_MODIFIES = (
    (Power.FULL, Use.MODIFY_FULL),
    (Power.RELEASE, Use.MODIFY_RELEASE),
    (Power.ACQUIRE, Use.MODIFY_ACQUIRE),
    (Power.MARKED, Use.MODIFY_RELAXED),
)
_COMPARES = (
    (Power.FULL, Use.COMPARE_FULL),
    (Power.RELEASE, Use.COMPARE_RELEASE),
    (Power.ACQUIRE, Use.COMPARE_ACQUIRE),
    (Power.MARKED, Use.COMPARE_RELAXED),
)
"""The strongest thing that a form gives decides what it is compiled to."""


def cost(form: Form, kind: Kind, architecture: Architecture) -> int:
    """What a form costs more than the weakest of its family, in hundredths of a full barrier."""
    if architecture is Architecture.ALL:
        return sum(cost(form, kind, Architecture(one)) for one in ARCHITECTURES) // len(ARCHITECTURES)
    if not form.powers:
        return 0
    if Power.GRACE_PERIOD in form.powers:
        return GRACE_PERIOD
    machine = _machine(architecture.value)
    return COMPILER + sum(price(machine.row(use), machine.name) for use in _uses(form, kind))


def instructions(form: Form, kind: Kind, architecture: str) -> str:
    """What a form is compiled to; '' for no instruction at all."""
    machine = _machine(architecture)
    exchange = "xchg" in form.name and "cmpxchg" not in form.name
    rows = [machine.row(use) for use in _uses(form, kind)]
    return "; ".join(text for row in rows if (text := row.exchange if exchange and row.exchange else row.text))


def compiled(form: Form, kind: Kind) -> str:
    """`'mov' on x86, 'stlr' on arm64, 'fence rw,w; sd' on riscv and 'lwsync; std' on power`."""
    texts = [(one, instructions(form, kind, one)) for one in ARCHITECTURES]
    said = [f"'{text}' on {one}" if text else f"nothing on {one}" for one, text in texts]
    return f"{', '.join(said[:-1])} and {said[-1]}"


def _machine(architecture: str) -> Machine:
    return registry.variants(architecture)[0]


def _uses(form: Form, kind: Kind) -> tuple[Use, ...]:
    """The row of the table that a form takes; none for no barrier."""
    ranks = {
        Kind.FENCE: _BARRIERS,
        Kind.LOAD: _LOADS,
        Kind.STORE: _STORES,
        Kind.MODIFY: _COMPARES if "cmpxchg" in form.name else _MODIFIES,
    }[kind]
    return next(((use,) for power, use in ranks if power in form.powers), ())
