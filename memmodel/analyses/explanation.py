"""What an explanation consists of: plain data with places in the text, for reports to print without an engine."""

from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass
from memmodel.result import State
from memmodel.source import Span


@dataclass(frozen=True)
class Place:
    """An access or barrier, named as in the source: `smp_store_release(cons)`. `thread` is -1 for initial values."""

    thread: int
    name: str
    code: str
    span: Span | None

    @property
    def line(self) -> int | None:
        return self.span.line if self.span is not None and self.thread >= 0 else None

    @property
    def where(self) -> str | None:
        """The line, as a sentence names it."""
        return self.span.where if self.span is not None and self.thread >= 0 else None

    def __str__(self) -> str:
        return self.name if self.where is None else f"{self.name} {self.where}"


@dataclass(frozen=True)
class Row:
    """One step of an execution. `effects`: the values it reads and writes, and where from."""

    place: Place
    effects: tuple[str, ...]
    reordered: bool

    @property
    def text(self) -> str:
        """The access and its effects on one line."""
        return "; ".join([self.place.code, *self.effects])


@dataclass(frozen=True)
class Pair:
    """Two accesses of one thread in program order."""

    first: Place
    second: Place
    kept: bool = False
    """The model keeps the two in order for their own CPU, though not for all CPUs at once."""


@dataclass(frozen=True)
class Story:
    """An execution as a sequence: each step reads what the steps before it left, so that where program order cannot be
    kept, `reordered` lists the pairs in which the second takes effect first."""

    threads: tuple[str, ...]
    rows: tuple[Row, ...]
    reordered: tuple[Pair, ...]
    state: State


@dataclass(frozen=True)
class Gap:
    """A place where ordering is missing. `because`: a clause that says what is missing; `remarks`: why what is there
    does not do."""

    pair: Pair
    second_writes: bool
    because: str
    before: Place
    """The access right before which the barrier was put."""
    remarks: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    """How the other threads see the two out of order, in sentences."""
    elsewhere: bool = False
    """In another execution than the one shown."""


class Cure(Enum):
    """What is known of adding full barriers."""

    PROVEN = "proven"
    """With one in each gap the outcome is impossible, with fewer of them it is not."""
    NONE = "none"
    """Barriers were tried wherever other threads can see two accesses out of order; the outcome stays possible."""
    INTERLEAVING = "interleaving"
    """The outcome is possible even if every CPU runs its code in order, whatever barriers there are."""
    UNKNOWN = "unknown"
    """Time ran out."""


@dataclass(frozen=True)
class Missing:
    cure: Cure
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Cause:
    """What makes an edge between two accesses of one thread: a barrier, an annotation, a dependency, a rule."""

    text: str
    place: Place | None = None
    annotation: bool = False
    """It is the place's own: an acquire, a release, a fully ordered operation."""

    @property
    def name(self) -> str:
        """What a pairing is told by."""
        return str(self.place) if self.annotation or self.place is None else self.text


@dataclass(frozen=True)
class Edge:
    """`first` comes before `second`, as `sentence` says; `causes` where both are of one thread."""

    first: Place
    second: Place
    sentence: str
    relation: str
    """rf, co, fr, or `order` for an edge within a thread."""
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class Pairing:
    """Two sides of an ordering that works only with both: a release and the acquire that reads from it."""

    left: Cause
    right: Cause


@dataclass(frozen=True)
class Reason:
    """Why some executions are forbidden. `closed`: the edges lead back to where they began."""

    axiom: str
    edges: tuple[Edge, ...]
    closed: bool
    pairings: tuple[Pairing, ...]
    by_itself: bool
    """It speaks of a single variable: coherence or the atomicity of an operation."""


@dataclass(frozen=True)
class Refutation:
    """All that forbids an outcome. No reasons: no execution of the program gives those values whatever the model."""

    reasons: tuple[Reason, ...]
    complete: bool
    """Whether the reasons were shown to cover every way."""
    thin_air: bool = False
    """Some ways are none because a value would have to come from itself."""
    coherent: bool = False
    """Only executions were looked at in which each variable is coherent by itself."""


@dataclass(frozen=True)
class Side:
    """One access of a race."""

    place: Place
    kind: str
    """`write to x of 4 bytes`."""
    marked: bool


@dataclass(frozen=True)
class Race:
    first: Side
    second: Side
    marking: bool
    """With marked accesses in both places there is no race."""
    missing: Missing
    """What would order the two."""
    others: int = 0
    """Further pairs that race in the same execution."""


@dataclass(frozen=True)
class Explanation:
    """`title` is one line that does alone; `paragraphs` say it in plain words."""

    file: str
    name: str
    model: str
    condition: str
    observation: str
    outcome: str
    """As `check` has it."""
    title: str
    paragraphs: tuple[str, ...] = ()
    story: Story | None = None
    missing: Missing | None = None
    refutation: Refutation | None = None
    race: Race | None = None
    states: tuple[State, ...] | None = None
    flags: tuple[str, ...] = ()
