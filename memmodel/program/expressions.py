"""C expressions in, typed values out; the memory accesses in them become instructions, from left to right."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import values
from memmodel.program.ir import TRUE, Address, Assign, Constant, Expression, If, Local, Operation, Operator
from memmodel.program.places import Lvalue, Places, Variable
from memmodel.program.types import ADDRESS, BOOL, INT, LONG, ArrayType, IntType, PointerType, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class Expressions(Places):
    """Lowering of the expressions of one thread."""

    def call(self, node: tree.Call) -> Value | None:
        """A primitive or a helper function; None if it has no value."""
        raise NotImplementedError

    # ── values ──

    def value(self, node: tree.Expression) -> Value:
        """The value of `node`. Raises SyntaxError for what has none."""
        match node:
            case tree.Number():
                text = node.span.text[:2].lower()
                return values.literal(node.value, node.suffix, text == "0x", node.span)
            case tree.Name():
                return self.name(node)
            case tree.Unary():
                return self._unary(node)
            case tree.Binary():
                return self.binary(node)
            case tree.Conditional():
                return self.conditional(node)
            case tree.Assignment():
                return self.assignment(node)
            case tree.Increment():
                return self._increment(node)
            case tree.Cast():
                return self.cast(node)
            case tree.Call():
                result = self.call(node)
                if result is None:
                    raise SyntaxError(f"{node.function.text} has no value", node.span, "use it as a statement")
                return result
            case tree.Index() | tree.Member():
                return self._dereference(node)
            case tree.Comma():
                self.effect(node.first)
                return self.value(node.second)
            case tree.Braces():
                raise SyntaxError("'{' cannot begin a value here", node.span)
            case _:
                raise Unsupported("this expression belongs to C, not to litmus tests", node.span)

    def effect(self, node: tree.Expression) -> None:
        """`node` for what it does: its value, if any, is dropped."""
        while isinstance(node, tree.Cast) and node.type.base == "void" and not node.type.pointers:
            node = node.operand
        if isinstance(node, tree.Call):
            self.call(node)
        elif isinstance(node, tree.Comma):
            self.effect(node.first)
            self.effect(node.second)
        else:
            self.value(node)

    def name(self, node: tree.Name) -> Value:
        """The value of a name."""
        bound = self.scope.bindings.get(node.text)
        if bound is not None:
            return bound
        if node.text == "NULL":
            return Value(Constant(0, ADDRESS), PointerType(None))
        return self.read(self.named(node), node.span)

    def _unary(self, node: tree.Unary) -> Value:
        match node.operator:
            case "*":
                return self._dereference(node)
            case "&":
                return self.address(node)
            case "-":
                return values.negate(self.value(node.operand), node.span)
            case "+":
                return values.promote(self.value(node.operand))
            case "~":
                return values.invert(self.value(node.operand), node.span)
            case _:
                return values.logical_not(self.value(node.operand), node.span)

    def _dereference(self, node: tree.Expression) -> Value:
        with self.operands("a load"):
            place = self.lvalue(node)
        return self.read(place, node.span)

    def address(self, node: tree.Unary) -> Value:
        """`&operand`."""
        operand = node.operand
        if isinstance(operand, tree.Name) and operand.text in self.scope.bindings:
            # In the initial state and in conditions `&x` and `x` are one; a process that means the shared
            # variable, whose address the parameter is, writes it either way.
            return self.scope.bindings[operand.text]
        place = self.lvalue(operand)
        if isinstance(place, Variable):
            raise Unsupported(f"the address of the local variable '{operand.span.text}'", node.span)
        type_ = place.type.element if isinstance(place.type, ArrayType) else place.type
        return Value(place.address, PointerType(type_))

    def binary(self, node: tree.Binary) -> Value:
        """An operator with two operands."""
        if node.operator in ("&&", "||"):
            return self.logical(node)
        with self.unsequenced(node.span) as between:
            left = self.value(node.left)
            between()
            right = self.value(node.right)
        if node.operator in "+-" and any(_counts_elements(value.type) for value in (left, right)):
            self.differs("pointer arithmetic counts elements here, as in C; herd7 counts bytes", node.span)
        return values.binary(values.BINARY[node.operator], left, right, node.span)

    def logical(self, node: tree.Binary) -> Value:
        """&& and ||: where the second operand does something, it does so only if the first lets it. The result
        depends on both operands, as a branch on it does in C."""
        conjunction = node.operator == "&&"
        operator = Operator.LAND if conjunction else Operator.LOR
        first = values.truth(self.value(node.left))
        known = self.known(first)
        if known is not None and known != conjunction:
            return Value(Constant(int(known), INT), INT)
        if known is not None:
            return values.convert(Value(values.truth(self.value(node.right)), BOOL), INT)
        second, inner = self.captured(lambda: self.value(node.right))
        assert second is not None
        if not inner:
            return Value(Operation(operator, (first, values.truth(second)), INT, node.span), INT)
        kept = self.settle(Value(first, TRUE.type), node.left.span).expression
        result = self.fresh("value")
        self.instructions.append(Assign(result, Constant(int(not conjunction), TRUE.type), node.span))
        then = (*inner, Assign(result, values.truth(second), node.right.span))
        self.instructions.append(If(kept, then if conjunction else (), () if conjunction else then, node.left.span))
        return Value(Operation(operator, (kept, Local(result, TRUE.type)), INT, node.span), INT)

    def conditional(self, node: tree.Conditional) -> Value:
        """`test ? then : otherwise`: only the chosen side is evaluated, and the result depends on the test by data,
        as that of `test != 0` does. Not where it is a pointer: compilers make a branch of that, and then a later
        load through it does not wait for the test, as it would not after an if."""
        test = values.truth(self.value(node.test))
        known = self.known(test)
        if known is not None:
            return self.chosen(node, known)
        then, first = self.captured(lambda: self.value(node.then))
        otherwise, second = self.captured(lambda: self.value(node.otherwise))
        assert then is not None and otherwise is not None
        type_ = self.common(then.type, otherwise.type)
        sides = values.convert(then, type_).expression, values.convert(otherwise, type_).expression
        spans = node.then.span, node.otherwise.span
        if isinstance(type_, PointerType):
            result = self.fresh("value")
            arm = (*first, Assign(result, sides[0], spans[0]))
            other = (*second, Assign(result, sides[1], spans[1]))
            self.instructions.append(If(test, arm, other, node.test.span))
            return Value(Local(result, scalar(type_)), type_)
        if first or second:
            test = self.settle(Value(test, TRUE.type), node.test.span).expression
            names = self.fresh("value"), self.fresh("value")
            arm = (*first, Assign(names[0], sides[0], spans[0]))
            other = (*second, Assign(names[1], sides[1], spans[1]))
            if self.looping:
                # The side that is not chosen must not be what it was in an earlier turn, with all that it rests on.
                nothing = Constant(0, scalar(type_))
                arm, other = (*arm, Assign(names[1], nothing, spans[1])), (*other, Assign(names[0], nothing, spans[0]))
            self.instructions.append(If(test, arm, other, node.test.span))
            sides = Local(names[0], scalar(type_)), Local(names[1], scalar(type_))
        return Value(Operation(Operator.ITE, (test, *sides), scalar(type_), node.span), type_)

    def known(self, condition: Expression) -> bool | None:
        """Whether a condition holds, where that is known and the other side of it is not to be lowered at all."""
        return None

    def chosen(self, node: tree.Conditional, test: bool) -> Value:
        """A conditional expression whose test is known."""
        return self.value(node.then if test else node.otherwise)

    def common(self, first: Scalar, second: Scalar) -> Scalar:
        """The type of a conditional expression with sides of these types."""
        return values.common(first, second)

    def assignment(self, node: tree.Assignment) -> Value:
        """`target operator= value`."""
        if isinstance(node.target, tree.Name) and self.is_register(node.target):
            value = self.value(node.value)
            if node.target.text in self.parameters:
                message = f"this changes the register '{node.target.text}', not what it points to"
                self.warn(message, node.target.span)
            if node.operator:
                old = self.read(self.named(node.target), node.target.span)
                value = values.binary(values.BINARY[node.operator], old, value, node.span)
            return self.write(self.target(node.target, value), value, node.span)
        with self.operands("a store"), self.unsequenced(node.span) as between:
            place = self.lvalue(node.target)
            between()
            value = self.value(node.value)
        if node.operator:
            old = self.read(place, node.target.span)
            value = values.binary(values.BINARY[node.operator], old, value, node.span)
        return self.write(place, value, node.span)

    def is_register(self, node: tree.Name) -> bool:
        """Whether a name stands for a local variable: in a litmus test each that is assigned does."""
        return True

    def target(self, node: tree.Name, value: Value) -> Lvalue:
        """The local that is assigned; one that was not declared takes its type from the value."""
        if node.text not in self.scope.locals and node.text not in self.scope.bindings:
            self.scope.locals[node.text] = values.promote(value).type
        return self.named(node)

    def _increment(self, node: tree.Increment) -> Value:
        place = self.lvalue(node.target)
        old = self.read(place, node.span)
        if not node.prefix:
            old = self.settle(old, node.span)
        new = self.write(place, values.binary(values.BINARY[node.operator], old, _one(), node.span), node.span)
        return new if node.prefix else old

    def cast(self, node: tree.Cast) -> Value:
        """`(type)operand`."""
        type_ = self.types.resolve(node.type)
        if type_ is None:
            raise SyntaxError("a void expression has no value", node.span, "use it as a statement")
        if not isinstance(type_, (IntType, PointerType)):
            raise Unsupported("a cast to a structure", node.span)
        value = self.value(node.operand)
        address = value.expression
        if isinstance(type_, PointerType) and isinstance(address, Address):
            self._check_cast(address, type_, value.type, node.span)
        return values.convert(value, type_)

    def _check_cast(self, address: Address, type_: PointerType, old: Scalar, span: Span) -> None:
        """A cast that would read a cell in another size is refused; int, long and pointers mean any cell here."""
        cell = self._whole(address, old)
        target = type_.target
        if cell is None or not isinstance(target, IntType) or target in (INT, LONG) or target.size == cell.size:
            return
        hint = f"the cell has {cell.size} bytes, the pointer means {target.size}"
        raise Unsupported(f"overlapping accesses of different size to '{address.object}'", span, hint)


def _counts_elements(type_: Scalar) -> bool:
    """Whether arithmetic on `type_` counts something other than bytes."""
    return isinstance(type_, PointerType) and type_.target is not None and type_.target.size > 1


def _one() -> Value:
    return Value(Constant(1, INT), INT)
