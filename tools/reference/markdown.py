"""Texts laid out for a terminal in, the same as Markdown out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 120


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are on one line."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def filled(text: str) -> str:
    """Paragraphs, filled anew; lines that are set in stay as they are, as code."""
    parts = []
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        if all(line.startswith(" ") for line in part.splitlines()):
            parts.append(fenced(textwrap.dedent(part)))
        else:
            parts.append(fill(part))
    return "\n\n".join(parts)


def fill(text: str) -> str:
    """One paragraph in lines of the width of a page."""
    return textwrap.fill(" ".join(escaped(text).split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def titled(title: str, text: str) -> str:
    """One paragraph that begins with its title."""
    marks = "\0\0"  # as wide as what they become, which would be escaped
    return fill(f"{marks}{title.capitalize()}.{marks} {text}").replace(marks, "**")


def fenced(text: str, language: str = "") -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def escaped(text: str) -> str:
    """The text with what Markdown would take for marks of its own, outside of code, escaped."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        piece if number % 2 else re.sub(r"([*<>]|__)", r"\\\1", piece) for number, piece in enumerate(pieces)
    )


def anchor(heading: str) -> str:
    """What a heading can be linked to by."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
