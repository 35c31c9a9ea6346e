"""Patterns as in .gitignore and a path in, whether it fits out."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from memmodel.engines.task import STDIN
from memmodel.records import dataclass

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True)
class Globs:
    """`folder`: what the patterns are relative to. A pattern without a slash fits at any depth, `**` any folders, and
    what follows `!` is taken out again. A variant of a scenario is called NAME:VARIANT, and is in the folder NAME."""

    folder: str
    patterns: tuple[str, ...]

    def fits(self, path: str) -> bool:
        """Whether a path, as the command line has it, is meant."""
        if not self.patterns or path == STDIN:
            return False
        name = _below(path, self.folder)
        return name is not None and any(self._spec.match_file(one) for one in {name, name.replace(":", "/")})

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        return compiled(self.patterns)


def compiled(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """Raises ValueError for what is no pattern."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


def _below(path: str, folder: str) -> str | None:
    """The path relative to the folder; None for one elsewhere."""
    try:
        plain = os.path.relpath(path, folder or ".")
        if _outside(plain):  # but perhaps only because there are links
            plain = os.path.relpath(os.path.realpath(path), os.path.realpath(folder or "."))
    except ValueError:
        return None
    return None if _outside(plain) else plain


def _outside(relative: str) -> bool:
    return relative == os.pardir or relative.startswith(os.pardir + os.sep)
