"""The rows of a pairing table in, lines for people out: by the pair of functions, what is not in order first.

What no barrier orders on either side is counted only, except where every row is wanted: nothing says that it is meant
to be in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum

from memmodel.analyses.pairs.row import Access, Row, Standing
from memmodel.reports.review.pair_words import barriers, fields, is_bare, is_by_itself, is_half
from memmodel.reports.review.places import relative
from memmodel.reports.review.printable import WIDTH, code, one_line, width, wrap
from memmodel.reports.style import Colour, Style

MOST = 3
"""Pairs of barriers that a line names."""

BEFORE = ", ordered before this patch"

_COLOURS = {Standing.REORDERED: Colour.RED, Standing.OPEN: Colour.YELLOW, Standing.ORDERED: Colour.GREEN}
_FIRST_TO_LAST = (Standing.REORDERED, Standing.OPEN, Standing.ORDERED)
_COLUMN = 13


class Detail(Enum):
    """BRIEF: of each pair of functions the counts, and what is in order on one side only; COMPACT: a line for each pair
    of fields; FULL: every row with its lines of code."""

    BRIEF = 0
    COMPACT = 1
    FULL = 2


def groups(rows: Sequence[Row]) -> dict[frozenset[str], list[Row]]:
    """The rows by the pair of functions, the worst pairs first."""
    found: dict[frozenset[str], list[Row]] = {}
    for row in rows:
        found.setdefault(frozenset((row.first.function, row.sees.function)), []).append(row)
    return dict(sorted(found.items(), key=lambda item: min(map(_badness, item[1]))))


def _badness(row: Row) -> int:
    return len(_FIRST_TO_LAST) if is_bare(row) else _FIRST_TO_LAST.index(row.standing)


def table(
    rows: Sequence[Row], tree: str | None, style: Style, detail: Detail, opened: Collection[Row] = ()
) -> list[str]:
    """The lines of the whole table, its heading first. `opened`: those of the rows that were ordered before a patch,
    and of which nothing is shown now."""
    found = groups(rows)
    total = f" ({counts(rows)})" if len(found) > 1 else ""
    lines = [style.paint(f"Pairing table{total}:", Colour.BOLD)]
    told: dict[tuple[str, ...], str] = {}
    bare = []
    for own in found.values():
        names = next(iter(_directions(own)))
        called = pair_called(*names)
        if detail is not Detail.FULL and all(is_bare(row) and row not in opened for row in own):
            bare.append(f"{called} ({len(own)})")
            continue
        below = list(_pair(own, tree, style, detail, opened))
        nameless = tuple(_nameless(line, names) for line in below)
        before = told.setdefault(nameless, called) if below and detail is not Detail.FULL else called
        lines += wrap(f"{called}: {counts(own)}", WIDTH, "  ", "    ")
        lines += below if before == called else wrap(f"the same as {before}", WIDTH, "    ")
    return lines + (wrap(f"without a barrier only: {', '.join(bare)}", WIDTH, "  ", "    ") if bare else [])


def _nameless(line: str, names: tuple[str, str]) -> str:
    """A line without the names of the functions: some share all of their code."""
    for number, name in enumerate(names):
        line = line.replace(f" {name}()", f" {number}()")
    return line


def pair_called(one: str, other: str) -> str:
    """The two functions of a table, as one speaks of them."""
    return f"{one_line(one)}() with {'itself' if one == other else f'{one_line(other)}()'}"


def counts(rows: Sequence[Row]) -> str:
    """How many rows are how: `1 not ordered, 3 ordered, 2 without a barrier`."""
    told = [
        (standing.value, sum(r.standing is standing and not is_bare(r) for r in rows)) for standing in _FIRST_TO_LAST
    ]
    told.append(("without a barrier", sum(map(is_bare, rows))))
    return ", ".join(f"{count} {what}" for what, count in told if count) or "nothing to order"


def _pair(
    rows: Sequence[Row], tree: str | None, style: Style, detail: Detail, opened: Collection[Row]
) -> Iterator[str]:
    """The lines about two functions, below a heading."""
    for (one, other), own in _directions(rows).items():
        wanted = own if detail is Detail.FULL else [row for row in own if not is_bare(row) or row in opened]
        if detail is Detail.BRIEF:
            wanted = [row for row in wanted if is_half(row) or row.standing is Standing.REORDERED or row in opened]
        if not wanted:
            continue
        if one != other:
            yield from wrap(f"{one_line(one)}() -> {one_line(other)}()", WIDTH, "   ", "     ")
        if detail is Detail.FULL:
            for row in sorted(wanted, key=_badness):
                yield from _long(row, tree, style, row in opened)
        else:
            yield from _by_fields(wanted, style, opened)


def _by_fields(rows: Sequence[Row], style: Style, opened: Collection[Row]) -> Iterator[str]:
    """A line for each two fields, but one for all that is in order without a barrier."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(fields(row), []).append(row)
    alone = [name for name, group in found.items() if all(map(is_by_itself, group))]
    groups = [group for name, group in found.items() if name not in alone]
    for group in sorted(groups, key=lambda group: min(map(_badness, group))):
        yield from _short(group, style, any(row in opened for row in group))
    if alone:
        yield from _told(Standing.ORDERED, "by dependencies or locks", ", ".join(alone), style)


