"""C source in, its tokens out, and the source with comments and line continuations blanked at equal width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.text import Origin, Place, Site
from memmodel.source import SourceFile

STRING = r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'"
NUMBER = r"\.?[0-9](?:[eEpP][+-]|[\w.])*"
NAME = r"[A-Za-z_$][\w$]*"

_COMMENT = re.compile(rf"/\*.*?\*/|//[^\n]*|/\*|{STRING}", re.DOTALL | re.ASCII)
_CUT = r"(?:\\[ \t]*\r?\n)"
_CONTINUED = re.compile(rf"(?<=\S)({_CUT}+)((?:(?!{_CUT})\S)*)|({_CUT}+)")
_UNPRINTED = re.compile(r"[^\x00-\x7f]")
_TOKEN = re.compile(
    rf"({NAME})|({NUMBER})|({STRING})|##|\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|\S", re.ASCII
)


class Kind(Enum):
    NAME = 1
    NUMBER = 2
    STRING = 3
    OTHER = 4


_KINDS = {None: Kind.OTHER, 1: Kind.NAME, 2: Kind.NUMBER, 3: Kind.STRING}
NOTHING: frozenset[str] = frozenset()


class Token(NamedTuple):
    """A token and where it was written. `exact` is False for one that is put together from others. `hidden` are the
    macros in whose expansion it is: those that it no longer calls. `gap`: white space stands before it."""

    text: str
    kind: Kind
    origin: Origin
    start: int
    end: int
    site: Site | None = None
    gap: bool = False
    hidden: frozenset[str] = NOTHING
    exact: bool = True

    @property
    def place(self) -> Place:
        return Place(self.origin, self.start, self.end, self.site)


def tokens(origin: Origin, text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of `text`, which is the clean text of the origin's file, between two offsets."""
    before = start
    for match in _TOKEN.finditer(text, start, end):
        first, last = match.span()
        yield Token(match.group(), _KINDS[match.lastindex], origin, first, last, None, first > before)
        before = last


def single(text: str) -> Kind | None:
    """The kind of the one token that the text is; None where it is none, or several."""
    match = _TOKEN.fullmatch(text)
    return _KINDS[match.lastindex] if match else None


def clean(file: SourceFile) -> str:
    """The file's text, equally long, in ASCII, with blanks for comments and continuations: a directive is one line.

    Raises:
        SyntaxError: a comment has no end.
    """
    text = file.text
    if not text.isascii():
        text = _UNPRINTED.sub(lambda match: " " if match.group() in "\ufeff\xa0" else "@", text)
    if "\\" in text:
        text = _CONTINUED.sub(_joined, text)

    def blanked(match: re.Match[str]) -> str:
        found = match.group()
        if found[0] != "/":
            return found
        if found == "/*":
            raise SyntaxError("this comment has no end", file.span(match.start(), match.end()), hint="close it with */")
        return " " * len(found)

    return _COMMENT.sub(blanked, text)


def _joined(match: re.Match[str]) -> str:
    """What a line goes on with moves up to it, so that a token cut in two is one again; the blanks come after it."""
    rest = match.group(2) or ""
    return rest + " " * (len(match.group()) - len(rest))
