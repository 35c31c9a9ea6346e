"""The texts of several new files in, the files out: all of them, or none."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from memmodel.cli.saving import PART, beside, usual_rights
from memmodel.errors import UsageError

Undo = list[Callable[[], object]]
"""What takes back what was done, the last first."""


def create(files: Mapping[Path, str], force: bool = False) -> None:
    """Write them, and the folders that they stand in. `force`: also in place of what is there.

    Raises UsageError where one is there already or cannot be written; then all is as it was.
    """
    there = [str(path) for path in files if os.path.lexists(path)]
    if there and not force:
        verb = "is" if len(there) == 1 else "are"
        raise UsageError(f"{' and '.join(there)} {verb} there already", hint="nothing was written; --force overwrites")
    folders = [str(path) for path in files if path.is_dir()]
    if folders:
        raise UsageError(f"{folders[0]} is a folder", hint="nothing was written")
    with _taken_back() as (undo, tidy):
        parts: list[tuple[Path, Path]] = []
        for path, text in files.items():
            _folder(path.parent, undo)
            parts.append((path, _part(path, text, undo, tidy)))
        for path, part in parts:
            _place(path, part, force, undo, tidy)


@contextmanager
def _taken_back() -> Iterator[tuple[Undo, Undo]]:
    """What to do if something goes wrong, whatever it is, and what to do in the end, right or wrong."""
    undo: Undo = []
    tidy: Undo = []
    try:
        yield undo, tidy
    except BaseException as error:
        _do(undo)  # with the parts, which stand in folders that go, too
        if isinstance(error, OSError | ValueError):
            raise UsageError(_why(error)) from error
        raise
    finally:
        _do(tidy)


def _why(error: OSError | ValueError) -> str:
    if not isinstance(error, OSError) or error.filename is None:
        return f"cannot be written: {error}"
    path = Path(error.filename)
    place = path.parent if path.name.endswith(PART) else path
    return f"{place}: cannot be written to: {error.strerror}"


def _do(steps: Undo) -> None:
    for step in reversed(steps):
        with suppress(OSError):
            step()


def _folder(folder: Path, undo: Undo) -> None:
    """Make a folder, and those above it that are not there."""
    missing = [place for place in (folder, *folder.parents) if not os.path.lexists(place)]
    for place in reversed(missing):
        place.mkdir()
        undo.append(place.rmdir)


def _part(path: Path, text: str, undo: Undo, tidy: Undo) -> Path:
    """A file beside the one to be written, with its text."""
    part = beside(str(path), io.BytesIO(text.encode()))
    undo.append(part.unlink)
    tidy.append(part.unlink)
    part.chmod(usual_rights())
    return part


def _place(path: Path, part: Path, force: bool, undo: Undo, tidy: Undo) -> None:
    """Let the file appear whole, and what was there go."""
    if force and os.path.lexists(path):
        kept = Path(f"{part}.before")
        path.rename(kept)
        undo.append(lambda: kept.replace(path))
        tidy.append(kept.unlink)
    try:
        os.link(part, path)  # unlike a rename, never in place of a file that has appeared meanwhile
    except PermissionError:  # a file system without links
        if os.path.lexists(path):
            raise
        part.rename(path)
    undo.append(path.unlink)
