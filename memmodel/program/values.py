"""Typed values in, the operations that C's promotions and conversions make of them out: no memory, no effects."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program.ir import Address, Constant, Expression, Operation, Operator
from memmodel.program.types import (
    ADDRESS,
    BOOL,
    INT,
    LONG,
    UINT,
    ULONG,
    ArrayType,
    IntType,
    PointerType,
    StructType,
    Type,
    scalar,
)
from memmodel.records import dataclass, replace
from memmodel.source import Span

Scalar = IntType | PointerType

BINARY = {
    "+": Operator.ADD,
    "-": Operator.SUB,
    "*": Operator.MUL,
    "/": Operator.DIV,
    "%": Operator.MOD,
    "&": Operator.AND,
    "|": Operator.OR,
    "^": Operator.XOR,
    "<<": Operator.SHL,
    ">>": Operator.SHR,
    "==": Operator.EQ,
    "!=": Operator.NE,
    "<": Operator.LT,
    "<=": Operator.LE,
    ">": Operator.GT,
    ">=": Operator.GE,
}
COMPARISONS = frozenset((Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE))
_TRUTHS = COMPARISONS | {Operator.NOT, Operator.LAND, Operator.LOR}


@dataclass(frozen=True)
class Value:
    """An expression with its C type; `expression.type` is `scalar(type)`."""

    expression: Expression
    type: Scalar


def literal(value: int, suffix: str, hexadecimal: bool, span: Span) -> Value:
    """An integer literal in the first type that C tries and that holds it."""
    candidates = [INT, UINT, LONG, ULONG]
    if "l" in suffix:
        candidates = [LONG, ULONG]
    if "u" in suffix:
        candidates = [t for t in candidates if not t.signed]
    elif not hexadecimal:
        # gcc takes a decimal that no signed type holds as unsigned, and warns.
        candidates = [t for t in candidates if t.signed] + [ULONG]
    for type_ in candidates:
        if type_.wrap(value) == value:
            return Value(Constant(value, type_), type_)
    raise SyntaxError("this number is too large", span, "the widest integers here have 64 bits")


def convert(value: Value, type_: Scalar) -> Value:
    """`value` as C converts it to `type_`."""
    source, target = scalar(value.type), scalar(type_)
    expression = value.expression
    if source == target:
        return Value(expression, type_)
    if target == BOOL:
        return Value(truth(value), BOOL)
    if isinstance(expression, Constant):
        return Value(Constant(target.wrap(expression.value), target), type_)
    return Value(Operation(Operator.CAST, (expression,), target), type_)


def truth(value: Value) -> Expression:
    """Whether `value` is not zero, a BOOL."""
    expression = value.expression
    if expression.type == BOOL:
        return expression
    if isinstance(expression, Operation) and expression.operator in _TRUTHS:
        return replace(expression, type=BOOL)
    if isinstance(expression, Constant):
        return Constant(int(expression.value != 0), BOOL)
    return Operation(Operator.NE, (expression, Constant(0, expression.type)), BOOL)


def promote(value: Value) -> Value:
    """C's integer promotion: what is narrower than int becomes int."""
    if isinstance(value.type, IntType) and value.type.width < INT.width:
        return convert(value, INT)
    return value


def common(first: Scalar, second: Scalar) -> Scalar:
    """C's usual arithmetic conversions; a pointer wins over an integer."""
    if isinstance(first, PointerType):
        return first
    if isinstance(second, PointerType):
        return second
    width = max(first.width, second.width, INT.width)
    unsigned = any(t.width == width and not t.signed for t in (first, second))
    return IntType(width, not unsigned)


def negate(value: Value, span: Span) -> Value:
    """`-value`."""
    value = promote(value)
    if isinstance(value.expression, Constant):
        return Value(Constant(scalar(value.type).wrap(-value.expression.value), scalar(value.type)), value.type)
    return Value(Operation(Operator.NEG, (value.expression,), scalar(value.type), span), value.type)


def invert(value: Value, span: Span) -> Value:
    """`~value`."""
    value = promote(value)
    return Value(Operation(Operator.INVERT, (value.expression,), scalar(value.type), span), value.type)


def logical_not(value: Value, span: Span) -> Value:
    """`!value`, an int."""
    return Value(Operation(Operator.NOT, (truth(value),), INT, span), INT)


