"""The headers of a kernel tree in, the text of any definition in them out, found by name.

Nothing is parsed: one pass of a regular expression notes where definitions begin; where one ends is found when it is
asked for. Of several definitions of a name, one in a header that the C file includes (through others) is taken before
any other, and one whose `#if` holds in the configuration of `conditionals` before one whose `#if` does not.
"""

from __future__ import annotations

import gc
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from memmodel.files import Files
from memmodel.frontends.c.alone.beginnings import BEGIN, Kind, Start, end_of, starts
from memmodel.frontends.c.alone.conditionals import enabled
from memmodel.frontends.c.alone.kept import Kept, fetch, keep, stamp
from memmodel.records import dataclass, field
from memmodel.source import SourceFile

FOLDERS = ("include/linux", "include/uapi", "include/asm-generic", "include/net", "include/vdso")
"""The headers of a tree that count."""

_LARGEST = 4_000_000
"""Bytes of one header: what is larger was generated and holds constants of a device."""


_KINDS = tuple(Kind)


@dataclass(frozen=True)
class Definition:
    """A definition in a header: the characters from `start` to `end`, of a `#define` with all its lines."""

    kind: Kind
    name: str
    file: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    @property
    def counts(self) -> bool:
        """Whether it is more than a name: a macro is none where its `#if` does not hold, or its header undefines it.
        Anything else is better than nothing even there."""
        if self.kind is not Kind.MACRO:
            return True
        taken_back = re.compile(rf"^[ \t]*#[ \t]*undef[ \t]+{self.name}\b", re.MULTILINE)
        return enabled(self.file, self.start) and taken_back.search(self.file.text, self.end) is None


_INCLUDE = re.compile(r"^[ \t]*\#[ \t]*include[ \t]+([<\"])([^>\"\n]+)[>\"]", re.MULTILINE)


