"""Text from a patch in, text that is safe and fits out: nothing that steers a terminal, lines of a given width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

WIDTH = 80


def printable(text: str) -> str:
    """`text` with whatever might steer a terminal or a mail reader written as an escape, `\\x1b`. Tabs and line ends
    stay; carriage returns go."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\t\n" or c.isprintable() else _escape(c) for c in text.replace("\r", ""))


def one_line(text: str) -> str:
    """The same on one line, blanks run together."""
    return printable(" ".join(text.split()))


def code(text: str) -> str:
    """A line of code or of a patch, tabs as wide as a terminal shows them."""
    return printable(text.replace("\n", " ")).expandtabs(8).rstrip()


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def width(text: str) -> int:
    """The columns that a terminal takes for it."""
    return len(text) if text.isascii() else sum(_columns(c) for c in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, columns: int) -> str:
    """`text`, or as much of it as fits, ended by `...`."""
    if width(text) <= columns:
        return text
    room, kept = columns - 3, ""
    for character in text:
        room -= _columns(character)
        if room < 0:
            break
        kept += character
    return f"{kept}..."


def pad(text: str, columns: int) -> str:
    """`text` and blanks up to that width."""
    return text + " " * max(0, columns - width(text))


def wrap(text: str, columns: int = WIDTH, first: str = "", rest: str | None = None) -> list[str]:
    """A paragraph in lines of at most that many columns, but for single words that are longer. `first` stands before
    the first line, `rest` before the others: blanks as wide as `first` where it is not given."""
    rest = " " * width(first) if rest is None else rest
    lines, line, empty = [], first, True
    for word in one_line(text).split(" "):
        if not empty and width(line) + 1 + width(word) > columns:
            lines.append(line.rstrip())
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line.rstrip()] if line.strip() else lines


def paragraphs(text: str, columns: int = WIDTH, indent: str = "") -> list[str]:
    """Paragraphs that blank lines part, each wrapped; indented lines, such as code, are kept as they are."""
    lines: list[str] = []
    for block in _blocks(text):
        if lines:
            lines.append("")
        if block[0][:1] in (" ", "\t"):
            lines += [f"{indent}{code(line)}".rstrip() for line in block]
        else:
            lines += wrap(" ".join(block), columns, indent)
    return lines


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
