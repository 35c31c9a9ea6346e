"""What a patch makes of the files of a tree: their text before and after, and which line of the patch is which."""

from __future__ import annotations

from collections.abc import Mapping

from memmodel.files import Files
from memmodel.frontends.patch.patch import Change, Patch
from memmodel.records import dataclass
from memmodel.source import SourceFile


@dataclass(frozen=True, eq=False)
class AppliedFile:
    """One file before and after; None where there is none. `added`: line numbers (from 1) of the text after that the
    patch adds; `removed`: of the text before that it removes. `lines_after`, `lines_before`: for each line of a text
    that the patch shows, its line in the patch. `partial`: without a tree, only the lines that the patch shows are
    known; the others are empty."""

    change: Change
    before: SourceFile | None
    after: SourceFile | None
    added: frozenset[int]
    removed: frozenset[int]
    lines_before: Mapping[int, int]
    lines_after: Mapping[int, int]
    partial: bool = False
    fuzz: int = 0
    """The lines of context that did not fit, at most."""
    offset: int = 0
    """How far from its place a hunk was found, at most, in lines."""


@dataclass(frozen=True)
class LeftOut:
    """A change that is not looked at: of a binary file, or of one that is too long; and why, as a clause about it."""

    change: Change
    why: str


@dataclass(frozen=True, eq=False)
class Applied:
    """The trees before and after, and the text files that the patch changes, in its order."""

    patch: Patch
    before: Files
    after: Files
    files: tuple[AppliedFile, ...]
    left_out: tuple[LeftOut, ...] = ()