@dataclass
class Header:
    """One header: its text, which is read when it is needed, and where definitions of a name begin. `kept`: the latter
    as it was found before, if the text is the same since."""

    path: Path
    read: Callable[[], SourceFile]
    kept: Kept | None = None

    @cached_property
    def file(self) -> SourceFile:
        return self.read()

    @cached_property
    def starts(self) -> dict[str, list[Start]]:
        found: dict[str, list[Start]] = {}
        if self.kept is not None:
            words = self.kept.definitions.split()
            for kind, name, offset in zip(words[::3], words[1::3], words[2::3], strict=True):
                start = Start(_KINDS[int(kind)], int(offset))
                found.setdefault(name.replace("\0", " "), []).append(start)
            return found
        for name, start in starts(self.file.text):
            found.setdefault(name, []).append(start)
        return found

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What it defines."""
        if self.kept is None:
            return tuple(self.starts)
        return tuple(name.replace("\0", " ") for name in dict.fromkeys(self.kept.definitions.split()[1::3]))

    def to_keep(self) -> str:
        """Its definitions as they are kept."""
        return " ".join(
            f"{_KINDS.index(start.kind)} {name.replace(' ', chr(0))} {start.offset}"
            for name, starts in self.starts.items()
            for start in starts
        )

    @cached_property
    def includes(self) -> tuple[tuple[bool, str], ...]:
        """What it includes where its `#if`s hold: whether in quotes, and the name."""
        found = (match for match in _INCLUDE.finditer(self.file.text) if enabled(self.file, match.start()))
        return tuple((match[1] == '"', match[2]) for match in found)

    def definitions(self, name: str, kinds: Iterable[Kind]) -> Iterator[Definition]:
        """The definitions of `name` of one of these kinds, in the order written."""
        wanted = frozenset(kinds)
        for start in self.starts.get(name, ()):
            if start.kind in wanted:
                end = end_of(self.file.text, start)
                if end is not None:
                    yield Definition(start.kind, name, self.file, start.offset, end)


class Headers:
    """All headers of a tree, read once; of a folder outside it, those that are asked for. `files` is the tree, or its
    top directory; None where there is none."""

    def __init__(self, files: Files | Path | None) -> None:
        self.files = files if isinstance(files, Files) else Files() if files is None else Files(files)
        self.tree = None if files is None else self.files.root
        self._read: dict[Path, Header | None] = {}
        self._like: tuple[Headers, list[Path]] | None = None
        """Headers of the same tree, and where it has others."""

    def with_files(self, files: Files) -> Headers:
        """The headers of the same tree with other changes. What was read of the files that are the same is kept."""
        ours, theirs = self.files.changed, files.changed
        names = [n for n in {**ours, **theirs} if n not in ours or n not in theirs or ours[n] != theirs[n]]
        other = Files(files.root, dict.fromkeys(names))
        made = Headers(files)
        made._read = {path: header for path, header in self._read.items() if not other.is_changed(path)}
        made._like = self, [made.files.root / name for name in names if _counts(name)]
        return made

    def header(self, path: Path) -> Header | None:
        """The header at `path`; None where there is none that can be read."""
        if path not in self._read:
            self._read[path] = self._header(path)
        return self._read[path]

    def _header(self, path: Path) -> Header | None:
        inside = self.tree is not None and path.is_relative_to(self.tree)
        name = str(path.relative_to(self.tree)) if self.tree is not None and inside else str(path)
        known = self._kept.get(name) if inside and not self.files.is_changed(path) else None
        if known is not None and known.stamp == stamp(path):
            return Header(path, lambda: SourceFile(name, self.files.read(path, _LARGEST) or ""), known)
        text = self.files.read(path, _LARGEST)
        if text is None:
            return None
        file = SourceFile(name, text)
        return Header(path, lambda: file)

    @cached_property
    def _kept(self) -> dict[str, Kept]:
        """What was found in the tree's headers the last time."""
        return {} if self.tree is None or self._like is not None else fetch(self.tree)

    def _keep(self) -> None:
        """Keep what was found, unless it is known."""
        found: dict[str, Kept] = {}
        news = False
        assert self.tree is not None
        for header in self.all:
            now = header.kept.stamp if header.kept is not None else stamp(header.path)
            if now is not None and not self.files.is_changed(header.path):
                news = news or header.kept is None
                name = str(header.path.relative_to(self.tree))
                found[name] = header.kept or Kept(now, header.to_keep())
        if news:
            keep(self.tree, found)

    @cached_property
    def all(self) -> tuple[Header, ...]:
        """Every header of the tree's FOLDERS."""
        if self.tree is None:
            return ()
        if self._like is not None:
            return self._all_like(*self._like)
        paths = (path for name in FOLDERS for path in self.files.below(self.tree / name, "*.h", deep=True))
        return tuple(header for path in paths if (header := self.header(path)) is not None)

    @cached_property
    def by_name(self) -> dict[str, list[Header]]:
        """The headers that define a name."""
        if self._like is not None:
            return self._by_name_like(*self._like)
        found: dict[str, list[Header]] = {}
        with _no_collecting():
            for header in self.all:
                for name in header.names:
                    found.setdefault(name, []).append(header)
        if self.tree is not None:
            self._keep()
        return found

    def _new(self, paths: list[Path]) -> list[Header]:
        return [header for path in paths if (header := self.header(path)) is not None]

    def _all_like(self, other: Headers, paths: list[Path]) -> tuple[Header, ...]:
        """The headers, of which only those at these paths are not the other's."""
        if not paths:
            return other.all
        kept = (header for header in other.all if header.path not in paths)
        return tuple(sorted((*kept, *self._new(paths)), key=self._position))

    def _by_name_like(self, other: Headers, paths: list[Path]) -> dict[str, list[Header]]:
        if not paths:
            return other.by_name
        by_name = dict(other.by_name)
        old = [header for header in other.all if header.path in paths]
        new = self._new(paths)
        for name in {name for header in (*old, *new) for name in header.names}:
            headers = [header for header in by_name.pop(name, ()) if header.path not in paths]
            headers += [header for header in new if name in header.names]
            if headers:
                by_name[name] = sorted(headers, key=self._position)
        return by_name

    def _position(self, header: Header) -> tuple[int, Path]:
        assert self.tree is not None
        name = header.path.relative_to(self.tree).as_posix()
        return next(i for i, folder in enumerate(FOLDERS) if name.startswith(f"{folder}/")), header.path

    def resolve(self, name: str, quoted: bool, folder: Path) -> Header | None:
        """The header that an `#include` in a file of `folder` means."""
        candidates = [folder / name] if quoted else []
        if self.tree is not None:
            candidates += [self.tree / "include" / name, self.tree / "include/uapi" / name]
            if name.startswith("asm/"):
                candidates.append(self.tree / "include/asm-generic" / name.removeprefix("asm/"))
        return next((header for path in candidates if (header := self.header(path)) is not None), None)


