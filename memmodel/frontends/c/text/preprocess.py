"""A harness in, one Text out: what it includes in place, macros expanded, and each character's origin kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from memmodel.errors import SyntaxError
from memmodel.frontends.c.primitives import is_primitive
from memmodel.frontends.c.text.arithmetic import is_true
from memmodel.frontends.c.text.attributes import BUILT_IN, plain
from memmodel.frontends.c.text.expansion import Expander
from memmodel.frontends.c.text.includes import Includes, prelude
from memmodel.frontends.c.text.macro_table import MacroTable
from memmodel.frontends.c.text.macros import Macro, define, define_text
from memmodel.frontends.c.text.reader import Directive, Reader
from memmodel.frontends.c.text.text import LIBRARY_RANK, Origin, Piece, Place, Text, TextBuilder
from memmodel.frontends.c.text.tokens import NAME, NUMBER, STRING, Kind, Token
from memmodel.source import SourceFile

__all__ = ["Includes", "preprocess"]

_WORD = re.compile(rf"{NAME}|{STRING}|{NUMBER}", re.ASCII)
_QUOTED = re.compile(STRING)
_INCLUDE = re.compile(r'"([^"\n]+)"|<([^>\n]+)>')
_OPEN = re.compile(r"\s*\(")
_MEMBER = re.compile(r"(?:->|(?<!\.)\.)\s*\Z")
_FUNCTION = re.compile(r"^[A-Za-z_][\w \t*]*?(?:\n|\b)([A-Za-z_]\w*)[ \t]*\([^;{}()]*\)\s*\{", re.MULTILINE | re.ASCII)
_MOST_NESTED_FILES = 40
_MOST_FILES = 500
_MOST_CHARACTERS = 16_000_000
_CLOSEST = 8


def preprocess(harness: SourceFile, includes: Includes, defines: Mapping[str, str]) -> Text:
    """The harness with everything that it includes, expanded. `defines` are those of the run; they come first.

    Raises:
        SyntaxError: with its place in the file where it stands.
    """
    run = _started(harness, includes, defines)
    run.read(run.harness)
    return run.text()


class Pieces:
    """Pieces of many files, expanded one by one: each may use the macros of those before. `first` is read before them,
    after the prelude; neither is in their texts."""

    def __init__(self, first: SourceFile, includes: Includes, defines: Mapping[str, str]) -> None:
        self._run = _started(first, includes, defines)
        self._run.read(self._run.harness)

    def text(self, *origins: Origin) -> Text:
        """The text of one piece, or of several in a row. Raises SyntaxError as `preprocess` does."""
        self._run.begin()
        for origin in origins:
            self._run.read(origin)
        return self._run.text()


def _started(harness: SourceFile, includes: Includes, defines: Mapping[str, str]) -> _Run:
    """A run that has read the prelude."""
    run = _Run(includes, includes.harness(harness))
    run.take(_after_prelude(tuple(defines.items())))
    return run


@lru_cache(maxsize=16)
def _after_prelude(defines: tuple[tuple[str, str], ...]) -> _Run:
    """A run that has read nothing but the prelude, of which the macros of the command line are all that can change
    anything: reading it takes longer than reading most harnesses."""
    run = _Run(Includes(), Origin(SourceFile("<no harness>", ""), 0))
    for name, value in defines:
        origin = Origin(SourceFile(f"<definition of {name}>", f"{name} {value}"), -1)
        run.table.define(define_text(origin))
    run.builder = TextBuilder()
    run.read(Origin(SourceFile("<built in>", BUILT_IN), LIBRARY_RANK, library=True))
    run.read(prelude())
    return run


class _Run:
    def __init__(self, includes: Includes, harness: Origin) -> None:
        self.includes = includes
        self.harness = harness
        self.table = MacroTable(is_primitive, includes.missing)
        self.begin()
        self._expander = Expander(self.table)
        self._once: set[Path] = set()
        self._files = 0

    def begin(self) -> None:
        """A new text begins; the macros stay."""
        self.builder = TextBuilder()
        self.builder.add("\n", Piece(Place(self.harness, 0, 0, None), False, None))
        self._open: list[Origin] = []
        self._begun: list[int] = []
        """Where in the text each of the open files begins."""

    def take(self, other: _Run) -> None:
        """Goes on from where the other is."""
        self.table.take(other.table)
        self.builder.take(other.builder)
        self._once |= other._once
        self._files += other._files

    def text(self) -> Text:
        """What was read since."""
        return self.builder.build(plain(self.builder.text))

    # ── text ─────────────────────────────────────────────────────────────────────────────────────

    def read(self, origin: Origin) -> None:
        """Appends the file, expanded."""
        self._open.append(origin)
        self._begun.append(self.builder.length)
        reader = Reader(origin, self)
        if not origin.library:
            self.table.give_up(match.group(1) for match in _FUNCTION.finditer(reader.text))
        while True:
            self._run(reader)
            if not reader.advance():
                break
        self.builder.blank("\n")
        self._open.pop()
        self._begun.pop()

    def _run(self, reader: Reader) -> None:
        """Appends the reader's present run. A macro's arguments may go on behind it; then the rest of that run."""
        find = self.table.find
        text = reader.text
        copied = reader.at
        while True:
            for match in _WORD.finditer(text, reader.at, reader.end):
                macro = find(match.group())
                if macro is None and self.table.asks:
                    macro = self._ask(reader, match)
                if macro is None or (
                    macro.library and _MEMBER.search(text, max(0, match.start() - _CLOSEST), match.start())
                ):
                    continue
                self._copy(reader, copied, match.start())
                self._call(reader, match)
                copied = reader.at
                break
            else:
                self._copy(reader, copied, reader.end)
                reader.at = reader.end
                return

    def _ask(self, reader: Reader, match: re.Match[str]) -> Macro | None:
        """The macro that someone supplies for a name that looks like one."""
        name = match.group()
        if not (name[0].isalpha() or name[0] == "_"):
            return None
        looks_like_macro = name.isupper() or _OPEN.match(reader.text, match.end(), reader.end)
        return self.table.ask(name, reader.origin) if looks_like_macro else None

    def _call(self, reader: Reader, match: re.Match[str]) -> None:
        """Appends what a macro's name comes to, and moves the reader behind what it takes."""
        name = Token(match.group(), Kind.NAME, reader.origin, match.start(), match.end())
        reader.at = reader.taken = match.end()
        made = self._expander.call(name, reader)
        self._emit(made, Place(reader.origin, match.start(), reader.taken, None))

    def _copy(self, reader: Reader, start: int, end: int) -> None:
        if start < end:
            piece = Piece(Place(reader.origin, start, end, None), True, None)
            self.builder.add(reader.text[start:end], piece)
            if self.builder.length > _MOST_CHARACTERS:
                raise SyntaxError(f"the code comes to more than {_MOST_CHARACTERS:,} characters", piece.place.span)

    def _emit(self, made: list[Token], top: Place) -> None:
        """Appends tokens; those that stand together in one file are one piece."""
        self.builder.blank()
        at = 0
        while at < len(made):
            first = last = made[at]
            text = first.text
            at += 1
            while at < len(made) and first.exact and (gap := _gap(last, made[at])) is not None:
                last = made[at]
                text += gap + last.text
                at += 1
            place = Place(first.origin, first.start, last.end, first.site)
            self.builder.add(text, Piece(place, first.exact, top))
            self.builder.blank()

    # ── directives ───────────────────────────────────────────────────────────────────────────────

    def test(self, directive: Directive) -> bool:
        """Whether the condition of an #if or #elif holds."""
        if directive.name in ("if", "elif"):
            return is_true(self._expander.line(self._answered(directive)), directive.span)
        words = directive.tokens()
        if not words or words[0].kind is not Kind.NAME:
            raise SyntaxError(f"#{directive.name} without a name", directive.span)
        return self.table.is_defined(words[0].text) != (directive.name in ("ifndef", "elifndef"))

    def _answered(self, directive: Directive) -> list[Token]:
        """What follows #if, with 0 or 1 for each `defined` and `__has_include`."""
        given = directive.tokens()
        kept: list[Token] = []
        at = 0
        while at < len(given):
            token = given[at]
            at += 1
            if token.text not in ("defined", "__has_include"):
                kept.append(token)
                continue
            bracket = at < len(given) and given[at].text == "("
            at += bracket
            subject: list[Token] = []
            while at < len(given) and (given[at].text != ")" if bracket else not subject):
                subject.append(given[at])
                at += 1
            if not subject or (bracket and at == len(given)):
                raise SyntaxError(f"`{token.text}` of nothing", token.place.span, hint=f"{token.text}(…)")
            at += bracket
            answer = self._has_include(subject) if token.text == "__has_include" else self._is_defined(subject)
            kept.append(token._replace(text=str(int(answer)), kind=Kind.NUMBER))
        return kept

    def _is_defined(self, subject: list[Token]) -> bool:
        if len(subject) != 1 or subject[0].kind is not Kind.NAME:
            raise SyntaxError("`defined` of what is not a name", subject[0].place.span)
        return self.table.is_defined(subject[0].text)

    def _has_include(self, subject: list[Token]) -> bool:
        match = _INCLUDE.match("".join(token.text for token in subject))
        if match is None:
            raise SyntaxError("`__has_include` of what is not a file", subject[0].place.span)
        return self.includes.find(match[1] or match[2], subject[0].origin) is not None

    def obey(self, directive: Directive) -> None:
        """Does what a directive says that is no condition."""
        match directive.name:
            case "define":
                self.table.define(define(directive.origin, directive.text, directive.rest, directive.end))
            case "undef":
                words = directive.tokens()
                if not words or words[0].kind is not Kind.NAME:
                    raise SyntaxError("#undef without a name", directive.span)
                self.table.undefine(words[0].text, directive.origin)
            case "include":
                if not directive.origin.tree:
                    self._include(directive)
                elif self._inside_braces():
                    # What the file would bring in here is part of a definition, which is no C without it.
                    place = Place(directive.origin, directive.start, directive.end, None)
                    self.builder.add("@", Piece(place, False, None))
            case "include_next" | "import" if directive.origin.tree:
                pass
            case "error":
                raise SyntaxError(f"#error {directive.argument}".rstrip(), directive.span)
            case "pragma":
                if directive.argument.split() == ["once"]:
                    self._once.add(Path(directive.origin.file.name).resolve())
            case "" if directive.argument:
                raise SyntaxError("# without a directive", directive.span)
            case name if name not in _IGNORED and not name.isdigit():
                raise SyntaxError(f"there is no directive #{name}", directive.span)

    def _inside_braces(self) -> bool:
        """Whether what was read of the innermost file ends inside a definition."""
        text = _QUOTED.sub("", self.builder.text[self._begun[-1] :])
        return text.count("{") > text.count("}")

    def _include(self, directive: Directive) -> None:
        span = directive.span
        match = _INCLUDE.match(directive.argument)
        if match is None:
            made = self._expander.line(directive.tokens())
            match = _INCLUDE.match("".join(token.text for token in made))
        if match is None:
            raise SyntaxError("#include without a file", span, hint='#include "file.h" or #include <file.h>')
        if len(self._open) >= _MOST_NESTED_FILES:
            raise SyntaxError(self._cycle(), span, hint="#pragma once in a file keeps it from being included twice")
        origin, path = self.includes.resolve(match[1] or match[2], directive.origin, len(self._open), span)
        if path in self._once:
            return
        self._files += 1
        if self._files > _MOST_FILES:
            raise SyntaxError(f"more than {_MOST_FILES:,} files are included", span)
        self.read(origin)

    def _cycle(self) -> str:
        """What is wrong with the files that are open: one is open twice, or there are too many."""
        names = [origin.file.name for origin in self._open]
        paths = [Path(name).resolve() for name in names]
        before = [number for number, path in enumerate(paths[:-1]) if path == paths[-1]]
        if not before:
            return f"#includes are nested more than {_MOST_NESTED_FILES} deep"
        return f"circular #include: {' → '.join(names[before[-1] :])}"


_IGNORED = frozenset(("", "line", "warning", "ident", "sccs", "pragma"))


def _gap(left: Token, right: Token) -> str | None:
    """The blanks between two tokens of one piece; None if they are not of one piece."""
    width = right.start - left.end
    if not right.exact or right.origin is not left.origin or right.site is not left.site or not 0 <= width <= _CLOSEST:
        return None
    between = right.origin.file.text[left.end : right.start]
    return " " * width if not between.strip() else None
