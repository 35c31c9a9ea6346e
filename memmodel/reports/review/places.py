"""A remark in, where it stands out: the file and line as the tree names them, and the lines of the patch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from memmodel.analyses.finding import Edit
from memmodel.analyses.review.result import Remark
from memmodel.files import NOWHERE
from memmodel.frontends.patch.patch import Change, Hunk, Line, Patch
from memmodel.records import dataclass
from memmodel.source import Span


@dataclass(frozen=True)
class Spot:
    """A line of a patch, with the hunk and the file that it belongs to."""

    change: Change
    hunk: Hunk
    line: Line


def relative(name: str, tree: str | None) -> str:
    """The path of a file from the top of the tree, with slashes: what a patch and an editor call it."""
    path = PurePosixPath(name)
    for top in (tree, str(NOWHERE)):
        if top and path.is_relative_to(top):
            return str(path.relative_to(top))
    return str(path)


def spot(patch: Patch, number: int | None) -> Spot | None:
    """What stands in that line of the patch; None where it is no line of a hunk."""
    if number is None:
        return None
    for change in patch.changes:
        for hunk in change.hunks:
            for line in hunk.lines:
                if line.number == number:
                    return Spot(change, hunk, line)
    return None


def quoted(remark: Remark, patch: Patch) -> tuple[Line, ...]:
    """The lines of the patch that the remark is about: more than one where its span covers more."""
    at = spot(patch, remark.line)
    if at is None:
        return ()
    span = remark.finding.span
    if span is None or not shows(at.line, span):
        return (at.line,)
    last = last_line(span)
    after = at.line.new == span.line
    numbered = ((line, line.new if after else line.old) for line in at.hunk.lines)
    return tuple(line for line, number in numbered if number is not None and span.line <= number <= last)


def shows(line: Line, span: Span) -> bool:
    """Whether the line of the patch is the one where the span begins."""
    return span.line in (line.old, line.new) and span.file.line(span.line) == line.text.rstrip("\r")


def last_line(span: Span) -> int:
    """The line in which a span ends."""
    return span.file.position(max(span.start, span.end - 1))[0]


def place(remark: Remark, patch: Patch, tree: str | None) -> tuple[str, int] | None:
    """The file and the line that the remark is about, after the patch; for a line that it removes, the line that now
    stands in its place. None where it is about no place."""
    at, span = spot(patch, remark.line), remark.finding.span
    if at is not None and at.line.new is None and (span is None or shows(at.line, span)):
        return at.change.path, _line_after(at)
    if span is not None:
        return relative(span.file.name, tree), span.line
    return (at.change.path, at.line.new or 1) if at is not None else None


def _line_after(at: Spot) -> int:
    """The line after the patch that follows a removed one."""
    following = [line.new for line in at.hunk.lines if line.number > at.line.number and line.new is not None]
    return following[0] if following else max(1, at.hunk.new_start + at.hunk.new_count - 1)


def suggestion(remark: Remark) -> tuple[str, ...]:
    """The lines of code that the remark suggests: its own, or what its edits make of the lines that they touch."""
    return remark.suggestion or tuple(edited(remark.finding.edits))


def edited(edits: tuple[Edit, ...]) -> Iterator[str]:
    """The lines that the edits touch, as they make them, in order of the files and lines."""
    for name in dict.fromkeys(edit.span.file.name for edit in edits):
        own = sorted((edit for edit in edits if edit.span.file.name == name), key=lambda edit: edit.span.start)
        for block in _blocks(own):
            text = block[0].span.file.text
            made, at = "", _line_start(block[0])
            for edit in block:
                made += text[at : edit.span.start] + edit.replacement
                at = edit.span.end
            made += text[at : _line_end(block[-1])]
            yield from (line.rstrip("\r") for line in made.split("\n") if line.strip())


def _blocks(edits: list[Edit]) -> list[list[Edit]]:
    """Those that touch the same lines, together."""
    blocks: list[list[Edit]] = []
    for edit in edits:
        if blocks and _line_start(edit) <= _line_end(blocks[-1][-1]):
            blocks[-1].append(edit)
        else:
            blocks.append([edit])
    return blocks


def _line_start(edit: Edit) -> int:
    return edit.span.file.text.rfind("\n", 0, edit.span.start) + 1


def _line_end(edit: Edit) -> int:
    """The end of the last line that an edit touches; what follows whole lines that it takes away is not touched."""
    if edit.span.end > edit.span.start and not edit.replacement and edit.span.text.endswith("\n"):
        return edit.span.end - 1
    end = edit.span.file.text.find("\n", edit.span.end)
    return end if end >= 0 else len(edit.span.file.text)
