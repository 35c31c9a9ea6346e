"""A row of a pairing table in, the words for it out: what should come before what, and what keeps it so."""

from __future__ import annotations

from memmodel.analyses.pairs.row import Access, Order, Row, Shape, Standing
from memmodel.reports.review.printable import one_line


def is_half(row: Row) -> bool:
    """Whether a barrier or an ordered access keeps the order on one side, and nothing on the other."""
    if row.standing is Standing.ORDERED:
        return False
    return bool(row.one.spans) != bool(row.other.spans) and not (row.one.by and row.other.by)


def is_bare(row: Row) -> bool:
    """Whether nothing was shown of it, and no barrier on either side says that it is meant to be in order."""
    return row.standing is Standing.OPEN and not row.one.spans and not row.other.spans


def is_by_itself(row: Row) -> bool:
    """Whether dependencies, locks and the like keep it in order, and no barrier."""
    return row.standing is Standing.ORDERED and not row.one.spans and not row.other.spans


def fields(row: Row) -> str:
    """What is to come before what: `slot before head`; of two functions that each write and then look, both ways."""
    first, second = _names(row.first, row.second)
    if row.shape is Shape.CROSSING:
        end = "neither may see the other" if row.standing is Standing.REORDERED else "at least one sees the other"
        return f"writes {first}, then reads {second} <-> writes {second}, then reads {first} ({end})"
    if row.first.caller:
        return f"what a caller wrote before {second}"
    return f"{first} before {second}"


def barriers(order: Order, access: Access) -> str:
    """What keeps two accesses in order, with its lines: `smp_wmb :17`. `access`: one of the two; what is in another
    file is told with that."""
    if not order.by:
        return "nothing"
    places = list(dict.fromkeys(_place(order, number, access) for number in range(len(order.spans))))
    names = order.by.split(" and ")
    if len(names) == len(places):
        return " and ".join(f"{one_line(name)} {place}" for name, place in zip(names, places, strict=True))
    return " ".join([one_line(order.by), ", ".join(places)]).rstrip()


def _place(order: Order, number: int, access: Access) -> str:
    span = order.spans[number]
    same = span.file.name == access.span.file.name
    return f"{'' if same else one_line(span.file.name.rpartition('/')[2])}:{span.line}"


def _names(one: Access, other: Access) -> tuple[str, str]:
    """The fields without the structures that they are of, where that still tells them apart."""
    full = one_line(one.field), one_line(other.field)
    short = full[0].rpartition(".")[2] or full[0], full[1].rpartition(".")[2] or full[1]
    return full if short[0] == short[1] and full[0] != full[1] else short
