"""An order that a patch loses, lacks or makes in, the finding about it out: who sees what, why, and what would do."""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.analyses.finding import Edit, Finding, Level, Related
from memmodel.analyses.pairs.remedies import Remedy
from memmodel.analyses.pairs.row import Access, Row, Shape
from memmodel.analyses.review.orders import Change, Defect, Side
from memmodel.analyses.wording import macro
from memmodel.source import Span

MOST_OTHERS = 3
"""Further pairs of accesses that a remark names."""


def defect_finding(defect: Defect, remedies: Sequence[Remedy]) -> Finding:
    """The finding of an order that is lost or lacking. `remedies`: what was tried against it."""
    row = defect.row
    writer = defect.side is Side.WRITER
    accesses = (row.second, row.first, row.sees, row.then) if writer else (row.sees, row.then, row.first, row.second)
    said = [_story(row, writer)]
    if defect.lost:
        said.append(_lost(defect, writer))
    said += _cures(remedies, writer)
    said += _others(defect)
    here = [access for access in accesses if access.span != defect.place]
    related = [Related(f"{access.does} {_short(access)} in {access.function}()", access.span) for access in here]
    return Finding(
        "MM201" if defect.lost else "MM202",
        Level.ERROR if defect.lost else Level.WARNING,
        _title(row, writer),
        " ".join(said),
        defect.place,
        tuple(related),
        row.witness,
        _edits(remedies),
        row.steps,
    )


def fix_finding(change: Change) -> Finding:
    """The finding of an order that a patch makes."""
    row, old = change.row, change.before[0]
    by = " and ".join(dict.fromkeys(by for by in (row.one.by, row.other.by) if by))
    message = f"Before this patch, {_story(old, True)[0].lower()}{_story(old, True)[1:]}"
    if by:
        message += f" Now {by} {'make' if ' and ' in by else 'makes'} that impossible."
    title = f"who sees `{_code(row.second)}` now comes after `{_code(row.first)}`"
    orders = [Related("keeps the order", span) for span in (*row.one.spans, *row.other.spans)]
    related = (Related("comes first", row.first.span), *orders)
    return Finding("MM208", Level.NOTE, title, message, row.second.span, related)


def _code(access: Access) -> str:
    return access.code if len(access.code) <= 60 else f"{access.code[:57]}..."


def _short(access: Access) -> str:
    return access.field.rpartition(".")[2] or access.field


def _title(row: Row, writer: bool) -> str:
    first, second = (row.first, row.second) if writer else (row.sees, row.then)
    return f"`{_code(second)}` may take effect before `{_code(first)}`"


def _story(row: Row, writer: bool) -> str:
    """What can happen, in two sentences."""
    if row.shape is Shape.CROSSING:
        return _crossing(row, writer)
    who = f"a CPU in {row.sees.function}()"
    if row.sees.function == row.first.function:
        who = f"another CPU in {row.sees.function}()"
    seen = f"{who} whose {_at(row.sees)} sees what {_at(row.second)} wrote to {_short(row.second)}"
    field = _short(row.first)
    if row.first.does == "reads":
        late = f"may write {field} {_where(row.then)} before {_at(row.first)} has read it"
    elif row.then.does == "reads":
        late = f"may still read the old {field} {_where(row.then)}, from before {_at(row.first)}"
    else:
        late = f"may write {field} {_where(row.then)}, and {_at(row.first)} overwrites that afterwards"
    whose, one, two = (row.first.function, row.first, row.second) if writer else (row.sees.function, row.sees, row.then)
    return f"{seen[0].upper()}{seen[1:]} {late}: nothing in {whose}() keeps `{_code(one)}` and `{_code(two)}` in order."


def _crossing(row: Row, writer: bool) -> str:
    whose, one, two = (row.first.function, row.first, row.second) if writer else (row.sees.function, row.sees, row.then)
    return (
        f"{row.first.function}() writes {_short(row.first)} and then reads {_short(row.second)}, {row.sees.function}() "
        f"writes {_short(row.sees)} and then reads {_short(row.then)}; both may read the old value, so that neither "
        f"sees the other: nothing in {whose}() keeps `{_code(one)}` ({one.span.where}) before `{_code(two)}` "
        f"({two.span.where})."
    )


def _at(access: Access) -> str:
    return f"`{_code(access)}` ({access.span.where})"


def _where(access: Access) -> str:
    return f"in `{_code(access)}` ({access.span.where})"


def _lost(defect: Defect, writer: bool) -> str:
    by = next((order.by for row in defect.before for order in ((row.one if writer else row.other),) if order.by), "")
    return f"Before this patch, {by} kept them in order." if by else "Before this patch they were kept in order."


def _cures(remedies: Sequence[Remedy], writer: bool) -> list[str]:
    """What would do, and what looks as if it would."""
    whole = [item for item in remedies if item.complete]
    part = [item for item in remedies if not item.complete and item.works[0]]
    useless = [item for item in remedies if not item.works[0] and item.name.startswith("smp_mb__")]
    said = []
    if whole:
        said.append(f"{_joined([_cure(item, writer) for item in whole], 'or')} makes this impossible.")
    if part:
        said.append(f"{_joined([_cure(item, writer) for item in part], 'or')} does so for these two alone.")
    for item in useless:
        if item.name == "smp_mb__before_atomic" and writer and _atomic(remedies):
            name = _atomic(remedies)
            said.append(
                f"smp_mb__before_atomic() would not do: it orders read-modify-write operations only, and {name}() is "
                "none, it is a plain WRITE_ONCE()."
            )
    return said


def _atomic(remedies: Sequence[Remedy]) -> str:
    """The name of the atomic operation that the store is, if it is one."""
    return next((r.instead for r in remedies if r.instead.startswith(("atomic_", "atomic64_", "atomic_long_"))), "")


def _cure(item: Remedy, writer: bool) -> str:
    if item.inserted:
        return f"{item.name}() before it" if writer else f"{item.name}() in between"
    return f"{item.name}() in place of {item.instead + '()' if item.instead else 'the plain access'}"


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


def _edits(remedies: Sequence[Remedy]) -> tuple[Edit, ...]:
    """The first change that does, best of the access itself."""
    whole = [item for item in remedies if item.complete]
    for item in sorted(whole, key=lambda item: item.inserted):
        if item.inserted:
            return (Edit(item.span, f"{item.name}();\n{_indent(item.span)}"),)
        if item.instead and macro(item.span) == item.instead:
            start = item.span.start + item.span.text.index(item.instead)
            return (Edit(item.span.file.span(start, start + len(item.instead)), item.name),)
    return ()


def _indent(span: Span) -> str:
    """The white space at the beginning of the line."""
    line = span.file.line(span.line)
    return line[: len(line) - len(line.lstrip())]
