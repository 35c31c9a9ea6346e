"""A part of the model in, the first program that notices its absence out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memmodel.cat.models import FileReader, build, find
from memmodel.cat.terms import Model
from memmodel.engines.base import Request
from memmodel.engines.narrow import is_atomicity, is_coherence, narrow
from memmodel.engines.ranges import Ranges
from memmodel.engines.smt import SmtEngine
from memmodel.errors import MemmodelError
from memmodel.events.graph import EventGraph
from memmodel.events.unroll import unroll
from memmodel.program.load import load
from memmodel.program.primitives import DEFAULT
from memmodel.result import Result
from memmodel.source import SourceFile
from tests.mutation.parts import Part

ROOT = Path(__file__).parents[2]
FOLDERS = (Path(__file__).parent / "programs", ROOT / "litmus")
SECONDS = 5.0

Answer = tuple[object, ...]


@dataclass(frozen=True)
class Program:
    name: str
    graph: EventGraph


class Mutated(FileReader):
    """Reads the library with one file's text changed."""

    def __init__(self, part: Part, name: str) -> None:
        super().__init__(find(name))
        self.part = part

    def file(self, path: Path) -> SourceFile:
        source = super().file(path)
        if path.name == self.part.file:
            return SourceFile(source.name, self.part.apply(source.text))
        return source


def mutated(part: Part, name: str = "lkmm") -> Model:
    """The model of that name, the kernel's if none is given, without `part`."""
    return build(find(name), Mutated(part, name))


@cache
def whole(name: str = "lkmm") -> Model:
    origin = find(name)
    return build(origin, FileReader(origin))


@cache
def programs() -> tuple[Program, ...]:
    """Every program of this folder and of the litmus library, the small ones first."""
    found = []
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.litmus")):
            lowered = load(SourceFile(str(path), path.read_text()), DEFAULT, None)
            found.append(Program(str(path.relative_to(ROOT)), unroll(lowered.program)))
    return tuple(sorted(found, key=lambda program: len(program.graph.events)))


def answer(program: Program, model: Model) -> Answer:
    """Verdict and flags."""
    return _told(SmtEngine().run(program.graph, model, Request(timeout=SECONDS)))


def _told(result: Result) -> Answer:
    return (result.observation, result.flags, result.no_executions)


@cache
def usual(program: Program, name: str = "lkmm") -> Answer:
    """What the whole model says."""
    return answer(program, whole(name))


def looks_the_same(program: Program, model: Model, name: str = "lkmm") -> bool:
    """Whether nothing that distinguishes `model` from the whole one can hold in the program: no need to search."""
    return _narrowed(program, model) == _usually_narrowed(program, name)


@cache
def _usually_narrowed(program: Program, name: str) -> list[object]:
    return _narrowed(program, whole(name))


def _narrowed(program: Program, model: Model) -> list[object]:
    coherent = any(map(is_coherence, model.axioms))
    atomic = any(map(is_atomicity, model.axioms))
    narrowed = narrow(program.graph, model, Ranges(program.graph, coherent), coherent)
    checks = (*narrowed.axioms, *narrowed.flags)
    return [coherent, atomic, *((c.name, c.kind, c.negated, c.flag, c.term) for c in checks)]


def killer(model: Model, candidates: Iterable[Program], name: str = "lkmm") -> Program | None:
    """The first program whose verdict or flags under `model` differ from those under the whole model; None if there is
    none.

    A search that does not finish shows nothing.
    """
    for program in candidates:
        before = usual(program, name)
        if before[0] is None:
            continue
        try:
            if looks_the_same(program, model, name):
                continue
            after = answer(program, model)
        except MemmodelError:
            continue
        if after[0] is not None and after != before:
            return program
    return None
