"""Small programs for tests, built by hand so that no front end stands between a test and what it states."""

from __future__ import annotations

from memmodel.events.graph import Dependency, Event, EventGraph, EventKind
from memmodel.events.terms import Kind, Term, evaluate
from memmodel.program import ir
from memmodel.program.ir import Operator
from memmodel.program.types import ADDRESS, BOOL, INT, IntType, Type
from memmodel.source import SourceFile, Span

SPAN = Span(SourceFile("test", "x"), 0, 1)
ONCE = frozenset(("once",))

Value = int | str | ir.Expression
"""A number, the name of a local, or any expression."""


def expression(value: Value) -> ir.Expression:
    if isinstance(value, int):
        return ir.Constant(value)
    return ir.Local(value) if isinstance(value, str) else value


def compute(operator: Operator, *operands: Value, type_: IntType = INT) -> ir.Operation:
    return ir.Operation(operator, tuple(expression(o) for o in operands), type_)


def compare(operator: Operator, *operands: Value) -> ir.Operation:
    return compute(operator, *operands, type_=BOOL)


def equal(first: Value, second: Value) -> ir.Operation:
    return compare(Operator.EQ, first, second)


def every(*conditions: ir.Expression) -> ir.Expression:
    result = conditions[0]
    for condition in conditions[1:]:
        result = compare(Operator.LAND, result, condition)
    return result


def place(where: str | ir.Expression) -> ir.Expression:
    return ir.Address(where) if isinstance(where, str) else where


def pointer(local: str) -> ir.Local:
    return ir.Local(local, ADDRESS)


def load(target: str, where: str | ir.Expression, tags: frozenset[str] = ONCE, type_: IntType = INT) -> ir.Load:
    return ir.Load(target, place(where), type_, tags, SPAN)


def store(where: str | ir.Expression, value: Value, tags: frozenset[str] = ONCE, type_: IntType = INT) -> ir.Store:
    return ir.Store(place(where), expression(value), type_, tags, SPAN)


def assign(target: str, value: Value) -> ir.Assign:
    return ir.Assign(target, expression(value), SPAN)


def fence(*tags: str) -> ir.Fence:
    return ir.Fence(frozenset(tags), SPAN)


def when(condition: Value, then: tuple[ir.Instruction, ...], otherwise: tuple[ir.Instruction, ...] = ()) -> ir.If:
    return ir.If(expression(condition), then, otherwise, SPAN)


def block(label: str, *body: ir.Instruction) -> ir.Block:
    return ir.Block(label, body, SPAN)


def leave(label: str) -> ir.Exit:
    return ir.Exit(label, SPAN)


def while_(condition: Value, *body: ir.Instruction, label: str = "loop") -> ir.Block:
    """A C while loop."""
    return block(label, ir.Loop((when(condition, (), (leave(label),)), *body), SPAN))


def lock(kind: ir.LockKind, where: str = "l", target: str | None = None) -> ir.Lock:
    return ir.Lock(kind, place(where), target, SPAN)


def increment(target: str, where: str = "x", tags: frozenset[str] = ONCE) -> ir.ReadModifyWrite:
    """atomic_fetch_inc."""
    value = compute(Operator.ADD, target, 1)
    return ir.ReadModifyWrite(target, place(where), value, None, INT, tags, tags, True, SPAN)


def compare_exchange(
    target: str,
    where: str,
    old: Value,
    new: Value,
    tags: frozenset[str] = ONCE,
    around: frozenset[str] | None = None,
    failed: frozenset[str] | None = None,
) -> ir.ReadModifyWrite:
    condition = equal(target, old)
    return ir.ReadModifyWrite(
        target, place(where), expression(new), condition, INT, tags, tags, False, SPAN, around, failed
    )


def at_end(thread: int, name: str, type_: IntType = INT) -> ir.FinalLocal:
    return ir.FinalLocal(thread, name, type_)


def program(
    *threads: tuple[ir.Instruction, ...],
    objects: dict[str, Type] | None = None,
    initial: dict[str, ir.Constant | ir.Address] | None = None,
    condition: ir.Expression = ir.TRUE,
    observe: tuple[tuple[int, str], ...] = (),
    filter_: ir.Expression = ir.TRUE,
    unroll: int = 2,
) -> ir.Program:
    """A program over int objects x, y, z and l, unless others are given."""
    types: dict[str, Type] = dict.fromkeys("xyzl", INT) | (objects or {})
    values = initial or {}
    return ir.Program(
        "test",
        tuple(ir.Object(n, t, {0: values[n]} if n in values else {}) for n, t in types.items()),
        tuple(ir.Thread(f"P{i}", body) for i, body in enumerate(threads)),
        ir.Quantifier.EXISTS,
        condition,
        tuple(ir.Observable(f"{t}:{n}", ir.FinalLocal(t, n), False) for t, n in observe),
        filter_,
        unroll=unroll,
    )


def events_of(graph: EventGraph, thread: int = 0, kind: EventKind | None = None) -> list[Event]:
    return [e for e in graph.by_thread.get(thread, ()) if kind is None or e.kind is kind]


def pairs(dependencies: tuple[Dependency, ...]) -> set[tuple[int, int]]:
    return {(d.source, d.target) for d in dependencies}


def value_with(term: Term, reads: dict[int, int], choices: dict[int, int] | None = None) -> int:
    """`term` where the reads return `reads`."""

    def leaf(leaf_: Term) -> int:
        return (choices or {})[leaf_.choice[0]] if leaf_.kind is Kind.CHOICE else reads[leaf_.number]

    return evaluate(term, leaf, {})
