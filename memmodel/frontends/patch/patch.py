"""What a patch says: the files that it changes, hunk by hunk, each line with where it stands in the patch."""

from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass
from memmodel.source import SourceFile


class LineKind(Enum):
    CONTEXT = " "
    ADDED = "+"
    REMOVED = "-"


@dataclass(frozen=True)
class Line:
    """One line of a hunk. `text` has neither the sign nor the end of the line; `number`: its line in the patch, from 1;
    `old` and `new`: its line in the file before and after, by the hunk's own count."""

    kind: LineKind
    text: str
    number: int
    old: int | None
    new: int | None
    unfinished: bool = False
    """The file ends with this line, which has no line end."""


@dataclass(frozen=True)
class Hunk:
    """`number`: the line of its @@ in the patch; `section`: what stands behind the second @@."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str
    lines: tuple[Line, ...]
    number: int


@dataclass(frozen=True)
class Change:
    """What happens to one file. `old`, `new`: its path in the tree, without a/ and b/; None where it is created or
    removed. `number`: the line of the patch where it begins. `binary`: what it makes of the file is not text that the
    patch shows (also a symbolic link or a submodule). `copied`: the file at `old` stays."""

    old: str | None
    new: str | None
    hunks: tuple[Hunk, ...]
    number: int
    binary: bool = False
    copied: bool = False

    @property
    def path(self) -> str:
        """The path after the patch, or before it where it removes the file."""
        path = self.new or self.old
        assert path is not None
        return path


@dataclass(frozen=True)
class Patch:
    """`source`: the decoded text, whose lines are those that `number` counts, with the name of the file, mail or commit
    that it came from. `position`: (1, 5) for the first of five."""

    source: SourceFile
    subject: str
    author: str
    message_id: str
    date: str
    position: tuple[int, int] | None
    changes: tuple[Change, ...]
