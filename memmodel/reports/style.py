"""Text in, text with or without terminal colours out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from memmodel.records import dataclass


class Colour(Enum):
    """The codes of ECMA-48 that every terminal knows."""

    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    BLUE = "34"
    BOLD = "1"
    DIM = "2"


class ColourChoice(Enum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class Style:
    colours: bool

    def paint(self, text: str, *colours: Colour) -> str:
        """`text` in these colours; unchanged where there are none."""
        if not self.colours or not text or not colours:
            return text
        codes = ";".join(colour.value for colour in colours)
        return f"\x1b[{codes}m{text}\x1b[0m"


PLAIN = Style(False)


def choose(choice: ColourChoice, terminal: bool, environment: Mapping[str, str]) -> Style:
    """The style for a stream: the option first, then NO_COLOR and FORCE_COLOR, then whether it is a terminal."""
    if choice is not ColourChoice.AUTO:
        return Style(choice is ColourChoice.ALWAYS)
    if environment.get("NO_COLOR"):
        return PLAIN
    if environment.get("FORCE_COLOR"):
        return Style(True)
    return Style(terminal and environment.get("TERM") != "dumb")
