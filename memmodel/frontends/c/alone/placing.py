"""The instructions of a thread and the objects that its regions are in, instructions on those objects out.

An index that rests on what memory holds may be any: it is 0 or 1 here, whatever is read. What it rests on is kept, so
that the access depends on the same reads as before.
"""

from __future__ import annotations

from collections.abc import Callable

from memmodel.frontends.c.alone.regions import Region, Regions, step_of
from memmodel.frontends.c.lowering.storage import assigned, every, leaves
from memmodel.program.ir import (
    Address,
    Assert,
    Assign,
    Assume,
    Block,
    Choose,
    Constant,
    Expression,
    Fence,
    If,
    Instruction,
    Load,
    Local,
    Lock,
    Loop,
    Operation,
    Operator,
    ReadModifyWrite,
    Store,
)
from memmodel.program.types import ADDRESS
from memmodel.records import dataclass, replace
from memmodel.source import Span

_CHOSEN = 2
"""Elements that an unknown index chooses from: that two may be different is all that order can rest on."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Where regions went: the address of a place in one, and how many elements follow each other there (None where no
    code looks)."""

    address: Callable[[Region, int], Address]
    elements: Callable[[Region, int, int], int | None]


class Placing:
    """The instructions of one thread, rewritten."""

    def __init__(self, regions: Regions, placed: Placed) -> None:
        self._regions = regions
        self._placed = placed
        self._number = 0
        self._known: dict[Expression, str] = {}
        """The indices that were chosen, by what they stand for."""
        self._before: list[Instruction] = []

    def run(self, body: tuple[Instruction, ...]) -> tuple[Instruction, ...]:
        """All of a body. What is chosen inside is not known behind it."""
        outer, self._known = self._known, dict(self._known)
        found: list[Instruction] = []
        for node in body:
            if isinstance(node, Assert) and node.undefined is not None:
                continue  # memory holds anything: that the code stays inside its arrays is taken for granted
            if isinstance(node, Loop):
                self._forget(node)
            changed = self._instruction(node)
            found.extend((*self._before, changed))
            self._before = []
            self._forget(node)
        self._known = outer
        return tuple(found)

    def _forget(self, node: Instruction) -> None:
        """What rests on a local that an instruction assigns is another index from here on."""
        targets = {assigned(inner) for inner in every((node,))} - {None}
        for expression in [e for e in self._known if any(_names(leaf) in targets for leaf in leaves(e))]:
            del self._known[expression]

    def _instruction(self, node: Instruction) -> Instruction:
        span = node.span
        match node:
            case Assign():
                return replace(node, value=self._expression(node.value, span))
            case Load() | Lock():
                return replace(node, address=self._expression(node.address, span))
            case Store():
                value = self._expression(node.value, span)
                return replace(node, address=self._expression(node.address, span), value=value)
            case ReadModifyWrite():
                condition = None if node.condition is None else self._expression(node.condition, span)
                return replace(
                    node,
                    address=self._expression(node.address, span),
                    value=self._expression(node.value, span),
                    condition=condition,
                )
            case Fence():
                return node if node.address is None else replace(node, address=self._expression(node.address, span))
            case If():
                condition = self._expression(node.condition, span)
                consulted = tuple(self._expression(e, span) for e in node.consulted)
                before, self._before = self._before, []
                then, otherwise = self.run(node.then), self.run(node.otherwise)
                self._before = before
                return replace(node, condition=condition, consulted=consulted, then=then, otherwise=otherwise)
            case Block() | Loop():
                return replace(node, body=self.run(node.body))
            case Assume() | Assert():
                return replace(node, condition=self._expression(node.condition, span))
            case _:
                return node

    # ── expressions ──

    def _expression(self, node: Expression, span: Span) -> Expression:
        if isinstance(node, Address):
            return self._placed.address(self._regions.roots[node.object], node.offset)
        if not isinstance(node, Operation):
            return node
        computed = self._computed(node, span)
        if computed is not None:
            return computed
        if node.operator in (Operator.ADD, Operator.SUB) and node.type == ADDRESS:
            pointer, distance = self._regions.parts(node)
            both = node.operator is Operator.SUB and self._regions.places(distance)
            rooms = self._rooms(pointer, step_of(distance))
            if rooms and not both and self._regions.is_tainted(distance):
                return self._indexed(pointer, distance, min(rooms), span)
        return replace(node, operands=tuple(self._expression(operand, span) for operand in node.operands))

    def _computed(self, node: Operation, span: Span) -> Expression | None:
        """A pointer that is computed from another one in a way that is not followed: to whatever it is used as."""
        places = self._regions.places(node)
        if len(places) != 1 or node.operator not in (
            Operator.AND,
            Operator.OR,
            Operator.XOR,
            Operator.ADD,
            Operator.SUB,
        ):
            return None
        (place,) = places
        if not place.region.computed or not place.region.used:
            return None
        rest = replace(node, operands=tuple(self._without(operand) for operand in node.operands))
        return _resting(self._placed.address(place.region, place.offset), rest, span)

    def _without(self, node: Expression) -> Expression:
        """An expression of which only what it rests on counts."""
        if isinstance(node, Operation):
            return replace(node, operands=tuple(self._without(operand) for operand in node.operands))
        return Constant(0, node.type) if isinstance(node, Address) else node

    def _rooms(self, pointer: Expression, step: int) -> list[int]:
        """How many elements there are at each place that a pointer leads to; nothing for what no code looks at."""
        places = self._regions.places(pointer)
        found = (self._placed.elements(place.region, place.offset, step) for place in places)
        return [number for number in found if number is not None]

    def _indexed(self, pointer: Expression, distance: Expression, room: int, span: Span) -> Expression:
        """A pointer, moved by any number of elements."""
        step = step_of(distance)
        base = self._expression(pointer, span)
        rest = self._without(distance)
        if room < _CHOSEN:
            return _resting(base, rest, span)
        if distance not in self._known:
            self._number += 1
            self._known[distance] = f"index${self._number}"
            values = tuple(range(_CHOSEN))
            self._before.append(Choose(self._known[distance], values, ADDRESS, span))
        index = Local(self._known[distance], ADDRESS)
        moved = Operation(Operator.MUL, (index, Constant(step, ADDRESS)), ADDRESS, span)
        return _resting(Operation(Operator.ADD, (base, moved), ADDRESS, span), rest, span)


def _names(leaf: Address | Local) -> str | None:
    return leaf.name if isinstance(leaf, Local) else None


def _resting(value: Expression, rest: Expression, span: Span) -> Expression:
    """A value that rests on what another expression does too."""
    nothing = Operation(Operator.AND, (rest, Constant(0, ADDRESS)), ADDRESS, span)
    return Operation(Operator.ADD, (value, nothing), ADDRESS, span)
