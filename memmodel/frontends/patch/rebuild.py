"""The hunks for a file that is not there in; what they show of it before and after out, empty lines for the rest."""

from __future__ import annotations

from memmodel import errors
from memmodel.frontends.patch.edit import Edited
from memmodel.frontends.patch.fit import Text
from memmodel.frontends.patch.patch import Change, LineKind, Patch
from memmodel.frontends.patch.place import line_span

_MOST_LINES = 300_000


class Rebuilt(str):
    """A text of which only some lines are known."""

    __slots__ = ()


def rebuilt(patch: Patch, change: Change) -> tuple[Rebuilt, Edited]:
    """The text before, and what is made of it. Raises SyntaxError for hunks that overlap and for line numbers that no
    source file reaches."""
    before: list[str] = []
    edited = Edited()
    for hunk in change.hunks:
        for start, lines in ((hunk.old_start, before), (hunk.new_start, edited.lines)):
            count = hunk.old_count if lines is before else hunk.new_count
            gap = start - len(lines) - (1 if count else 0)
            if gap < 0 or start > _MOST_LINES:
                what = "begins before the end of the one above it" if gap < 0 else f"begins at line {start}"
                raise errors.SyntaxError(
                    f"this hunk for {change.path} {what}",
                    line_span(patch.source, hunk.number),
                    "its file cannot be rebuilt from the patch: give the tree with --tree",
                )
            lines.extend([""] * gap)
        for line in hunk.lines:
            if line.kind is not LineKind.ADDED:
                before.append(line.text)
                edited.lines_before[len(before)] = line.number
            if line.kind is not LineKind.REMOVED:
                edited.lines.append(line.text)
                edited.lines_after[len(edited.lines)] = line.number
            if line.kind is LineKind.ADDED:
                edited.added.add(len(edited.lines))
            if line.kind is LineKind.REMOVED:
                edited.removed.add(len(before))
    return Rebuilt(Text(before, finished=True)), edited
