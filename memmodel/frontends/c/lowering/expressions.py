"""C expressions in, typed values out: with sizes, structures as a whole, and what is known when it is compiled."""

from __future__ import annotations

from memmodel.errors import SyntaxError
from memmodel.frontends.c.lowering.access import CAccess
from memmodel.frontends.c.lowering.fold import fold, folded
from memmodel.frontends.c.lowering.sizes import size_of
from memmodel.frontends.c.lowering.storage import assigned, every, leaves
from memmodel.frontends.c.lowering.typeof import common
from memmodel.frontends.c.lowering.types import FUNCTION, VolatilePointer
from memmodel.frontends.c.lowering.variables import VolatileMemory, field_of
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Assert,
    Assign,
    Constant,
    Expression,
    If,
    Local,
    Operation,
    Operator,
    Undefined,
)
from memmodel.program.places import Lvalue, Memory, Variable
from memmodel.program.types import (
    ADDRESS,
    BOOL,
    CHAR,
    ULONG,
    ArrayType,
    IntType,
    PointerType,
    StructType,
)
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class CExpressions(CAccess):
    """Expressions of one thread."""

    def value(self, node: tree.Expression) -> Value:
        match node:
            case tree.SizeOf():
                found = Value(Constant(self._size(node), ULONG), ULONG)
            case tree.OffsetOf():
                found = self._offset_of(node)
            case tree.Text():
                found = Value(Address(self.names.text(node)), PointerType(CHAR))
            case tree.StatementExpression():
                value = self.statement_value(node)
                if value is None:
                    raise SyntaxError("this statement has no value", node.span, "its last statement is no expression")
                found = value
            case tree.CompoundLiteral():
                found = self.read(self.aggregate(node), node.span)
            case _:
                found = super().value(node)
        return folded(found, node.span)

    def effect(self, node: tree.Expression) -> None:
        while isinstance(node, tree.Cast) and node.type.base == "void" and not node.type.pointers:
            node = node.operand
        if isinstance(node, tree.StatementExpression):
            self.statement_value(node)
        elif isinstance(node, tree.Assignment) and self.is_aggregate(node.target):
            self.aggregate(node)
        elif isinstance(node, tree.Conditional):
            self._either(node)
        elif isinstance(node, tree.Increment) and not node.prefix:
            # Nobody asks for the old value.
            self.value(tree.Increment(node.operator, True, node.target, node.span))
        elif isinstance(node, (tree.Name, tree.Text, tree.Number)):
            # `(void)x;` is how C says that x is not used: it is no access, of whatever type.
            if isinstance(node, tree.Name):
                self._glance(node)
        else:
            super().effect(node)

    def _glance(self, node: tree.Name) -> None:
        """A variable on its own: if it is volatile it is read, else it only has to exist."""
        self.types.type_of(node)
        local = node.text in self.scope.bindings or self.storage(node.text) is not None
        if not local and self.names.has_variable(node.text):
            place = self.named(node)
            if isinstance(place, VolatileMemory) and isinstance(place.type, (IntType, PointerType)):
                self.read(place, node.span)

    def _either(self, node: tree.Conditional) -> None:
        """`test ? f() : g();` where neither side need have a value."""
        condition, consulted = self.condition(node.test)
        known = self.known(condition)
        if known is not None:
            self.effect(node.then if known else node.otherwise)
            return
        arms = []
        for side in (node.then, node.otherwise):
            arms.append(self.captured(lambda side=side: self.effect(side))[1])  # type: ignore[misc]
        if any(arms):
            self.instructions.append(If(condition, arms[0], arms[1], node.span, consulted))

    def statement_value(self, node: tree.StatementExpression) -> Value | None:
        """Run `({ … })`; the value of the last statement, if it has one."""
        raise NotImplementedError

    # ── sizes ──

    def _size(self, node: tree.SizeOf) -> int:
        if node.type is not None:
            type_ = self.types.array(self.types.resolve(node.type), node.dimensions, node.span)
        else:
            assert node.operand is not None
            type_ = self.types.type_of(node.operand)
        return 1 if type_ is None else size_of(type_, node.span)

    def _offset_of(self, node: tree.OffsetOf) -> Value:
        type_ = self.types.resolve(node.type)
        offset = Value(Constant(0, ULONG), ULONG)
        for step in node.path:
            if isinstance(step, str):
                distance, type_ = field_of(type_, step, node.span)
                more = Value(Constant(distance, ULONG), ULONG)
            else:
                if not isinstance(type_, ArrayType):
                    raise SyntaxError("this is no array", node.span, "an index needs one")
                type_ = type_.element
                size = Value(Constant(type_.size, ULONG), ULONG)
                more = folded(values.binary(Operator.MUL, self.value(step), size, node.span), node.span)
            offset = folded(values.binary(Operator.ADD, offset, more, node.span), node.span)
        return offset

    # ── operators ──

    def address(self, node: tree.Unary) -> Value:
        operand = node.operand
        if isinstance(operand, tree.Name) and self._is_function(operand):
            return self.name(operand)
        outer, self.addressed = self.addressed, operand
        place = self.lvalue(operand)
        self.addressed = outer
        if isinstance(place, Variable):
            return Value(Address(place.name), PointerType(place.type))
        pointer = VolatilePointer if isinstance(place, VolatileMemory) else PointerType
        return Value(place.address, pointer(place.type))

    def _is_function(self, node: tree.Name) -> bool:
        return self.types.type_of(node) is FUNCTION

    def read(self, place: Lvalue, span: Span) -> Value:
        if isinstance(place, VolatileMemory) and isinstance(place.type, ArrayType):
            return Value(place.address, VolatilePointer(place.type.element))
        if isinstance(place, Memory) and place.type is FUNCTION:
            return Value(place.address, PointerType(FUNCTION))
        if isinstance(place, Memory) and isinstance(place.type, StructType):
            raise SyntaxError("this is a structure, and a number or pointer is needed", span)
        return super().read(place, span)

    def binary(self, node: tree.Binary) -> Value:
        if node.operator in ("&&", "||"):
            return self.logical(node)
        with self.unsequenced(node.span) as between:
            left = self.value(node.left)
            mark = len(self.instructions)
            between()
            right = self.value(node.right)
        left = self.kept(left, mark, node.left.span)
        operator = values.BINARY[node.operator]
        if operator in (Operator.ADD, Operator.SUB) and values.is_pointer(left) != values.is_pointer(right):
            type_ = self.types.type_of(node.left)
            length = type_.length if isinstance(type_, ArrayType) else 0
            if values.is_pointer(left):
                return self.moved(left, values.promote(right), operator, length, node.span)
            if operator is Operator.ADD:
                return self.moved(right, values.promote(left), operator, 0, node.span)
        if operator in (Operator.SHL, Operator.SHR):
            self._within(values.promote(left), right, node.span)
        return values.binary(operator, left, right, node.span)

    def _within(self, shifted: Value, count: Value, span: Span) -> None:
        """Assert that a value is shifted by less than it has bits; constants are looked at where they are folded."""
        if isinstance(count.expression, Constant) or not isinstance(shifted.type, IntType):
            return
        number = values.convert(count, ADDRESS).expression
        less = fold(Operation(Operator.LT, (number, Constant(shifted.type.width, ADDRESS)), BOOL, span), span)
        if less != Constant(1, BOOL):
            message = f"the shift is by less than 0 or more than {shifted.type.width - 1}"
            self.instructions.append(Assert(less, message, span, Undefined.SHIFT))

    def kept(self, value: Value, mark: int, span: Span) -> Value:
        """`value`, computed before the instruction number `mark`: in a register of its own if something assigned what
        it rests on since then."""
        if len(self.instructions) == mark or isinstance(value.expression, (Constant, Address)):
            return value
        names = {leaf.name for leaf in leaves(value.expression) if isinstance(leaf, Local)}
        later = every(tuple(self.instructions[mark:]))
        if not any(assigned(i) in names for i in later):
            return value
        name = self.fresh("value")
        self.instructions.insert(mark, Assign(name, value.expression, span))
        return Value(Local(name, value.expression.type), value.type)

    def known(self, condition: Expression) -> bool | None:
        found = fold(condition, self.here) if isinstance(condition, Operation) else condition
        if isinstance(found, Operation) and found.operator is Operator.NE:
            found = fold(Operation(found.operator, found.operands, BOOL), self.here)
        return bool(found.value) if isinstance(found, Constant) else None

    def chosen(self, node: tree.Conditional, test: bool) -> Value:
        type_ = self.common(self.typing.scalar(node.then), self.typing.scalar(node.otherwise))
        return values.convert(self.value(node.then if test else node.otherwise), type_)

    def common(self, first: Scalar, second: Scalar) -> Scalar:
        return common(first, second)

    def cast(self, node: tree.Cast) -> Value:
        type_ = self.types.resolve(node.type)
        if type_ is None:
            raise SyntaxError("a void expression has no value", node.span, "use it as a statement")
        if not isinstance(type_, (IntType, PointerType)):
            raise SyntaxError("a cast to a structure", node.span, "only numbers and pointers are cast")
        return values.convert(self.value(node.operand), type_)

    def assignment(self, node: tree.Assignment) -> Value:
        type_ = self.types.type_of(node.target)
        if isinstance(type_, StructType):
            raise SyntaxError("this is a structure, and a number or pointer is needed", node.span)
        if isinstance(type_, ArrayType):
            raise SyntaxError("an array cannot be assigned", node.span, "copy it element by element, or use memcpy")
        return super().assignment(node)

    def is_aggregate(self, node: tree.Expression) -> bool:
        """Whether an expression is a structure."""
        raise NotImplementedError
