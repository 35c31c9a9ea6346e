"""The text of a C file in, what it defines out: where each definition stands, under which `#if`s, and its tokens.

Nothing is parsed: definitions are found as the index of headers finds them, so a file of which only parts are known, or
that no compiler would take, has them too. Tokens leave out comments, white space and the ends of lines, except where
they mean something: at the end of a directive, and between the name of a macro and its parameters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from memmodel.errors import SyntaxError
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.alone.index import Header
from memmodel.frontends.c.text.text import Origin
from memmodel.frontends.c.text.tokens import clean, tokens
from memmodel.records import dataclass, replace
from memmodel.source import SourceFile, Span

Words = tuple[str, ...]
"""Tokens."""

_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w*)([^\n]*)", re.MULTILINE)
_CALLED = re.compile(r"^(?P<macro>[A-Za-z_]\w*)[ \t]*\((?P<inside>[^;{}()]*)\)[ \t]*\n?\{", re.MULTILINE)
_NAME = re.compile(r"\b[A-Za-z_]\w*")
_FIELD = re.compile(r"(?:\.|->)\s*([A-Za-z_]\w*)")
_TAIL = re.compile(r"[ \t]*\*(?:[ \t/]|$)")


@dataclass(frozen=True, eq=False)
class Part:
    """One definition. `conditions`: the `#if`s around it, the outermost first; `whole`: its beginning and its end are
    there."""

    kind: Kind
    name: str
    code: Code
    start: int
    end: int
    conditions: Words
    whole: bool = True

    @property
    def span(self) -> Span:
        return self.code.file.span(self.start, self.end)

    @cached_property
    def raw(self) -> str:
        """As it is written, without comments."""
        return self.code.clean[self.start : self.end]

    @cached_property
    def words(self) -> Words:
        return self.code.words(self.start, self.end)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every identifier in it."""
        return frozenset(_NAME.findall(self.raw))

    @cached_property
    def fields(self) -> frozenset[str]:
        """What it names behind a dot or an arrow."""
        return frozenset(_FIELD.findall(self.raw))

    @property
    def inline(self) -> bool:
        """Whether it is a function whose body stands where it is called."""
        head = self.raw.partition("(")[0]
        return "inline" in head or (self.code.path.endswith(".h") and "static" in head)


