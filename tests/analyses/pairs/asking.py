"""The text of a C file in, the rows of the pairing table of two of its functions out."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.analyses.pairs.row import Row, Shape
from memmodel.analyses.pairs.table import Table, Tables
from memmodel.cat import models
from memmodel.files import Files
from memmodel.frontends.c.alone.index import Headers
from memmodel.source import SourceFile

LKMM = models.load("lkmm").model


def table(text: str) -> Table:
    return Tables(Headers(Files()), LKMM).table(SourceFile("pair.c", text), "pair.c")


def rows(text: str, first: str = "f", second: str = "g") -> list[Row]:
    """All rows, also those that the table leaves out; where an order does not hold, with an execution that shows it."""
    found = table(text).paired(first, second, everything=True)
    assert not found.why, found.why
    return [found.look(row) for row in found.rows]


def row(text: str, wanted: Callable[[Row], bool] = lambda _: True) -> Row:
    """The only row of the functions f and g, or of those that are wanted, besides what their callers do."""
    (found,) = (row for row in rows(text) if not row.first.caller and wanted(row))
    return found


def fields(row: Row) -> str:
    """A row by its fields: the last part of each, in order."""
    return " ".join(access.field.rpartition(".")[2] for access in (row.first, row.second, row.sees, row.then))


def handover(row: Row) -> bool:
    return row.shape is Shape.HANDOVER
