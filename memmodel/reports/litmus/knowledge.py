"""A program without jumps in, which values its expressions may have at each instruction out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memmodel.events.graph import EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.events.values import reachable_values
from memmodel.program import arithmetic, ir
from memmodel.program.ir import Expression, Instruction, Operation, Operator
from memmodel.program.types import BOOL, IntType
from memmodel.records import dataclass, replace
from memmodel.reports.litmus.spreads import Spread, Spreads, Values
from memmodel.source import SourceFile, Span

_ZERO: frozenset[int] = frozenset((0,))


@dataclass(frozen=True, eq=False)
class Known:
    """What is known at an instruction: the locals (0 where they are not there), and the conditions that hold there."""

    locals: Mapping[str, Spread]
    path: tuple[Spread, ...] = ()


NOTHING = Known({})

_BITS = frozenset((0, 1))

MOST_BITS = 8
"""Of a mask whose parts are listed."""


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
        self._spreads = Spreads()
        self._before: dict[int, Known] = {}
        self._after: list[dict[str, Spread]] = []
        for thread in self.program.threads:
            locals_ = {name: self._spread(value, NOTHING) for name, value in thread.initial.items()}
            self._run(thread.body, locals_, ())
            self._after.append(locals_)

    def span(self, node: Instruction) -> Span:
        """Where an instruction stands in the user's text."""
        return self._spans[node.span.start]

    def reached(self, node: Instruction) -> bool:
        """Whether an instruction is ever executed, as far as that is known."""
        known = self.at(node)
        if any(test.values is not None and not any(test.values) for test in known.path):
            return False
        if isinstance(node, (ir.Load, ir.Store, ir.ReadModifyWrite, ir.Lock)):
            places = self.values(node.address, known)
            return node.span.start in self._reads and (places is None or bool(places))
        return True

    def at(self, node: Instruction) -> Known:
        """The locals before an instruction; of a read-modify-write with what it read."""
        return self._before[node.span.start]

    def final(self, node: ir.FinalLocal | ir.FinalMemory) -> Values:
        """What a local or a cell may hold in the end."""
        if isinstance(node, ir.FinalLocal):
            held = self._after[node.thread].get(node.name)
            found = _ZERO if held is None else held.values
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
        """What an expression may be where `known` holds."""
        rows = self.rows((node,), known)
        return None if rows is None else frozenset(value for (value,) in rows)

    def rows(self, nodes: Sequence[Expression], known: Known) -> frozenset[tuple[int, ...]] | None:
        """What expressions may be together; None where that is not known."""
        found = self._spreads.rows([self._spread(node, known) for node in nodes], known.path)
        if found is None and len(nodes) == 1 and nodes[0].type == BOOL:
            return frozenset(((0,), (1,)))
        return found

    def _spread(self, node: Expression, known: Known) -> Spread:
        match node:
            case ir.Constant():
                return self._spreads.constant(node.value)
            case ir.Address():
                return self._spreads.constant(self.addresses[node.object] + node.offset)
            case ir.Local():
                held = known.locals.get(node.name)
                if held is None:
                    return self._spreads.constant(0)
                return self._spreads.computed((held,), (), lambda row: node.type.wrap(row[0]))
            case Operation():
                parts = [self._spread(operand, known) for operand in node.operands]
                found = self._spreads.computed(parts, known.path, lambda row: _applied(node, row))
                return self._spreads.unknown(_bounded(node, parts)) if found.table is None else found
            case _:
                raise TypeError(f"{type(node).__name__} is no value of a thread")

    # ── the locals along a thread ────────────────────────────────────────────────────────────────

    def _run(self, body: tuple[Instruction, ...], locals_: dict[str, Spread], path: tuple[Spread, ...]) -> None:
        for node in body:
            known = self._before[node.span.start] = Known(dict(locals_), path)
            match node:
                case ir.Assign():
                    locals_[node.target] = self._spread(node.value, known)
                case ir.Load():
                    if node.target is not None:
                        locals_[node.target] = self._spreads.unknown(self.loaded(node))
                case ir.ReadModifyWrite():
                    locals_[node.old] = self._spreads.unknown(self.loaded(node))
                    self._before[node.span.start] = Known(dict(locals_), path)
                case ir.Lock():
                    if node.target is not None:
                        locals_[node.target] = self._spreads.unknown(_BITS)
                case ir.If():
                    self._branch(node, known, locals_)
                case _:
                    pass

    def _branch(self, node: ir.If, known: Known, locals_: dict[str, Spread]) -> None:
        test = self._spread(node.condition, known)
        opposite = self._spreads.computed((test,), (), lambda row: int(not row[0]))
        then, otherwise = dict(locals_), dict(locals_)
        self._run(node.then, then, (*known.path, test))
        self._run(node.otherwise, otherwise, (*known.path, opposite))
        zero = self._spreads.constant(0)
        for name in {**then, **otherwise}:
            locals_[name] = self._spreads.chosen(test, then.get(name, zero), otherwise.get(name, zero))

    def _read(self, node: Instruction, type_: IntType) -> Values:
        found: frozenset[int] = frozenset()
        for values in self._reads.get(node.span.start, ()):
            if values is None:
                return None
            found |= values
        return frozenset(map(type_.wrap, found))


def _bounded(node: Operation, parts: Sequence[Spread]) -> Values:
    """What an operation may give when not all of its operands are known."""
    if node.type == BOOL:
        return _BITS
    known = [part.values for part in parts]
    if node.operator is Operator.AND:
        masks = [values for values in known if values and min(values) >= 0]
        if masks:
            mask = 0
            for value in masks[0]:
                mask |= value
            if mask.bit_length() <= MOST_BITS:
                return frozenset(part for part in range(mask + 1) if part & mask == part)
    last = known[-1]
    if node.operator is Operator.MOD and not node.type.signed and last is not None and len(last) == 1:
        return frozenset(range(*last)) if 0 < max(last) <= 1 << MOST_BITS else None
    return None


def _applied(node: Operation, row: tuple[int, ...]) -> int:
    try:
        return arithmetic.apply(node.operator, row, node.type)
    except arithmetic.DivisionByZero:
        return 0


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