@dataclass(frozen=True, eq=False)
class Code:
    """A C file. `path`: in its tree; `shown`: the lines that are known, where not all are; the others are empty."""

    path: str
    file: SourceFile
    shown: frozenset[int] | None = None

    @cached_property
    def clean(self) -> str:
        """The text with blanks for comments and for what joins lines."""
        file = self.file
        if self.shown is not None:
            file = SourceFile(file.name, _without_tails(file.text, self.shown))
        try:
            return clean(file)
        except SyntaxError as error:  # a comment without its end
            start = error.span.start if error.span is not None else 0
            return clean(SourceFile(file.name, file.text[:start])) + _blank(file.text[start:])

    def words(self, start: int, end: int) -> Words:
        """The tokens between two offsets."""
        found: list[str] = []
        origin = Origin(self.file, 0)
        at = start
        for match in _DIRECTIVE.finditer(self.clean, start, end):
            found += [token.text for token in tokens(origin, self.clean, at, match.start())]
            line = list(tokens(origin, self.clean, match.start(), match.end()))
            found += [token.text for token in line]
            if match[1] == "define" and len(line) > 3 and line[3].text == "(" and not line[3].gap:
                found.append("(parameters)")
            found.append("\n")
            at = match.end()
        found += [token.text for token in tokens(origin, self.clean, at, end)]
        return tuple(found)

    @cached_property
    def functions(self) -> tuple[Part, ...]:
        """The functions with a body, in the order of the text."""
        return tuple(part for part in self.parts if part.kind is Kind.FUNCTION)

    @cached_property
    def others(self) -> tuple[Part, ...]:
        """What is defined besides functions."""
        return tuple(part for part in self.parts if part.kind not in (Kind.FUNCTION, Kind.PROTOTYPE))

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names that the file defines, of whatever kind, without the word of a tag."""
        return frozenset(part.name.rpartition(" ")[2] for part in self.parts)

    def line(self, number: int) -> tuple[int, int]:
        """Where a line (counted from 1) begins and ends."""
        start = self._lines[number - 1]
        end = self._lines[number] - 1 if number < len(self._lines) else len(self.file.text)
        return start, end

    def covers(self, line: int) -> bool:
        """Whether some of a line lies in a definition."""
        start, end = self.line(line)
        number = bisect_right(self._extents[0], end) - 1
        return number >= 0 and self._extents[1][number] > start

    @cached_property
    def _extents(self) -> tuple[list[int], list[int]]:
        """Where definitions begin, and how far they and those before them reach."""
        reach = accumulate((part.end for part in self.parts), max)
        return [part.start for part in self.parts], list(reach)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(i + 1 for i, character in enumerate(self.file.text) if character == "\n")]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Everything that the file defines or declares, in the order of the text."""
        file = SourceFile(self.file.name, self.clean)
        header = Header(Path(self.path), lambda: file)
        found: list[Part] = []
        for name in header.starts:
            ended = {d.start: d.end for d in header.definitions(name, tuple(Kind))}
            for start in header.starts[name]:
                found.append(self._part(start.kind, name, start.offset, ended.get(start.offset)))
        found += list(self._called(found))
        found.sort(key=lambda part: part.start)
        return tuple(self._cut(found))

    def _part(self, kind: Kind, name: str, start: int, end: int | None) -> Part:
        """A definition; without an end one that goes on to the end of what is known there, if it is a function's."""
        whole = end is not None
        if end is None:
            newline = self.clean.find("\n", start)
            end = len(self.clean) if kind is Kind.FUNCTION or newline < 0 else newline
        unknown = self._unknown(start, end)
        return Part(kind, name, self, start, min(end, unknown), self.conditions(start), whole and unknown >= end)

    def _unknown(self, start: int, end: int) -> int:
        """Where the first line begins that is not known, of those between two offsets; `end` if all are."""
        if self.shown is not None:
            first, last = (bisect_right(self._lines, offset) for offset in (start, end - 1))
            for number in range(first, last + 1):
                if number not in self.shown:
                    return self._lines[number - 1]
        return end

    def _cut(self, parts: list[Part]) -> Iterator[Part]:
        """A function that seems to go on beyond the beginning of the next one ends there: its braces do not match."""
        begins = [part.start for part in parts if part.kind is Kind.FUNCTION]
        for part in parts:
            following = bisect_right(begins, part.start)
            if part.kind is not Kind.FUNCTION or following == len(begins) or begins[following] >= part.end:
                yield part
            else:
                yield replace(part, end=begins[following], whole=False)

    def _called(self, found: list[Part]) -> Iterator[Part]:
        """Functions whose head is a macro: BPF_CALL_2(name, …) { … }; or whose type is not seen to be one."""
        begins = {self.clean.find("{", part.start) for part in found if part.kind is Kind.FUNCTION}
        for match in _CALLED.finditer(self.clean):
            opening = match.end() - 1
            if opening in begins:
                continue
            first = match["inside"].partition(",")[0].strip()
            name = first if match["macro"].isupper() and _NAME.fullmatch(first) else match["macro"]
            yield self._part(Kind.FUNCTION, name, match.start(), closing(self.clean, opening))

    # ── conditions ──

    def conditions(self, offset: int) -> Words:
        """The `#if`s in force at an offset, the outermost first, without the one that keeps a header from being
        included twice."""
        number = bisect_right(self._changes[0], offset) - 1
        return self._changes[1][number] if number >= 0 else ()

    @cached_property
    def _changes(self) -> tuple[list[int], list[Words]]:
        """Where conditions change, and what they are from there on."""
        offsets: list[int] = []
        stacks: list[Words] = []
        stack: list[str] = []
        guard = re.compile(r"\s*#\s*ifndef\s+(\w+)\s*\n\s*#\s*define\s+\1\b").match(self.clean)
        for match in _DIRECTIVE.finditer(self.clean):
            word, rest = match[1], " ".join(match[2].split())
            if word in ("if", "ifdef", "ifndef"):
                stack.append(
                    "" if guard is not None and guard.end() >= match.end() > 0 and not stack else f"{word} {rest}"
                )
            elif word in ("elif", "else") and stack:
                stack[-1] = f"not {stack[-1]}" + (f", {rest}" if word == "elif" else "")
            elif word == "endif" and stack:
                stack.pop()
            else:
                continue
            offsets.append(match.end())
            stacks.append(tuple(condition for condition in stack if condition))
        return offsets, stacks


_BRACKET = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|^[ \t]*\#[^\n]*|[{}]", re.MULTILINE)


def closing(text: str, opening: int) -> int | None:
    """The offset behind the brace that closes the one at `opening`, of a text without comments."""
    depth = 0
    for match in _BRACKET.finditer(text, opening):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return None


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _without_tails(text: str, shown: frozenset[int]) -> str:
    """A text with blanks for what is left of comments whose beginning is in a line that is not known."""
    lines = text.split("\n")
    for first in sorted(number for number in shown if number - 1 not in shown):
        number = first
        while number in shown and number <= len(lines):
            line = lines[number - 1]
            end = line.find("*/")
            if end >= 0 and "/*" not in line[:end]:
                lines[number - 1] = " " * (end + 2) + line[end + 2 :]
                break
            if line.strip() and not _TAIL.match(line):
                break
            lines[number - 1] = " " * len(line)
            number += 1
    return "\n".join(lines)
