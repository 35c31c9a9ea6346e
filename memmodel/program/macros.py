"""The text of a linux-kernel.def in, its macros out as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memmodel.errors import SyntaxError
from memmodel.program.ir import Operator
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

_TOKEN = re.compile(r"\s+|//[^\n]*|/\*.*?\*/|\(\*(?=\s).*?\*\)|(&~|==|<=|>=|!=|[A-Za-z_]\w*|[0-9]+|.)", re.DOTALL)
_TESTS = {
    "==": Operator.EQ,
    "!=": Operator.NE,
    "<": Operator.LT,
    "<=": Operator.LE,
    ">": Operator.GT,
    ">=": Operator.GE,
}


@dataclass(frozen=True)
class _Token:
    text: str
    span: Span


@dataclass(frozen=True)
class Actual:
    """An argument in a macro's body: a parameter or number, behind `stars` stars; or an operator sign."""

    text: str
    stars: int
    span: Span


@dataclass(frozen=True)
class Use:
    """`name{tags}(arguments)` in a macro's body; `value`: what it yields is the macro's value."""

    name: str
    tags: frozenset[str]
    arguments: tuple[Actual, ...]
    value: bool
    span: Span


@dataclass(frozen=True)
class Macro:
    name: str
    parameters: tuple[str, ...]
    uses: tuple[Use, ...]
    test: tuple[Operator, int] | None
    span: Span


def macros(source: SourceFile) -> tuple[Macro, ...]:
    """The macros of a file, in order. Raises errors.SyntaxError with the place."""
    return tuple(_Reader(source).macros())


class _Reader:
    """Recursive descent over the tokens of a .def file."""

    def __init__(self, source: SourceFile) -> None:
        self.tokens = [
            _Token(match[1], source.span(match.start(1), match.end(1)))
            for match in _TOKEN.finditer(source.text)
            if match[1]
        ]
        self.end = source.span(max(len(source.text) - 1, 0), len(source.text))
        self.position = 0

    @property
    def next(self) -> str:
        return self.tokens[self.position].text if self.position < len(self.tokens) else ""

    @property
    def span(self) -> Span:
        return self.tokens[self.position].span if self.position < len(self.tokens) else self.end

    def take(self, wanted: str | None = None) -> _Token:
        if self.position == len(self.tokens):
            raise SyntaxError("unexpected end of file", self.end, f"expected '{wanted}'" if wanted else None)
        token = self.tokens[self.position]
        if wanted is not None and token.text != wanted:
            raise SyntaxError(f"unexpected '{token.text}'", token.span, f"expected '{wanted}'")
        self.position += 1
        return token

    def name(self) -> _Token:
        token = self.take()
        if not token.text[0].isalpha() and token.text[0] != "_":
            raise SyntaxError(f"unexpected '{token.text}'", token.span, "expected a name")
        return token

    def macros(self) -> Iterator[Macro]:
        while self.next:
            name = self.name()
            parameters = tuple(actual.text for actual in self.arguments())
            uses: list[Use] = []
            test = None
            if self.next == "{":
                self.take()
                while self.next != "}":
                    uses.append(self.use(False))
                    self.take(";")
                self.take()
            else:
                uses.append(self.use(True))
                if self.next in _TESTS:
                    operator = _TESTS[self.take().text]
                    test = (operator, self.number())
            yield Macro(name.text, parameters, tuple(uses), test, name.span)

    def number(self) -> int:
        token = self.take()
        if not token.text.isdigit():
            raise SyntaxError(f"unexpected '{token.text}'", token.span, "expected a number")
        return int(token.text)

    def use(self, value: bool) -> Use:
        name = self.name()
        tags: list[str] = []
        if self.next == "{":
            self.take()
            text = ""
            while self.next not in ("}", ""):
                text += self.take().text
            self.take("}")
            tags = text.split(",")
        arguments = self.arguments() if self.next == "(" else ()
        return Use(name.text, frozenset(tags), arguments, value, name.span)

    def arguments(self) -> tuple[Actual, ...]:
        found: list[Actual] = []
        self.take("(")
        while self.next != ")":
            if found:
                self.take(",")
            stars = 0
            span = self.span
            while self.next == "*":
                self.take()
                stars += 1
            found.append(Actual(self.take().text, stars, span))
        self.take(")")
        return tuple(found)
