"""Expressions that are structures in, where they are and how they are copied out: cell by cell."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.expressions import CExpressions
from memmodel.frontends.c.lowering.fold import fold
from memmodel.frontends.c.lowering.initialisers import Item, items
from memmodel.frontends.c.lowering.structures import no_bits
from memmodel.frontends.c.lowering.types import FUNCTION
from memmodel.frontends.c.lowering.variables import VolatileMemory
from memmodel.program import values
from memmodel.program.ir import Address, Constant, If, Operator
from memmodel.program.places import PLAIN, Memory, Variable
from memmodel.program.types import (
    LONG,
    ArrayType,
    PointerType,
    StructType,
    Type,
    scalar,
)
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class Aggregates(CExpressions):
    """Structures as a whole, in one thread."""

    def is_aggregate(self, node: tree.Expression) -> bool:
        """Whether an expression is a structure."""
        if not isinstance(node, _MAY_BE_AGGREGATES):
            return False
        type_ = self.types.type_of(node)
        return isinstance(type_, StructType) and type_ is not FUNCTION

    def aggregate(self, node: tree.Expression) -> Memory:
        """Where the structure is that an expression yields."""
        match node:
            case tree.Call():
                self.returned = None
                self.call(node)
                if self.returned is None:
                    raise SyntaxError(f"{node.function.text} returns no structure", node.span)
                return self.returned
            case tree.CompoundLiteral():
                type_ = self.types.array(self.types.resolve(node.type), node.dimensions, node.span)
                assert type_ is not None
                place = self.anonymous("literal", type_, node.span)
                self.initialise(place, node.value, node.span)
                return place
            case tree.Conditional():
                return self._choice(node)
            case tree.Assignment():
                place = self.place_of(node.target)
                self.copy(place, self.place_of(node.value), node.span)
                return place
            case tree.Comma():
                self.effect(node.first)
                return self.aggregate(node.second)
            case tree.StatementExpression():
                raise Unsupported("a structure as the value of a statement", node.span, "give it a variable")
            case _:
                return self.place_of(node)

    def place_of(self, node: tree.Expression) -> Memory:
        """The memory or the cells that a structure is in."""
        if isinstance(node, (tree.Call, tree.CompoundLiteral, tree.Conditional, tree.Assignment, tree.Comma)):
            return self.aggregate(node)
        place = self.lvalue(node)
        if isinstance(place, Variable):
            raise SyntaxError("this is no structure", node.span)
        return place

    def _choice(self, node: tree.Conditional) -> Memory:
        condition, consulted = self.condition(node.test)
        known = self.known(condition)
        if known is not None:
            return self.aggregate(node.then if known else node.otherwise)
        type_ = self.types.type_of(node)
        assert type_ is not None
        place = self.anonymous("choice", type_, node.span)
        arms = []
        for side in (node.then, node.otherwise):
            arms.append(self.captured(lambda side=side: self.copy(place, self.aggregate(side), node.span))[1])  # type: ignore[misc]
        self.instructions.append(If(condition, arms[0], arms[1], node.span, consulted))
        return place

    def anonymous(self, what: str, type_: Type, span: Span) -> Memory:
        """A new local variable without a name of its own."""
        name = self.fresh(self.scope.prefix + what)
        identity = (self.frames[-1].function.name if self.frames else "", f"{what}@{span.start}")
        return Memory(Address(self.add_storage(name, type_, identity, span).name), type_)

    def copy(self, target: Memory, source: Memory, span: Span) -> None:
        """Assign a structure: cell by cell, in order."""
        type_ = target.type
        if type_ is None or not isinstance(type_, (StructType, ArrayType)):
            raise SyntaxError("this is no structure", span)
        no_bits(type_, span)
        for offset, cell in disjoint_cells(type_, span):
            self.store(
                self.part(target, offset, cell), self.load(self.part(source, offset, cell), PLAIN, span), PLAIN, span
            )

    def part(self, memory: Memory, offset: int, type_: Type) -> Memory:
        """What is some bytes into a place, as a `type_`."""
        pointer = Value(memory.address, PointerType(None))
        moved = (
            values.offset(pointer, Value(Constant(offset, LONG), LONG), Operator.ADD, self.here) if offset else pointer
        )
        address = fold(moved.expression, self.here)
        return VolatileMemory(address, type_) if isinstance(memory, VolatileMemory) else Memory(address, type_)

    def initialise(self, place: Memory, value: tree.Expression, span: Span) -> None:
        """Give a local array or structure its initial value."""
        assert place.type is not None
        if not isinstance(value, (tree.Braces, tree.Text)):
            self.copy(place, self.aggregate(value), span)
            return
        written = [(item, self._initial(item)) for item in items(place.type, value, self.types)]
        covered = {item.offset + o for item, _ in written for o, _ in disjoint_cells(item.type, span)}
        for offset, cell in disjoint_cells(place.type, span, unions=True):
            if offset not in covered:
                self.store(self.part(place, offset, cell), Value(Constant(0, scalar(cell)), cell), PLAIN, span)
        for item, initial in written:
            at = self.part(place, item.offset, item.type)
            if isinstance(initial, Value):
                self.store(at, initial, PLAIN, item.value.span)
            else:
                self.copy(at, initial, item.value.span)

    def _initial(self, item: Item) -> Value | Memory:
        if isinstance(item.type, StructType):
            return self.aggregate(item.value)
        return self.settle_locals(self.value(item.value), item.value.span)

    def settle_locals(self, value: Value, span: Span) -> Value:
        """A value that later assignments must not change."""
        return value if isinstance(value.expression, (Constant, Address)) else self.settle(value, span)


def disjoint_cells(type_: Type, span: Span, unions: bool = False) -> list[tuple[int, Scalar]]:
    """The cells of a type. Raises Unsupported where a union's members differ, unless its first ones will do."""
    found: list[tuple[int, Scalar]] = []
    end = 0
    for offset, cell in values.cells(type_):
        if offset >= end:
            found.append((offset, cell))
            end = offset + cell.size
        elif not unions and not any(o == offset and c.size == cell.size for o, c in found):
            raise Unsupported("a union as a whole", span, "copy the member that is meant")
    return found


_MAY_BE_AGGREGATES = (
    tree.Name,
    tree.Unary,
    tree.Index,
    tree.Member,
    tree.Call,
    tree.CompoundLiteral,
    tree.Conditional,
    tree.Assignment,
    tree.Comma,
)
