"""What a kernel's model and architectures say of one outcome in, the sentence that people read out."""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.cat.models import is_built_in
from memmodel.machines.names import ARCHITECTURES
from memmodel.result import MIXED_FLAG, RACE_FLAG, MachineVerdict

OUT_OF_TIME = "the time limit was reached"
OUT_OF_MEMORY = "the memory limit was reached"
NOT_ASKED = "there was no time left to ask"

RACES = "the compiler may do more to the plain accesses that race"
MIXED = "the compiler may do more to what is accessed by plain writes and by marked accesses"
REORDERS = "the compiler may show it, by what it makes of plain accesses"
PLAIN = "the compiler may do more to the plain accesses"
"""What a compiler may do besides: plain accesses are not those of a machine."""

KERNEL = "lkmm"
"""The model of the kernel that comes with the package."""


def compares(model: str) -> bool:
    """Whether the model of this name may be a kernel's, with which machines can be compared: of those that come with
    the package only one is."""
    return model == KERNEL or not is_built_in(model)


def of_flags(flags: Sequence[str]) -> str:
    """What a compiler may do by the flags that the kernel's model raises; '' where it raises none."""
    return RACES if RACE_FLAG in flags else MIXED if MIXED_FLAG in flags else ""


def sentence(
    model: str, allowed: bool, verdicts: Sequence[MachineVerdict], compiler: str = "", bounded: bool = False
) -> str:
    """`allowed by LKMM and observable on arm64 and power`. `allowed`: what the kernel's model says of the outcome;
    `compiler`: what the compiler may do besides; `bounded`: loops may run more often than was looked at."""
    name = model.upper() if model == KERNEL else model
    showing = [item.architecture for item in verdicts if item.reachable]
    denying = [item.architecture for item in verdicts if item.reachable is False]
    said = f"{'allowed' if allowed else 'forbidden'} by {name}"
    if showing:
        said += f" and {'' if allowed else 'yet '}observable on {listed(showing)}"
    elif allowed and set(ARCHITECTURES) <= set(denying):
        said += ", no current architecture shows it"
    elif allowed and denying:
        said += f", not observable on {listed(denying)}"
    if bounded and not (allowed and showing):
        said += ", up to the loop bound"
    if allowed or showing:
        said += _unknown(verdicts)
    return f"{said}; {compiler}" if compiler else said


def _unknown(verdicts: Sequence[MachineVerdict]) -> str:
    """` (undecided on arm64; not asked on power)`."""
    unknown = [item for item in verdicts if item.reachable is None]
    late = [item.architecture for item in unknown if item.reason == NOT_ASKED]
    others = [item.architecture for item in unknown if item.reason != NOT_ASKED]
    parts = [f"{how} on {listed(names)}" for how, names in (("undecided", others), ("not asked", late)) if names]
    return f" ({'; '.join(parts)})" if parts else ""


def listed(names: Sequence[str]) -> str:
    """`x86, arm64 and power`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
