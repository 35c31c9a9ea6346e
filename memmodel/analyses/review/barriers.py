"""The functions that a patch touches in, what becomes of their barriers and ordered accesses out.

The calls of a function before and after are laid side by side by their text. What stands in one place before and after
compares by the lattice of strengths that audits use; what is on the other side of a statement than it was, has moved.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from enum import Enum
from itertools import accumulate

from memmodel.analyses.review.calls import Call, calls
from memmodel.analyses.review.definitions import Code, Part
from memmodel.analyses.review.touched import Touched, codes
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.patch.applied import Applied
from memmodel.records import dataclass
from memmodel.source import Span

MANY = 1_000
"""Calls of one function from which on those that recur all the time are no longer used to find what is the same."""


class Becomes(Enum):
    """What becomes of a barrier or access. MOVED: it is the same, but other statements are before or after it."""

    ADDED = "added"
    REMOVED = "removed"
    WEAKENED = "weakened"
    STRENGTHENED = "strengthened"
    MOVED = "moved"


@dataclass(frozen=True)
class BarrierChange:
    """One change. The names are those of the primitives, "" where there is none; spans are of the calls, in the body
    of a macro where that is what changes. `orders`: before or after, it does more than mark an access."""

    kind: Becomes
    before: Span | None
    after: Span | None
    name_before: str
    name_after: str
    function: str
    orders: bool

    @property
    def span(self) -> Span:
        span = self.after or self.before
        assert span is not None
        return span


def barrier_changes(applied: Applied, functions: Iterable[Touched]) -> tuple[BarrierChange, ...]:
    """What becomes of the barriers of the functions. A change inside a macro or an inline function is told once: of
    itself where it is one of the functions, else of the first that uses it."""
    before, after = codes(applied)
    known = _known(before), _known(after)
    found: dict[tuple[object, ...], BarrierChange] = {}
    for item in functions:
        if item.renamed_only:
            continue
        old = _part(before, item.path_before, item.span_before, item.function_before or item.function)
        new = _part(after, item.path_after, item.span_after, item.function)
        for change in _changes(old, new, known, item.function):
            key = (change.kind, _place(change.before), _place(change.after))
            found.setdefault(key, change)
    return tuple(found.values())


def _place(span: Span | None) -> tuple[str, int] | None:
    return (span.file.name, span.start) if span is not None else None


def _known(files: Mapping[str, Code]) -> dict[str, Part]:
    """The macros and inline functions of the patch's files."""
    parts = (part for code in files.values() for part in code.parts)
    return {
        part.name: part for part in parts if part.kind is Kind.MACRO or (part.kind is Kind.FUNCTION and part.inline)
    }


def _part(files: dict[str, Code], path: str | None, span: Span | None, name: str) -> Part | None:
    """The function as a piece of the text."""
    if path is None or span is None:
        return None
    if path not in files:
        files[path] = Code(path, span.file)
    code = files[path]
    return Part(Kind.FUNCTION, name, code, span.start, span.end, ())


def _changes(
    old: Part | None, new: Part | None, known: tuple[dict[str, Part], dict[str, Part]], function: str
) -> Iterator[BarrierChange]:
    was = calls(old, known[0]) if old is not None else ()
    now = calls(new, known[1]) if new is not None else ()
    lost: list[Call] = []
    fresh: list[Call] = []
    same: list[tuple[Call, Call]] = []
    matcher = SequenceMatcher(None, [call.text for call in was], [call.text for call in now], len(was) > MANY)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            same += zip(was[a:b], now[c:d], strict=True)
            continue
        pairs, gone, come = _paired(was[a:b], now[c:d])
        lost += gone
        fresh += come
        for one, other in pairs:
            kind = _strength(one, other)
            if kind is not None:
                yield _change(kind, one, other, function)
    for call in lost:
        moved = next((item for item in fresh if item.text == call.text), None)
        if moved is not None:
            fresh.remove(moved)
            yield _change(Becomes.MOVED, call, moved, function)
        else:
            yield _change(Becomes.REMOVED, call, None, function)
    for call in fresh:
        yield _change(Becomes.ADDED, None, call, function)
    if old is not None and new is not None:
        for one, other in _moved(old, new, same):
            yield _change(Becomes.MOVED, one, other, function)


