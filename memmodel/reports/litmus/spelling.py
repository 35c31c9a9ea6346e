"""Expressions in, the text out that means the same to herd7.

To herd7 every number is a signed integer of 32 bits, and there are no casts, shifts, remainders or logical operators.
So each value stands for itself modulo 2³², and an operator is spelled in the first way that gives the right result
for all the values that its operands may have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from memmodel.errors import Unsupported
from memmodel.program import arithmetic, ir
from memmodel.program.ir import Constant, Expression, Local, Operation, Operator
from memmodel.program.types import BOOL, INT, LONG, IntType
from memmodel.records import dataclass, replace
from memmodel.reports.litmus.knowledge import Known
from memmodel.reports.litmus.places import WIDTH, Places, Variable
from memmodel.reports.litmus.spreads import Values
from memmodel.source import Span

_LOWEST = -(1 << 31)
MOST_SHIFTS = 8
"""Different counts of one shift."""

_SIGNS = {
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


class Speller:
    """Spells the expressions of one thread; `names` says what its locals are called."""

    def __init__(self, places: Places, names: dict[str, str], mention: Callable[[Variable], str]) -> None:
        self.places = places
        self.knowledge = places.knowledge
        self.names = names
        self.mention = mention
        self.succeeds: dict[str, Operation] = {}
        """Locals that hold whether an operation took place, where the program has in them what was there before."""

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────

    def value(self, node: Expression, known: Known, span: Span) -> Text:
        """A number or an address."""
        if self._is_address(node, known):
            return self.address(node, known, span)
        match node:
            case Constant():
                return Text(str(number(node.value)))
            case Local():
                if node.name in self.succeeds:
                    hint = "herd7's atomic_add_unless says only whether it did"
                    raise Unsupported("the value before an operation that may fail is used here", span, hint)
                return Text(self.names[node.name])
            case Operation():
                succeeded = next((name for name, how in self.succeeds.items() if how == node), None)
                return Text(self.names[succeeded]) if succeeded else self._operation(node, known, span)
            case _:
                raise TypeError(f"{type(node).__name__} is no value of a thread")

    def condition(self, node: Expression, consulted: Iterable[Expression], known: Known, span: Span) -> Text:
        """The condition of an if, resting on what is consulted besides."""
        text = self.value(node, known, span)
        extra = [name for expression in consulted for name in locals_in(expression)]
        mentioned = set(locals_in(node))
        return self._resting(text, [name for name in dict.fromkeys(extra) if name not in mentioned], "|")

    def _resting(self, text: Text, names: list[str], operator: str) -> Text:
        """The same value, resting on some locals besides."""
        if not names:
            return text
        zeros = [f"({self.names[name]} != {self.names[name]})" for name in names]
        if text.text == "0":
            return Text(" + ".join(zeros), False)
        return Text(f"{text} {operator} {zeros[0] if len(zeros) == 1 else '(' + ' + '.join(zeros) + ')'}", False)

    def _is_address(self, node: Expression, known: Known) -> bool:
        return self.places.is_pointer(self.knowledge.values(node, known))

    def _operation(self, node: Operation, known: Known, span: Span) -> Text:
        span = node.span or span
        if node.operator is Operator.NOT and (simpler := negated(node.operands[0])) != node:
            return self.value(simpler, known, span)
        sets = [self.knowledge.values(operand, known) for operand in node.operands]
        if any(self.places.is_pointer(values) for values in sets):
            return self._of_addresses(node, sets, known, span)
        if node.operator is Operator.ITE:
            return self._choice(node, known, span)
        texts = [self.value(operand, known, span) for operand in node.operands]
        tried = self.knowledge.rows(node.operands, known)
        for place, (text, compute) in enumerate(_ways(node, texts, sets)):
            if _always(node, place == 0) if tried is None else all(_agrees(node, compute, row) for row in tried):
                return text
        raise self._refused(node, sets, span)

    def _refused(self, node: Operation, sets: list[Values], span: Span) -> Unsupported:
        operator = node.operator.value
        if node.operator in (Operator.DIV, Operator.MOD) and any(0 in (values or (0,)) for values in sets[1:]):
            return Unsupported("a division that may be by zero", span, "herd7 has no faults: it would stop there")
        if node.operator in (Operator.SHL, Operator.SHR) and (sets[1] is None or len(sets[1]) > MOST_SHIFTS):
            return Unsupported("a shift by something that may be many numbers", span, "herd7 has no shifts")
        hint = "herd7 computes with signed integers of 32 bits"
        return Unsupported(f"'{operator}' of values that need more than 32 bits", span, hint)

    def _of_addresses(self, node: Operation, sets: list[Values], known: Known, span: Span) -> Text:
        """Addresses can be compared, with each other and with NULL."""
        fine = all(self.places.is_pointer(values) or values == frozenset((0,)) for values in sets)
        if node.operator not in (Operator.EQ, Operator.NE) or not fine:
            raise Unsupported(
                "herd7 does not compute with addresses as numbers", span, "it compares them with == and !="
            )
        first, second = (self.value(operand, known, span) for operand in node.operands)
        return Text(f"{first} {_SIGNS[node.operator]} {second}", False)

    def _choice(self, node: Operation, known: Known, span: Span) -> Text:
        """`test ? then : otherwise`, all three of which the result rests on."""
        test, then, otherwise = node.operands
        if isinstance(test, Constant):
            taken, other = (then, otherwise) if test.value else (otherwise, then)
            mentioned = set(locals_in(taken))
            names = [name for name in locals_in(other) if name not in mentioned]
            return self._resting(self.value(taken, known, span), names, "+")
        decides = self.value(test, known, span)
        if isinstance(then, Constant) and isinstance(otherwise, Constant) and (then.value, otherwise.value) == (1, 0):
            return decides
        parts = []
        for factor, arm in ((f"{decides}", then), (f"(1 - {decides})", otherwise)):
            text = self.value(arm, known, span)
            if text.text != "0":
                parts.append(factor if text.text == "1" else f"{factor} * {text}")
        return Text(" + ".join(parts), False) if parts else Text("0")

    # ── addresses ────────────────────────────────────────────────────────────────────────────────

    def address(self, node: Expression, known: Known, span: Span) -> Text:
        """An address: a variable, a pointer, or an element of an array."""
        values = self.knowledge.values(node, known)
        if values is None:
            raise Unsupported("this access may be anywhere in memory", span, "index with a mask or a comparison")
        node = self.places.bare(node, known)
        if isinstance(node, Local):
            return Text(self.names[node.name])
        base, terms = self.places.chain(node, known)
        ends = self.places.pointers(values)
        if len(ends) == 1:
            (end,) = ends
            return self._constant(end, list(dict.fromkeys(locals_in(node))), span)
        if isinstance(base, ir.Address) and ends:
            return self._element(ends, self.knowledge.addresses[base.object] + base.offset, None, terms, known, span)
        if isinstance(base, Local) and ends:
            return self._element(ends, 0, self.names[base.name], terms, known, span)
        raise Unsupported("herd7 does not compute addresses in this way", span, "an array and an index it does")

    def _constant(self, address: int, names: list[str], span: Span) -> Text:
        """The address of a variable, resting on some locals."""
        found = self.places.at(address)
        if found is None:
            raise Unsupported("the address of something that is no variable", span, "herd7 knows single variables")
        variable, index = found
        name = self.mention(variable)
        if not index and not names:
            return Text(name)
        offset = self._resting(Text(str(WIDTH * index)), names, "+")
        return Text(f"(void *){name} + {offset}", False)

    def _element(
        self,
        ends: frozenset[int],
        base: int,
        pointer: str | None,
        terms: Iterable[Expression],
        known: Known,
        span: Span,
    ) -> Text:
        """An address so many elements behind the start of an array, or behind a pointer into it."""
        variables = {self.places.variables[end] for end in ends if end in self.places.variables}
        if len(variables) != 1:
            raise Unsupported("this address may lie in several arrays", span, "herd7 knows no distance between them")
        (variable,) = variables
        constant = base - variable.start if pointer is None else 0
        parts: list[str] = []
        for term in terms:
            if isinstance(term, Constant):
                constant += LONG.wrap(term.value)
            else:
                parts.append(self._scaled(term, variable, known, span))
        if constant % variable.stride:
            raise Unsupported("an index that is computed in a way herd7 does not know", span)
        offset = constant // variable.stride * WIDTH
        if offset or not parts:
            parts.append(str(offset))
        start = pointer if pointer is not None else self.mention(variable)
        return Text(f"(void *){start} + {parts[0] if len(parts) == 1 else '(' + ' + '.join(parts) + ')'}", False)

    def _scaled(self, term: Expression, variable: Variable, known: Known, span: Span) -> str:
        """What is added to an address, in herd7's bytes."""
        stride = variable.stride
        if isinstance(term, Operation) and term.operator is Operator.MUL:
            factor = next((o.value for o in term.operands if isinstance(o, Constant)), None)
            rest = next((o for o in term.operands if not isinstance(o, Constant)), None)
            if factor is not None and rest is not None and factor % stride == 0:
                return f"{factor // stride * WIDTH} * {self.value(rest, known, span)}"
        if stride == WIDTH:
            return str(self.value(term, known, span))
        values = self.knowledge.values(term, known)
        if values is None or any(number(value) % stride for value in values):
            raise Unsupported("an index that is computed in a way herd7 does not know", span)
        text = self.value(term, known, span)
        if stride % WIDTH == 0:
            return f"{text} / {stride // WIDTH}"
        return f"{text} / {stride} * {WIDTH}"


