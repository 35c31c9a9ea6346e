"""A row of the pairing table: two accesses of one function, two of another, and whether they are seen in order."""

from __future__ import annotations

from enum import Enum

from memmodel.analyses.finding import Step
from memmodel.records import dataclass
from memmodel.source import Span


class Standing(Enum):
    """ORDERED: in no execution, whatever memory holds, does who sees the later access miss the earlier one.
    REORDERED: there is an execution in which it does, and the row shows it. OPEN: neither was shown."""

    ORDERED = "ordered"
    REORDERED = "not ordered"
    OPEN = "open"


class Shape(Enum):
    """HANDOVER: `second` is a write, `sees` reads what it wrote; in order, `then` comes after `first`. CROSSING:
    `first` and `sees` are writes, `second` and `then` read what the other side wrote; in order, not both of them miss
    it."""

    HANDOVER = "handover"
    CROSSING = "crossing"


@dataclass(frozen=True)
class Access:
    """One access of a function: `field` as people write it ("bpf_ringbuf.consumer_pos"), `does`: "writes" or "reads";
    `plain`: it is not marked, so the compiler may do with it what it likes; `code`: the text of the line, stripped;
    `caller`: it is not the function's own, but stands for what its caller does before or after it."""

    function: str
    field: str
    does: str
    code: str
    span: Span
    plain: bool = False
    caller: bool = False


@dataclass(frozen=True)
class Order:
    """What keeps two accesses of one function in order. `by`: a barrier, a release or acquire access, or the kind of a
    dependency ("address dependency", "control dependency"); "" where nothing does."""

    by: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Row:
    """`first` and `second` are accesses of one function, in program order; `sees` and `then` of another, `sees` to what
    `second` accesses, `then` to what `first` does. What order means is said with Shape."""

    first: Access
    second: Access
    sees: Access
    then: Access
    standing: Standing
    one: Order
    """Between first and second."""
    other: Order
    """Between sees and then."""
    witness: tuple[str, ...] = ()
    """Where REORDERED: lines that show an execution, ready to print at 80 columns."""
    why: str = ""
    """Where OPEN: what stood in the way."""
    steps: tuple[Step, ...] = ()
    """The same execution as data."""
    shape: Shape = Shape.HANDOVER
