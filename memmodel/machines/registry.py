"""The name of a machine in, its table out: each architecture, and each way in which the kernel is compiled for it."""

from __future__ import annotations

from memmodel.machines import arm64, power, riscv, x86
from memmodel.machines.machine import Machine

MACHINES = (x86.X86, arm64.LSE, arm64.LLSC, arm64.LTO, riscv.RISCV, power.ISYNC, power.LWSYNC)
"""From the strongest architecture to the weakest; of each, the usual way first."""


def find(wanted: str) -> Machine | None:
    """The machine called `x86`, `arm64` (its usual way) or `arm64-llsc`; None if there is none."""
    for machine in MACHINES:
        if wanted in (machine.name, name(machine)):
            return machine
    return None


def name(machine: Machine) -> str:
    """What `find` knows it by: `x86`, `arm64-lse`."""
    return f"{machine.name}-{machine.variant}" if machine.variant else machine.name


def variants(architecture: str) -> tuple[Machine, ...]:
    """The ways in which the kernel is compiled for an architecture."""
    return tuple(machine for machine in MACHINES if machine.name == architecture)
