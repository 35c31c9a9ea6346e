"""The text of a TOML file in, tables read key by key out: what is wrong or left over is told with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from memmodel.errors import SyntaxError, meant
from memmodel.source import SourceFile, Span

LARGEST = 1 << 63
"""The first number that TOML does not have."""

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")

_STRING = r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
_VALUE = re.compile(rf"{_STRING}|[^\s#,\]}}]+", re.DOTALL)
_PIECE = re.compile(rf"{_STRING}|\{{(?:{_STRING}|[^{{}}\"'])*\}}|#[^\n]*|\]", re.DOTALL)
"""A string, a table in braces, a comment, or the end of a list."""


def nearest(name: str, names: Sequence[str], otherwise: str) -> str:
    """A hint: the name that may have been meant, or all that there are."""
    return meant(name, names) or f"{otherwise} {', '.join(names)}"


def read(source: SourceFile) -> Table:
    """The table of a whole file. Raises errors.SyntaxError for what is no TOML."""
    try:
        content = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise _decode_error(source, str(error)) from None
    except ValueError as error:  # a number that Python takes for an attack
        raise SyntaxError(f"no TOML: {str(error).split(';')[0].lower()}", source.span(0, 1)) from None
    except RecursionError:
        raise SyntaxError("the file is nested too deeply", source.span(0, 1)) from None
    return Table(content, source.span(0, _next_header(source.text, 0)), "")


def _next_header(text: str, start: int) -> int:
    """Where the next table starts, or the text ends."""
    first = re.compile(r"^[ \t]*\[", re.MULTILINE).search(text, start)
    return first.start() if first else len(text)


def _dotted(names: Sequence[str]) -> str:
    """A pattern for the names of a header, each with or without quotes."""
    return r"\s*\.\s*".join(rf"(?:{re.escape(name)}|[\"']{re.escape(name)}[\"'])" for name in names)


def _decode_error(source: SourceFile, message: str) -> SyntaxError:
    found = _AT.search(message)
    said = _AT.sub("", message)
    said = said[:1].lower() + said[1:]
    if found is None or found[1] is None:
        end = len(source.text)
        return SyntaxError(f"no TOML: {said}", source.span(max(0, end - 1), end))
    lines = source.text.split("\n")
    at = sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1
    return SyntaxError(f"no TOML: {said}", source.span(at, at + 1))


class Table:
    """A table, and the piece of text that it is written in. A method for a key that is missing raises
    errors.SyntaxError, unless it is given what to return then; so does one for a value of another type."""

    def __init__(
        self, content: Mapping[str, object], span: Span, name: str, header: tuple[str, ...] | None = ()
    ) -> None:
        """`name`: what it is in a sentence; '' for a whole file. `header`: its names between brackets, where there may
        be tables below it that are written so as well."""
        self._content = content
        self._name = name
        self._header = header
        self._asked: list[str] = []
        self.region = span
        """All of its text."""

    @property
    def span(self) -> Span:
        """Its first line, or first words: where it starts."""
        start, text = self.region.start, self.region.file.text
        end = text.find("\n", start, self.region.end)
        return self.region.file.span(start, end if end >= 0 else self.region.end)

    def place(self, key: str) -> Span:
        """Where the value of a key stands; where the table does, if that cannot be told."""
        found = self._key(key)
        if found is None:
            return self.span
        start = found.end()
        text = self.region.file.text
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        value = _VALUE.match(text, start, end)
        return self.region.file.span(start, value.end() if value is not None else end)

    def _key(self, key: str) -> re.Match[str] | None:
        pattern = re.compile(rf"(?:^|(?<=[\s{{,\[]))(?:{re.escape(key)}|\"{re.escape(key)}\")\s*=\s*", re.MULTILINE)
        text = self.region.file.text
        found = list(pattern.finditer(text, self.region.start, self.region.end))
        plain = (match for match in found if "#" not in text[text.rfind("\n", 0, match.start()) + 1 : match.start()])
        return next(plain, found[0] if found else None)  # in a comment only if it is nowhere else

    def value(self, key: str, otherwise: object) -> object:
        """What the file has for the key, whatever it is."""
        self._asked.append(key)
        return self._content.get(key, otherwise)

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def integer(self, key: str) -> int:
        found = self.value(key, None)
        if isinstance(found, bool) or not isinstance(found, int):
            raise self._wrong(key, f"a whole number, as in {key} = 2")
        self._limited(key, found)
        return found

    def number(self, key: str) -> float:
        found = self.value(key, None)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise self._wrong(key, f"a number, as in {key} = 2.5")
        self._limited(key, found)
        return found

    def _limited(self, key: str, found: float) -> None:
        """Python's integers have no end; those of TOML have 64 bits."""
        if isinstance(found, int) and not -LARGEST <= found < LARGEST:
            raise SyntaxError(f"'{key}' is too large a number", self.place(key))

    def inner(self, *names: str) -> Table | None:
        """The table that `[name.name]` starts; None if there is none."""
        content: object = self._content
        for name in names:
            if not isinstance(content, dict) or name not in content:
                return None
            content = content[name]
        if not isinstance(content, dict):
            raise SyntaxError(f"'{'.'.join(names)}' is of the wrong kind", self.span, f"expected [{'.'.join(names)}]")
        header = (*(self._header or ()), *names)
        text = self.region.file.text
        found = re.search(rf"^[ \t]*\[\s*{_dotted(header)}\s*\]", text, re.MULTILINE)
        place = self.region.file.span(found.start(), _next_header(text, found.end())) if found else self.region
        return Table(content, place, f"[{'.'.join(header)}]", header)

    def text(self, key: str, otherwise: str | None = None) -> str:
        found = self.value(key, otherwise)
        if found is None:
            raise SyntaxError(f"{self._name or 'the file'} has no '{key}'", self.span, f'expected {key} = "…"')
        if not isinstance(found, str):
            raise self._wrong(key, f'a text, as in {key} = "…"')
        return found

    def flag(self, key: str, otherwise: bool) -> bool:
        found = self.value(key, otherwise)
        if not isinstance(found, bool):
            raise self._wrong(key, "true or false")
        return found

    def texts(self, key: str, otherwise: Sequence[str]) -> tuple[str, ...]:
        """A list of texts."""
        found = self.value(key, list(otherwise))
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self._wrong(key, f'a list of texts, as in {key} = ["…"]')
        return tuple(found)

    def table(self, key: str) -> Iterable[tuple[str, object]]:
        """The keys and values of a table within this one, empty if it is not there."""
        found = self.value(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, f"a table, as in {key} = {{ NAME = 1 }}")
        return found.items()

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables, written [[key]] or key = [{…}]; empty if it is not there."""
        found = self.value(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self._wrong(key, f"a list of tables: [[{key}]]")
        places = list(self._headed(key)) or list(self._inline(key))
        if len(places) != len(found):  # written in a way that we do not find again
            places = [self.region] * len(found)
        return tuple(Table(item, place, f"the {key}", None) for item, place in zip(found, places, strict=True))

    def _headed(self, key: str) -> Iterator[Span]:
        """The pieces of text that start with [[key]]."""
        if self._header is None:
            return
        file = self.region.file
        pattern = rf"^\s*\[\[\s*{_dotted((*self._header, key))}\s*\]\]"
        heads = list(re.finditer(pattern, file.text, re.MULTILINE))
        starts = [head.end() - len(head[0].lstrip()) for head in heads]
        yield from (file.span(start, end) for start, end in pairwise([*starts, len(file.text)]))

    def _inline(self, key: str) -> Iterator[Span]:
        """The pieces in braces of key = [{…}, {…}]."""
        found = self._key(key)
        if found is not None:
            for piece in _PIECE.finditer(self.region.file.text, found.end(), self.region.end):
                if piece[0] == "]":
                    return
                if piece[0].startswith("{"):
                    yield self.region.file.span(piece.start(), piece.end())

    def finish(self) -> None:
        """Raises errors.SyntaxError for a key that nobody asked for."""
        for key in self._content:
            if key not in self._asked:
                hint = nearest(key, self._asked, "known are")
                at = self._key(key)
                span = self.region.file.span(at.start(), at.start() + len(key)) if at is not None else self.span
                raise SyntaxError(f"unknown key '{key}'", span, hint)

    def _wrong(self, key: str, expected: str) -> SyntaxError:
        return SyntaxError(f"'{key}' is of the wrong kind", self.place(key), f"expected {expected}")
