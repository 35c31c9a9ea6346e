"""A hunk that does not fit and the file that it was meant for in; the error that shows where they differ out."""

from __future__ import annotations

from collections import Counter

from memmodel import errors
from memmodel.frontends.patch.edit import Misfit
from memmodel.frontends.patch.fit import Text, fits_reversed
from memmodel.frontends.patch.patch import Hunk, Line, LineKind, Patch
from memmodel.frontends.patch.place import line_span, shown

_APPLIED = "the file has already what this hunk leads to: is the patch applied to this tree?"
_OTHER_TREE = "is this the tree that the patch was made for? Are earlier patches of the series missing?"
_COMMON = 50
"""A line that stands more often than this in a file says nothing about the place of a hunk."""


def misfit_error(patch: Patch, path: str, text: Text, hunks: tuple[Hunk, ...], misfit: Misfit) -> errors.SyntaxError:
    """What the hunk was looking for, and the first line of the file that is other, at the likeliest place."""
    hunk = hunks[misfit.number]
    which = f"hunk {misfit.number + 1} of {len(hunks)} for {path}" if len(hunks) > 1 else f"the hunk for {path}"
    hint = _APPLIED if fits_reversed(text, hunk, misfit.guess) else _OTHER_TREE
    return errors.SyntaxError(
        f"{which} does not apply: {_difference(path, text, hunk, misfit.guess)}",
        line_span(patch.source, hunk.number),
        hint,
    )


def _difference(path: str, text: Text, hunk: Hunk, guess: int) -> str:
    before = [line for line in hunk.lines if line.kind is not LineKind.ADDED]
    if not before:
        return f"it adds behind line {hunk.old_start}, but there are {len(text.lines)} lines"
    start = _likeliest(text, before, guess)
    for number, line in enumerate(before):
        at = start + number
        expected = f"line {line.number} of the patch expects {shown(line.text)}"
        if not 0 <= at < len(text.lines):
            return f"{expected} at line {at + 1}, but {path} has {len(text.lines)} lines"
        if text.keys[at] != text.key(line.text):
            return f"{expected}, but {path}:{at + 1} is {shown(text.lines[at])}{_space(text.lines[at], line.text)}"
    return "its lines stand in the file before those of the hunk above it"


def _space(found: str, expected: str) -> str:
    return " (they differ in white space)" if found.split() == expected.split() else ""


def _likeliest(text: Text, before: list[Line], guess: int) -> int:
    """Where most of the hunk's lines stand as it has them, and of several such places the nearest."""
    votes: Counter[int] = Counter()
    for number, line in enumerate(before):
        places = text.places.get(text.key(line.text), [])
        if len(places) <= _COMMON:
            votes.update(place - number for place in places)
    if not votes:
        return guess
    return min(votes, key=lambda start: (-votes[start], abs(start - guess), start))
