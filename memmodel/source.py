"""The text a program came from, and places in it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from memmodel.records import dataclass, field


@dataclass(frozen=True)
class SourceFile:
    """A named text. `name` is the path as the user gave it, or '<stdin>'; no two files of one program share it."""

    name: str
    text: str = field(repr=False, compare=False)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        starts.extend(i + 1 for i, c in enumerate(self.text) if c == "\n")
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both counted from 1, of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (counted from 1) without its newline; '' past the end."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")

    def span(self, start: int, end: int) -> Span:
        """The characters from offset `start` up to, not including, `end`."""
        return Span(self, start, end)


@dataclass(frozen=True)
class Span:
    """A piece of a source file: character offsets `start` (included) to `end` (excluded)."""

    file: SourceFile = field(repr=False)
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.file.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.file.position(self.start)[1]

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    @property
    def start_label(self) -> str:
        """`file:line:column`, the form that editors and gcc use."""
        line, column = self.file.position(self.start)
        return f"{self.file.name}:{line}:{column}"

    @property
    def where(self) -> str:
        """The line, as a sentence names it: `line 12`; in C, where a program has several files, `ring.c:12`."""
        name = self.file.name
        return f"{name.rpartition('/')[2]}:{self.line}" if name.endswith((".c", ".h")) else f"line {self.line}"

    def excerpt(self) -> str:
        """The source line with a caret under the span's first character (and ~ under the rest)."""
        line, column = self.file.position(self.start)
        text = self.file.line(line)
        pad = "".join("\t" if c == "\t" else " " for c in text[: column - 1])
        width = max(1, min(self.end - self.start, len(text) - column + 1))
        return f"{text}\n{pad}^{'~' * (width - 1)}"