def _directions(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """The rows by who does what the other sees, the worst first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.first.function, row.sees.function), []).append(row)
    return dict(sorted(found.items(), key=lambda item: min(map(_badness, item[1]))))


def _short(rows: Sequence[Row], style: Style, opened: bool) -> list[str]:
    """A line for rows about the same fields: how the worst of them are, and by what."""
    worst = next(standing for standing in _FIRST_TO_LAST if any(row.standing is standing for row in rows))
    those = [row for row in rows if row.standing is worst]
    alike = list(dict.fromkeys(_by(row) for row in those))
    alike.sort(key=lambda by: " :" not in by)
    by = "; ".join(alike[:MOST]) + (f"; and {len(alike) - MOST} more" if len(alike) > MOST else "")
    count = f" ({len(those)} of {len(rows)})" if len(those) < len(rows) else f" ({len(rows)})" if len(rows) > 1 else ""
    lines = _told(worst, f"{fields(those[0])}{count}{BEFORE if opened else ''}", by, style)
    why = "; ".join(dict.fromkeys(row.why for row in those if row.why)) if opened else ""
    return [*lines, *wrap(why, WIDTH, " " * (4 + _COLUMN))]


def _by(row: Row) -> str:
    """What orders either side."""
    return f"{barriers(row.one, row.second)} <-> {barriers(row.other, row.sees)}"


def _told(standing: Standing, what: str, by: str, style: Style) -> list[str]:
    """How it is, what, and by which barriers: on one line where that fits."""
    head = f"    {standing.value:<{_COLUMN}}"
    lines = wrap(f"{what}: {by}", WIDTH, head)
    if len(lines) > 1:
        lines = [*wrap(f"{what}:", WIDTH, head), *wrap(by, WIDTH, " " * len(head), " " * (len(head) + 2))]
    return [lines[0].replace(standing.value, style.paint(standing.value, _COLOURS[standing]), 1), *lines[1:]]


def _long(row: Row, tree: str | None, style: Style, opened: bool) -> Iterable[str]:
    """A row with its four lines of code, and why it is as it is."""
    yield from _told(row.standing, f"{fields(row)}{BEFORE if opened else ''}", _by(row), style)
    for access in (row.first, row.second, row.sees, row.then):
        yield from wrap(_access(access, tree), WIDTH, "      ", "          ")
    if row.why:
        yield from wrap(row.why, WIDTH, "      ")
    witness = [code(line) for line in row.witness]
    pad = " " * max(0, min(6, WIDTH - max(map(width, witness), default=0)))
    yield from (f"{pad}{line}".rstrip() for line in witness)


def _access(access: Access, tree: str | None) -> str:
    where = f"{relative(access.span.file.name, tree).rpartition('/')[2]}:{access.span.line}"
    if access.caller:
        return f"{where}: {one_line(access.code)}"
    plain = " plainly" if access.plain else ""
    return f"{where}: {access.does} {one_line(access.field)}{plain}: {one_line(access.code)}"
