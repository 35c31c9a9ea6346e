"""An operator of C in, the ways in which herd7 can be told to compute it out.

To herd7 every number is a signed integer of 32 bits, and there are no casts, shifts, remainders or logical operators.
Each value stands for itself modulo 2³².
"""

from __future__ import annotations

import re
from collections.abc import Callable

from memmodel.program import arithmetic
from memmodel.program.ir import Operation, Operator
from memmodel.program.types import INT, IntType
from memmodel.records import dataclass
from memmodel.reports.litmus.spreads import Values

_LOWEST = -(1 << 31)
MOST_SHIFTS = 8
"""Different counts of one shift."""


SIGNS = {
    Operator.ADD: "+",
    Operator.SUB: "-",
    Operator.MUL: "*",
    Operator.DIV: "/",
    Operator.AND: "&",
    Operator.OR: "|",
    Operator.XOR: "^",
    Operator.EQ: "==",
    Operator.NE: "!=",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}
_RINGS = (Operator.ADD, Operator.SUB, Operator.MUL, Operator.AND, Operator.OR, Operator.XOR)
_ORDERS = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)


@dataclass(frozen=True)
class Text:
    """Something spelled; `tight` if it needs no parentheses inside another expression."""

    text: str
    tight: bool = True

    def __str__(self) -> str:
        return self.text if self.tight else f"({self.text})"


Way = tuple[Text, Callable[..., int]]
"""A spelling, and what herd7 makes of it, given its operands."""


def number(value: int) -> int:
    """What stands for a value: itself modulo 2³²."""
    return INT.wrap(value)


def agrees(node: Operation, way: Callable[..., int], row: tuple[int, ...]) -> bool:
    """Whether a way to compute gives the right result for operands `row`."""
    try:
        wanted = arithmetic.apply(node.operator, row, node.type)
        return number(way(*map(number, row))) == number(wanted)
    except (arithmetic.DivisionByZero, ZeroDivisionError):
        return False


def always(node: Operation, first: bool) -> bool:
    """Whether a way, the first or second of an operator, is right whatever the operands are."""
    operands = {operand.type for operand in node.operands}
    narrow = all(type_.width <= 32 for type_ in operands)
    plain = all(type_ == INT or type_.width < 32 for type_ in operands)
    match node.operator:
        case Operator.EQ | Operator.NE | Operator.NOT | Operator.LAND | Operator.LOR:
            return narrow
        case Operator.LT | Operator.LE | Operator.GT | Operator.GE:
            return plain if first else narrow and all(not type_.signed for type_ in operands)
        case Operator.DIV | Operator.MOD | Operator.SHL | Operator.SHR:
            return False
        case _:
            return node.type.width >= 32 or not first


def ways_of(node: Operation, texts: list[Text], sets: list[Values]) -> list[Way]:
    """How an operator can be spelled: the plain way first."""
    operator, type_ = node.operator, node.type
    if operator in _RINGS:
        plain = _binary(operator, *texts)
        return [plain, _narrowed(plain, type_)] if type_.width < 32 else [plain]
    if operator in (Operator.NEG, Operator.INVERT):
        plain = (Text(f"0 - {texts[0]}", False), lambda a: -a)
        if operator is Operator.INVERT:
            plain = (Text(f"{texts[0]} ^ -1", False), lambda a: ~a)
        return [plain, _narrowed(plain, type_)] if type_.width < 32 else [plain]
    if operator in (Operator.EQ, Operator.NE, Operator.DIV):
        return [_binary(operator, *texts)]
    if operator in _ORDERS:
        shifted = [Text(f"{text} ^ {_LOWEST}", False) for text in texts]
        unsigned = _binary(operator, *shifted)[0]
        return [
            _binary(operator, *texts),
            (unsigned, lambda a, b: arithmetic.apply(operator, (a ^ _LOWEST, b ^ _LOWEST), INT)),
        ]
    if operator is Operator.MOD:
        first, second = texts
        text = Text(f"{first} - ({first} / {second}) * {second}", False)
        return [(text, lambda a, b: arithmetic.apply(Operator.MOD, (a, b), INT))]
    if operator is Operator.LAND:
        return [(Text(f"{texts[0]} & {texts[1]}", False), lambda a, b: a & b)]
    if operator is Operator.LOR:
        return [(Text(f"{texts[0]} | {texts[1]}", False), lambda a, b: a | b)]
    if operator is Operator.NOT:
        return [(Text(f"{texts[0]} == 0", False), lambda a: int(a == 0))]
    if operator is Operator.CAST:
        return _casts(texts[0], type_)
    return _shifts(node, texts, sets[1])


