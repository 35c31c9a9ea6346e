"""Files as they are read in, what a verdict was read from out: each path with a digest of what was there, or that
nothing was. Whoever keeps a verdict for later knows by that whether it still holds."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from contextvars import ContextVar
from pathlib import Path

from memmodel.records import dataclass, field

_PACKAGE = str(Path(__file__).parent) + os.sep
"""The program's own files are not noted: they belong to its version."""

_UNCERTAIN = "?"


@dataclass(frozen=True)
class Input:
    """A file that was read, or looked for in vain. `digest`: of its bytes; '' where there was no file; '?' for one that
    could not be read, or changed meanwhile: nobody can say later whether it is still the same. `place`: the path
    without links, where a program depends on it; else ''."""

    path: str
    digest: str
    place: str = ""

    @property
    def certain(self) -> bool:
        return self.digest != _UNCERTAIN


@dataclass
class Log:
    """What was read since the log was opened."""

    _found: dict[str, Input] = field(default_factory=dict)

    def add(self, item: Input) -> None:
        known = self._found.get(item.path)
        if known is None:
            self._found[item.path] = item
        elif known.digest != item.digest:  # it changed between two looks
            self._found[item.path] = Input(item.path, _UNCERTAIN)
        elif item.place and not known.place:
            self._found[item.path] = item

    def inputs(self) -> tuple[Input, ...]:
        return tuple(self._found.values())


_logs: ContextVar[tuple[Log, ...]] = ContextVar("logs", default=())


@contextlib.contextmanager
def recording() -> Generator[Log, None, None]:
    """Note what is read until the end of the block, also for those who recorded before."""
    log = Log()
    token = _logs.set((*_logs.get(), log))
    try:
        yield log
    finally:
        _logs.reset(token)


def add(items: tuple[Input, ...]) -> None:
    """Note what was read earlier, and is used now."""
    for log in _logs.get():
        for item in items:
            log.add(item)


def read(path: Path | str, data: bytes, placed: bool = False) -> None:
    """Note that these bytes were read. `placed`: it matters where the file is, not only what is in it."""
    logs, name = _logs.get(), str(path)
    if logs and not name.startswith(_PACKAGE):
        add((Input(name, digest(data), os.path.realpath(name) if placed else ""),))


def uncertain(path: Path | str) -> None:
    """Note that a file was not read as it should have been."""
    if _logs.get():
        add((Input(str(path), _UNCERTAIN),))


def is_file(path: Path | str) -> bool:
    """Whether there is a file; noted where there is none. (Where there is one it is read next.) Never raises."""
    found = os.path.isfile(path)  # noqa: PTH113  (never raises)
    if not found and _logs.get() and not str(path).startswith(_PACKAGE):
        add((Input(str(path), ""),))
    return found


def digest(data: bytes) -> str:
    """A name for a text."""
    import hashlib

    return hashlib.blake2b(data, digest_size=20).hexdigest()
