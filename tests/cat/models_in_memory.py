"""Models from texts in the test itself, and tiny executions to read their relations on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from memmodel.cat.evaluate import Evaluation
from memmodel.cat.frame import Frame, Tables
from memmodel.cat.models import LIBRARY
from memmodel.cat.relations import Rows, bits
from memmodel.cat.resolve import resolve
from memmodel.cat.terms import Model, Term
from memmodel.events.graph import Event, EventGraph, EventKind
from memmodel.events.terms import TRUE
from memmodel.program.ir import TRUE as ALWAYS
from memmodel.program.ir import Program, Quantifier
from memmodel.source import SourceFile


@dataclass
class Texts:
    """A reader of models whose files are given as texts; the library is the real one unless a text replaces it."""

    texts: dict[str, str]
    first: tuple[str, ...] = ("main.cat",)
    read: dict[str, SourceFile] = field(default_factory=dict)

    def main(self) -> list[SourceFile]:
        return [self.source(name) for name in self.first]

    def library(self, name: str) -> SourceFile:
        return self.source(name)

    def included(self, path: str, by: SourceFile) -> SourceFile | None:
        exists = path in self.texts or (LIBRARY / path).is_file()
        return self.source(path) if exists else None

    def source(self, name: str) -> SourceFile:
        if name not in self.read:
            text = self.texts[name] if name in self.texts else (LIBRARY / name).read_text()
            self.read[name] = SourceFile(name, text)
        return self.read[name]


def model_of(text: str, *variants: str, **others: str) -> Model:
    """The model that `text` makes; `others` are files it may include, by name without the ending."""
    texts = {"main.cat": text, **{f"{name}.cat": other for name, other in others.items()}}
    return resolve(Texts(texts), "main", frozenset(variants), ("vocabulary.cat",))


def named(model: Model, name: str) -> Term:
    """The last meaning of a name of the model."""
    return next(d.term for d in model.definitions if d.name == name)


Step = tuple[str, frozenset[str], int | None]
"""Kind (R, W or F), annotations, address."""


def execution(threads: list[list[Step]], rf: Rows | None = None, co: Rows | None = None) -> Evaluation:
    """Events numbered thread by thread, all executed, without dependencies and initial writes."""
    events: list[Event] = []
    addresses: list[int | None] = []
    for thread, steps in enumerate(threads):
        for kind, tags, address in steps:
            event = Event(len(events), thread, EventKind(kind), tags, TRUE, None, None, None, None, None)
            events.append(event)
            addresses.append(address)
    program = Program("test", (), (), Quantifier.EXISTS, ALWAYS, ())
    graph = EventGraph(program, tuple(events), (), (), (), (), (), (), (), (), (), TRUE, TRUE, {}, {})
    size = len(events)
    frame = Frame(Tables(graph), (1 << size) - 1, tuple(addresses), {"addr": 0, "data": 0, "ctrl": 0})
    return Evaluation(frame, rf or [0] * size, co or [0] * size)


def pairs(evaluation: Evaluation, term: Term) -> set[tuple[int, int]]:
    return {(a, b) for a, row in enumerate(evaluation.relation(term)) for b in bits(row)}


def members(evaluation: Evaluation, term: Term) -> set[int]:
    return set(bits(evaluation.set(term)))


def library_text(name: str) -> str:
    return (LIBRARY / name).read_text()


def library_files() -> list[Path]:
    return sorted(LIBRARY.glob("*.cat"))
