"""An operator and concrete values in, the value out: what the operators of the representation mean."""

from __future__ import annotations

from memmodel.program.ir import Operator
from memmodel.program.types import IntType


class DivisionByZero(ArithmeticError):
    """DIV or MOD met a zero divisor."""


def apply(operator: Operator, values: tuple[int, ...], type_: IntType) -> int:
    """The operator on concrete values (each within its own type), as C defines it with wrap-around;
    shifts take their count modulo the width, as machines do. Raises DivisionByZero."""
    first = values[0]
    second = values[1] if len(values) > 1 else 0
    match operator:
        case Operator.ADD:
            result = first + second
        case Operator.SUB:
            result = first - second
        case Operator.MUL:
            result = first * second
        case Operator.DIV | Operator.MOD:
            if second == 0:
                raise DivisionByZero
            quotient = abs(first) // abs(second)
            if (first < 0) != (second < 0):
                quotient = -quotient
            result = quotient if operator is Operator.DIV else first - quotient * second
        case Operator.AND:
            result = first & second
        case Operator.OR:
            result = first | second
        case Operator.XOR:
            result = first ^ second
        case Operator.SHL:
            result = first << (second % type_.width)
        case Operator.SHR:
            result = first >> (second % type_.width)
        case Operator.EQ:
            result = int(first == second)
        case Operator.NE:
            result = int(first != second)
        case Operator.LT:
            result = int(first < second)
        case Operator.LE:
            result = int(first <= second)
        case Operator.GT:
            result = int(first > second)
        case Operator.GE:
            result = int(first >= second)
        case Operator.NEG:
            result = -first
        case Operator.INVERT:
            result = ~first
        case Operator.NOT:
            result = int(not first)
        case Operator.LAND:
            result = int(bool(first) and bool(second))
        case Operator.LOR:
            result = int(bool(first) or bool(second))
        case Operator.ITE:
            result = second if first else values[2]
        case Operator.CAST:
            result = first
    return type_.wrap(result)
