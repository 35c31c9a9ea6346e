"""An execution as it is drawn: threads, boxes, edges and the source they come from, as plain data that can be sent
between processes and kept. An analysis makes it; reports draw it, and need no engine for that."""

from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass

INITIAL = -1
"""The thread of initial writes."""


class BoxKind(Enum):
    READ = "read"
    WRITE = "write"
    UPDATE = "update"
    """A read-modify-write: one box for both of its halves."""
    FENCE = "fence"


@dataclass(frozen=True)
class Box:
    """An instruction that ran. `number`: its place in `Picture.boxes`."""

    number: int
    thread: int
    kind: BoxKind
    code: str
    """The access as the source has it, on one line: `smp_store_release(cons, 1)`; for an initial write `busy = 0`."""
    effects: tuple[str, ...] = ()
    """What it does here: `reads busy = 0 from line 19`, `writes busy = 1`."""
    event: str = ""
    """As the literature writes it: `R[acquire] cons=0`."""
    file: str = ""
    line: int = 0
    """Counts from 1; 0 where it has no place in a text."""
    step: int = 0
    """Its turn in the order in which things become visible, from 1; 0 for initial writes and in executions that no
    order explains."""
    reordered: bool = False
    """Its turn is not where the program has it."""


@dataclass(frozen=True)
class Edge:
    """`relation`: po, rf, co, fr, addr, data, ctrl, rmw, or the name that the model gives a fence or an order: mb, wmb,
    po-rel, acq-po, hb … `rule`: one sentence that says what the edge is and what makes it. `cycle`: it is part of the
    cycle that the picture is about."""

    relation: str
    first: int
    second: int
    rule: str
    cycle: bool = False


@dataclass(frozen=True)
class Source:
    """A text that boxes come from. `first`: the number of the first of its lines that are given."""

    file: str
    lines: tuple[str, ...]
    first: int = 1


@dataclass(frozen=True)
class Picture:
    """One execution of a test. `allowed`: the model allows it; else `axiom` names what forbids it (the one that the
    cycle breaks). `caption`: one or two sentences on what is to be seen."""

    file: str
    name: str
    model: str
    verdict: str
    """herd7's word for the test: Never, Sometimes, Always."""
    condition: str
    allowed: bool
    axiom: str
    caption: str
    threads: tuple[str, ...]
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    sources: tuple[Source, ...]
    state: tuple[tuple[str, str], ...]
    """The final state, as in `result.State`."""
