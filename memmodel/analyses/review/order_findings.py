"""An order that a patch loses, lacks or makes in, the finding about it out: who sees what, why, and what would do."""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.analyses.finding import Edit, Finding, Level, Related
from memmodel.analyses.pairs.remedies import Remedy
from memmodel.analyses.pairs.row import Access, Row
from memmodel.analyses.review.lines import PatchLines
from memmodel.analyses.review.orders import Change, Defect, Side
from memmodel.analyses.wording import macro
from memmodel.source import Span

MOST_OTHERS = 3
"""Further pairs of accesses that a remark names."""


def defect_finding(defect: Defect, remedies: Sequence[Remedy], lines: PatchLines) -> Finding:
    """The finding of an order that is lost or lacking. `remedies`: what was tried against it."""
    row = defect.row
    writer = defect.side is Side.WRITER
    place, other = (row.second, row.first) if writer else (row.sees, row.then)
    said = [_story(row, writer)]
    if defect.lost:
        said.append(_lost(defect, writer))
    said += _cures(remedies, writer)
    said += _others(defect)
    related = [Related("which may come later" if writer else "which may come first", other.span)]
    ends = (row.sees, row.then) if writer else (row.first, row.second)
    related += [Related(f"{access.does} {_short(access)} in {access.function}()", access.span) for access in ends]
    return Finding(
        "MM201" if defect.lost else "MM202",
        Level.ERROR if defect.lost else Level.WARNING,
        _title(row, writer),
        " ".join(said),
        _blamed(defect, lines, place),
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
    return Finding("MM208", Level.NOTE, title, message, row.second.span, (Related("comes first", row.first.span),))


def _code(access: Access) -> str:
    return access.code if len(access.code) <= 60 else f"{access.code[:57]}..."


def _short(access: Access) -> str:
    return access.field.rpartition(".")[2] or access.field


def _title(row: Row, writer: bool) -> str:
    first, second = (row.first, row.second) if writer else (row.sees, row.then)
    return f"`{_code(second)}` may take effect before `{_code(first)}`"


def _story(row: Row, writer: bool) -> str:
    """What can happen, in two sentences."""
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


def _blamed(defect: Defect, lines: PatchLines, place: Access) -> Span:
    """The place to say it at: a line that the patch adds, else one that it removes and that made the order."""
    row = defect.row
    if lines.added(place.span):
        return place.span
    for old in defect.before:
        for span in (old.one if defect.side is Side.WRITER else old.other).spans:
            if lines.removed(span):
                return span
    other = row.first if defect.side is Side.WRITER else row.then
    return other.span if lines.added(other.span) else place.span


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
