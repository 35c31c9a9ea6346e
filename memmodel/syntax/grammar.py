"""A grammar file in, a parser out that speaks in our own errors; built parsers are kept in the user's cache."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import zlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from memmodel.errors import SyntaxError
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

if TYPE_CHECKING:
    from lark import Lark
    from lark.exceptions import UnexpectedInput

Lexer = Literal["basic", "contextual"]

MAXIMUM_LISTED = 6
"""More alternatives than this help nobody: the list of what was expected is cut there."""


class Builder:
    """Base of the classes whose methods, named after the grammar's rules, build the syntax tree bottom-up.

    `source` is the file being read: `Grammar.parse` sets it before the first method is called.
    """

    source: SourceFile

    def between(self, first: _Placed, last: _Placed) -> Span:
        """The text from the start of one token to the end of another."""
        return Span(self.source, first.start_pos or 0, last.end_pos or 0)


class _Calls:
    """A builder as lark wants it: each method takes the list of a rule's parts instead of one parameter for each."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder

    def __getattr__(self, name: str) -> Callable[[list[object]], object]:
        if name.startswith("_"):
            raise AttributeError(name)
        method: Callable[..., object] = getattr(self._builder, name)
        return lambda parts: method(*parts)


class _Placed(Protocol):
    """What lark's tokens know of their place."""

    start_pos: int | None
    end_pos: int | None


@dataclass(frozen=True)
class Region:
    """The part of a file to parse: `text` is as long as the file up to `end`, blank outside the region, so that
    offsets in it are offsets in the file. `closing` says in words what follows the region."""

    text: str
    start: int
    end: int
    closing: str = "end of file"


def whole(source: SourceFile) -> Region:
    """All of a file as one region."""
    return Region(source.text, 0, len(source.text))


@dataclass(frozen=True)
class Phrase:
    """How errors speak of several terminals at once: where all of `marks` could stand, `text` is said for them and for
    all `members`. Literal terminals are given as they are written, patterns by name."""

    text: str
    marks: frozenset[str]
    members: frozenset[str]


