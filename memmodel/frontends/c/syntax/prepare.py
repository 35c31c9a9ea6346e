"""One external declaration of C in, the text that tree-sitter reads without guessing out, and a map of offsets back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from memmodel.frontends.c.syntax.rewriting import Attribute, Editor
from memmodel.frontends.c.syntax.scan import Word
from memmodel.records import dataclass


@dataclass(frozen=True, eq=False, repr=False)
class Prepared:
    """`source` is for tree-sitter. An edit put `outs[i]` … `ends[i]` of it in the place of `starts[i]` … `stops[i]`."""

    source: bytes
    offset: int
    """Where in the text the source begins."""
    outs: tuple[int, ...]
    ends: tuple[int, ...]
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    attributes: tuple[Attribute, ...]

    def begin(self, out: int) -> int:
        """The offset in the text of what begins at `out` in the source."""
        edit = bisect_right(self.outs, out) - 1
        if edit < 0:
            return self.offset + out
        if out < self.ends[edit]:
            return self.starts[edit]
        return self.stops[edit] + out - self.ends[edit]

    def finish(self, out: int) -> int:
        """The offset in the text just after what ends before `out` in the source."""
        edit = bisect_right(self.outs, out - 1) - 1
        if edit < 0:
            return self.offset + out
        if out - 1 < self.ends[edit]:
            return self.stops[edit]
        return self.stops[edit] + out - self.ends[edit]


def prepare(
    text: str, sequence: tuple[Word, ...], is_type: Callable[[str], bool], before: str = "", after: str = ""
) -> Prepared:
    """`sequence` are the words of `text` that make up a declaration or, between `before` and `after`, part of one."""
    editor = Editor(text, sequence, is_type)
    editor.run()
    start, end = sequence[0].start, sequence[-1].end
    parts: list[str] = [before]
    outs, ends, starts, stops = [0], [len(before)], [start], [start]
    at, out = start, len(before)
    for first, last, new in sorted(editor.edits, key=lambda edit: edit[:2]):
        if first < at:
            continue
        parts.extend((text[at:first], new))
        out += first - at
        outs.append(out)
        ends.append(out + len(new))
        starts.append(first)
        stops.append(last)
        out += len(new)
        at = last
    parts.extend((text[at:end], after))
    source = "".join(parts).encode("ascii", "replace")
    return Prepared(source, start, tuple(outs), tuple(ends), tuple(starts), tuple(stops), tuple(editor.attributes))
