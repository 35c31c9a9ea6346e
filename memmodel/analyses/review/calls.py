"""A function as it is written in, its calls that order memory accesses out, also those inside macros that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from memmodel.analyses.review.definitions import Part
from memmodel.analyses.review.ordering import Ordering, ordering
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.text.text import Origin
from memmodel.frontends.c.text.tokens import Kind as TokenKind
from memmodel.frontends.c.text.tokens import Token, tokens
from memmodel.program.primitives import Reference
from memmodel.program.strengths import Kind as Does
from memmodel.records import dataclass
from memmodel.source import Span

DEEPEST = 5
"""Macros inside macros that are followed."""


@dataclass(frozen=True)
class Call:
    """One call. `text`: its tokens; `place`: what it accesses, as an lvalue, "" for a fence; `span`: in the body of a
    macro, where it is written there; `inside`: the macros and inline functions that it is in, the outermost first."""

    ordering: Ordering
    text: str
    place: str
    span: Span
    at: int
    """The offset in the function's own file: of the outermost macro's call, where it is in one."""
    inside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.ordering.name

    @property
    def is_fence(self) -> bool:
        return self.ordering.kind is Does.FENCE and not self.place


def calls(part: Part, known: Mapping[str, Part]) -> tuple[Call, ...]:
    """The calls of a function in the order of the text. `known`: the macros and inline functions that are looked
    into, by name."""
    return tuple(_calls(part, known, (), None))


def _calls(part: Part, known: Mapping[str, Part], inside: tuple[str, ...], at: int | None) -> Iterator[Call]:
    found = list(tokens(Origin(part.code.file, 0), part.code.clean, part.start, part.end))
    for number, token in enumerate(found):
        if token.kind is not TokenKind.NAME or token.text == part.name:
            continue
        does = ordering(token.text)
        opened = number + 1 < len(found) and found[number + 1].text == "("
        where = token.start if at is None else at
        if does is not None and opened:
            arguments, end = _arguments(found, number + 1)
            text = f"{token.text}({', '.join(arguments)})"
            yield Call(does, text, _place(does, arguments), part.code.file.span(token.start, end), where, inside)
        elif does is None and token.text in known and token.text not in inside and len(inside) < DEEPEST:
            inner = known[token.text]
            if opened or inner.kind is Kind.MACRO:
                yield from _calls(inner, known, (*inside, token.text), where)


def _arguments(found: list[Token], opening: int) -> tuple[list[str], int]:
    """What stands between parentheses, and where they end."""
    depth, current = 0, ""
    arguments: list[str] = []
    for token in found[opening:]:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        if depth == 0:
            return [*arguments, current] if current or arguments else [], token.end
        if token.text == "," and depth == 1:
            arguments.append(current)
            current = ""
        elif depth > 1 or token.text != "(":
            between = " " if current and _is_word(current[-1]) and _is_word(token.text[0]) else ""
            current += between + token.text
    return [*arguments, current], found[-1].end


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _place(does: Ordering, arguments: list[str]) -> str:
    """What a call accesses: the same text whether the macro takes an lvalue or a pointer."""
    if does.place is None:
        return "" if does.kind is Does.FENCE else ", ".join(arguments)
    index, reference = does.place
    if index >= len(arguments):
        return ""
    text = _bare(arguments[index])
    if reference is Reference.POINTER:
        return _bare(text[1:]) if text.startswith("&") else f"*{text}"
    return f"*{_bare(text[1:])}" if text.startswith("*") and not text.startswith("*&") else text.removeprefix("*&")


_IN_PARENTHESES = re.compile(r"\(([\w.\[\]]|->)+\)")


def _bare(text: str) -> str:
    """A name, or a field, without parentheses around it."""
    while _IN_PARENTHESES.fullmatch(text):
        text = text[1:-1]
    return text