def _binary(operator: Operator, first: Text, second: Text) -> Way:
    text = Text(f"{first} {SIGNS[operator]} {second}", False)
    return text, lambda a, b: arithmetic.apply(operator, (a, b), INT)


def _casts(text: Text, type_: IntType) -> list[Way]:
    same: Way = (text, lambda a: a)
    return [same, _narrowed(same, type_)] if type_.width < 32 else [same]


def _narrowed(way: Way, type_: IntType) -> Way:
    """What `way` gives, reduced to a type of less than 32 bits."""
    text, compute = way
    mask, half = (1 << type_.width) - 1, 1 << (type_.width - 1)
    if type_.signed:
        return Text(f"(({text} & {mask}) ^ {half}) - {half}", False), lambda *a: type_.wrap(compute(*a))
    return Text(f"{text} & {mask}", False), lambda *a: type_.wrap(compute(*a))


def _shifts(node: Operation, texts: list[Text], counts: Values) -> list[Way]:
    """Shifts are multiplications and divisions; by something that is no constant, a sum of them."""
    text, count = texts
    if counts is None or len({number_ % node.type.width for number_ in counts}) > MOST_SHIFTS:
        return []
    known = sorted({number_ % node.type.width for number_ in counts})
    if len(known) == 1:
        return [*_shifts_by(node, text, known[0])]
    if any(number_ not in counts for number_ in known):
        return []
    ways: list[Way] = []
    for choice in zip(*(_shifts_by(node, text, number_) for number_ in known), strict=True):
        parts = [f"({count} == {number_}) * {one}" for number_, (one, _) in zip(known, choice, strict=True)]
        ways.append(
            (Text(" + ".join(parts), False), _chosen({n: way for n, (_, way) in zip(known, choice, strict=True)}))
        )
    return ways


def _chosen(ways: dict[int, Callable[..., int]]) -> Callable[..., int]:
    """What is computed with a shift count `b`: it says in which way."""
    return lambda a, b: ways[b](a, b)


def _shifts_by(node: Operation, text: Text, count: int) -> list[Way]:
    """A shift by a constant: three ways."""
    if count == 0:
        same: Way = (text, lambda a, _: a)
        return [same, same, same]
    if count > 31:
        nothing: Way = (Text(f"{text} & 0", False), lambda *_: 0)
        return [nothing, nothing, nothing]
    factor = number(1 << count)
    if node.operator is Operator.SHL:
        shifted = Text(f"{text} * {factor}", False)
        if re.fullmatch(r"\d+", text.text):
            shifted = Text(str(number(int(text.text) << count)))
        plain: Way = (shifted, lambda a, _: a << count)
        narrow = _narrowed(plain, node.type) if node.type.width < 32 else plain
        return [plain, narrow, narrow]
    low, rest = -(1 << count), (1 << (32 - count)) - 1
    return [
        (Text(f"{text} / {factor}", False), lambda a, _: arithmetic.apply(Operator.DIV, (a, factor), INT)),
        (Text(f"({text} & {low}) / {factor}", False), lambda a, _: a >> count),
        (Text(f"(({text} & {low}) / {factor}) & {rest}", False), lambda a, _: (a >> count) & rest),
    ]
