"""C expressions in, typed values out: with sizes, structures as a whole, and what is known when it is compiled."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.fold import fold, folded
from memmodel.frontends.c.initialisers import Item, items
from memmodel.frontends.c.names import size_of
from memmodel.frontends.c.places import CPlaces, VolatileMemory, field_of
from memmodel.frontends.c.storage import every, leaves
from memmodel.frontends.c.structures import no_bits
from memmodel.frontends.c.typeof import common
from memmodel.frontends.c.types import FUNCTION, VolatilePointer
from memmodel.program import values
from memmodel.program.ir import Address, Assign, Constant, Expression, If, Local, Operation, Operator
from memmodel.program.places import PLAIN, Lvalue, Memory, Variable
from memmodel.program.types import (
    BOOL,
    CHAR,
    LONG,
    ULONG,
    ArrayType,
    IntType,
    PointerType,
    StructType,
    Type,
    scalar,
)
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class CExpressions(CPlaces):
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
                self.types.type_of(node)
        else:
            super().effect(node)

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
        return values.binary(operator, left, right, node.span)

    def kept(self, value: Value, mark: int, span: Span) -> Value:
        """`value`, computed before the instruction number `mark`: in a register of its own if something assigned what
        it rests on since then."""
        if len(self.instructions) == mark or isinstance(value.expression, (Constant, Address)):
            return value
        names = {leaf.name for leaf in leaves(value.expression) if isinstance(leaf, Local)}
        later = every(tuple(self.instructions[mark:]))
        if not any(isinstance(i, Assign) and i.target in names for i in later):
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

    # ── structures as a whole ──

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
