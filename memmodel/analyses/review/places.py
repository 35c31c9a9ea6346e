"""A place in a text that a program was made from in, the same place in the file as the patch leaves it out."""

from __future__ import annotations

from difflib import SequenceMatcher

from memmodel.files import Files
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span


@dataclass(frozen=True, eq=False)
class Places:
    """The files of a patch. Programs may have been made from the text before it, or from one in which a scenario has
    replaced something: lines that are the same are found again."""

    applied: Applied

    def after(self, span: Span | None, files: Files | None = None) -> Span | None:
        """The place in a file of the patch, as the patch leaves it. `files`: the tree that the program was made from,
        unless it is the one after the patch."""
        if span is None:
            return None
        name = (files or self.applied.after).name(span.file.name)
        for item in self.applied.files:
            if item.after is not None and name in (item.change.new, item.change.old if files is not None else None):
                return moved(span, item.after)
        return None

    def best(self, spans: list[Span], files: Files | None = None) -> Span | None:
        """Of these places the one to blame: the first that the patch adds, or else shows, or else has in its files."""
        found = self._all_after(spans, files)
        for test in (self._added, self._shown):
            for place in found:
                if test(place):
                    return place
        return found[0] if found else None

    def added(self, spans: list[Span], files: Files) -> Span | None:
        """The first of these places that the patch adds."""
        return next((place for place in self._all_after(spans, files) if self._added(place)), None)

    def _all_after(self, spans: list[Span], files: Files | None) -> list[Span]:
        return [place for span in spans if (place := self.after(span, files)) is not None]

    def changed(self, lines: frozenset[tuple[str, int]] = frozenset()) -> Span | None:
        """The first line that the patch adds or, where it only removes, the one before those; in a file and if possible
        at a line of `lines`, those of a program."""
        for item in self.applied.files:
            if item.after is None or (lines and item.change.new not in {name for name, _ in lines}):
                continue
            ours = sorted(line for line in item.added if (item.change.new, line) in lines) or sorted(item.added)
            number = ours[0] if ours else _removed_at(item)
            if number is not None:
                return _line(item.after, number)
        return self.changed() if lines else None

    def _added(self, place: Span) -> bool:
        return any(item.after is place.file and place.line in item.added for item in self.applied.files)

    def _shown(self, place: Span) -> bool:
        return any(item.after is place.file and place.line in item.lines_after for item in self.applied.files)


def _removed_at(item: AppliedFile) -> int | None:
    """The last line before those that are removed, or the first that is shown."""
    if not item.lines_after:
        return None
    first = min((item.lines_before[line] for line in item.removed if line in item.lines_before), default=0)
    ahead = [line for line, shown in item.lines_after.items() if shown < first]
    return max(ahead) if ahead else min(item.lines_after)


def _line(file: SourceFile, number: int) -> Span:
    text = file.line(number)
    start = sum(len(line) + 1 for line in file.text.split("\n")[: number - 1])
    indent = len(text) - len(text.lstrip())
    return file.span(start + indent, start + max(len(text.rstrip()), indent))


def moved(span: Span, file: SourceFile) -> Span | None:
    """The place in another text of the same file; None where its line is not there."""
    if span.file.text == file.text:
        return file.span(span.start, span.end)
    old, new = span.file.text.split("\n"), file.text.split("\n")
    line, column = span.file.position(span.start)
    number = _number(old, new, line - 1)
    if number is None:
        return None
    start = sum(len(text) + 1 for text in new[:number]) + column - 1
    return file.span(start, min(start + span.end - span.start, len(file.text)))


def _number(old: list[str], new: list[str], line: int) -> int | None:
    """Which line of the new text a line of the old one is. Lines are counted from 0 here."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    if line < head:
        return line
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    if line >= len(old) - tail:
        return line + len(new) - len(old)
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    for block in matcher.get_matching_blocks():
        if block.a <= line - head < block.a + block.size:
            return head + block.b + line - head - block.a
    return None
