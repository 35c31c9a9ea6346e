"""What an engine says of a program under a model, and how far it knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum

from memmodel.events.execution import Execution
from memmodel.source import Span


class Observation(Enum):
    """herd7's word, over the complete executions; Never where there are none."""

    NEVER = "Never"
    SOMETIMES = "Sometimes"
    ALWAYS = "Always"


class Outcome(Enum):
    """How a file fared, as the JSON contract spells it."""

    PASS = "pass"
    FAIL = "fail"
    RACE = "race"
    DEADLOCK = "deadlock"
    VACUOUS = "vacuous"
    BOUNDED = "bounded"
    TIMEOUT = "timeout"
    UNSUPPORTED = "unsupported"
    ERROR = "error"


class ExitStatus(IntEnum):
    OK = 0
    FINDING = 1
    BAD_INPUT = 2
    UNDECIDED = 3


State = tuple[tuple[str, str], ...]
"""(label, shown value) of each observable, in the order of the program's observables."""


@dataclass(frozen=True)
class Witness:
    """An allowed execution, re-checked by the concrete evaluator, with the values it gives."""

    execution: Execution
    values: tuple[int | None, ...] = field(repr=False)
    """Per event: what was read or written; None for fences and events not executed."""
    addresses: tuple[int | None, ...] = field(repr=False)
    state: State = ()
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Note:
    """Something found besides the verdict: a reachable fault or failed assertion, a race's two accesses."""

    message: str
    span: Span | None
    witness: Witness | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Result:
    """What was found. `observation` is None when the search did not finish (`reason` says why)."""

    observation: Observation | None
    flags: frozenset[str] = frozenset()
    states: tuple[State, ...] | None = None
    positive: int | None = None
    """With counting: executions that satisfy the condition (for ~exists too: those that satisfy it)."""
    negative: int | None = None
    witness: Witness | None = None
    """Satisfies the condition."""
    counterexample: Witness | None = None
    """Does not."""
    flag_witnesses: tuple[tuple[str, Witness], ...] = ()
    no_executions: bool = False
    deadlock: bool = False
    """No execution, because a lock could never be taken; else, with no_executions, the program is vacuous."""
    cut: bool = False
    """Some allowed execution would have gone on past a loop bound that the verdict leans on."""
    faults: tuple[Note, ...] = ()
    failed_assertions: tuple[Note, ...] = ()
    reason: str | None = None
    timed_out: bool = False
    seconds: float = 0.0
