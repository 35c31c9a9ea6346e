"""Random structured threads: the graph, on given inputs, does what running the thread step by step does.

The machine here runs one path and knows nothing of merging: it keeps, for each local, the reads that it came from on
this very path. The graph holds all paths at once, so that every condition on a guard, a value or a
dependency is put to the test.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import pytest

from memmodel.events.graph import Dependency, EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.program import ir
from memmodel.program.ir import Operator
from memmodel.program.types import INT
from tests.events.programs import (
    assign,
    block,
    compare,
    compute,
    equal,
    events_of,
    leave,
    load,
    program,
    store,
    value_with,
    when,
)
from tests.sampling import in_parts, one_in

INPUTS = ("i0", "i1", "i2")
LOCALS = ("a", "b", "c")
Reads = frozenset[int]
NOTHING: Reads = frozenset()


@dataclass
class Held:
    value: int = 0
    data: Reads = NOTHING
    control: Reads = NOTHING


@dataclass
class Decision:
    """Reads that control what follows, until the blocks of these labels are over."""

    reads: Reads
    labels: frozenset[str]


class _Left(Exception):
    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


@dataclass
class Run:
    """One path through a thread: what it accesses, as (kind, cell, value), and on which accesses each depends."""

    inputs: dict[str, int]
    locals: dict[str, Held] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    accesses: list[tuple[EventKind, str, int]] = field(default_factory=list)
    data: set[tuple[int, int]] = field(default_factory=set)
    ctrl: set[tuple[int, int]] = field(default_factory=set)

    @property
    def control(self) -> Reads:
        return NOTHING.union(*(d.reads for d in self.decisions))

    def evaluate(self, value: ir.Expression) -> Held:
        match value:
            case ir.Constant(number, _):
                return Held(number)
            case ir.Local(name, _):
                return self.locals.get(name, Held())
            case ir.Operation(operator, operands, _):
                parts = [self.evaluate(operand) for operand in operands]
                first, second = parts[0].value, parts[1].value
                numbers = {
                    Operator.ADD: first + second,
                    Operator.EQ: int(first == second),
                    Operator.LT: int(first < second),
                }
                return Held(
                    numbers[operator],
                    NOTHING.union(*(p.data for p in parts)),
                    NOTHING.union(*(p.control for p in parts)),
                )
        raise AssertionError(value)

    def access(self, kind: EventKind, cell: str, held: Held) -> int:
        number = len(self.accesses)
        self.accesses.append((kind, cell, held.value))
        self.data |= {(source, number) for source in held.data}
        self.ctrl |= {(source, number) for source in self.control}
        return number

    def run(self, body: Sequence[ir.Instruction]) -> None:
        for instruction in body:
            self.step(instruction)

    def step(self, instruction: ir.Instruction) -> None:
        match instruction:
            case ir.Assign(target, value, _):
                held = self.evaluate(value)
                self.locals[target] = Held(held.value, held.data, held.control | self.control)
            case ir.Load(target, ir.Address(cell, _, _), _, _, _):
                assert target is not None
                number = self.access(EventKind.READ, cell, Held(self.inputs[cell]))
                self.locals[target] = Held(self.inputs[cell], frozenset((number,)), self.control)
            case ir.Store(ir.Address(cell, _, _), value, _, _, _):
                self.access(EventKind.WRITE, cell, self.evaluate(value))
            case ir.If(condition, then, otherwise, _):
                held = self.evaluate(condition)
                decision = Decision(held.data | held.control, exits((instruction,)) | {"arm"})
                self.decisions.append(decision)
                self.run(then if held.value else otherwise)
                self.over("arm", decision)
            case ir.Block(label, body, _):
                before = list(self.decisions)
                try:
                    self.run(body)
                except _Left as left:
                    if left.label != label:
                        raise
                self.decisions = before
            case ir.Exit(label, _):
                raise _Left(label)
            case ir.Loop(body, _):
                for _ in range(10):
                    self.run(body)
                raise AssertionError("every loop here ends")
            case _:
                raise AssertionError(instruction)

    def over(self, label: str, decision: Decision) -> None:
        """The arm of a decision is over: only what may have left it still counts."""
        if decision.labels == {label}:
            place = next(i for i, d in enumerate(self.decisions) if d is decision)
            del self.decisions[place:]


def exits(body: Sequence[ir.Instruction]) -> frozenset[str]:
    """The labels of blocks around `body` that it may leave."""
    found: set[str] = set()
    for instruction in body:
        match instruction:
            case ir.Exit(label, _):
                found.add(label)
            case ir.If(_, then, otherwise, _):
                found |= exits(then) | exits(otherwise)
            case ir.Block(label, part, _):
                found |= exits(part) - {label}
            case ir.Loop(part, _):
                found |= exits(part)
    return frozenset(found)


class Author:
    """Writes random threads. With `outward`, exits go to any block around, else to the innermost. Nothing but loop
    counters is constant, for an exit that cannot happen controls nothing."""

    def __init__(self, seed: int, outward: bool) -> None:
        self.random = random.Random(seed)
        self.outward = outward
        self.counters = 0

    def value(self) -> ir.Expression:
        one, other = self.random.choice(LOCALS), self.random.choice(LOCALS)
        number = compute(Operator.ADD, "zero", self.random.randint(0, 2))
        choices = (number, ir.Local(one), compute(Operator.ADD, one, other))
        return self.random.choice(choices)

    def thread(self, depth: int) -> tuple[ir.Instruction, ...]:
        start = (load("zero", "zero"), *(load(name, cell) for name, cell in zip(LOCALS, INPUTS, strict=True)))
        return (*start, *self.body(depth, ()))

    def body(self, depth: int, labels: tuple[str, ...]) -> tuple[ir.Instruction, ...]:
        return tuple(i for _ in range(self.random.randint(1, 4)) for i in self.piece(depth, labels))

    def piece(self, depth: int, labels: tuple[str, ...]) -> tuple[ir.Instruction, ...]:
        local = self.random.choice(LOCALS)
        kind = self.random.randrange(9 if depth else 5)
        if kind < 2:
            return (load(local, self.random.choice(INPUTS)),)
        if kind == 2:
            return (store("x", self.value()),)
        if kind == 3 or (kind == 4 and not labels):
            return (assign(local, self.value()),)
        if kind == 4:
            label = self.random.choice(labels) if self.outward else labels[-1]
            return (when(equal(local, self.random.randint(0, 1)), (leave(label),)),)
        if kind < 7:
            condition = equal(local, self.random.randint(0, 1))
            return (when(condition, self.body(depth - 1, labels), self.body(depth - 1, labels)),)
        label = f"l{len(labels)}"
        if kind == 7:
            return (block(label, *self.body(depth - 1, (*labels, label))),)
        return self.loop(depth, labels, label)

    def loop(self, depth: int, labels: tuple[str, ...], label: str) -> tuple[ir.Instruction, ...]:
        """A loop that counts to 2."""
        self.counters += 1
        counter = f"n{self.counters}"
        test = when(compare(Operator.LT, counter, 2), (), (leave(label),))
        count = assign(counter, compute(Operator.ADD, counter, 1))
        inner = self.body(depth - 1, (*labels, label))
        return assign(counter, 0), block(label, ir.Loop((test, count, *inner), test.span))


def active(graph: EventGraph, dependencies: tuple[Dependency, ...], reads: dict[int, int]) -> set[tuple[int, int]]:
    """The dependencies that are there when reads return `reads`."""
    return {
        (d.source, d.target)
        for d in dependencies
        if value_with(d.condition, reads)
        and all(value_with(graph.events[e].guard, reads) for e in (d.source, d.target))
    }


def check(body: tuple[ir.Instruction, ...], dependencies: bool) -> None:
    item = program(body, objects=dict.fromkeys((*INPUTS, "zero"), INT), unroll=1)
    graph = unroll(item)
    cells = {e.id: graph.cells[e.address.number] for e in graph.events if e.address is not None}
    for values in product((0, 1), repeat=len(INPUTS)):
        machine = Run({"zero": 0} | dict(zip(INPUTS, values, strict=True)))
        machine.run(body)
        reads = {e.id: machine.inputs[cells[e.id]] for e in events_of(graph, 0, EventKind.READ)}
        executed = [e for e in events_of(graph) if value_with(e.guard, reads)]
        found = [(e.kind, cells[e.id], value_with(e.value, reads)) for e in executed if e.value is not None]
        assert found == machine.accesses
        assert not any(value_with(cut.condition, reads) for cut in graph.cuts)
        if dependencies:
            place = {e.id: i for i, e in enumerate(executed)}
            for name in ("data", "ctrl"):
                pairs = active(graph, getattr(graph, name), reads)
                assert {(place[s], place[t]) for s, t in pairs} == getattr(machine, name), name


@pytest.mark.parametrize("part", range(3))
def test_guards_values_and_dependencies_are_those_of_each_path(part: int) -> None:
    for seed in range(part * 40, part * 40 + 40):
        check(Author(seed, outward=False).thread(2), dependencies=True)


@pytest.mark.parametrize("part", range(3))
def test_exits_to_any_block_around_are_taken_as_on_each_path(part: int) -> None:
    for seed in range(part * 40, part * 40 + 40):
        check(Author(seed, outward=True).thread(2), dependencies=False)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", one_in(8, in_parts(range(200), 25)))
def test_many_deeply_nested_threads(seeds: range) -> None:
    for seed in seeds:
        check(Author(seed, outward=False).thread(3), dependencies=True)
        check(Author(seed, outward=True).thread(3), dependencies=False)