@dataclass
class Index:
    """The definitions that one C file may mean: those of the headers it includes, then those of the folder it lies in,
    then those of the whole tree."""

    headers: Headers
    source: SourceFile
    path: Path
    """Where the C file lies; what it includes in quotes is looked for beside it."""
    _found: dict[tuple[str, frozenset[Kind]], Definition | None] = field(default_factory=dict)

    @cached_property
    def _includers(self) -> list[Header]:
        """Where the file is a header itself: the C files beside it that include it, and with it what it needs."""
        if self.path.suffix != ".h":
            return []
        files = (self.headers.header(path) for path in self.headers.files.below(self.path.parent, "*.c"))
        return [file for file in files if file is not None and (True, self.path.name) in file.includes]

    @cached_property
    def included(self) -> dict[Path, Header]:
        """The headers that the C file includes, directly first, then those that they include."""
        found: dict[Path, Header] = {}
        waiting = deque([self.own, *self._includers])
        while waiting:
            header = waiting.popleft()
            for quoted, name in header.includes:
                inner = self.headers.resolve(name, quoted, header.path.parent)
                if inner is not None and inner.path not in found:
                    found[inner.path] = inner
                    waiting.append(inner)
        return found

    @cached_property
    def included_files(self) -> frozenset[str]:
        """The names of the included headers."""
        return frozenset(header.file.name for header in self.included.values())

    @cached_property
    def beside(self) -> tuple[Header, ...]:
        """The headers in the C file's own folder."""
        paths = self.headers.files.below(self.path.parent, "*.h")
        return tuple(header for path in paths if (header := self.headers.header(path)) is not None)

    @cached_property
    def own(self) -> Header:
        """The C file itself."""
        return Header(self.path, lambda: self.source)

    @cached_property
    def included_names(self) -> dict[str, list[Header]]:
        """The names that the included headers define, with those that do."""
        found: dict[str, list[Header]] = {}
        for header in self.included.values():
            for name in header.names:
                found.setdefault(name, []).append(header)
        return found

    def find(self, name: str, *kinds: Kind) -> Definition | None:
        """The definition of `name` that counts for the C file, of one of `kinds`."""
        key = name, frozenset(kinds)
        if key not in self._found:
            self._found[key] = self._find(name, kinds)
        return self._found[key]

    def _find(self, name: str, kinds: tuple[Kind, ...]) -> Definition | None:
        for headers in (self.included_names.get(name, ()), self.beside, self.headers.by_name.get(name, ())):
            found = [d for header in headers for d in header.definitions(name, kinds) if d.counts]
            if found:
                found.sort(key=lambda d: not enabled(d.file, d.start))
                return found[0]
        return None

    def macro(self, name: str) -> str | None:
        """The `#define` of `name`, for a name that nothing nearer defines. An object-like macro in small letters counts
        only where the C file includes it: elsewhere its name is more likely that of a variable."""
        found = self.find(name, Kind.MACRO) or (self._taken_back(name) if name.isupper() else None)
        if found is None:
            return None
        if not _has_parameters(found) and not name.isupper() and name not in self.included_names:
            return None
        return found.text

    def _taken_back(self, name: str) -> Definition | None:
        """A macro that its header undefines behind the structures that it writes with it: nothing else has the name."""
        headers = self.headers.by_name.get(name, ())
        found = (d for header in headers for d in header.definitions(name, (Kind.MACRO,)))
        return next((d for d in found if enabled(d.file, d.start) and _has_parameters(d)), None)

    def small_macro(self, name: str) -> str | None:
        """The `#define` without parameters of `name` in a header that the C file includes."""
        found = self.find(name, Kind.MACRO) if name in self.included_names else None
        return None if found is None or _has_parameters(found) else found.text


@contextmanager
def _no_collecting() -> Iterator[None]:
    """All that is made inside stays: to look for garbage again and again takes a third of the time."""
    enabled_before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled_before:
            gc.enable()


def _has_parameters(macro: Definition) -> bool:
    begin = BEGIN.match(macro.file.text, macro.start)
    assert begin is not None
    return macro.file.text.startswith("(", begin.end("macro"))


def _counts(name: str) -> bool:
    """Whether the file of this name, by its path in the tree, is one of Headers.all."""
    return name.endswith(".h") and name.startswith(tuple(f"{folder}/" for folder in FOLDERS))
