"""The files of a tree, some of them other than on disk: what a patch changes is kept beside the tree, never in it."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from memmodel import inputs
from memmodel.records import dataclass, field

NOWHERE = Path("<patch>")
"""The top directory where there is no tree on disk."""


@dataclass(frozen=True, eq=False)
class Files:
    """`root`: the top directory; `changed`: by path from there ("kernel/bpf/ringbuf.c"), the text that a file has
    instead of what is on disk, None where it has been removed. A file is the same however its path is spelled, also
    through symbolic links."""

    root: Path = NOWHERE
    changed: Mapping[str, str | None] = field(default_factory=dict)

    @cached_property
    def _changed(self) -> dict[Path, str | None]:
        return {_place(self.root / name): text for name, text in self.changed.items()}

    @cached_property
    def _names(self) -> frozenset[str]:
        """The last parts of the changed paths: few other files have one of them, which saves looking at the disk."""
        return frozenset(path.name for path in self._changed)

    def _key(self, path: Path) -> Path | None:
        """Which of the changed files is meant; None for one that is as on disk."""
        try:
            if path.name in self._names and (place := _place(path)) in self._changed:
                return place
            if self._changed and os.path.islink(path):  # noqa: PTH114  (never raises for a strange name)
                place = Path(os.path.realpath(path))
                return place if place in self._changed else None
        except (OSError, ValueError):  # no name that a file can have
            pass
        return None

    def is_changed(self, path: Path) -> bool:
        """Whether the file at `path` is other than on disk: it may also be there, or gone, where it was not before."""
        return self._key(path) is not None

    def read(self, path: Path, most: int | None = None) -> str | None:
        """The text of the file at `path` (root included); None where there is no file that can be read, and for one of
        more than `most` bytes."""
        key = self._key(path)
        if key is not None:
            text = self._changed[key]
            return None if text is None or (most is not None and len(text) > most) else text
        try:
            if not path.is_file() or (most is not None and path.stat().st_size > most):
                inputs.uncertain(path)
                return None
            data = path.read_bytes()
        except (OSError, ValueError):
            inputs.uncertain(path)
            return None
        inputs.read(path, data, placed=True)
        return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace").read()

    def is_file(self, path: Path) -> bool:
        """Whether there is a file at `path`."""
        key = self._key(path)
        if key is not None:
            return self._changed[key] is not None
        return inputs.is_file(path)

    def below(self, folder: Path, pattern: str, deep: bool = False) -> list[Path]:
        """The files in `folder` (and in those inside, where `deep`) whose names fit the pattern, in order."""
        found = set(folder.rglob(pattern) if deep else folder.glob(pattern))
        real = Path(os.path.realpath(folder)) if self._changed else folder
        for place, text in self._changed.items():
            inside = place.is_relative_to(real) if deep else place.parent == real
            if inside and place.match(pattern):
                path = folder / place.relative_to(real)
                found.add(path) if text is not None else found.discard(path)
        return sorted(found)

    def name(self, path: Path | str) -> str:
        """The path of a file of this tree from its top, with /, however it is spelled: also by its name in a span. The
        path of a file outside the tree as it is."""
        path = Path(path)
        if path.is_relative_to(self.root) and ".." not in path.parts:
            return path.relative_to(self.root).as_posix()
        if not path.is_absolute() and self.is_file(self.root / path):
            return path.as_posix()
        place, root = _place(path), Path(os.path.realpath(self.root))
        return place.relative_to(root).as_posix() if place.is_relative_to(root) else str(path)

    def with_changes(self, changes: Mapping[str, str | None]) -> Files:
        """The same tree with more changes."""
        return Files(self.root, {**self.changed, **changes})


def _place(path: Path) -> Path:
    """A path without dots and links, but for one that the file itself may be."""
    return Path(os.path.realpath(path.parent)) / path.name
