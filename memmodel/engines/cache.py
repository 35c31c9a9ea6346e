"""A task in, the report that an earlier run made of it out, if nothing that it depends on has changed since.

An entry's name is a digest of the program, the options, the path and the text of the file; inside are the report and
a list of all files that it was made from (headers, scenario.toml, a model), with digests, and of those that were looked
for in vain. An entry counts only if all of that is still so. Entries are written whole or not at all; a damaged one,
one of another user and one that cannot be read are as if they were not there.
"""

from __future__ import annotations

import contextlib
import os
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel import inputs
from memmodel.engines import plain, version
from memmodel.engines.task import LARGEST_FILE, STDIN, Details, Task
from memmodel.inputs import Input
from memmodel.records import dataclass, field, replace
from memmodel.result import FileReport, Outcome
from memmodel.syntax import grammar

if TYPE_CHECKING:
    from memmodel.engines.isolate import Work
    from memmodel.engines.run import Progress

MOST = 200 << 20
"""Bytes that the entries may take: with 2 to 4 kB for a test, some 60,000 of them."""

_SUFFIX = ".entry"
_UNFINISHED = ".unfinished"
_HOUR = 3600.0
_DAY = 24 * _HOUR
_LAST_PRUNED = "pruned"

_LARGEST = 64 << 20
"""Bytes: no file that a program is read from is larger."""

_CHECKSUM = 20
"""Bytes."""


def directory() -> Path:
    """Where entries are kept unless the user names another place. Raises RuntimeError where there is no home."""
    return grammar.cache_directory() / "results"


@dataclass(frozen=True)
class Store:
    """The entries in a folder. `work`: what is done with a task, by name; another work has other reports."""

    folder: str
    work: str
    program: str = field(default_factory=version.identity)

    def fetch(self, task: Task, now: Disk) -> FileReport | None:
        """The report kept for a task, with the time that it took to find it; None if there is none that still holds."""
        start = time.monotonic()
        text = inputs.digest(task.data) if task.data is not None else now.input(task.file, LARGEST_FILE + 1).digest
        key = self._key(task, text)
        path = self._path(key)
        report = _opened(path, key)
        if report is None or not all(now.holds(item) for item in report.inputs):
            return None
        _touch(path)
        return replace(report, cached=True, seconds=time.monotonic() - start)

    def keep(self, task: Task, report: FileReport) -> None:
        """Keep a report if it is one that another run would come to as well. What cannot be written is no error."""
        if task.files is not None or not lasting(report):
            return
        if task.data is not None:
            text = inputs.digest(task.data)
        else:
            text = next((item.digest for item in report.inputs if item.path == task.file), "")
        key = self._key(task, text)
        with contextlib.suppress(OSError, RuntimeError, MemoryError):
            _write(self._path(key), _closed(key, report))

    def _key(self, task: Task, text: str) -> str:
        """All that is known before a file is opened. A verdict does not depend on how much time there was for it, as
        long as there was enough; what is found besides may."""
        options = task.options
        if options.details == Details():
            options = replace(options, timeout=0.0, memory=None)
        # Code includes files by relative paths.
        alone = task.file == STDIN or (task.file.endswith(".litmus") and ":" not in task.file)
        here = "" if alone else str(Path.cwd())
        return "\n".join((self.program, self.work, task.file, here, text, repr(options)))

    def _path(self, key: str) -> Path:
        return Path(self.folder) / f"{inputs.digest(key.encode('utf-8', 'surrogateescape'))}{_SUFFIX}"


