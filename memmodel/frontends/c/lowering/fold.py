"""An expression whose operands are folded in, the same or what it is known to be out."""

from __future__ import annotations

from math import gcd

from memmodel.errors import SyntaxError
from memmodel.program import arithmetic
from memmodel.program.ir import Address, Constant, Expression, Operation, Operator
from memmodel.program.types import ADDRESS
from memmodel.program.values import Value
from memmodel.records import dataclass
from memmodel.source import Span

_SHIFTS = (Operator.SHL, Operator.SHR)
_DISTANCES = (Operator.SUB, Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_DIVISIONS = (Operator.DIV, Operator.MOD)


def folded(value: Value, span: Span) -> Value:
    """`value`, computed if it rests on constants alone. Raises SyntaxError for a shift or a division that C leaves
    undefined."""
    expression = value.expression
    if not isinstance(expression, Operation):
        return value
    found = fold(expression, expression.span or span)
    return value if found is expression else Value(found, value.type)


def fold(node: Expression, span: Span) -> Expression:
    """As `folded`, of an expression."""
    if not isinstance(node, Operation):
        return node
    operands = node.operands
    _check(node, span)
    if all(isinstance(o, Constant) for o in operands):
        values = tuple(o.value for o in operands if isinstance(o, Constant))
        return Constant(arithmetic.apply(node.operator, values, node.type), node.type)
    if node.operator is Operator.CAST:
        return _cast(node)
    if any(isinstance(o, Address) for o in operands):
        return _addresses(node)
    return node


def _check(node: Operation, span: Span) -> None:
    """Raise SyntaxError for what is undefined whatever the other operand is."""
    if node.operator not in _SHIFTS + _DIVISIONS or not isinstance(node.operands[1], Constant):
        return
    right = node.operands[1].value
    if node.operator in _SHIFTS and not 0 <= right < node.type.width:
        hint = f"expected 0 to {node.type.width - 1}: the value shifted has {node.type.width} bits"
        raise SyntaxError(f"a shift by {right}", span, hint)
    if node.operator in _DIVISIONS and right == 0:
        raise SyntaxError("a division by zero", span)


def _cast(node: Operation) -> Expression:
    """A cast there and back between types of one width is none."""
    inner = node.operands[0]
    if isinstance(inner, Operation) and inner.operator is Operator.CAST:
        source = inner.operands[0]
        if source.type == node.type and inner.type.width == source.type.width:
            return source
    return node


def _addresses(node: Operation) -> Expression:
    """Comparisons and distances of addresses that are known."""
    operands = node.operands
    if node.operator is Operator.NOT and isinstance(operands[0], Address):
        return Constant(0, node.type)
    if len(operands) != 2:
        return node
    first, second = operands
    if node.operator in (Operator.EQ, Operator.NE):
        equal = _equal(first, second)
        if equal is not None:
            return Constant(int(equal is (node.operator is Operator.EQ)), node.type)
    together = isinstance(first, Address) and isinstance(second, Address) and first.object == second.object
    if together and node.operator in _DISTANCES:
        offsets = tuple(address.offset for address in operands if isinstance(address, Address))
        return Constant(arithmetic.apply(node.operator, offsets, node.type), node.type)
    if node.operator is Operator.SUB and node.type == ADDRESS and isinstance(first, Address):
        return Address(first.object, first.offset - second.value) if isinstance(second, Constant) else node
    if node.operator is Operator.ADD and node.type == ADDRESS:
        for one, other in ((first, second), (second, first)):
            if isinstance(one, Address) and isinstance(other, Constant):
                return Address(one.object, one.offset + distance_of(other.value))
    return node


def distance_of(value: int) -> int:
    """An unsigned distance as the signed one that it stands for."""
    return value - (1 << 64) if value >> 63 else value


def _equal(first: Expression, second: Expression) -> bool | None:
    """Whether two addresses are the same, if that is known."""
    if isinstance(first, Address) and isinstance(second, Address):
        if first.object == second.object:
            return first.offset == second.offset
        return False if first.offset == 0 or second.offset == 0 else None
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Address) and isinstance(other, Constant) and other.value == 0:
            return False
    return None


@dataclass(frozen=True)
class Split:
    """An address as an object, a constant offset in it, and what is added that is known only when the program runs."""

    object: str
    offset: int
    rest: tuple[Expression, ...]
    inside: tuple[int, int] | None = None
    """The offsets, from and up to, of the innermost array that is indexed."""


def split(node: Expression, arrays: dict[Expression, tuple[int, int]] | None = None) -> Split | None:
    """An address taken apart; None if it does not start from an object. `arrays` says where indexed arrays lie."""
    if isinstance(node, Address):
        return Split(node.object, node.offset, ())
    if not isinstance(node, Operation):
        return None
    if node.operator is Operator.CAST and node.type.width == node.operands[0].type.width:
        return split(node.operands[0], arrays)
    if node.operator not in (Operator.ADD, Operator.SUB):
        return None
    first, second = node.operands
    base = split(first, arrays)
    if base is None and node.operator is Operator.ADD:
        base, second = split(second, arrays), first
    if base is None:
        return None
    inside = (arrays or {}).get(node, base.inside)
    if isinstance(second, Constant):
        distance = distance_of(second.value)
        distance = distance if node.operator is Operator.ADD else -distance
        return Split(base.object, base.offset + distance, base.rest, inside)
    if node.operator is Operator.SUB:
        second = Operation(Operator.NEG, (second,), second.type, node.span)
    return Split(base.object, base.offset, (*base.rest, second), inside)


def stride(parts: tuple[Expression, ...]) -> int:
    """A number of bytes of which every value of the sum of `parts` is a multiple."""
    return gcd(*(_factor(part) for part in parts)) if parts else 0


def _factor(node: Expression) -> int:
    if isinstance(node, Operation):
        if node.operator is Operator.MUL:
            return next((o.value for o in node.operands if isinstance(o, Constant) and o.value > 0), 1)
        if node.operator is Operator.NEG:
            return _factor(node.operands[0])
    return 1