def _change(kind: Becomes, one: Call | None, other: Call | None, function: str) -> BarrierChange:
    return BarrierChange(
        kind,
        one.span if one else None,
        other.span if other else None,
        one.name if one else "",
        other.name if other else "",
        function,
        any(call.ordering.orders for call in (one, other) if call is not None),
    )


# ── what stands in the place of what ──


def _paired(was: tuple[Call, ...], now: tuple[Call, ...]) -> tuple[list[tuple[Call, Call]], list[Call], list[Call]]:
    """Which calls of one stretch stand for which of another: accesses of one place, fences, and what is the same
    but for its arguments, or for who is kept from interrupting; and what is left of either."""
    pairs: list[tuple[Call, Call]] = []
    lost, fresh = list(was), list(now)
    for test in (_same_place, _comparable_fences, _alike):
        for one in tuple(lost):
            other = next((call for call in fresh if test(one, call)), None)
            if other is not None:
                pairs.append((one, other))
                lost.remove(one)
                fresh.remove(other)
    return pairs, lost, fresh


def _same_place(one: Call, other: Call) -> bool:
    return bool(one.place) and one.place == other.place and _compare(one, other) != (None, None)


def _comparable_fences(one: Call, other: Call) -> bool:
    return one.is_fence and other.is_fence and True in _compare(one, other)


def _alike(one: Call, other: Call) -> bool:
    return one.ordering.like == other.ordering.like


def _compare(one: Call, other: Call) -> tuple[bool | None, bool | None]:
    return one.ordering.at_least(other.ordering), other.ordering.at_least(one.ordering)


def _strength(one: Call, other: Call) -> Becomes | None:
    """How the strength changes from one call to the other; None where it does not."""
    stronger, weaker = _compare(one, other)
    if stronger and not weaker:
        return Becomes.WEAKENED
    if weaker and not stronger:
        return Becomes.STRENGTHENED
    return None


# ── what has moved ──

_STATEMENT = re.compile(r"[^;{}]+")
_ACCESSES = re.compile(r"[-+*/|&^]?=(?!=)|->|\w\s*\(|\[|\+\+|--|\.\s*[A-Za-z_]")


def _moved(old: Part, new: Part, same: list[tuple[Call, Call]]) -> Iterator[tuple[Call, Call]]:
    """The calls that a statement has passed: one that is in both texts once, before the call in one of them and after
    it in the other. Where the statement is itself a call that orders, both have moved."""
    was, now = _statements(old), _statements(new)
    shared = was.keys() & now.keys()
    before, after = _Prefixes(was, shared), _Prefixes(now, shared)
    for one, other in same:
        if before.at(one.at) != after.at(other.at):
            yield one, other


class _Prefixes:
    """Which of some statements begin before an offset, as one number for each such set."""

    def __init__(self, places: Mapping[str, int], texts: Iterable[str]) -> None:
        ordered = sorted((places[text], text) for text in texts)
        self._offsets = [offset for offset, _ in ordered]
        self._sets: list[int] = [0, *accumulate((hash(text) for _, text in ordered), lambda one, other: one ^ other)]

    def at(self, offset: int) -> int:
        """The set of those before the offset."""
        return self._sets[bisect_left(self._offsets, offset)]


def _statements(part: Part) -> dict[str, int]:
    """The statements that access something and stand there once, each with where it begins."""
    found: list[tuple[str, int]] = []
    opening = part.raw.find("{")
    for match in _STATEMENT.finditer(part.raw, opening + 1):
        if _ACCESSES.search(match[0]):
            blank = len(match[0]) - len(match[0].lstrip())
            found.append(("".join(match[0].split()), part.start + match.start() + blank))
    count = Counter(text for text, _ in found)
    return {text: at for text, at in found if count[text] == 1}
