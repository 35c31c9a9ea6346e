"""A #define in, a Macro out: its parameters, and its body as tokens."""

from __future__ import annotations

from enum import Enum
from typing import NoReturn

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text import Origin
from memmodel.frontends.c.tokens import Kind, Token, clean, tokens
from memmodel.records import dataclass
from memmodel.source import Span

VARIADIC = "__VA_ARGS__"


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
    body: tuple[Token, ...]
    origin: Origin
    span: Span
    library: bool
    """Where its body stands is not shown to people, but where it is called."""
    special: Special | None = None

    def same(self, other: Macro) -> bool:
        """Whether the two have equal definitions."""
        return self.parameters == other.parameters and [t.text for t in self.body] == [t.text for t in other.body]


def define(origin: Origin, text: str, start: int, end: int, library: bool = False) -> Macro:
    """The macro that `text` (clean) defines between two offsets: what follows the word `define`.

    Raises:
        SyntaxError: a name is missing, or the parameters are wrong.
    """
    found = list(tokens(origin, text, start, end))
    span = Span(origin.file, start, end)
    if not found or found[0].kind is not Kind.NAME:
        raise SyntaxError("#define without a name", found[0].place.span if found else span, hint="#define NAME value")
    name = found[0]
    if name.text == "defined":
        raise SyntaxError("`defined` cannot be a macro", name.place.span)
    library = library or origin.library
    if len(found) > 1 and found[1].text == "(" and not found[1].gap:
        parameters, variadic, after = _parameters(found, span)
        return Macro(name.text, parameters, variadic, tuple(found[after:]), origin, name.place.span, library)
    return Macro(name.text, None, False, tuple(found[1:]), origin, name.place.span, library)


def define_text(origin: Origin, library: bool = True) -> Macro:
    """The macro that a file defines which is nothing but a definition; the words `#define` may be left out."""
    text = clean(origin.file)
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] == "#":
        start = text.index("define", start) + len("define") if "define" in text else start
    return define(origin, text, start, len(text), library)


def _parameters(found: list[Token], span: Span) -> tuple[tuple[str, ...], bool, int]:
    """The names between the parentheses, whether the last takes the rest, and where the body starts."""

    def wrong(token: Token | None, expected: str) -> NoReturn:
        what = f"`{token.text}`" if token else "the end of the line"
        raise SyntaxError(
            f"{what} among the parameters of the macro {found[0].text}",
            token.place.span if token else span,
            hint=f"expected {expected}",
        )

    names: list[str] = []
    variadic = False
    at = 2
    while True:
        token = found[at] if at < len(found) else None
        if token is None:
            wrong(token, "a name or `)`")
        if token.text == ")" and not names:
            return (), False, at + 1
        if token.text == "...":
            names.append(VARIADIC)
            variadic = True
        elif token.kind is Kind.NAME and token.text not in names:
            names.append(token.text)
            if at + 1 < len(found) and found[at + 1].text == "...":
                variadic = True
                at += 1
        else:
            wrong(token, "a new name, `...` or `)`")
        at += 1
        token = found[at] if at < len(found) else None
        if token is not None and token.text == ")":
            return tuple(names), variadic, at + 1
        if token is None or token.text != "," or variadic:
            wrong(token, "`)`" if variadic else "`,` or `)`")
        at += 1
