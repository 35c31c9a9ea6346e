"""Text in, a file out that has all of it or is as it was: what is written goes to a file beside it first."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from memmodel.errors import UsageError
from memmodel.records import dataclass

PART = ".part"
"""What the names of unfinished files end in."""

_RIGHTS = 0o666
"""Those of a new file, before the umask takes some away."""

_OPEN = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
"""What the system calls files that we have open already, by number: also standard output, where it is a file."""
_STANDARD = {"/dev/stdout": 1, "/dev/stderr": 2}

_SOURCES = (".litmus", ".c", ".h", ".cat")
"""Endings of what is read, and never a result: named for the output, one is a slip as in `-o *.litmus`."""


@dataclass(frozen=True)
class Target:
    """A file to be written. `option`: what stands before its name on the command line, for messages."""

    path: str
    option: str

    def probe(self) -> None:
        """Find out whether it can be written, while there is nothing to lose yet. Raises UsageError."""
        if self.path.endswith(_SOURCES) and os.path.isfile(self.path):  # noqa: PTH113  (never raises)
            hint = "a source is not overwritten with results; name another file"
            raise UsageError(f"{self.option} {self.path}: is there already", hint=hint)
        with self._complaining():
            if _open_already(self.path) is None and not _is_stream(self.path):
                place = os.path.realpath(self.path)
                _permitted(place)
                beside(place, io.BytesIO()).unlink()

    def write(self, contents: str | bytes | BinaryIO) -> None:
        """Write all of the contents, or leave the file as it is. Raises UsageError."""
        source = contents
        if isinstance(source, str):
            source = source.encode("utf-8", errors="backslashreplace")
        if isinstance(source, bytes):
            source = io.BytesIO(source)
        with self._complaining():
            number = _open_already(self.path)
            if number is not None or _is_stream(self.path):
                with Path(self.path).open("wb") if number is None else os.fdopen(os.dup(number), "wb") as stream:
                    shutil.copyfileobj(source, stream)
            else:
                place = os.path.realpath(self.path)  # a link goes on pointing to it
                _permitted(place)
                _replace(beside(place, source), place)

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise UsageError(f"{self.option} {self.path}: cannot be written: {why}", hint=self._hint()) from error

    def _hint(self) -> str | None:
        folder = os.path.dirname(os.path.realpath(self.path.replace("\0", "")))  # noqa: PTH120
        return None if os.path.isdir(folder) else f"there is no folder {folder}"  # noqa: PTH112


def _open_already(path: str) -> int | None:
    """The number of the open file that a path stands for. Whoever opened it goes on writing there: it is not
    replaced."""
    found = _OPEN.fullmatch(path)
    return int(found[1]) if found else _STANDARD.get(path)


def _is_stream(path: str) -> bool:
    """Whether it is a pipe or a device, which has no contents to keep. Raises OSError for a folder."""
    if not path:  # which would stand for the current folder
        raise FileNotFoundError(None, "it has no name")
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(None, "it is a folder")
    return not stat.S_ISREG(mode)


def _permitted(place: str) -> None:
    """Raises PermissionError for a file that is there and may not be written: putting another one in its place takes
    the rights of its folder alone, but is not what its owner wants."""
    if os.path.exists(place) and not os.access(place, os.W_OK):  # noqa: PTH110
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def beside(place: str, source: BinaryIO) -> Path:
    """A new file in the same folder, which alone can take the place of the other in one step. Raises OSError."""
    folder, name = os.path.split(place)
    number, made = tempfile.mkstemp(prefix=f".{name[:100]}.", suffix=PART, dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(made)  # noqa: PTH108
        raise
    return Path(made)


def _replace(made: Path, place: str) -> None:
    try:
        made.chmod(_rights(place))
        made.replace(place)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise


def _rights(place: str) -> int:
    """Those that the file has, or that a new one would have."""
    with suppress(OSError):
        return stat.S_IMODE(os.stat(place).st_mode)  # noqa: PTH116
    return usual_rights()


def usual_rights() -> int:
    """Those of a new file."""
    mask = os.umask(0)
    os.umask(mask)
    return _RIGHTS & ~mask
