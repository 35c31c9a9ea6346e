"""Paths in, which of the files are not what they were out."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from memmodel import inputs
from memmodel.inputs import Input
from memmodel.records import dataclass, field

_Stamp = tuple[int, int, int]


@dataclass
class Seen:
    """Digests of files as they were when last looked at. A file is read again only if its time, size or number is
    another."""

    _digests: dict[str, str] = field(default_factory=dict)
    _read: dict[str, tuple[_Stamp | None, str]] = field(default_factory=dict)

    def look(self, paths: Iterable[str]) -> frozenset[str]:
        """Which of the files differ from what they were; one that nothing is known of does not."""
        now = {path: self._digest(path) for path in paths}
        changed = frozenset(path for path, digest in now.items() if self._digests.get(path, digest) != digest)
        self._digests = now
        return changed

    def learn(self, items: Iterable[Input]) -> None:
        """Take files that nothing was known of as they were read."""
        for item in items:
            if item.certain:
                self._digests.setdefault(item.path, item.digest)

    def _digest(self, path: str) -> str:
        stamp = _stamp(path)
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            known = self._read[path] = (stamp, _digest(path) if stamp is not None else "")
        return known[1]


def _stamp(path: str) -> _Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(path: str) -> str:
    """Of a file; '' for what is none."""
    with contextlib.suppress(OSError):
        if os.path.isfile(path):  # noqa: PTH113
            return inputs.digest(Path(path).read_bytes())
    return ""
