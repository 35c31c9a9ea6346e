"""A constant expression of C in, its value and type out."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import MemmodelError
from memmodel.program import values
from memmodel.program.ir import Constant
from memmodel.program.types import INT, IntType
from memmodel.syntax import tree

_DEEPEST = 64


def constant(
    node: tree.Expression, lookup: Callable[[str], tree.Expression | None], level: int = 0
) -> tuple[int, IntType] | None:
    """The value of an expression of numbers, enumerators and plain operators; None for anything else."""
    if level > _DEEPEST:
        return None
    match node:
        case tree.Number():
            try:
                found = values.literal(node.value, node.suffix, False, node.span)
            except MemmodelError:
                return None
            assert isinstance(found.expression, Constant) and isinstance(found.type, IntType)
            return found.expression.value, found.type
        case tree.Name():
            value = lookup(node.text)
            return constant(value, lookup, level + 1) if value is not None else None
        case tree.Unary():
            operand = constant(node.operand, lookup, level + 1)
            return _unary(node.operator, *operand) if operand else None
        case tree.Binary():
            left = constant(node.left, lookup, level + 1)
            right = constant(node.right, lookup, level + 1)
            return _binary(node.operator, left, right) if left and right else None
        case tree.Conditional():
            test = constant(node.test, lookup, level + 1)
            return constant(node.then if test[0] else node.otherwise, lookup, level + 1) if test else None
        case _:
            return None


def _promoted(value: int, type_: IntType) -> tuple[int, IntType]:
    return (value, type_) if type_.width >= INT.width else (value, INT)


def _unary(operator: str, value: int, type_: IntType) -> tuple[int, IntType] | None:
    value, type_ = _promoted(value, type_)
    match operator:
        case "-":
            return type_.wrap(-value), type_
        case "~":
            return type_.wrap(~value), type_
        case "!":
            return int(not value), INT
        case "+":
            return value, type_
        case _:
            return None


def _binary(operator: str, left: tuple[int, IntType], right: tuple[int, IntType]) -> tuple[int, IntType] | None:
    a, first = _promoted(*left)
    b, second = _promoted(*right)
    if operator in ("<<", ">>"):
        if not 0 <= b < first.width:
            return None
        return first.wrap(a << b if operator == "<<" else a >> b), first
    if operator in ("&&", "||"):
        return int(bool(a and b) if operator == "&&" else bool(a or b)), INT
    type_ = values.common(first, second)
    assert isinstance(type_, IntType)
    a, b = type_.wrap(a), type_.wrap(b)
    if operator in _TESTS:
        return int(_TESTS[operator](a, b)), INT
    if operator in ("/", "%"):
        if b == 0:
            return None
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return type_.wrap(quotient if operator == "/" else a - quotient * b), type_
    if operator not in _SUMS:
        return None
    return type_.wrap(_SUMS[operator](a, b)), type_


_TESTS: dict[str, Callable[[int, int], bool]] = {
    "==": int.__eq__,
    "!=": int.__ne__,
    "<": int.__lt__,
    "<=": int.__le__,
    ">": int.__gt__,
    ">=": int.__ge__,
}
_SUMS: dict[str, Callable[[int, int], int]] = {
    "+": int.__add__,
    "-": int.__sub__,
    "*": int.__mul__,
    "&": int.__and__,
    "|": int.__or__,
    "^": int.__xor__,
}
