"""A picture in, columns and rows out: which box stands in which cell, how wide the columns and the gutters between them
are, and how high the rows and the channels between them.

All columns share their rows, so that a channel runs clear of boxes from one side of the picture to the other; edges
between distant columns go through channels, all others stay in the gutter beside their box.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum
from itertools import accumulate

from memmodel.picture import INITIAL, Edge, Picture
from memmodel.records import dataclass
from memmodel.reports.graph.boxes import CHARACTER, SMALL, Sized, shortened, sized, wrapped

LANE = 14.0
"""Between edges that run side by side."""
CHANNEL = 34.0
OUTER = 20.0
INNER = 92.0
LABEL = 12.0
"""The size of labels' text."""
LABEL_HEIGHT = 15.0
NARROWEST = 132.0
HEADER = 26.0
"""The height of a line of a column's header."""


class Way(Enum):
    """How an edge gets from box to box."""

    STRAIGHT = "straight"
    """Down to the next box of the thread."""
    LOOP = "loop"
    """Beside the thread's own column."""
    ACROSS = "across"
    """To the neighbouring column."""
    FAR = "far"
    """Through a channel."""
    INITIAL = "initial"
    """From the row of initial values."""


@dataclass(frozen=True)
class Cell:
    column: int
    """-1 in the row of initial values, where `row` counts along it."""
    row: int


@dataclass(frozen=True)
class Trip:
    """An edge with its way. `number`: its place in the picture. `gutters`: those it runs along, in its direction."""

    number: int
    edge: Edge
    way: Way
    gutters: tuple[int, ...]
    channel: int = -1
    """The row that the channel is above."""


@dataclass(frozen=True)
class Grid:
    boxes: tuple[Sized, ...]
    cells: tuple[Cell, ...]
    headers: tuple[tuple[str, ...], ...]
    trips: tuple[Trip, ...]
    widths: tuple[float, ...]
    """Of the columns."""
    heights: tuple[float, ...]
    """Of the rows."""
    gutters: tuple[float, ...]
    """Widths, from the left of the first column to the right of the last."""
    channels: tuple[float, ...]
    """Heights, from above the first row to below the last."""

    def left(self, column: int) -> float:
        """Where a column begins, from the left of the first gutter."""
        return sum(self.gutters[: column + 1]) + sum(self.widths[:column])

    @property
    def width(self) -> float:
        return sum(self.gutters) + sum(self.widths)


def label_width(relation: str) -> float:
    """How wide a label is, with some air."""
    return len(relation) * LABEL * SMALL + 6


def grid(picture: Picture) -> Grid:
    """The picture's boxes and edges on a grid."""
    main = Counter(box.file for box in picture.boxes if box.line).most_common(1)
    boxes = tuple(sized(box, main[0][0] if main else "") for box in picture.boxes)
    cells = _cells(picture)
    columns = max(1, len(picture.threads))
    rows = 1 + max((cell.row for cell in cells if cell.column >= 0), default=0)
    trips = tuple(_trip(i, edge, cells, columns) for i, edge in enumerate(picture.edges))
    widths = tuple(
        max([NARROWEST, *(_side_by_side(trips, i, box) for i, box in enumerate(boxes) if cells[i].column == column)])
        for column in range(columns)
    )
    heights = tuple(
        max([0.0, *(boxes[i].height for i, cell in enumerate(cells) if cell.column >= 0 and cell.row == row)])
        for row in range(rows)
    )
    headers = tuple(_header(name, widths[i]) for i, name in enumerate(picture.threads)) or (("",),)
    return Grid(
        boxes,
        cells,
        headers,
        trips,
        widths,
        heights,
        tuple(_gutter(gutter, columns, trips) for gutter in range(columns + 1)),
        tuple(_channel(row, rows, trips) for row in range(rows + 1)),
    )


def _side_by_side(trips: tuple[Trip, ...], number: int, box: Sized) -> float:
    """The width that a box needs for its text and for the edges that go straight down from it."""
    labels = [label_width(t.edge.relation) for t in trips if t.way is Way.STRAIGHT and t.edge.first == number]
    return max(box.width, (max(labels, default=0.0) + 6) * (len(labels) + 1))


def _cells(picture: Picture) -> tuple[Cell, ...]:
    rows = [0] * len(picture.threads)
    cells: list[Cell] = []
    initial = 0
    for box in picture.boxes:
        if box.thread == INITIAL:
            cells.append(Cell(-1, initial))
            initial += 1
        else:
            cells.append(Cell(box.thread, rows[box.thread]))
            rows[box.thread] += 1
    return tuple(cells)


def _header(name: str, width: float) -> tuple[str, ...]:
    room = int(width / CHARACTER)
    return tuple(shortened(line, room) for line in wrapped(name, room, 2))


# ── ways ─────────────────────────────────────────────────────────────────────────────────────────


def _trip(number: int, edge: Edge, cells: tuple[Cell, ...], columns: int) -> Trip:
    a, b = cells[edge.first], cells[edge.second]
    if a.column < 0 or b.column < 0:
        column = max(a.column, b.column, 0)
        return Trip(number, edge, Way.INITIAL, (column + (column >= columns / 2),))  # where other threads are not
    if a.column == b.column:
        if b.row == a.row + 1:
            return Trip(number, edge, Way.STRAIGHT, ())
        return Trip(number, edge, Way.LOOP, (a.column + (a.column >= columns / 2),))
    right = b.column > a.column
    gutters = (a.column + right, b.column + (not right))
    if gutters[0] == gutters[1]:
        return Trip(number, edge, Way.ACROSS, gutters[:1])
    channel = a.row if b.row < a.row else a.row + 1
    return Trip(number, edge, Way.FAR, gutters, channel)


def _gutter(gutter: int, columns: int, trips: tuple[Trip, ...]) -> float:
    mine = [trip for trip in trips if gutter in trip.gutters]
    inner = 0 < gutter < columns
    labels = [label_width(trip.edge.relation) for trip in mine]
    loops = sum(trip.way is Way.LOOP for trip in mine)
    lanes = sum(trip.way is Way.FAR for trip in mine)
    across = sum(trip.way is Way.ACROSS for trip in mine)
    initial = sum(trip.way is Way.INITIAL for trip in mine)
    room = max(labels, default=0.0)
    if not mine:
        return 44.0 if inner else OUTER
    base = max(INNER if inner else OUTER, room + 34.0)
    return base + LANE * (1.6 * loops + lanes + max(0, across - 2) + initial)


def _channel(row: int, rows: int, trips: tuple[Trip, ...]) -> float:
    lanes = sum(trip.way is Way.FAR and trip.channel == row for trip in trips)
    if row in (0, rows) and not lanes:
        return 8.0
    return CHANNEL + LANE * lanes


def tops(grid: Grid) -> list[float]:
    """Where each row begins, from the top of the first channel."""
    steps = [height + channel for height, channel in zip((0.0, *grid.heights), grid.channels, strict=True)]
    return list(accumulate(steps))[: len(grid.heights)]
