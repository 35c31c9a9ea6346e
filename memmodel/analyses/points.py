"""Where a barrier could stand: a program in, the same program with a marked event at each such place out.

A place is in front of a statement that stands in a list of statements, so that a line can be put there without
changing what anything around it means.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from memmodel.analyses.switches import Point, insertion_tag
from memmodel.events.graph import Event, EventGraph, EventKind
from memmodel.program import ir
from memmodel.program.strengths import FENCES, Form
from memmodel.source import SourceFile, Span

_PIECE = re.compile(
    r"/\*.*?\*/|//[^\n]*|^[ \t]*#(?:\\\n|[^\n])*|\(\*(?=\s).*?\*\)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)+'|[(){};]",
    re.DOTALL | re.MULTILINE,
)
_SKIPPED = re.compile(r"(?:\s+|/\*.*?\*/|//[^\n]*|#(?:\\\n|[^\n])*)*", re.DOTALL)
_NO_START = re.compile(r"else\b|case\b|[A-Za-z_]\w*\s*:(?!:)")


class Statements:
    """Where the statements of a source file begin, from its brackets and semicolons."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._boundaries: list[int] = []
        self._regions: list[int] = []
        """Starts of the outermost braces."""
        parentheses = braces = 0
        for piece in _PIECE.finditer(source.text):
            match piece[0]:
                case "(":
                    parentheses += 1
                case ")":
                    parentheses = max(0, parentheses - 1)
                case "{" | "}" | ";" if parentheses == 0:
                    if piece[0] == "{" and braces == 0:
                        self._regions.append(piece.start())
                    braces = max(0, braces + {"{": 1, "}": -1, ";": 0}[piece[0]])
                    self._boundaries.append(piece.end() if braces else -piece.end())

    def start(self, offset: int) -> int | None:
        """Where the statement at `offset` begins, if a line can be put in front of it."""
        number = bisect_right(self._boundaries, offset, key=abs) - 1
        if number < 0 or self._boundaries[number] < 0:
            return None
        skipped = _SKIPPED.match(self._source.text, self._boundaries[number])
        assert skipped is not None
        start = skipped.end()
        return None if start > offset or _NO_START.match(self._source.text, start) else start

    def function(self, offset: int) -> int:
        """A number for the function that `offset` is in."""
        return bisect_right(self._regions, offset)


_SILENT = (ir.Fence, ir.Assign, ir.Exit)


class _Marking:
    def __init__(self) -> None:
        self.numbers: dict[Span, int] = {}
        self._statements: dict[SourceFile, Statements] = {}

    def statements(self, file: SourceFile) -> Statements:
        known = self._statements.get(file)
        if known is None:
            known = self._statements[file] = Statements(file)
        return known

    def body(self, instructions: Sequence[ir.Instruction], around: Span | None) -> tuple[ir.Instruction, ...]:
        """`instructions` with a marked fence in front of each statement that begins after the place `around`."""
        found: list[ir.Instruction] = []
        last: Span | None = None
        for index, item in enumerate(instructions):
            if isinstance(item, ir.Fence) and any(not isinstance(i, _SILENT) for i in instructions[index + 1 :]):
                pass  # a barrier in front of another orders what one behind it does
            elif not isinstance(item, (ir.Assign, ir.Block, ir.Exit)):
                place = self._start(item.span)
                if place is not None and place != last and self._inside(place, around):
                    number = self.numbers.setdefault(place, len(self.numbers))
                    tags = frozenset((insertion_tag(number),))
                    found.append(ir.Fence(tags, place))
                last = place
            found.append(self._inner(item, around))
        return tuple(found)

    def _start(self, span: Span) -> Span | None:
        """Where the statement at a place begins, if a line can be put in front of it."""
        start = self.statements(span.file).start(span.start)
        return span.file.span(start, start) if start is not None else None

    def _inside(self, place: Span, around: Span | None) -> bool:
        """Whether a statement is within the branch or loop at `around`, not that branch or loop itself."""
        if around is None or place.file != around.file or place.start > around.start:
            return True
        statements = self.statements(place.file)
        return statements.function(place.start) != statements.function(around.start)

    def _inner(self, item: ir.Instruction, around: Span | None) -> ir.Instruction:
        match item:
            case ir.If():
                here = item.span
                return replace(item, then=self.body(item.then, here), otherwise=self.body(item.otherwise, here))
            case ir.Loop():
                return replace(item, body=self.body(item.body, item.span))
            case ir.Block():
                return replace(item, body=self.body(item.body, around))
        return item


def with_points(program: ir.Program) -> tuple[ir.Program, tuple[Span, ...]]:
    """The program with a marked event wherever a barrier could be inserted, and these places: the event of
    place n has the tag `insertion_tag(n)`."""
    marking = _Marking()
    threads = tuple(replace(thread, body=marking.body(thread.body, None)) for thread in program.threads)
    return replace(program, threads=threads), tuple(marking.numbers)


def points(graph: EventGraph, places: Sequence[Span]) -> tuple[Point, ...]:
    """What barriers are worth trying at each place: those that could order something there."""
    found = []
    for number, span in enumerate(places):
        tag = insertion_tag(number)
        forms: dict[Form, None] = {}
        for event in graph.events:
            if tag in event.tags:
                forms.update(dict.fromkeys(_useful(graph, event)))
        found.append(Point(span, tuple(form for form in FENCES.forms if form in forms)))
    return tuple(found)


def _useful(graph: EventGraph, fence: Event) -> list[Form]:
    thread = [e for e in graph.by_thread[fence.thread] if e.kind is not EventKind.FENCE]
    before = [e for e in thread if e.id < fence.id]
    after = [e for e in thread if e.id > fence.id]
    if not before or not after:
        return []
    kinds_before, kinds_after = {e.kind for e in before}, {e.kind for e in after}
    names = ["smp_mb"]
    if EventKind.WRITE in kinds_before & kinds_after:
        names.append("smp_wmb")
    if EventKind.READ in kinds_before & kinds_after:
        names.append("smp_rmb")
    if "RMW" in after[0].tags:
        names.append("smp_mb__before_atomic")
    if "RMW" in before[-1].tags:
        names.append("smp_mb__after_atomic")
    return [FENCES.form(name) for name in names]
