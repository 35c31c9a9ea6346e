"""A #define in, a Macro out: its parameters, and its body as tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from typing import NoReturn

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.text import Origin
from memmodel.frontends.c.text.tokens import Kind, Token, clean, tokens
from memmodel.records import dataclass
from memmodel.source import Span

VARIADIC = "__VA_ARGS__"

_DEFINE = re.compile(r"\s*#\s*define\b")


class Special(Enum):
    """Macros whose value is not a body."""

    LINE = "__LINE__"
    FILE = "__FILE__"
    COUNTER = "__COUNTER__"
    IS_ENABLED = "IS_ENABLED"
    IS_BUILTIN = "IS_BUILTIN"
    IS_MODULE = "IS_MODULE"
    IS_REACHABLE = "IS_REACHABLE"
    HAS_ATTRIBUTE = "__has_attribute"
    HAS_BUILTIN = "__has_builtin"


@dataclass(frozen=True, eq=False, repr=False)
class Macro:
    name: str
    parameters: tuple[str, ...] | None
    """None: it is object-like."""
    variadic: bool
    """The last parameter takes all arguments that are left."""
    origin: Origin
    span: Span
    library: bool
    """Where its body stands is not shown to people, but where it is called."""
    special: Special | None = None
    text: str = ""
    """The clean text of its file; the body is what is between `start` and `end`."""
    start: int = 0
    end: int = 0

    @cached_property
    def body(self) -> tuple[Token, ...]:
        """Its tokens; most macros are never called, and need none."""
        return tuple(tokens(self.origin, self.text, self.start, self.end))

    def same(self, other: Macro) -> bool:
        """Whether the two have equal definitions."""
        return self.parameters == other.parameters and [t.text for t in self.body] == [t.text for t in other.body]


def define(origin: Origin, text: str, start: int, end: int, library: bool = False) -> Macro:
    """The macro that `text` (clean) defines between two offsets: what follows the word `define`.

    Raises:
        SyntaxError: a name is missing, or the parameters are wrong.
    """
    found = tokens(origin, text, start, end)
    span = Span(origin.file, start, end)
    name = next(found, None)
    if name is None or name.kind is not Kind.NAME:
        raise SyntaxError("#define without a name", name.place.span if name else span, hint="#define NAME value")
    if name.text == "defined":
        raise SyntaxError("`defined` cannot be a macro", name.place.span)
    parameters, variadic, body = None, False, name.end
    if text[name.end : min(end, name.end + 1)] == "(":
        next(found)
        parameters, variadic, body = _parameters(name.text, found, span)
    span = name.place.span
    return Macro(
        name.text, parameters, variadic, origin, span, library or origin.library, text=text, start=body, end=end
    )


def define_text(origin: Origin, library: bool = True) -> Macro:
    """The macro that a file defines which is nothing but a definition; the words `#define` may be left out."""
    text = clean(origin.file)
    sign = _DEFINE.match(text)
    return define(origin, text, sign.end() if sign else 0, len(text), library)


def _parameters(macro: str, found: Iterator[Token], span: Span) -> tuple[tuple[str, ...], bool, int]:
    """The names between the parentheses, whether the last takes the rest, and where the body starts."""

    def wrong(token: Token | None, expected: str) -> NoReturn:
        what = f"`{token.text}`" if token else "the end of the line"
        where = token.place.span if token else span
        raise SyntaxError(f"{what} among the parameters of the macro {macro}", where, hint=f"expected {expected}")

    names: list[str] = []
    variadic = False
    while True:
        token = next(found, None)
        if token is None:
            wrong(token, "a name or `)`")
        if token.text == ")" and not names:
            return (), False, token.end
        if token.text == "...":
            names.append(VARIADIC)
            variadic = True
            token = next(found, None)
        elif token.kind is Kind.NAME and token.text not in names:
            names.append(token.text)
            token = next(found, None)
            if token is not None and token.text == "...":
                variadic = True
                token = next(found, None)
        else:
            wrong(token, "a new name, `...` or `)`")
        if token is not None and token.text == ")":
            return tuple(names), variadic, token.end
        if token is None or token.text != "," or variadic:
            wrong(token, "`)`" if variadic else "`,` or `)`")
