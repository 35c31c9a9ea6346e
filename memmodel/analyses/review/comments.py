"""The barriers that a patch adds in, those whose comment is missing, or does not name a partner, out (MM207).

A barrier orders nothing by itself: it takes part in an agreement with another CPU, and who reads the code must be able
to find the other side. The kernel's checkpatch asks for a comment at every smp_mb() and its kind, on the same line or
right above, and at smp_store_release() and smp_load_acquire(); Documentation/memory-barriers.txt speaks of barriers
only in pairs. Here a barrier without a comment is a warning, one with a comment that names no partner is a note, and an
ordered access, whose name already says what it does, is a note where it has no comment at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_PAIRS = re.compile(r"\b(?:pair\w*|match\w*|partner\w*|counterpart\w*|see|versus|vs)\b", re.IGNORECASE)
_CODE = re.compile(r"\b[A-Za-z_]\w*\s*\(\)|->|\b[A-Za-z]\w*_\w+|@\w+")
_WORD = re.compile(r"[A-Za-z_]\w*")


def comment_findings(
    applied: Applied, changes: Iterable[BarrierChange], rows: Sequence[Row] = ()
) -> tuple[Finding, ...]:
    """A finding for each barrier or ordered access that the patch adds, or puts in the place of another, without a
    comment that says whom it pairs with. `rows`: the pairing table of the functions, which may know."""
    files = {item.after.name: item for item in applied.files if item.after is not None}
    found = []
    for change in changes:
        span = change.after
        file = files.get(span.file.name) if span is not None else None
        if span is None or file is None or change.kind is Becomes.MOVED or span.line not in file.added:
            continue
        if _BARRIER.match(change.name_after) or _ACCESS.match(change.name_after):
            finding = _finding(change, span, _comments(span), file, rows)
            if finding is not None:
                found.append(finding)
    return tuple(found)


def _finding(
    change: BarrierChange, span: Span, comments: list[str], file: AppliedFile, rows: Sequence[Row]
) -> Finding | None:
    name = f"{change.name_after}()"
    is_barrier = _BARRIER.match(change.name_after) is not None
    partner = _partner(span, rows)
    related = (Related(f"it pairs with {partner.name} in {partner.function}()", partner.span),) if partner else ()
    if not comments:
        level = Level.WARNING if is_barrier and change.kind is Becomes.ADDED else Level.NOTE
        title = f"{name} without a comment"
        edits = (_insertion(span, f"/* {partner.comment} */"),) if partner else ()
        return Finding(CODE, level, title, _message(partner), span, related, edits=edits)
    if is_barrier and not any(_names_partner(text, file) for text in comments):
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


def _comments(span: Span) -> list[str]:
    """The comments on the lines of the statement that a call is in, and the one that ends right above."""
    text = span.file.text
    first = span.file.position(_statement(text, span.start))[0]
    last = span.file.position(span.end)[0]
    found = []
    for match in _COMMENT.finditer(text):
        if not match[0].startswith("/"):
            continue
        start, end = (span.file.position(offset)[0] for offset in (match.start(), max(match.start(), match.end() - 1)))
        alone = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if (start <= last and end >= first) or (alone and end == first - 1):
            found.append(match[0])
    return found


def _statement(text: str, offset: int) -> int:
    """Where the statement begins that an offset is in, or its line, whatever comes later."""
    blanked = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text[:offset])
    begin = max(blanked.rfind(sign) for sign in ";{}") + 1
    directive = blanked.rfind("\n#") + 1
    begin = max(begin, directive)
    rest = blanked[begin:]
    line = text.rfind("\n", 0, offset) + 1
    blank = len(rest) - len(rest.lstrip())
    return min(begin + blank, line) if rest.strip() else line


def _names_partner(comment: str, file: AppliedFile) -> bool:
    """Whether a comment says something of the other side: that it pairs, a function, a field or a variable."""
    if _PAIRS.search(comment) or _CODE.search(comment):
        return True
    assert file.after is not None
    code = Code(file.change.path, file.after)
    known = code.defined.union(*(part.fields for part in code.functions))
    return not known.isdisjoint(_WORD.findall(comment))


def _insertion(span: Span, comment: str) -> Edit:
    """A comment on a line of its own above."""
    at = span.file.text.rfind("\n", 0, _statement(span.file.text, span.start)) + 1
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
