"""The files of a tree, some of them other than on disk: what a patch changes is kept beside the tree, never in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from memmodel.records import dataclass, field

NOWHERE = Path("<patch>")
"""The top directory where there is no tree on disk."""


@dataclass(frozen=True, eq=False)
class Files:
    """`root`: the top directory; `changed`: by path from there ("kernel/bpf/ringbuf.c"), the text that a file has
    instead of what is on disk, None where it has been removed."""

    root: Path = NOWHERE
    changed: Mapping[str, str | None] = field(default_factory=dict)

    @cached_property
    def _changed(self) -> dict[Path, str | None]:
        return {self.root / name: text for name, text in self.changed.items()}

    def read(self, path: Path) -> str | None:
        """The text of the file at `path` (root included); None where there is no file that can be read."""
        if path in self._changed:
            return self._changed[path]
        try:
            return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
        except (OSError, ValueError):
            return None

    def is_file(self, path: Path) -> bool:
        """Whether there is a file at `path`."""
        if path in self._changed:
            return self._changed[path] is not None
        try:
            return path.is_file()
        except (OSError, ValueError):
            return False

    def below(self, folder: Path, pattern: str, deep: bool = False) -> list[Path]:
        """The files in `folder` (and in those inside, where `deep`) whose names fit the pattern, in order."""
        found = set(folder.rglob(pattern) if deep else folder.glob(pattern))
        for path, text in self._changed.items():
            inside = path.is_relative_to(folder) if deep else path.parent == folder
            if inside and path.match(pattern):
                found.add(path) if text is not None else found.discard(path)
        return sorted(found)

    def with_changes(self, changes: Mapping[str, str | None]) -> Files:
        """The same tree with more changes."""
        return Files(self.root, {**self.changed, **changes})