def binary(operator: Operator, left: Value, right: Value, span: Span) -> Value:
    """`left operator right` (not && and ||) as C computes it: pointers count in elements."""
    left, right = promote(left), promote(right)
    if operator in COMPARISONS:
        type_ = common(left.type, right.type)
        operands = (convert(left, type_).expression, convert(right, type_).expression)
        return Value(Operation(operator, operands, INT, span), INT)
    if operator in (Operator.SHL, Operator.SHR):
        counted = convert(right, left.type)
        return Value(Operation(operator, (left.expression, counted.expression), scalar(left.type), span), left.type)
    if operator in (Operator.ADD, Operator.SUB) and (is_pointer(left) or is_pointer(right)):
        return _pointer_arithmetic(operator, left, right, span)
    type_ = common(left.type, right.type)
    operands = (convert(left, type_).expression, convert(right, type_).expression)
    return Value(Operation(operator, operands, scalar(type_), span), type_)


def is_pointer(value: Value) -> bool:
    return isinstance(value.type, PointerType)


def _pointer_arithmetic(operator: Operator, left: Value, right: Value, span: Span) -> Value:
    if isinstance(left.type, PointerType) and isinstance(right.type, PointerType):
        if operator is Operator.ADD:
            raise SyntaxError("two pointers cannot be added", span, "expected an integer on one side")
        # Both operands of an operator have the type of its result: the distance is computed on longs.
        operands = tuple(convert(Value(v.expression, ULONG), LONG).expression for v in (left, right))
        distance = Value(Operation(operator, operands, LONG, span), LONG)
        size = step(left.type, span)
        return distance if size == 1 else binary(Operator.DIV, distance, Value(Constant(size, LONG), LONG), span)
    if isinstance(left.type, PointerType):
        return offset(left, right, operator, span)
    if operator is Operator.SUB:
        raise SyntaxError("a pointer cannot be subtracted from an integer", span, "swap the two sides")
    return offset(right, left, operator, span)


def offset(pointer: Value, count: Value, operator: Operator, span: Span) -> Value:
    """The pointer `count` elements on (ADD) or back (SUB)."""
    assert isinstance(pointer.type, PointerType)
    size = step(pointer.type, span)
    if isinstance(count.expression, Constant) and isinstance(pointer.expression, Address):
        distance = count.expression.value * size
        distance = distance if operator is Operator.ADD else -distance
        base = pointer.expression
        return Value(Address(base.object, base.offset + distance), pointer.type)
    bytes_ = convert(count, ADDRESS).expression
    if isinstance(bytes_, Constant):
        bytes_ = Constant(ADDRESS.wrap(bytes_.value * size), ADDRESS)
    elif size != 1:
        bytes_ = Operation(Operator.MUL, (bytes_, Constant(size, ADDRESS)), ADDRESS, span)
    return Value(Operation(operator, (pointer.expression, bytes_), ADDRESS, span), pointer.type)


def step(pointer: PointerType, span: Span) -> int:
    """The bytes between two neighbours that `pointer` may point to; 1 for void, as gcc has it."""
    if pointer.target is None:
        return 1
    if pointer.target.size == 0:
        raise Unsupported("arithmetic on a pointer to nothing", span)
    return pointer.target.size


def cell_type(type_: Type, at: int) -> Scalar | None:
    """The type of the cell `at` bytes into an object of `type_`; None where no cell begins."""
    while True:
        if isinstance(type_, (IntType, PointerType)):
            return type_ if at == 0 else None
        if isinstance(type_, ArrayType):
            if not 0 <= at < type_.size:
                return None
            element = type_.element
            type_, at = element, at % element.size
            continue
        field = next((f for f in type_.fields if f.offset <= at < f.offset + f.type.size), None)
        if field is None:
            return None
        type_, at = field.type, at - field.offset


def cells(type_: Type, at: int = 0) -> list[tuple[int, Scalar]]:
    """The offset and the type of every single value in an object of `type_`, in order."""
    if isinstance(type_, ArrayType):
        size = type_.element.size
        return [cell for index in range(type_.length) for cell in cells(type_.element, at + index * size)]
    if isinstance(type_, StructType):
        return [cell for field in type_.fields for cell in cells(field.type, at + field.offset)]
    return [(at, type_)]
