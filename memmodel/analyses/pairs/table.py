"""The functions of a C file in, the pairing table of any two of them out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from functools import cached_property

from memmodel.analyses.pairs.functions import Functions
from memmodel.analyses.pairs.pairing import Callee, Pairing
from memmodel.analyses.pairs.question import Question
from memmodel.analyses.pairs.row import Row, Shape, Standing
from memmodel.cat.terms import Model
from memmodel.engines.solver import OutOfTime
from memmodel.errors import MemmodelError
from memmodel.frontends.c.alone.alone import Alone
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.alone.index import Headers
from memmodel.records import dataclass, replace
from memmodel.source import SourceFile

DEEPEST = 3
"""Macros in macros that are looked into for primitives."""

_WORD = re.compile(r"\b[A-Za-z_]\w*")

UNROLL = 1
"""How often loops run: what two rounds of one would add are orders between them, at twice the price."""

MOST_EVENTS = 400
"""Events of two functions; what has more is not asked about."""

SECONDS = 10.0
"""What one pair may take."""


@dataclass(frozen=True)
class Paired:
    """What was found of two functions. `why`: what stood in the way, "" where nothing did; the rows that were there by
    then are given all the same."""

    functions: tuple[str, str]
    rows: tuple[Row, ...]
    opaque: tuple[str, ...] = ()
    why: str = ""
    pairing: Pairing | None = None
    """The program behind the rows, for more questions."""

    def look(self, row: Row) -> Row:
        """One of the rows, with an execution where its order does not hold and one can be found."""
        return self.pairing.look(row) if self.pairing is not None else row


class Tables:
    """The C files of one tree under one model."""

    def __init__(self, headers: Headers, model: Model) -> None:
        self.headers = headers
        self.model = model
        self._files: dict[str, Table] = {}

    def table(self, file: SourceFile, path: str) -> Table:
        """The table of a file that lies at `path` in the tree."""
        known = self._files.get(path)
        if known is None or known.file.text != file.text:
            known = self._files[path] = Table(file, path, self)
        return known


class Table:
    """The pairing table of one file."""

    def __init__(self, file: SourceFile, path: str, tables: Tables) -> None:
        self.file = file
        headers = tables.headers
        self._alone = Alone(file, headers.files.root / path, headers)
        self._model = tables.model
        self._known_words: dict[str, bool] = {}
        self._known: dict[tuple[str, str, bool], Paired] = {}

    @cached_property
    def functions(self) -> Functions:
        return Functions(self.file, self._alone.written(), self._orders)

    def _orders(self, name: str, level: int = 0) -> bool:
        """Whether a name is that of a primitive, or of a macro or inline function that has one in it."""
        if self._alone.primitives.find(name) is not None:
            return True
        if level == DEEPEST or name.isupper():
            return False
        if name not in self._known_words:
            kinds = (Kind.MACRO, Kind.FUNCTION) if level == 0 else (Kind.MACRO,)
            index = self._alone.index
            headers = (index.own, *index.included_names.get(name, ()))
            found = next((d for header in headers for d in header.definitions(name, kinds) if d.counts), None)
            words = frozenset(_WORD.findall(found.text)) - {name} if found is not None else frozenset[str]()
            self._known_words[name] = any(self._orders(word, level + 1) for word in words)
        return self._known_words[name]

    def pairs(self, names: Iterable[str] | None = None) -> tuple[tuple[str, str], ...]:
        """The pairs of functions that are worth looking at; of those in which one of `names` is, if any are given."""
        found: dict[frozenset[str], tuple[str, str]] = {}
        for name in names if names is not None else self.functions.threads:
            for other in self.functions.partners(name):
                found.setdefault(frozenset((name, other)), (name, other))
        return tuple(found.values())

    def paired(
        self,
        first: str,
        second: str,
        deadline: float | None = None,
        everything: bool = False,
        near: frozenset[str] = frozenset(),
        until: float | None = None,
    ) -> Paired:
        """The rows of two functions. `deadline`: a time.monotonic(); by default each pair has SECONDS. `everything`:
        also those of crossings, and of what callers do, that nothing orders. `near`: fields whose rows come first.
        `until`: how long executions may be looked for, where that is longer than the deadline."""
        key = first, second, everything
        if key not in self._known:
            limits = deadline or time.monotonic() + SECONDS, until
            self._known[key] = self._compute(first, second, limits, everything, near)
        return self._known[key]

    def _callee(self, name: str) -> Callee:
        span = self.functions.units[name].span
        end = self.file.text.find("\n", span.start, span.end)
        return Callee(name, self.file.span(span.start, end if end >= 0 else span.end))

    def _compute(
        self, first: str, second: str, limits: tuple[float, float | None], everything: bool, near: frozenset[str]
    ) -> Paired:
        names = first, second
        rows: list[Row] = []
        pairing = None
        opaque: tuple[str, ...] = ()
        why = ""
        try:
            together = self._alone.together(names, callers=True)
            opaque = together.opaque
            program = replace(together.program, unroll=UNROLL)
            callees = self._callee(first), self._callee(second)
            named, primitives = together.fields.named, self._alone.primitives
            pairing = Pairing(program, callees, named, self._model, primitives, limits[0], everything, limits[1])
            if len(pairing.switches.graph.events) > MOST_EVENTS:
                return Paired(names, (), opaque, "too many accesses to ask about all of them")
            rows.extend(_rows(pairing, everything, near))
        except OutOfTime:
            why = "not all was decided in time"
        except MemmodelError as error:
            why = _told(error)
        asked = any(row.standing is Standing.OPEN for row in rows)
        return Paired(names, tuple(rows), opaque, why, pairing if asked else None)


def _rows(pairing: Pairing, everything: bool, near: frozenset[str]) -> Iterator[Row]:
    """The rows, those of fields that are `near` first. What nothing orders, as most crossings, and most of what callers
    do, is told only where that is asked for."""
    for question in sorted(pairing.questions, key=lambda question: -_named(question, near)):
        answer = pairing.answer(question)
        if answer is None:
            continue
        usual = question.shape is Shape.HANDOVER and not pairing.is_of_callers(question)
        if usual or answer.holds or everything or (answer.half and question.shape is Shape.CROSSING):
            yield pairing.row(answer)


def _named(question: Question, near: frozenset[str]) -> int:
    """How many of the accesses that hand over, and then of the others, name one of these fields."""
    weights = ((question.second, 2), (question.sees, 2), (question.first, 1), (question.then, 1))
    return sum(weight for span, weight in weights if not near.isdisjoint(_WORD.findall(span.text)))


def _told(error: MemmodelError) -> str:
    """What stood in the way, with its place if that is one that people know."""
    made = error.span is not None and error.span.file.name.startswith("<")
    return error.message if made else str(error)
