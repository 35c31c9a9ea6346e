"""What an analysis has to say of a place in a program: the one type that every report prints."""

from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass
from memmodel.source import Span


class Level(Enum):
    """How much a finding matters. ERROR: the program can go wrong; WARNING: it is likely to be a mistake; NOTE: worth
    knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Related:
    """Another place that a finding speaks about, and what it is there for: "the barrier", "reads it"."""

    label: str
    span: Span


@dataclass(frozen=True)
class Edit:
    """A change of the text: what the span covers becomes `replacement` (an empty span: an insertion)."""

    span: Span
    replacement: str


@dataclass(frozen=True)
class Step:
    """A step of an execution. `thread`: who makes it, as the function or `P0` is called; `text`: the line of code and
    what it does here."""

    thread: str
    text: str
    span: Span | None = None


@dataclass(frozen=True)
class Finding:
    """One remark. `title` is one line that does alone; `message` says the rest in plain words."""

    code: str
    """The stable code of the rule: MM101."""
    level: Level
    title: str
    message: str
    span: Span | None
    related: tuple[Related, ...] = ()
    witness: tuple[str, ...] = ()
    """Lines that show an execution, ready to print at 80 columns."""
    edits: tuple[Edit, ...] = ()
    """Changes that, made together, answer the finding."""
    steps: tuple[Step, ...] = ()
    """The same execution as data, in the order in which things become visible."""
    observable: str = ""
    """Which architectures can show it, where they were asked: the message says so too, for those who read it all."""
