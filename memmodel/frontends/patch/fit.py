"""The lines of a text and a hunk in; where the hunk fits, as patch(1) would find it, out."""

from __future__ import annotations

import re
from functools import cached_property

from memmodel.frontends.patch.patch import Hunk, LineKind
from memmodel.records import dataclass

MOST_FUZZ = 2

_UNKNOWN = "\ufffd"
"""What stands for a byte that is not UTF-8, in a file as it is read."""
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, eq=False)
class Text:
    """A text as lines without their ends, but for the "\\r" of a file that has it; `finished`: whether the last line
    has an end."""

    lines: list[str]
    finished: bool

    @classmethod
    def of(cls, text: str) -> Text:
        """The lines of a text."""
        lines = text.split("\n")
        finished = not lines[-1]
        return cls(lines[:-1] if finished else lines, finished)

    def __str__(self) -> str:
        return "\n".join(self.lines) + ("\n" if self.finished and self.lines else "")

    @cached_property
    def returns(self) -> bool:
        """Whether most lines end with "\\r\\n"."""
        return sum(line.endswith("\r") for line in self.lines) * 2 > len(self.lines)

    @cached_property
    def _loose(self) -> bool:
        return any(_UNKNOWN in line for line in self.lines)

    def key(self, line: str) -> str:
        """What is compared of a line. Where the file has bytes that are not UTF-8, other than ASCII is not compared."""
        line = line.rstrip("\r")
        return _FOREIGN.sub(_UNKNOWN, line) if self._loose else line

    @cached_property
    def keys(self) -> list[str]:
        """What is compared, line by line."""
        return [self.key(line) for line in self.lines]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The lines, from 0, by what is compared of them."""
        found: dict[str, list[int]] = {}
        for number, key in enumerate(self.keys):
            found.setdefault(key, []).append(number)
        return found


@dataclass(frozen=True)
class Fit:
    """The lines of the hunk from `front` to before `back` fit at line `start` (from 0) of the text."""

    start: int
    front: int
    back: int
    fuzz: int


def fit(text: Text, hunk: Hunk, guess: int, floor: int, most_fuzz: int = MOST_FUZZ) -> Fit | None:
    """Where the hunk fits: at line `guess` (from 0), or as near to it as possible, not before line `floor`; with as few
    lines of context left out at its ends as possible, of the longer end first."""
    before = [text.key(line.text) for line in hunk.lines if line.kind is not LineKind.ADDED]
    prefix, suffix = context(hunk)
    if not before:
        return Fit(guess, 0, len(hunk.lines), 0) if floor <= guess <= len(text.lines) else None
    longer = max(prefix, suffix)
    for fuzz in range(min(most_fuzz, longer) + 1):
        front, back = max(0, fuzz + prefix - longer), max(0, fuzz + suffix - longer)
        lines = before[front : len(before) - back]
        if not lines:
            return None
        start = _nearest(text, lines, guess + front, floor, _only_place(text, hunk, fuzz, len(lines)))
        if start is not None:
            return Fit(start, front, len(hunk.lines) - back, fuzz)
    return None


def fits_reversed(text: Text, hunk: Hunk, guess: int) -> bool:
    """Whether the text has what the hunk leads to."""
    after = [text.key(line.text) for line in hunk.lines if line.kind is not LineKind.REMOVED]
    return bool(after) and _nearest(text, after, guess, 0, None) is not None


def context(hunk: Hunk) -> tuple[int, int]:
    """How many lines of context a hunk begins and ends with."""
    changed = [number for number, line in enumerate(hunk.lines) if line.kind is not LineKind.CONTEXT]
    if not changed:
        return len(hunk.lines), 0
    return changed[0], len(hunk.lines) - 1 - changed[-1]


def _only_place(text: Text, hunk: Hunk, fuzz: int, count: int) -> int | None:
    """A hunk with less context at one end was made at that end of the file, and is looked for nowhere else but at the
    lines that it names; with fuzz, it may stand anywhere."""
    prefix, suffix = context(hunk)
    if fuzz or prefix == suffix:
        return None
    if prefix < suffix:
        return 0
    return len(text.lines) - count


def _nearest(text: Text, lines: list[str], guess: int, floor: int, only: int | None) -> int | None:
    keys, count = text.keys, len(lines)
    if floor <= guess and keys[guess : guess + count] == lines:
        return guess
    if only is not None:
        return only if only >= floor and keys[only : only + count] == lines else None
    places = text.places
    rarest = min(range(count), key=lambda number: len(places.get(lines[number], ())))
    starts = [place - rarest for place in places.get(lines[rarest], ()) if place - rarest >= floor]
    for start in sorted(starts, key=lambda start: (abs(start - guess), start < guess)):
        if keys[start : start + count] == lines:
            return start
    return None