class Disk:
    """What files are like now, each looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, Input] = {}

    def input(self, path: str, most: int = _LARGEST) -> Input:
        """A file as it would be noted if it were read now; one that is longer than `most` bytes up to there. What is no
        ordinary file is not touched: a pipe can be read but once."""
        known = self._known.get(path)
        if known is None:
            data = None
            with contextlib.suppress(OSError, ValueError):
                if Path(path).is_file():
                    with Path(path).open("rb") as file:
                        data = file.read(most)
            digest = inputs.digest(data) if data is not None else ""
            known = self._known[path] = Input(path, digest, os.path.realpath(path))
        return known

    def holds(self, item: Input) -> bool:
        """Whether a file is what it was."""
        if not item.digest:
            return not os.path.exists(item.path)  # noqa: PTH110  (never raises)
        now = self.input(item.path)
        return now.digest == item.digest and item.place in ("", now.place)


def keeping(work: Work, store: Store, task: Task, progress: Progress) -> FileReport:
    """Do the work, and keep the report: as soon as it is there, by whoever made it, so that it outlives them all."""
    report = work(task, progress)
    store.keep(task, report)
    return report


def lasting(report: FileReport) -> bool:
    """Whether a report holds what is true of the file, and not only what could be found out this time."""
    if report.outcome is Outcome.TIMEOUT or report.internal or report.incomplete:
        return False
    return all(item.certain for item in report.inputs)


# ── entries ──────────────────────────────────────────────────────────────────────────────────────


def _closed(key: str, report: FileReport) -> bytes:
    """What an entry's file holds: a checksum, and the rest compressed."""
    import json

    content = zlib.compress(json.dumps([key, plain.to_plain(report)], separators=(",", ":")).encode(), 1)
    return bytes.fromhex(inputs.digest(content)) + content


def _opened(path: Path, key: str) -> FileReport | None:
    """The report in an entry's file; None if there is no such file of ours, or not this key in it."""
    import json

    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_uid != os.geteuid():  # whoever wrote it says what the verdicts are
                return None
            data = file.read()
        checksum, content = data[:_CHECKSUM].hex(), data[_CHECKSUM:]
        if inputs.digest(content) != checksum:
            return None
        kept = json.loads(zlib.decompress(content))
        if type(kept) is not list or len(kept) != 2 or kept[0] != key:
            return None
        return plain.from_plain(FileReport, kept[1])
    except (OSError, ValueError, RecursionError, zlib.error, plain.Misshapen):
        return None


def _write(path: Path, content: bytes) -> None:
    """Write an entry under a name of its own, then give it its right one. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.urandom(6).hex()}{_UNFINISHED}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _touch(path: Path) -> None:
    """Note that an entry was of use; once a day will do."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)


# ── room ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Room:
    """How many entries there are, and how many bytes they take."""

    entries: int
    size: int


def room(folder: str) -> Room:
    """What a folder of entries holds."""
    sizes = [state.st_size for _, state in _states(folder, _SUFFIX)]
    return Room(len(sizes), sum(sizes))


def prune(folder: str, most: int = MOST) -> None:
    """Take entries away, the least recently used first, until there is room again; looked at once an hour."""
    marker = Path(folder) / _LAST_PRUNED
    with contextlib.suppress(OSError):
        if marker.exists() and 0 <= time.time() - marker.stat().st_mtime < _HOUR:
            return
        if Path(folder).is_dir():
            marker.touch(mode=0o600)
            shrink(folder, most)


def shrink(folder: str, most: int) -> None:
    """Take entries away, the least recently used first, if they are larger than `most` together: then a fifth more than
    needed. Also what killed processes left unfinished."""
    for path, state in _states(folder, _UNFINISHED):
        if time.time() - state.st_mtime > _HOUR:
            _remove(path)
    entries = sorted(_states(folder, _SUFFIX), key=lambda entry: entry[1].st_mtime)
    size = sum(state.st_size for _, state in entries)
    if size <= most:
        return
    for path, state in entries:
        if size <= most * 4 // 5:
            return
        _remove(path)
        size -= state.st_size


def clean(folder: str) -> Room:
    """Take all entries away; what there was. Only files of ours are touched."""
    found = room(folder)
    for path, _ in (*_states(folder, _SUFFIX), *_states(folder, _UNFINISHED)):
        _remove(path)
    _remove(Path(folder) / _LAST_PRUNED)
    with contextlib.suppress(OSError):
        Path(folder).rmdir()
    return found


def _states(folder: str, suffix: str) -> list[tuple[Path, os.stat_result]]:
    found: list[tuple[Path, os.stat_result]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(suffix):
                with contextlib.suppress(OSError):
                    found.append((Path(entry.path), entry.stat(follow_symlinks=False)))
    return found


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
