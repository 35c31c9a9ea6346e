"""What an engine says of a program under a model, and how far it knows."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum

from memmodel.diagnostic import Change, Diagnostic, Place, Step
from memmodel.events.execution import Execution
from memmodel.inputs import Input
from memmodel.picture import Picture
from memmodel.program.ir import Quantifier
from memmodel.records import dataclass, field
from memmodel.source import Span

RACE_FLAG = "data-race"
"""The flag of the kernel's model that its scripts look for."""

MIXED_FLAG = "mixed-accesses"
"""And that for what is accessed by plain writes and by marked accesses with nothing between."""


class Observation(Enum):
    """herd7's word, over the complete executions; Never where there are none."""

    NEVER = "Never"
    SOMETIMES = "Sometimes"
    ALWAYS = "Always"


class ExitStatus(IntEnum):
    OK = 0
    FINDING = 1
    BAD_INPUT = 2
    UNDECIDED = 3


class Outcome(Enum):
    """How a file fared, as the JSON contract spells it. TIMEOUT: time or memory ran out."""

    PASS = "pass"
    FAIL = "fail"
    RACE = "race"
    DEADLOCK = "deadlock"
    VACUOUS = "vacuous"
    BOUNDED = "bounded"
    TIMEOUT = "timeout"
    UNSUPPORTED = "unsupported"
    ERROR = "error"

    @property
    def status(self) -> ExitStatus:
        """The exit status that a file with this outcome alone would give."""
        return _STATUS[self]


_STATUS = {
    Outcome.PASS: ExitStatus.OK,
    Outcome.FAIL: ExitStatus.FINDING,
    Outcome.RACE: ExitStatus.FINDING,
    Outcome.DEADLOCK: ExitStatus.FINDING,
    Outcome.VACUOUS: ExitStatus.FINDING,
    Outcome.BOUNDED: ExitStatus.UNDECIDED,
    Outcome.TIMEOUT: ExitStatus.UNDECIDED,
    Outcome.UNSUPPORTED: ExitStatus.UNDECIDED,
    Outcome.ERROR: ExitStatus.BAD_INPUT,
}

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


def assertion_failed(note: Note) -> Note:
    """A failed assertion, whose message is the assertion itself, as what is said of it."""
    return Note(f"assertion failed: {note.message}", note.span, note.witness)


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
    """Some allowed execution would have gone on past a loop bound."""
    bounded: bool = False
    """And that of a loop which does more than wait: the verdict leans on the bound."""
    faults: tuple[Note, ...] = ()
    failed_assertions: tuple[Note, ...] = ()
    reason: str | None = None
    timed_out: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Mishap:
    """An assertion that fails in some execution, or a fault that some execution runs into."""

    message: str
    place: Place | None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


@dataclass(frozen=True)
class MachineVerdict:
    """What an architecture does with the same program. `reachable`: whether it shows the outcome asked about (for
    `forall` that the condition fails); None, and a reason, where that was not decided. `variants`: of several ways to
    compile for it, those that show it; empty where all do, or none."""

    architecture: str
    reachable: bool | None
    variants: tuple[str, ...] = ()
    reason: str | None = None
    steps: tuple[Step, ...] = ()
    """An execution with the outcome: of the weakest architecture that shows it only."""


@dataclass(frozen=True)
class FileReport:
    """What is said of one file: all that any output format prints. It holds no events or terms, so it is cheap
    to send between processes."""

    file: str
    """The path as the user gave it; '-' for standard input."""
    name: str
    """The test's own name; '' when the text could not be read so far."""
    model: str
    engine: str
    outcome: Outcome
    observation: Observation | None = None
    quantifier: Quantifier | None = None
    expected: str | None = None
    """The verdict that the file states: Never, Sometimes, Always, DEADLOCK or Maybe."""
    race_expected: bool = False
    flags: tuple[str, ...] = ()
    """Sorted."""
    states: tuple[State, ...] | None = None
    positive: int | None = None
    negative: int | None = None
    """Executions with and without the condition, whatever the quantifier."""
    cut: bool = False
    """Some execution was cut off at a loop's bound."""
    bounded: bool = False
    """And the verdict leans on it."""
    condition: str = ""
    """As herd7 prints it after `Condition`."""
    digest: str = ""
    """MD5 of the text without comments and blanks."""
    length: int = 0
    """Lines of the text; 0 where it could not be read so far."""
    witness: State | None = None
    """The final state of an execution that satisfies the condition."""
    counterexample: State | None = None
    """And of one that does not."""
    reason: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0
    code: bool = False
    """It is a C program, whose condition is that an assertion fails."""
    says: str = ""
    """What a scenario says of the variant."""
    assertions: tuple[Mishap, ...] = ()
    """Those that fail in some execution."""
    faults: tuple[Mishap, ...] = ()
    place: Place | None = None
    """What the verdict is about: the condition, the assertion that fails, the first access of a race."""
    steps: tuple[Step, ...] = ()
    """The execution that settles an unexpected verdict, where it was asked for (`task.Details`)."""
    changes: tuple[Change, ...] = ()
    """The cheapest change that would make the verdict the expected one, where it was asked for."""
    remedy: str = ""
    """What the changes are, in one sentence."""
    picture: Picture | None = None
    """An execution to be drawn, where it was asked for."""
    changed: tuple[str, ...] = ()
    """How the file differs from what a baseline has for it."""
    machines: tuple[MachineVerdict, ...] = ()
    """From the strongest architecture to the weakest, where they were asked for."""
    observable: str = ""
    """What they mean, in words: allowed by LKMM and observable on arm64 and power."""
    compiler: bool = False
    """The compiler may do with plain accesses what no machine does: the words say why."""
    cached: bool = False
    """It was found by an earlier run."""
    inputs: tuple[Input, ...] = ()
    """The files of the user's that all this depends on, also those that were looked for in vain."""
    incomplete: bool = False
    """Some of what goes with the verdict is not there, for want of time or by a defect of ours."""
    internal: bool = False
    """The outcome is an error, and the defect is ours."""


_WORST_FIRST = (ExitStatus.BAD_INPUT, ExitStatus.FINDING, ExitStatus.UNDECIDED)


def worst(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """The exit status of a run: the worst of its files', in the order 2, 1, 3, 0."""
    seen = set(statuses)
    return next((status for status in _WORST_FIRST if status in seen), ExitStatus.OK)
