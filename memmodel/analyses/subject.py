"""What an analysis of barriers works on: one test as text and program, a model, and the limits of the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from memmodel.cat.terms import Model
from memmodel.program.ir import Program
from memmodel.program.load import load
from memmodel.program.primitives import PrimitiveTable
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span


@dataclass(frozen=True)
class Subject:
    """`unroll`: the loop bound, None for the file's own. `deadline`: a time.monotonic() value, None for no limit.
    `again`: reads the program again, with other texts for some of its files; None: `source`, a litmus test, is all."""

    source: SourceFile
    program: Program
    primitives: PrimitiveTable
    model: Model
    unroll: int | None = None
    deadline: float | None = None
    again: Callable[[Mapping[str, str]], Program] | None = None

    @property
    def race_announced(self) -> bool:
        """Whether the file says that it has a data race, and means to keep it: a litmus test that is about one does, a
        scenario's variant only says what is wrong with it."""
        stated = self.program.expectation
        return stated is not None and stated.race and not self.program.exact

    def reload(self, texts: Iterable[tuple[SourceFile, str]]) -> Program:
        """The program that other texts make. Raises MemmodelError."""
        changed = {file.name: text for file, text in texts}
        if self.again is not None:
            return self.again(changed)
        return load(SourceFile(self.source.name, changed[self.source.name]), self.primitives, self.unroll).program

    def apart(self, span: Span) -> bool:
        """Whether a place is in a file that is no part of the program: a scenario's description."""
        return span.file.name.endswith(".toml")