class Grammar:
    """The parser of one grammar file, built at its first use (or fetched from the cache).

    `path` is a lark grammar, LALR(1), all tokens kept. `starts` are its start rules: only what they need is built. The
    contextual lexer tells a word by where it stands; the basic one starts faster.
    `builder` has a method for each rule that is not inlined, with one parameter for each of the rule's parts.
    `words` says what to call a terminal in an error; several terminals may share a name ("an expression"), and
    '' hides one. Terminals without an entry are shown as they are written, in quotes. `phrases` stand for several
    terminals at once.
    """

    def __init__(
        self,
        path: Path,
        starts: tuple[str, ...],
        builder: Builder,
        words: Mapping[str, str],
        phrases: tuple[Phrase, ...] = (),
        lexer: Lexer = "contextual",
    ) -> None:
        self.path = path
        self.starts = starts
        self.builder = builder
        self.words = words
        self.phrases = phrases
        self.lexer = lexer
        self._lark: Lark | None = None
        self._lock = threading.Lock()

    def parse(self, source: SourceFile, start: str, region: Region | None = None) -> object:
        """What the builder makes of `region` (by default all of `source`) read as `start`.

        Raises errors.SyntaxError at the first thing that does not fit.
        """
        from lark.exceptions import UnexpectedInput, VisitError

        region = region or whole(source)
        with self._lock:
            if self._lark is None:
                self._lark = self._load()
            self.builder.source = source
            try:
                return self._lark.parse(region.text, start=start)
            except UnexpectedInput as error:
                raise self._explain(source, region, error) from None
            except VisitError as error:
                raise error.orig_exc from None

    def _load(self) -> Lark:
        """The parser, from the cache where it is there and can be read."""
        from lark import Lark, __version__

        text = self.path.read_bytes()
        key = f"{self.path.stem}-{digest(text, __version__.encode(), repr((self.starts, self.lexer)).encode())}"
        stored = fetch(key)
        if stored is not None:
            # A file of another lark, or a damaged one: not worth an error, the grammar is at hand.
            with contextlib.suppress(Exception):
                restored: Lark = Lark.__new__(Lark)._load(io.BytesIO(stored), transformer=_Calls(self.builder))
                return restored
        lark = Lark(
            text.decode(),
            parser="lalr",
            lexer=self.lexer,
            start=list(self.starts),
            keep_all_tokens=True,
            maybe_placeholders=True,
            transformer=_Calls(self.builder),
        )
        buffer = io.BytesIO()
        lark.save(buffer, ("transformer",))
        keep(key, buffer.getvalue())
        return lark

    def _explain(self, source: SourceFile, region: Region, error: UnexpectedInput) -> SyntaxError:
        """lark's error in our words: what was found, what could have stood there."""
        from lark.exceptions import UnexpectedCharacters, UnexpectedToken

        names: Collection[str]
        position = error.pos_in_stream or 0
        if isinstance(error, UnexpectedToken):
            names = error.accepts or error.expected
            found, length = str(error.token), len(error.token)
            if error.token.type == "$END":
                found, length, position = "", 1, max(len(region.text.rstrip()), region.start)
        else:
            assert isinstance(error, UnexpectedCharacters)
            names = error.allowed or ()
            found, length = region.text[position : position + 1], 1
        expected = self._expected(names, region)
        hint = f"expected {expected}" if expected else None
        before = len(region.text[:position].rstrip())
        if found and ";" in self._shown(names) and "\n" in region.text[before:position]:
            # The mark belongs where the semicolon is missing, not on the next line.
            return SyntaxError(f"missing ';' before '{found}'", source.span(max(before - 1, 0), before), hint)
        what = f"unexpected {found!r}" if not found.isprintable() else f"unexpected '{found}'"
        message = what if found else f"unexpected {region.closing}"
        return SyntaxError(message, source.span(position, position + length), hint)

    def _shown(self, names: Collection[str]) -> set[str]:
        """The terminals of these names, each as it is written, or by its name where it is a pattern."""
        assert self._lark is not None
        literals = {t.name: t.pattern.value for t in self._lark.terminals if t.pattern.type == "str"}
        return {literals.get(name, name) for name in names}

    def _expected(self, names: Collection[str], region: Region) -> str:
        """The expected terminals in words: "an expression or ';'"."""
        shown = self._shown(names)
        listed: list[str] = []
        for phrase in self.phrases:
            if phrase.marks <= shown:
                listed.append(phrase.text)
                shown -= phrase.members | phrase.marks
        words: set[str] = set()
        for name in shown:
            quoted = name.lower() if name[0].isupper() else f"'{name}'"
            words.add(region.closing if name == "$END" else self.words.get(name, quoted))
        # What is said in words tells more than single signs: it comes first.
        listed += sorted(words - {""}, key=lambda w: (w.startswith("'"), w))
        if len(listed) > MAXIMUM_LISTED:
            return ", ".join(listed[:MAXIMUM_LISTED]) + " …"
        return " or ".join(filter(None, (", ".join(listed[:-1]), *listed[-1:])))


# ── the cache ────────────────────────────────────────────────────────────────────────────────────


def digest(*parts: bytes) -> str:
    """A key for what `parts` and this Python determine. Two checksums do: hashlib takes longer to import than a small
    file to check, and nobody attacks his own cache."""
    whole = b"".join(len(part).to_bytes(8, "big") + part for part in (sys.version.encode(), *parts))
    return f"{zlib.crc32(whole):08x}{zlib.adler32(whole):08x}{len(whole):x}"


def cache_directory() -> Path:
    """Where things that can be made again are kept: $XDG_CACHE_HOME/memmodel or ~/.cache/memmodel."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "memmodel"


def fetch(key: str) -> bytes | None:
    """What was kept under `key`; None if there is nothing that can be read, or another user owns it."""
    path = cache_directory() / f"{key}.pickle"
    try:
        with path.open("rb") as file:
            # What is in there gets unpickled: it must be ours.
            if os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            return file.read()
    except (OSError, RuntimeError):
        return None


def keep(key: str, content: bytes) -> None:
    """Keep `content` under `key`, all or nothing; a cache that cannot be written is no error."""
    import tempfile

    with contextlib.suppress(OSError, RuntimeError):
        directory = cache_directory()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=directory, prefix=key)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(directory / f"{key}.pickle")
        except OSError:
            Path(name).unlink(missing_ok=True)
