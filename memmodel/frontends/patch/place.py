"""A line number in, the place in a text out: what the errors of the reader and of applying point at."""

from __future__ import annotations

from memmodel.source import SourceFile, Span


def line_span(source: SourceFile, number: int) -> Span:
    """The whole line `number` (from 1) without its end; the end of the text where it has fewer."""
    start = 0
    for _ in range(number - 1):
        found = source.text.find("\n", start)
        if found < 0:
            return source.span(len(source.text), len(source.text))
        start = found + 1
    return source.span(start, start + len(source.line(number)))


def shown(text: str, width: int = 60) -> str:
    """A line as a message quotes it: not longer than a message should be, and without control characters."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text.replace("\t", " "))
    return f"'{plain.rstrip()[:width].rstrip()}…'" if len(plain.rstrip()) > width else f"'{plain.rstrip()}'"
