"""Changes and the texts that they are made in, in; the lines around them out, as a diff has them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from memmodel.diagnostic import Change
from memmodel.picture import Source
from memmodel.records import dataclass

_CONTEXT = 2


@dataclass(frozen=True)
class Line:
    """`sign`: `-`, `+` or a blank; `@` for a gap. `number`: in the new text, in the old one for what goes."""

    sign: str
    file: str
    number: int
    text: str


def changed_lines(changes: Sequence[Change], sources: Sequence[Source]) -> list[Line]:
    """The changes of each file in turn. Where a text is not known, only what is added is."""
    files = dict.fromkeys(change.region.file for change in changes)
    return [line for file in files for line in _of_file(file, changes, sources)]


def _of_file(file: str, changes: Sequence[Change], sources: Sequence[Source]) -> Iterator[Line]:
    mine = [change for change in changes if change.region.file == file]
    source = next((one for one in sources if one.file == file and all(_within(change, one) for change in mine)), None)
    if source is None:
        for change in mine:
            for text in change.replacement.splitlines():
                yield Line("+", file, change.region.line, text)
        return
    old = list(source.lines)
    new = _applied(mine, source)
    for number, group in enumerate(difflib.SequenceMatcher(None, old, new, False).get_grouped_opcodes(_CONTEXT)):
        if number:
            yield Line("@", file, 0, "")
        for kind, first, last, start, end in group:
            if kind != "equal":
                yield from (Line("-", file, source.first + at, old[at]) for at in range(first, last))
            sign = " " if kind == "equal" else "+"
            yield from (Line(sign, file, source.first + at, new[at]) for at in range(start, end))


def _within(change: Change, source: Source) -> bool:
    """Whether the lines of a change are among those given; an insertion may be right behind the last one."""
    last = source.first + len(source.lines)
    return source.first <= change.region.line <= change.region.end_line <= last


def _applied(changes: Sequence[Change], source: Source) -> list[str]:
    """The lines with the changes made, the last change first so that the others stay where they are."""
    text = "".join(f"{line}\n" for line in source.lines)
    starts = [0]
    for line in source.lines:
        starts.append(starts[-1] + len(line) + 1)
    for change in sorted(changes, key=lambda one: (one.region.line, one.region.column), reverse=True):
        region = change.region
        first = starts[region.line - source.first] + region.column - 1
        last = starts[region.end_line - source.first] + region.end_column - 1
        text = text[:first] + change.replacement + text[last:]
    return text.removesuffix("\n").split("\n")
