"""Text in, a file out that has all of it or is as it was: what is written goes to a file beside it first."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from memmodel.errors import UsageError
from memmodel.records import dataclass

_RIGHTS = 0o666
"""Those of a new file, before the umask takes some away."""


@dataclass(frozen=True)
class Target:
    """A file to be written. `option`: what stands before its name on the command line, for messages."""

    path: str
    option: str

    def probe(self) -> None:
        """Find out whether it can be written, while there is nothing to lose yet. Raises UsageError."""
        with self._complaining():
            if not _is_stream(self.path):
                _beside(os.path.realpath(self.path), io.BytesIO()).unlink()

    def write(self, contents: str | bytes | BinaryIO) -> None:
        """Write all of the contents, or leave the file as it is. Raises UsageError."""
        source = contents
        if isinstance(source, str):
            source = source.encode("utf-8", errors="backslashreplace")
        if isinstance(source, bytes):
            source = io.BytesIO(source)
        with self._complaining():
            if _is_stream(self.path):
                with Path(self.path).open("wb") as stream:
                    shutil.copyfileobj(source, stream)
            else:
                place = os.path.realpath(self.path)  # a link goes on pointing to it
                _replace(_beside(place, source), place)

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


def _beside(place: str, source: BinaryIO) -> Path:
    """A new file in the same folder, which alone can take the place of the other in one step."""
    folder, name = os.path.split(place)
    number, made = tempfile.mkstemp(prefix=f".{name[:100]}.", suffix=".part", dir=folder)
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
    mask = os.umask(0)
    os.umask(mask)
    return _RIGHTS & ~mask
