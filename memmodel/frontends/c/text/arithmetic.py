"""The tokens after #if in, whether the lines after it count out."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.tokens import Kind, Token
from memmodel.source import Span

_MOST_NESTED = 30
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlL]*)", re.ASCII)
_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63}
_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "|": 3,
    "^": 4,
    "&": 5,
    "==": 6,
    "!=": 6,
    "<": 7,
    ">": 7,
    "<=": 7,
    ">=": 7,
    "<<": 8,
    ">>": 8,
    "+": 9,
    "-": 9,
    "*": 10,
    "/": 10,
    "%": 10,
}


class _Value(NamedTuple):
    """An intmax_t or uintmax_t."""

    number: int
    unsigned: bool = False


def _value(number: int, unsigned: bool = False) -> _Value:
    number &= 2**64 - 1
    return _Value(number if unsigned or number < 2**63 else number - 2**64, unsigned)


def is_true(tokens: list[Token], line: Span) -> bool:
    """Whether the expression is not 0. Its macros are expanded and its `defined` are replaced; other names are 0.

    Raises:
        SyntaxError: it is no constant expression, or divides by zero.
    """
    reader = _Reader(tokens, line)
    value = reader.expression(evaluated=True)
    reader.end()
    return value.number != 0


class _Reader:
    def __init__(self, tokens: list[Token], line: Span) -> None:
        self._tokens = tokens
        self._line = line
        self._at = 0
        self._nested = 0

    def expression(self, evaluated: bool) -> _Value:
        """A conditional expression. Where it is not `evaluated`, a division by zero is nothing."""
        self._nested += 1
        if self._nested > _MOST_NESTED:
            self._wrong(f"this #if is nested more than {_MOST_NESTED} deep")
        test = self._binary(1, evaluated)
        if self._next() == "?":
            self._at += 1
            then = self.expression(evaluated and test.number != 0)
            self._expect(":")
            otherwise = self.expression(evaluated and test.number == 0)
            test = _value((then if test.number else otherwise).number, then.unsigned or otherwise.unsigned)
        self._nested -= 1
        return test

    def end(self) -> None:
        if self._at < len(self._tokens):
            text = self._next()
            previous = self._tokens[self._at - 1]
            if text == "(" and previous.kind is Kind.NAME:
                self._wrong(f"{previous.text} is not a macro that takes arguments", f"define {previous.text}")
            self._wrong(f"`{text}` in an #if", "expected an operator, or the end of the line")

    def _next(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _wrong(self, message: str, hint: str | None = None) -> NoReturn:
        at = self._tokens[self._at].place.outermost.span if self._at < len(self._tokens) else self._line
        raise SyntaxError(message, at, hint)

    def _expect(self, text: str) -> None:
        if self._next() != text:
            self._wrong(f"{self._found()} in an #if", f"expected `{text}`")
        self._at += 1

    def _found(self) -> str:
        return f"`{self._next()}`" if self._next() else "the end of the line"

    def _binary(self, least: int, evaluated: bool) -> _Value:
        left = self._unary(evaluated)
        while True:
            operator = self._next()
            precedence = _PRECEDENCE.get(operator, 0)
            if precedence < least:
                return left
            place = self._at
            self._at += 1
            needed = evaluated and not (
                (operator == "||" and left.number != 0) or (operator == "&&" and left.number == 0)
            )
            right = self._binary(precedence + 1, needed)
            if operator in "/%" and not right.number:
                if needed:
                    self._at = place
                    self._wrong("division by zero in an #if")
                right = _Value(1, right.unsigned)
            left = _apply(operator, left, right)

    def _unary(self, evaluated: bool) -> _Value:
        signs: list[str] = []
        while self._next() in ("!", "~", "-", "+"):
            signs.append(self._next())
            self._at += 1
        value = self._primary(evaluated)
        for sign in reversed(signs):
            match sign:
                case "!":
                    value = _Value(int(not value.number))
                case "~":
                    value = _value(~value.number, value.unsigned)
                case "-":
                    value = _value(-value.number, value.unsigned)
        return value

    def _primary(self, evaluated: bool) -> _Value:
        if self._at == len(self._tokens):
            self._wrong("the #if ends too early", "expected a value")
        token = self._tokens[self._at]
        if token.text == "(":
            self._at += 1
            value = self.expression(evaluated)
            self._expect(")")
            return value
        if token.kind is Kind.OTHER or token.text[0] == '"':
            self._wrong(f"`{token.text}` in an #if", "expected a value")
        if token.kind is Kind.STRING:
            value = _Value(self._character(token.text[1:-1]))
        elif token.kind is Kind.NAME:
            value = _Value(int(token.text == "true"))
        else:
            value = self._number(token.text)
        self._at += 1
        return value

    def _number(self, text: str) -> _Value:
        match = _NUMBER.fullmatch(text)
        if not match:
            self._wrong(f"{text} in an #if", "expected a whole number")
        digits, suffix = match.groups()
        base = {"x": 16, "b": 2}.get(digits[1:2].lower(), 8 if digits[0] == "0" else 10)
        number = int(digits, base) if base in (8, 10) else int(digits[2:], base)
        if number >= 2**64:
            self._wrong(f"{text} does not fit into 64 bits")
        return _value(number, "u" in suffix.lower() or number >= 2**63)

    def _character(self, text: str) -> int:
        if len(text) == 1 and text != "\\":
            return ord(text)
        if text[:1] == "\\" and text[1:] in _ESCAPES:
            return _ESCAPES[text[1:]]
        if re.fullmatch(r"\\[0-7]{1,3}", text):
            return int(text[1:], 8)
        if not re.fullmatch(r"\\x[0-9a-fA-F]{1,2}", text):
            self._wrong(f"'{text}' in an #if", "expected one character")
        return int(text[2:], 16)


def _apply(operator: str, left: _Value, right: _Value) -> _Value:
    """One operation as C does it in 64 bits."""
    unsigned = left.unsigned or right.unsigned
    a, b = _value(left.number, unsigned).number, _value(right.number, unsigned).number
    match operator:
        case "||":
            return _Value(int(left.number != 0 or right.number != 0))
        case "&&":
            return _Value(int(left.number != 0 and right.number != 0))
        case "<<" | ">>":
            return _shifted(left, right.number if operator == "<<" else -right.number)
        case "/" | "%":
            quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
            return _value(quotient if operator == "/" else a - quotient * b, unsigned)
        case "==" | "!=" | "<" | ">" | "<=" | ">=":
            holds = {"==": a == b, "!=": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}
            return _Value(int(holds[operator]))
        case _:
            results = {"|": a | b, "^": a ^ b, "&": a & b, "+": a + b, "-": a - b, "*": a * b}
            return _value(results[operator], unsigned)


def _shifted(value: _Value, by: int) -> _Value:
    """Shifts of 64 and more give 0 or, to the right of a negative number, -1, as they do in GCC's preprocessor."""
    if by >= 0:
        return _value(value.number << min(by, 64), value.unsigned)
    return _value(value.number >> min(-by, 64), value.unsigned)
