"""A program in, the litmus test out that means the same, in the dialect that herd7 reads."""

from __future__ import annotations

from memmodel.events.graph import FaultKind
from memmodel.program import ir
from memmodel.program.straight import straight
from memmodel.records import dataclass
from memmodel.reports.litmus.knowledge import Knowledge
from memmodel.reports.litmus.sections import Sections


@dataclass(frozen=True)
class Exported:
    """The text of a litmus test, and in plain sentences what of the program is not in it."""

    text: str
    notes: tuple[str, ...]


def litmus(program: ir.Program, origin: str = "") -> Exported:
    """The litmus test that is equivalent to `program`, whose loops are unrolled. `origin`, one line, is said in its
    header. Raises Unsupported, with the place, for what herd7's dialect cannot express."""
    knowledge = Knowledge(straight(program))
    faults = dict.fromkeys(fault.kind for fault in knowledge.graph.faults)
    notes = tuple(f"herd7 does not look for this: {kind.value}" for kind in FaultKind if kind in faults)
    return Exported(Sections(knowledge, program, origin, notes).text(), notes)
