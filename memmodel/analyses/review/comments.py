"""The barriers that a patch adds in, those whose comment is missing, or does not name a partner, out (MM207).

A barrier orders nothing by itself: it takes part in an agreement with another CPU, and who reads the code must be able
to find the other side. The kernel's checkpatch asks for a comment at every smp_mb() and its kind, on the same line or
right above, and at smp_store_release() and smp_load_acquire(); Documentation/memory-barriers.txt speaks of barriers
only in pairs. Here a barrier without a comment is a warning, one with a comment that names no partner is a note, and an
ordered access, whose name already says what it does, is a note where it has no comment at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from memmodel.analyses.finding import Edit, Finding, Level, Related
from memmodel.analyses.pairs.row import Row
from memmodel.analyses.review.barriers import BarrierChange, Becomes
from memmodel.analyses.review.definitions import Code
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.records import dataclass
from memmodel.source import Span

CODE = "MM207"

_BARRIER = re.compile(
    r"(?:(?:smp_|virt_)?(?:mb|rmb|wmb)|(?:smp|virt)_(?:mb__before_atomic|mb__after_atomic|store_mb))$"
)
_ACCESS = re.compile(r"(?:smp|virt)_(?:store_release|load_acquire)$")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
"""A comment, or a string or character, in which nothing is one."""
_PAIRS = re.compile(r"\b(?:pair\w*|match\w*|partner\w*|counterpart\w*|see|versus|vs)\b", re.IGNORECASE)
_CODE = re.compile(r"\b[A-Za-z_]\w*\s*\(\)|->|\b[A-Za-z]\w*_\w+|@\w+")
_WORD = re.compile(r"[A-Za-z_]\w*")


def comment_findings(
    applied: Applied, changes: Iterable[BarrierChange], rows: Sequence[Row] = ()
) -> tuple[Finding, ...]:
    """A finding for each barrier or ordered access that the patch adds, or puts in the place of another, without a
    comment that says whom it pairs with. `rows`: the pairing table of the functions, which may know."""
    files = {item.after.name: _File(item, Code(item.change.path, item.after)) for item in applied.files if item.after}
    found = []
    for change in changes:
        span = change.after
        file = files.get(span.file.name) if span is not None else None
        if span is None or file is None or change.kind is Becomes.MOVED or span.line not in file.applied.added:
            continue
        if _BARRIER.match(change.name_after) or _ACCESS.match(change.name_after):
            finding = _finding(change, span, file, rows)
            if finding is not None:
                found.append(finding)
    return tuple(found)


def _finding(change: BarrierChange, span: Span, file: _File, rows: Sequence[Row]) -> Finding | None:
    comments = file.comments(span)
    name = f"{change.name_after}()"
    is_barrier = _BARRIER.match(change.name_after) is not None
    partner = _partner(span, rows)
    related = (Related(f"it pairs with {partner.name} in {partner.function}()", partner.span),) if partner else ()
    if not comments:
        level = Level.WARNING if is_barrier and change.kind is Becomes.ADDED else Level.NOTE
        title = f"{name} without a comment"
        edits = (_insertion(span, f"/* {partner.comment} */", file),) if partner else ()
        return Finding(CODE, level, title, _message(partner), span, related, edits=edits)
    if is_barrier and not any(file.names_partner(text) for text in comments):
        title = f"the comment on {name} does not name its partner"
        return Finding(CODE, Level.NOTE, title, _message(partner), span, related)
    return None


@dataclass(frozen=True)
class _Partner:
    """The other side of a barrier."""

    name: str
    function: str
    span: Span

    @property
    def comment(self) -> str:
        return f"Pairs with {self.name} in {self.function}()."


def _message(partner: _Partner | None) -> str:
    if partner is not None:
        return f'say which accesses it orders, and its partner: "{partner.comment}"'
    return (
        "say which accesses it orders, and where its partner is: the barrier, ordered access or dependency of the "
        'other CPU, as in "Pairs with smp_rmb() in get()."'
    )


# ── comments ──


@dataclass(frozen=True, eq=False)
class _File:
    """A file of the patch, as it leaves it."""

    applied: AppliedFile
    code: Code

    @cached_property
    def _comments(self) -> tuple[list[int], list[tuple[int, bool, str]]]:
        """Of each comment the line on which it begins; the one on which it ends, whether it stands alone, its text."""
        file = self.code.file
        starts: list[int] = []
        found: list[tuple[int, bool, str]] = []
        for match in COMMENT.finditer(file.text):
            if match[0].startswith("/"):
                alone = not file.text[file.text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
                starts.append(file.position(match.start())[0])
                found.append((file.position(match.end() - 1)[0], alone, match[0]))
        return starts, found

    def comments(self, span: Span) -> list[str]:
        """The comments on the lines of the statement that a call is in, and the one that ends right above."""
        first = span.file.position(self.statement(span.start))[0]
        last = span.file.position(span.end)[0]
        starts, found = self._comments
        near = found[: bisect_right(starts, last)]
        return [
            text
            for start, (end, alone, text) in zip(starts, near, strict=False)
            if (start <= last and end >= first) or (alone and end == first - 1)
        ]

    def statement(self, offset: int) -> int:
        """Where the statement begins that an offset is in, or its line, whatever comes earlier."""
        clean = self.code.clean
        begin = max(clean.rfind(sign, 0, offset) for sign in ";{}") + 1
        begin = max(begin, clean.rfind("\n#", 0, offset) + 1)
        rest = clean[begin:offset]
        line = clean.rfind("\n", 0, offset) + 1
        return min(begin + len(rest) - len(rest.lstrip()), line) if rest.strip() else line

    def names_partner(self, comment: str) -> bool:
        """Whether a comment says something of the other side: that it pairs, a function, a field or a variable."""
        if _PAIRS.search(comment) or _CODE.search(comment):
            return True
        return not self._names.isdisjoint(_WORD.findall(comment))

    @cached_property
    def _names(self) -> frozenset[str]:
        return self.code.defined.union(*(part.fields for part in self.code.functions))


def _insertion(span: Span, comment: str, file: _File) -> Edit:
    """A comment on a line of its own above."""
    at = span.file.text.rfind("\n", 0, file.statement(span.start)) + 1
    line = span.file.line(span.file.position(at)[0])
    return Edit(span.file.span(at, at), f"{line[: len(line) - len(line.lstrip())]}{comment}\n")


# ── who pairs with it ──


def _partner(span: Span, rows: Sequence[Row]) -> _Partner | None:
    """The other side of the first row in which the barrier orders one side."""
    for row in rows:
        sides = ((row.one, row.other, row.sees), (row.other, row.one, row.first))
        for mine, theirs, access in sides:
            if theirs.by and any(_touches(span, place) for place in mine.spans):
                name = f"{theirs.by}()" if re.fullmatch(r"\w+", theirs.by) else theirs.by
                return _Partner(name, access.function, theirs.spans[0] if theirs.spans else access.span)
    return None


def _touches(span: Span, other: Span) -> bool:
    return span.file.name == other.file.name and span.start < max(other.end, other.start + 1) and other.start < span.end