def _agrees(node: Operation, way: Callable[..., int], row: tuple[int, ...]) -> bool:
    """Whether a way to compute gives the right result for operands `row`."""
    try:
        wanted = arithmetic.apply(node.operator, row, node.type)
        return number(way(*map(number, row))) == number(wanted)
    except (arithmetic.DivisionByZero, ZeroDivisionError):
        return False


def _always(node: Operation, first: bool) -> bool:
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


def _ways(node: Operation, texts: list[Text], sets: list[Values]) -> list[Way]:
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
    text = Text(f"{first} {_SIGNS[operator]} {second}", False)
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


_OPPOSITES = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
}


def negated(node: Expression) -> Expression:
    """The BOOL that holds where `node`, a BOOL, does not."""
    if isinstance(node, Operation) and node.operator is Operator.NOT:
        return node.operands[0]
    if isinstance(node, Operation) and node.operator in _OPPOSITES:
        return replace(node, operator=_OPPOSITES[node.operator])
    return Operation(Operator.NOT, (node,), BOOL)


def locals_in(node: Expression) -> list[str]:
    """The locals that an expression mentions, in order."""
    if isinstance(node, Local):
        return [node.name]
    if isinstance(node, Operation):
        return [name for operand in node.operands for name in locals_in(operand)]
    return []
