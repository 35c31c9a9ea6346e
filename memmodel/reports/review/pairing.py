"""The rows of a pairing table in, lines for people out: by the pair of functions, what is not in order first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from memmodel.analyses.pairs.row import Access, Order, Row, Standing
from memmodel.reports.review import Options
from memmodel.reports.review.places import relative
from memmodel.reports.review.printable import WIDTH, clip, code, one_line, wrap
from memmodel.reports.style import Colour, Style

MOST = 8
"""Lines about what is in order that a pair of functions gets, but for the full table."""

_COLOURS = {Standing.REORDERED: Colour.RED, Standing.OPEN: Colour.YELLOW, Standing.ORDERED: Colour.GREEN}
_FIRST_TO_LAST = (Standing.REORDERED, Standing.OPEN, Standing.ORDERED)


def groups(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """The rows by the pair of functions, the one that writes and the one that sees it; the worst pairs first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.first.function, row.sees.function), []).append(row)
    return dict(sorted(found.items(), key=lambda item: min(_FIRST_TO_LAST.index(row.standing) for row in item[1])))


def table(rows: Sequence[Row], tree: str | None, options: Options) -> list[str]:
    """The lines of the whole table, its heading first."""
    counts = Counter(row.standing for row in rows)
    told = ", ".join(f"{counts[standing]} {standing.value}" for standing in _FIRST_TO_LAST if counts[standing])
    lines = [options.style.paint(f"Pairing table ({told}):", Colour.BOLD)]
    for (one, other), own in groups(rows).items():
        lines += wrap(f"{one}() and {other}():" if one != other else f"{one}() with itself:", WIDTH, "  ")
        for standing in _FIRST_TO_LAST:
            group = [row for row in own if row.standing is standing]
            if standing is Standing.ORDERED and not options.full:
                lines += _folded(group, options.style)
            else:
                lines += [line for row in group for line in _long(row, tree, options)]
    return lines


def _folded(rows: Sequence[Row], style: Style) -> Iterable[str]:
    """A line for each; rows that read alike are counted."""
    alike = Counter(_brief(row) for row in rows)
    for text, count in list(alike.items())[:MOST]:
        yield from _marked(Standing.ORDERED, f"{text} ({count} times)" if count > 1 else text, style)
    if len(alike) > MOST:
        yield f"    and {len(alike) - MOST} more in order; --full lists them"


def _brief(row: Row) -> str:
    return f"{one_line(row.first.field)}, {one_line(row.second.field)}: {_by(row.one)} <-> {_by(row.other)}"


def _by(order: Order) -> str:
    return one_line(order.by) or "nothing"


def _marked(standing: Standing, text: str, style: Style) -> list[str]:
    lines = wrap(text, WIDTH, f"    {standing.value:<12}")
    return [lines[0].replace(standing.value, style.paint(standing.value, _COLOURS[standing]), 1), *lines[1:]]


def _long(row: Row, tree: str | None, options: Options) -> Iterable[str]:
    """A row with its four lines of code, and why it is as it is."""
    yield from _marked(row.standing, _brief(row), options.style)
    for access in (row.first, row.second, row.sees, row.then):
        yield clip(f"      {_access(access, tree)}", WIDTH)
    if row.why:
        yield from wrap(row.why, WIDTH, "      ")
    if options.full:
        yield from (code(line) for line in row.witness)


def _access(access: Access, tree: str | None) -> str:
    where = f"{relative(access.span.file.name, tree).rpartition('/')[2]}:{access.span.line}"
    plain = " plainly" if access.plain else ""
    return f"{where}: {access.does} {one_line(access.field)}{plain}: {one_line(access.code)}"
