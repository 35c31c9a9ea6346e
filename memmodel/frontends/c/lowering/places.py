"""C's lvalues in, places out: registers of local variables, or memory with the type that the expression says."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.fold import fold, folded, split
from memmodel.frontends.c.lowering.structures import Structure
from memmodel.frontends.c.lowering.types import VolatilePointer
from memmodel.frontends.c.lowering.variables import CVariables, VolatileMemory, field_of
from memmodel.program import values
from memmodel.program.ir import (
    Assert,
    Constant,
    Operation,
    Operator,
    Undefined,
)
from memmodel.program.places import Lvalue, Memory, Variable
from memmodel.program.types import ADDRESS, BOOL, LONG, ArrayType, IntType, PointerType
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class CPlaces(CVariables):
    """Places of one thread."""

    def lvalue(self, node: tree.Expression) -> Lvalue:
        if isinstance(node, tree.Cast):
            raise SyntaxError("a cast is no variable", node.span, "expected a variable or '*pointer'")
        if isinstance(node, (tree.Call, tree.CompoundLiteral, tree.StatementExpression, tree.Conditional)):
            return self.aggregate(node)
        if isinstance(node, tree.Unary) and node.operator == "*":
            return self.pointed(self.checked(self.value(node.operand), node.operand.span))
        return super().lvalue(node)

    def checked(self, value: Value, span: Span) -> Value:
        """A value that must be a pointer."""
        if not isinstance(value.type, PointerType):
            raise SyntaxError("this is no pointer", span, "cast it to a pointer to what is there")
        return value

    def aggregate(self, node: tree.Expression) -> Memory:
        """The place of a structure that an expression yields."""
        raise NotImplementedError

    def pointed(self, pointer: Value) -> Memory:
        """What a pointer points to: its own type says as what it is accessed."""
        if not isinstance(pointer.type, PointerType):
            raise SyntaxError("an integer is used as a pointer", None, "cast it to a pointer to what is there")
        if isinstance(pointer.type, VolatilePointer):
            return VolatileMemory(pointer.expression, pointer.type.target)
        return Memory(pointer.expression, pointer.type.target)

    def element(self, node: tree.Index) -> Memory:
        with self.unsequenced(node.span) as between:
            base = self.value(node.base)
            between()
            index = values.promote(self.value(node.index))
        if not isinstance(base.type, PointerType) and isinstance(index.type, PointerType):
            base, index = index, base
        if not isinstance(base.type, PointerType):
            raise SyntaxError("only arrays and pointers have elements", node.span)
        type_ = self.types.type_of(node.base)
        length = type_.length if isinstance(type_, ArrayType) else 0
        if length:
            self.inside(index, length, node)
        return self.pointed(self.moved(base, index, Operator.ADD, length, node.span))

    def inside(self, index: Value, length: int, node: tree.Index) -> None:
        """Assert that an index is one of an array's; where only the address is taken it may be just past the end."""
        last = length + 1 if node is self.addressed else length
        number = values.convert(index, ADDRESS).expression
        within = fold(Operation(Operator.LT, (number, Constant(last, ADDRESS)), BOOL, node.span), node.span)
        if within != Constant(1, BOOL):
            message = f"the index is outside of '{node.base.span.text}', which has {length} elements"
            self.instructions.append(Assert(within, message, node.span, undefined=Undefined.INDEX))

    def moved(self, pointer: Value, count: Value, operator: Operator, length: int, span: Span) -> Value:
        """A pointer some elements on, or back; `length`, if not 0: it is to the first element of such an array."""
        found = folded(values.offset(pointer, count, operator, span), span)
        inside = split(pointer.expression, self.arrays)
        if length and inside is not None and isinstance(found.expression, Operation) and not inside.rest:
            assert isinstance(pointer.type, PointerType) and pointer.type.target is not None
            size = length * pointer.type.target.size
            self.arrays[found.expression] = (inside.offset, inside.offset + size)
        return found

    def field(self, node: tree.Member) -> Memory:
        if node.arrow:
            pointer = self.value(node.base)
            if not isinstance(pointer.type, PointerType):
                raise SyntaxError("'->' needs a pointer", node.span, "write '.' for a structure itself")
            base = self.pointed(pointer)
        else:
            place = self.lvalue(node.base)
            if isinstance(place, Variable):
                raise SyntaxError(f"'.{node.name}' of something that is no structure", node.span)
            base = place
        offset, type_ = field_of(base.type, node.name, node.span)
        at = Value(base.address, PointerType(None))
        moved = values.offset(at, Value(Constant(offset, LONG), LONG), Operator.ADD, node.span) if offset else at
        address = fold(moved.expression, node.span)
        volatile = isinstance(base, VolatileMemory) or (
            isinstance(base.type, Structure) and node.name in base.type.layout.volatile
        )
        return VolatileMemory(address, type_) if volatile else Memory(address, type_)

    def cell(self, memory: Memory, span: Span) -> Scalar:
        if memory.type is None:
            raise SyntaxError("what a void pointer points to has no type", span, "cast it to a pointer to something")
        if isinstance(memory.type, (IntType, PointerType)):
            return memory.type
        raise Unsupported("only single values can be read and written here", span, "name a field or an element")
