"""An order that a patch loses, lacks or makes in, the finding about it out: who sees what, why, and what would do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memmodel.analyses.finding import Edit, Finding, Level, Related
from memmodel.analyses.pairs.remedies import Remedy
from memmodel.analyses.pairs.row import Access, Row, Shape
from memmodel.analyses.review.edits import barrier_before, renamed
from memmodel.analyses.review.orders import Change, Defect, Side
from memmodel.analyses.wording import macro
from memmodel.source import Span

MOST_OTHERS = 3
"""Further pairs of accesses that a remark names."""
LONGEST = 100
"""Characters of a line of code that is quoted."""
NEAR = 300
"""Characters before an access in which a barrier counts as being right before it."""


def defect_finding(defect: Defect, remedies: Sequence[Remedy], changed: Sequence[Span] = ()) -> Finding:
    """The finding of an order that is lost or lacking. `remedies`: what was tried against it; `changed`: where the
    patch changes what kept the order, if not there."""
    row = defect.row
    writer = defect.side is Side.WRITER
    accesses = (row.second, row.first, row.sees, row.then) if writer else (row.sees, row.then, row.first, row.second)
    said = [_story(row, writer)]
    if defect.lost:
        said.append(_lost(defect, writer))
    said += _cures(remedies, row, writer)
    said += _others(defect)
    related = [Related("changed here", span) for span in changed]
    here = [access for access in accesses if access.span != defect.place]
    related += [Related(_does(access), access.span) for access in here]
    return Finding(
        "MM201" if defect.lost else "MM202",
        Level.ERROR if defect.lost else Level.WARNING,
        f"`{_code(_two(row, writer)[1])}` may take effect before `{_code(_two(row, writer)[0])}`",
        " ".join(said),
        defect.place,
        tuple(dict.fromkeys(related)),
        row.witness,
        _edits(remedies, _two(row, writer)[0].span),
        row.steps,
    )


def fix_finding(change: Change) -> Finding:
    """The finding of an order that a patch makes."""
    row, old = change.row, change.before[0]
    writer = not old.one.by
    first, second = _two(row, writer)
    message = _story(old, writer, past=True)
    by = list(dict.fromkeys(by for by in (_by(row.one.by), _by(row.other.by)) if by))
    if by:
        message += f" Now {_joined(by, 'and')} {'make' if len(by) > 1 else 'makes'} that impossible."
    title = f"`{_code(second)}` can no longer take effect before `{_code(first)}`"
    orders = [Related("keeps the order", span) for span in (*row.one.spans, *row.other.spans)]
    accesses = [Related(_does(access), access.span) for access in (row.second, row.first, row.sees, row.then)]
    return Finding("MM208", Level.NOTE, title, message, second.span, tuple(dict.fromkeys((*orders, *accesses))))


def _two(row: Row, writer: bool) -> tuple[Access, Access]:
    """The accesses that should be in order on a side."""
    return (row.first, row.second) if writer else (row.sees, row.then)


def _code(access: Access) -> str:
    return access.code if len(access.code) <= LONGEST else f"{access.code[: LONGEST - 3]}..."


def _short(access: Access) -> str:
    return access.field.rpartition(".")[2] or access.field


def _does(access: Access) -> str:
    if access.caller:
        return access.code
    return f"{access.does} {_short(access)} in {access.function}()"


def _noun(access: Access) -> str:
    """`the write to head`."""
    if access.caller:
        return access.code
    return f"the {'write to' if access.does == 'writes' else 'read of'} {_short(access)}"


def _at(access: Access) -> str:
    """`the write to head (ring.c:15)`."""
    return _noun(access) if access.caller else f"{_noun(access)} ({access.span.where})"


def _story(row: Row, writer: bool, past: bool = False) -> str:
    """What is not in order, and what comes of it: two sentences. `past`: it was so before the patch."""
    first, second = _two(row, writer)
    nothing, keeps, may = ("Before this patch, nothing", "kept", "could") if past else ("Nothing", "keeps", "may")
    nothing = f"{nothing} in {first.function}() {keeps} {_at(first)} before {_at(second)}."
    return f"{nothing} {_crossing(*_two(row, not writer), may) if row.shape is Shape.CROSSING else _handover(row, may)}"


def _handover(row: Row, may: str) -> str:
    one, other = row.first.function, row.sees.function
    who = f"Another CPU in {other}()" if one == other else f"A CPU in {other}()"
    seen = f"{who} that sees the new {_short(row.second)} ({row.sees.span.where})"
    if row.first.caller or row.then.caller:
        return f"{seen} {may} hand to its caller what is older than {row.first.code}."
    field, where = _short(row.first), row.then.span.where
    if row.first.does == "reads":
        return f"{seen} {may} write {field} ({where}) before {one}() has read it ({row.first.span.where})."
    if row.then.does == "reads":
        return f"{seen} {may} still read the old {field} ({where})."
    return f"{seen} {may} write {field} ({where}), and lose that to the earlier write."


def _crossing(first: Access, second: Access, may: str) -> str:
    """What the other side does."""
    return (
        f"{first.function}() writes {_short(first)} ({first.span.where}) and then reads {_short(second)} "
        f"({second.span.where}): both {may} read the old value, so that neither sees the other."
    )


def _lost(defect: Defect, writer: bool) -> str:
    by = next((order.by for row in defect.before for order in ((row.one if writer else row.other),) if order.by), "")
    return f"Before this patch, {_by(by)} kept them in order." if by else "Before this patch they were kept in order."


def _by(by: str) -> str:
    """What keeps an order, in running text: primitives are called, dependencies have an article."""
    parts = [_called(part) for part in by.split(" and ") if part]
    return _joined(parts, "and") if parts else ""


def _called(part: str) -> str:
    if part.endswith(" dependency"):
        return f"{'an' if part.startswith('a') else 'a'} {part}"
    return f"{part}()" if _NAME.fullmatch(part) else part


_NAME = re.compile(r"[A-Za-z_]\w*")


def _cures(remedies: Sequence[Remedy], row: Row, writer: bool) -> list[str]:
    """What would do, and what looks as if it would."""
    said = []
    whole = [item for item in remedies if item.complete]
    whole = [item for item in whole if item.instead or item.inserted] or whole  # what stays plain is not made special
    part = [item for item in remedies if not item.complete and item.works[0]]
    for items, does in ((whole, "makes this impossible"), (part, "does so for these two alone")):
        named = [
            _joined([f"{item.name}()" for item in those], "or") + where
            for those, where in (
                ([item for item in items if not item.inserted], _instead(items)),
                ([item for item in items if item.inserted], f" before {_noun(_two(row, writer)[1])}"),
            )
            if those
        ]
        if named:
            said.append(f"{named[0]} {does}{f', as does {named[1]}' if len(named) > 1 else ''}.")
    useless = [item.name for item in remedies if not item.works[0] and item.name == "smp_mb__before_atomic"]
    name = _atomic(remedies)
    if useless and writer and name:
        there = useless[0] in _just_before(row.second.span)
        said.append(
            f"{useless[0]}() {'does not do here' if there else 'would not do'}: it orders read-modify-write operations "
            f"only, and {name}() is none, it is a plain WRITE_ONCE()."
        )
    return said


def _instead(items: Sequence[Remedy]) -> str:
    """What accesses are replaced."""
    names = list(dict.fromkeys(f"{i.instead}()" if i.instead else "the plain access" for i in items if not i.inserted))
    return f" in place of {_joined(names, 'and')}" if names else ""


def _just_before(span: Span) -> str:
    """The text of the few statements before a place, up to the end of a block."""
    return span.file.text[max(0, span.start - NEAR) : span.start].rpartition("}")[2]


def _atomic(remedies: Sequence[Remedy]) -> str:
    """The name of the atomic operation that the store is, if it is one."""
    return next((r.instead for r in remedies if r.instead.startswith(("atomic_", "atomic64_", "atomic_long_"))), "")


def _joined(items: Sequence[str], word: str) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def _others(defect: Defect) -> list[str]:
    """Further accesses that the same lack of order is about."""
    one = defect.side is Side.WRITER
    pairs = dict.fromkeys(
        (row.first.span, _code(row.first)) if one else (row.then.span, _code(row.then)) for row in defect.rows[1:]
    )
    shown = (defect.row.first if one else defect.row.then).span
    others = [f"`{code}` ({span.where})" for span, code in pairs if span != shown]
    if not others:
        return []
    more = f" and {len(others) - MOST_OTHERS} more" if len(others) > MOST_OTHERS else ""
    return [f"The same holds of {_joined(others[:MOST_OTHERS], 'and')}{more}."]


def _edits(remedies: Sequence[Remedy], earlier: Span) -> tuple[Edit, ...]:
    """The first change that does, best of the access itself. `earlier`: the access that should come first."""
    for item in sorted((item for item in remedies if item.complete), key=lambda item: item.inserted):
        edits: tuple[Edit, ...] = ()
        if item.inserted:
            edits = barrier_before(item.span, item.name, earlier)
        elif item.instead and macro(item.span) == item.instead:
            edits = renamed(item.span, item.instead, item.name)
        if edits:
            return edits
    return ()
