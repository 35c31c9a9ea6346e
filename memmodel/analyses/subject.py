"""What an analysis of barriers works on: one litmus test as text and program, a model, and the limits of the work."""

from __future__ import annotations

from memmodel.cat.terms import Model
from memmodel.program.ir import Program
from memmodel.program.primitives import PrimitiveTable
from memmodel.records import dataclass
from memmodel.source import SourceFile


@dataclass(frozen=True)
class Subject:
    """`unroll`: the loop bound, None for the file's own. `deadline`: a time.monotonic() value, None for no limit."""

    source: SourceFile
    program: Program
    primitives: PrimitiveTable
    model: Model
    unroll: int | None = None
    deadline: float | None = None

    @property
    def race_announced(self) -> bool:
        """Whether the file says that it has a data race."""
        return self.program.expectation is not None and self.program.expectation.race
