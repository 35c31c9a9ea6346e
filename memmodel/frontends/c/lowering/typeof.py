"""An expression of C in, its type out: nothing is evaluated."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.types import FUNCTION, Environment, decayed
from memmodel.program import values
from memmodel.program.primitives import Action, Primitive
from memmodel.program.types import BOOL, CHAR, INT, LONG, ULONG, ArrayType, IntType, PointerType, StructType, Type
from memmodel.program.values import Scalar
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

_TRUTHS = frozenset(("&&", "||", "==", "!=", "<", "<=", ">", ">="))


@dataclass(frozen=True)
class Lookups:
    """How the names in expressions are found."""

    name: Callable[[tree.Name], Type | None]
    function: Callable[[tree.Call], tree.Function | None]
    primitive: Callable[[tree.Call], Primitive | None]
    field: Callable[[Type | None, str, Span], tuple[int, Type]]
    declare: Callable[[tree.Declaration], None]


class TypeOf:
    """Types of expressions in one function after the other."""

    def __init__(self, types: Environment, lookups: Lookups) -> None:
        self.types = types
        self.lookups = lookups

    def of(self, node: tree.Expression) -> Type | None:
        """The type as typeof has it: an array is one still; None for void."""
        match node:
            case tree.Number():
                hexadecimal = node.span.text[:2].lower() == "0x"
                return values.literal(node.value, node.suffix, hexadecimal, node.span).type
            case tree.Name():
                return self.lookups.name(node)
            case tree.Unary():
                return self._unary(node)
            case tree.Binary():
                return self._binary(node)
            case tree.Conditional():
                return self._conditional(node)
            case tree.Assignment() | tree.Increment():
                return self.of(node.target)
            case tree.Cast():
                return self.types.resolve(node.type)
            case tree.Call():
                return self._call(node)
            case tree.Index():
                base = self.of(node.base)
                return self._target(
                    base if isinstance(base, (ArrayType, PointerType)) else self.of(node.index), node.span
                )
            case tree.Member():
                base = self.of(node.base)
                return self.lookups.field(self._target(base, node.span) if node.arrow else base, node.name, node.span)[
                    1
                ]
            case tree.Comma():
                return self.of(node.second)
            case tree.CompoundLiteral():
                return self.types.array(self.types.resolve(node.type), node.dimensions, node.span)
            case tree.SizeOf() | tree.OffsetOf():
                return ULONG
            case tree.Text():
                return ArrayType(CHAR, len(node.value) + 1)
            case tree.StatementExpression():
                for statement in node.body.body:
                    if isinstance(statement, tree.Declaration):
                        self.lookups.declare(statement)
                last = node.body.body[-1] if node.body.body else None
                return self.of(last.expression) if isinstance(last, tree.Evaluate) and last.expression else None
            case tree.Braces() | tree.Designated():
                raise SyntaxError("'{' cannot begin a value here", node.span)

    def scalar(self, node: tree.Expression) -> Scalar:
        """The type of the value; an array's is a pointer."""
        return self._scalar(self.of(node), node)

    def _scalar(self, type_: Type | None, node: tree.Expression) -> Scalar:
        """The same, where the type of the expression is known: to ask again at each level takes exponential time."""
        type_ = decayed(type_) if type_ is not None else None
        if not isinstance(type_, (IntType, PointerType)):
            what = "a structure" if isinstance(type_, StructType) else "nothing"
            raise SyntaxError(f"this is {what}, and a number or pointer is needed", node.span)
        return type_

    def _target(self, type_: Type | None, span: Span) -> Type | None:
        if isinstance(type_, ArrayType):
            return type_.element
        if not isinstance(type_, PointerType):
            raise SyntaxError("this is no pointer", span, "cast it to a pointer to what is there")
        return type_.target

    def _unary(self, node: tree.Unary) -> Type | None:
        match node.operator:
            case "*":
                type_ = self.of(node.operand)
                if type_ is FUNCTION or (isinstance(type_, PointerType) and type_.target is FUNCTION):
                    return FUNCTION
                return self._target(type_, node.span)
            case "&":
                return PointerType(self.of(node.operand))
            case "!":
                return INT
            case _:
                return _promoted(self.scalar(node.operand))

    def _binary(self, node: tree.Binary) -> Type:
        if node.operator in _TRUTHS:
            return INT
        left, right = self.scalar(node.left), self.scalar(node.right)
        if node.operator in ("<<", ">>"):
            return _promoted(left)
        if node.operator == "-" and isinstance(left, PointerType) and isinstance(right, PointerType):
            return LONG
        return values.common(left, right)

    def _conditional(self, node: tree.Conditional) -> Type | None:
        then, otherwise = self.of(node.then), self.of(node.otherwise)
        if then is None or otherwise is None:
            return None
        if isinstance(then, StructType):
            return then
        return common(self._scalar(then, node.then), self._scalar(otherwise, node.otherwise))

    def _call(self, node: tree.Call) -> Type | None:
        function = self.lookups.function(node)
        if function is not None:
            return self.types.resolve(function.result) if function.result else None
        primitive = self.lookups.primitive(node)
        if primitive is None:
            raise Unsupported(f"the type of what '{node.function.text}' returns is not known", node.span)
        return self._primitive(primitive, node)

    def _primitive(self, primitive: Primitive, node: tree.Call) -> Type | None:
        if not primitive.yields:
            return None
        if primitive.test is not None:
            return INT
        step = primitive.steps[-1]
        if step.action in (Action.TRY_EXCHANGE, Action.ADD_UNLESS):
            return BOOL
        if step.action is Action.LOCK or step.place is None:
            return INT
        argument = node.arguments[step.place.argument.index]
        type_ = self.of(argument)
        if step.place.reference.value == "pointer":
            type_ = self._target(type_, argument.span)
        return type_


def _promoted(type_: Scalar) -> Scalar:
    return INT if isinstance(type_, IntType) and type_.width < INT.width else type_


def common(first: Scalar, second: Scalar) -> Scalar:
    """The type of a conditional expression: a pointer to something wins over one to void."""
    if isinstance(first, PointerType) and isinstance(second, PointerType) and first.target is None:
        return second
    return values.common(first, second)
