"""A place in a file of a patch in, the line of the patch out that shows it; and lines before and after that are one."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cached_property

from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.records import dataclass
from memmodel.source import Span


@dataclass(frozen=True, eq=False)
class PatchLines:
    """The lines of a patch and of its files."""

    applied: Applied

    @cached_property
    def _files(self) -> dict[str, AppliedFile]:
        found: dict[str, AppliedFile] = {}
        for item in self.applied.files:
            for name in (item.change.old, item.change.new):
                if name is not None:
                    found[name] = item
        return found

    def file(self, span: Span) -> AppliedFile | None:
        """The file of the patch that a place is in, before or after it."""
        name = self.applied.after.name(span.file.name)
        return self._files.get(name)

    def is_after(self, span: Span) -> bool:
        """Whether a place is in a text as the patch leaves it (which may be as it was)."""
        item = self.file(span)
        return item is None or item.after is None or item.after.text == span.file.text

    def added(self, span: Span) -> bool:
        """Whether the patch adds one of the lines at a place of the text after."""
        item = self.file(span)
        return item is not None and any(number in item.added for number in _lines(span))

    def removed(self, span: Span) -> bool:
        """Whether the patch removes one of the lines at a place of the text before."""
        item = self.file(span)
        return item is not None and any(number in item.removed for number in _lines(span))

    def shown(self, span: Span | None) -> int | None:
        """The line of the patch that shows a place's last line; None where it shows none of it."""
        item = self.file(span) if span is not None else None
        if span is None or item is None:
            return None
        table = item.lines_after if self.is_after(span) else item.lines_before
        return next((table[number] for number in reversed(_lines(span)) if number in table), None)

    def before(self, span: Span) -> int | None:
        """The line before the patch that the first line of a place after it was; None where the patch adds it."""
        item = self.file(span)
        if item is None or item.after is None or item.before is None:
            return span.line
        return self._kept(item).get(span.line)

    def _kept(self, item: AppliedFile) -> dict[int, int]:
        key = item.change.path
        if key not in self._tables:
            assert item.before is not None and item.after is not None
            self._tables[key] = _unchanged(item)
        return self._tables[key]

    @cached_property
    def _tables(self) -> dict[str, dict[int, int]]:
        return {}


def _unchanged(item: AppliedFile) -> dict[int, int]:
    """For each line after that the patch does not add, its line before: the lines that it neither adds nor removes are
    the same ones in the same order."""
    assert item.before is not None and item.after is not None
    old = [n for n in range(1, item.before.text.count("\n") + 2) if n not in item.removed]
    new = [n for n in range(1, item.after.text.count("\n") + 2) if n not in item.added]
    if len(old) == len(new):
        return dict(zip(new, old, strict=True))
    texts = item.before.text.split("\n"), item.after.text.split("\n")
    blocks = SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
    return {block.b + i + 1: block.a + i + 1 for block in blocks for i in range(block.size)}


def _lines(span: Span) -> range:
    last = span.file.position(max(span.start, span.end - 1))[0]
    return range(span.line, last + 1)
