"""A text and the hunks of a patch in; the text after, with which line of it is which of the patch, out."""

from __future__ import annotations

from memmodel.frontends.patch.fit import MOST_FUZZ, Fit, Text, fit
from memmodel.frontends.patch.patch import Hunk, Line, LineKind
from memmodel.records import dataclass, field


@dataclass(frozen=True)
class Misfit:
    """The hunk that fits nowhere: its number among the file's, from 0, and where it was looked for, from 0."""

    number: int
    guess: int


@dataclass
class Edited:
    """The text after, while it is built and when it is done. Line numbers count from 1."""

    lines: list[str] = field(default_factory=list)
    finished: bool = True
    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    lines_before: dict[int, int] = field(default_factory=dict)
    lines_after: dict[int, int] = field(default_factory=dict)
    fuzz: int = 0
    offset: int = 0

    def text(self) -> str:
        """The text after."""
        return str(Text(self.lines, self.finished))


def edit(text: Text, hunks: tuple[Hunk, ...], most_fuzz: int = MOST_FUZZ) -> Edited | Misfit:
    """The text with all hunks applied, in order, none of them before the end of the one above."""
    result = Edited(finished=text.finished)
    done, drift = 0, 0
    left: list[tuple[int, Line]] = []
    for number, hunk in enumerate(hunks):
        named = max(hunk.old_start - 1, 0) if hunk.old_count else hunk.old_start
        found = fit(text, hunk, named + drift, done, most_fuzz)
        if found is None:
            return Misfit(number, named + drift)
        drift = found.start - found.front - named
        result.fuzz, result.offset = max(result.fuzz, found.fuzz), max(result.offset, abs(drift))
        _keep(result, text, done, found.start, left)
        _map_front(result, text, hunk, found, done)
        done = _apply(result, text, hunk, found)
        left = [(done + at, line) for at, line in enumerate(hunk.lines[found.back :])]
    _keep(result, text, done, len(text.lines), left)
    return result


def _keep(result: Edited, text: Text, first: int, end: int, left: list[tuple[int, Line]]) -> None:
    """Lines between two hunks. `left`: context that the hunk above has there, by the line of the text: shown by the
    patch where it is the same."""
    ahead = len(result.lines) - first
    result.lines += text.lines[first:end]
    for at, line in left:
        if at < end and text.keys[at] == text.key(line.text):
            result.lines_before[at + 1] = result.lines_after[at + ahead + 1] = line.number


def _map_front(result: Edited, text: Text, hunk: Hunk, found: Fit, done: int) -> None:
    for number, line in enumerate(hunk.lines[: found.front]):
        back = found.front - number
        at = found.start - back
        if at >= done and text.keys[at] == text.key(line.text):
            result.lines_before[at + 1] = result.lines_after[len(result.lines) - back + 1] = line.number


def _apply(result: Edited, text: Text, hunk: Hunk, found: Fit) -> int:
    """The lines of the hunk; the line of the text, from 0, behind them."""
    at, end = found.start, "\r" if text.returns else ""
    shown = hunk.lines[found.front : found.back]
    for line in shown:
        if line.kind is not LineKind.ADDED:
            at += 1
            result.lines_before[at] = line.number
        if line.kind is LineKind.REMOVED:
            result.removed.add(at)
            continue
        result.lines.append(text.lines[at - 1] if line.kind is LineKind.CONTEXT else line.text + end)
        result.lines_after[len(result.lines)] = line.number
        if line.kind is LineKind.ADDED:
            result.added.add(len(result.lines))
    if at == len(text.lines):
        result.finished = _finished(shown, text.finished)
    return at


def _finished(lines: tuple[Line, ...], before: bool) -> bool:
    """Whether the last line of the text has an end, when the hunk reaches the end of the text."""
    last = next((line for line in reversed(lines) if line.kind is not LineKind.REMOVED), None)
    if last is None:
        return True
    if last.kind is LineKind.ADDED:
        return not last.unfinished
    return before if last is lines[-1] else True
