"""A box of a picture in, its lines of text and its size out. Characters are taken to be as wide as those of a wide
monospaced font, so that text stays inside whatever font there is."""

from __future__ import annotations

import re
import textwrap
from enum import Enum

from memmodel.picture import INITIAL, Box
from memmodel.records import dataclass

CODE_SIZE = 13
CHARACTER = 8.0
"""The width of a character of code."""
LINE = 18.0
PADDING = 9.0
WIDEST = 44
"""Characters in a line of a box."""
MOST_LINES = 4
"""Lines that a box gives to code."""
SMALL = 0.62
"""The width of a character of other text, as a part of its size."""


class Style(Enum):
    CODE = "code"
    EFFECT = "effect"


@dataclass(frozen=True)
class Line:
    text: str
    style: Style
    number: str = ""
    """The line of the source, in front of the text."""

    @property
    def length(self) -> int:
        return len(self.text) + len(self.number)


@dataclass(frozen=True)
class Sized:
    """A box with its text, before it has a place."""

    box: Box
    lines: tuple[Line, ...]

    @property
    def width(self) -> float:
        return max((line.length for line in self.lines), default=0) * CHARACTER + 2 * PADDING

    @property
    def height(self) -> float:
        return len(self.lines) * LINE + 2 * PADDING - 4


def sized(box: Box, main: str = "") -> Sized:
    """The box with its text broken into lines; lines of the file `main` are known by their number alone."""
    if box.thread == INITIAL:
        return Sized(box, (Line(shortened(box.code, WIDEST), Style.CODE),))
    file = "" if box.file == main else f"{box.file.rpartition('/')[2]}:"
    number = f"{shortened(file, 20)}{box.line}  " if box.line else ""
    code = wrapped(box.code, WIDEST - len(number), MOST_LINES)
    lines = [
        Line("  " * bool(number) + text if i else text, Style.CODE, "" if i else number) for i, text in enumerate(code)
    ]
    effects = (box.event,) if box.event else box.effects
    for effect in effects:
        lines += [Line(text, Style.EFFECT) for text in wrapped(effect, WIDEST, 2)]
    return Sized(box, tuple(lines))


_PIECES = re.compile(r"\s*(?:->)?(?:[^\s,(-]|-(?!>))*[,(]*")
"""Where code may be broken: at blanks, after commas and parentheses, before arrows."""


def wrapped(text: str, width: int, most: int) -> list[str]:
    """The text in lines no longer than `width`, at most `most` of them; lines after the first are indented."""
    lines: list[str] = []
    line = ""
    for piece in _PIECES.findall(text):
        if line and len(line) + len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = f"  {piece.lstrip()}"
        else:
            line += piece
    lines.append(line.rstrip())
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [shortened(line, width) for line in lines if line]


def prose(text: str, width: int, most: int) -> list[str]:
    """The same of running text, which is broken at blanks only and not indented."""
    lines = textwrap.wrap(text, max(8, width), max_lines=most, placeholder=" …")
    return [shortened(line, width) for line in lines]


def shortened(text: str, width: int) -> str:
    """The text, cut with an ellipsis where it is longer than `width`."""
    return text if len(text) <= width else f"{text[: max(1, width - 1)]}…"
