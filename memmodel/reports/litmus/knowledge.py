"""A program without jumps in, which values its expressions may have at each instruction out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from memmodel.events.graph import EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.events.values import Values as Values
from memmodel.events.values import reachable_values
from memmodel.program import arithmetic, ir
from memmodel.program.ir import Expression, Instruction, Operation
from memmodel.program.types import BOOL, IntType
from memmodel.records import replace
from memmodel.source import SourceFile, Span

LIMIT = 256
"""Larger sets are given up."""

_ZERO: frozenset[int] = frozenset((0,))

Known = dict[str, Values]
"""The values that the locals of a thread may have; what is not there is 0."""


class Knowledge:
    """What can be said of `program`, whose instructions are those of the program given but for their spans."""

    def __init__(self, program: ir.Program) -> None:
        numbering = _Numbering()
        self.program = numbering.program(program)
        self._spans = numbering.spans
        self.graph: EventGraph = unroll(self.program)
        self.addresses = ir.layout(self.program.objects)
        self._sets = reachable_values(self.graph.events, frozenset(self.graph.cells))
        self._reads: dict[int, list[Values]] = {}
        for event in self.graph.events:
            if event.span is not None and event.thread >= 0:
                seen = self._reads.setdefault(event.span.start, [])
                if event.kind is EventKind.READ and event.value is not None:
                    seen.append(self._sets.of(event.value))
        self._before: dict[int, Known] = {}
        self._after: list[Known] = []
        for thread in self.program.threads:
            known: Known = {name: self.values(value, {}) for name, value in thread.initial.items()}
            self._run(thread.body, known)
            self._after.append(known)

    def span(self, node: Instruction) -> Span:
        """Where an instruction stands in the user's text."""
        return self._spans[node.span.start]

    def reached(self, node: Instruction) -> bool:
        """Whether an access is ever done."""
        return node.span.start in self._reads

    def at(self, node: Instruction) -> Known:
        """The locals before an instruction; of a read-modify-write with what it read."""
        return self._before[node.span.start]

    def final(self, node: ir.FinalLocal | ir.FinalMemory) -> Values:
        """What a local or a cell may hold in the end."""
        if isinstance(node, ir.FinalLocal):
            found = self._after[node.thread].get(node.name, _ZERO)
        else:
            found = self._sets.stored(self.addresses[node.object] + node.offset)
        return None if found is None else frozenset(map(node.type.wrap, found))

    def loaded(self, node: ir.Load | ir.ReadModifyWrite) -> Values:
        """What an access reads."""
        return self._read(node, node.type)

    def stored(self, address: int) -> Values:
        """What a cell may hold at any time."""
        return self._sets.stored(address)

    def values(self, node: Expression, known: Known) -> Values:
        """What an expression may be where the locals are as `known`."""
        match node:
            case ir.Constant():
                return frozenset((node.value,))
            case ir.Address():
                return frozenset((self.addresses[node.object] + node.offset,))
            case ir.Local():
                found = known.get(node.name, _ZERO)
                return None if found is None else frozenset(map(node.type.wrap, found))
            case ir.FinalLocal() | ir.FinalMemory():
                return self.final(node)
            case Operation():
                return _combined(node, [self.values(operand, known) for operand in node.operands])
            case _:
                return frozenset((0, 1))

    # ── the locals along a thread ────────────────────────────────────────────────────────────────

    def _run(self, body: tuple[Instruction, ...], known: Known) -> None:
        for node in body:
            self._before[node.span.start] = dict(known)
            match node:
                case ir.Assign():
                    known[node.target] = self.values(node.value, known)
                case ir.Load():
                    if node.target is not None:
                        known[node.target] = self._read(node, node.type)
                case ir.ReadModifyWrite():
                    known[node.old] = self._read(node, node.type)
                    self._before[node.span.start] = dict(known)
                case ir.Lock():
                    if node.target is not None:
                        known[node.target] = frozenset((0, 1))
                case ir.If():
                    self._branch(node, known)
                case _:
                    pass

    def _branch(self, node: ir.If, known: Known) -> None:
        then, otherwise = dict(known), dict(known)
        self._run(node.then, then)
        self._run(node.otherwise, otherwise)
        for name in {**then, **otherwise}:
            known[name] = _union(then.get(name, _ZERO), otherwise.get(name, _ZERO))

    def _read(self, node: Instruction, type_: IntType) -> Values:
        found: Values = frozenset()
        for values in self._reads.get(node.span.start, ()):
            found = _union(found, values)
        return None if found is None else frozenset(map(type_.wrap, found))


def rows(sets: list[Values]) -> Iterator[tuple[int, ...]] | None:
    """All combinations of one value of each; None if they are unknown or too many."""
    known = [values for values in sets if values is not None]
    if len(known) < len(sets) or prod(map(len, known)) > 16 * LIMIT:
        return None
    return product(*known)


def _combined(node: Operation, sets: list[Values]) -> Values:
    combinations = rows(sets)
    if combinations is None:
        return frozenset((0, 1)) if node.type == BOOL else None
    found = set()
    for row in combinations:
        try:
            found.add(arithmetic.apply(node.operator, row, node.type))
        except arithmetic.DivisionByZero:
            found.add(0)
    return frozenset(found) if len(found) <= LIMIT else None


def _union(first: Values, second: Values) -> Values:
    if first is None or second is None or len(first | second) > LIMIT:
        return None
    return first | second


class _Numbering:
    """Gives every instruction a span of its own, by which its events are found again."""

    def __init__(self) -> None:
        self._file = SourceFile("", "")
        self.spans: list[Span] = []

    def program(self, program: ir.Program) -> ir.Program:
        threads = tuple(replace(thread, body=self._body(thread.body)) for thread in program.threads)
        return replace(program, threads=threads)

    def _body(self, body: tuple[Instruction, ...]) -> tuple[Instruction, ...]:
        return tuple(self._instruction(node) for node in body)

    def _instruction(self, node: Instruction) -> Instruction:
        number = len(self.spans)
        self.spans.append(node.span)
        span = Span(self._file, number, number + 1)
        if isinstance(node, ir.If):
            return replace(node, then=self._body(node.then), otherwise=self._body(node.otherwise), span=span)
        return replace(node, span=span)
