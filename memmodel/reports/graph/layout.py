"""A picture in, the same with a place for everything out: a column for each thread, its boxes from top to bottom in
program order, initial values in a row above them, and edges with their labels."""

from __future__ import annotations

from memmodel.picture import INITIAL, Edge, Picture
from memmodel.records import dataclass
from memmodel.reports.graph import labels
from memmodel.reports.graph.boxes import Sized
from memmodel.reports.graph.geometry import Rect
from memmodel.reports.graph.grid import HEADER, LANE, Grid, Way, grid, label_width, tops
from memmodel.reports.graph.routes import Frame, Route, Router

MARGIN = 16.0
APART = 18.0
"""Between initial values."""


@dataclass(frozen=True)
class PlacedBox:
    sized: Sized
    rect: Rect


@dataclass(frozen=True)
class PlacedEdge:
    number: int
    edge: Edge
    route: Route
    label: Rect


@dataclass(frozen=True)
class Column:
    """`rect` goes around the header and the boxes."""

    header: tuple[str, ...]
    rect: Rect
    title: Rect


@dataclass(frozen=True)
class Layout:
    """`width` and `height` are those of the graph, without heading and legend."""

    width: float
    height: float
    columns: tuple[Column, ...]
    boxes: tuple[PlacedBox, ...]
    edges: tuple[PlacedEdge, ...]


def layout(picture: Picture) -> Layout:
    """A place for all that the picture shows; the same picture always gets the same."""
    cells = grid(picture)
    row = _initial_row(picture, cells)
    level = _levels(cells)
    above = (max(rect.height for rect in row.values()) + level) if row else 0.0
    header = HEADER * max(len(lines) for lines in cells.headers)
    top = MARGIN + above
    starts = [top + header + y for y in tops(cells)]
    rects = tuple(_rect(cells, i, row, starts) for i in range(len(cells.boxes)))
    bottom = starts[-1] + cells.heights[-1] + cells.channels[-1]
    frame = Frame(cells, rects, _gutters(cells), _channels(cells, starts), MARGIN + above - level / 2)
    router = Router(frame)
    routes = [router.route(trip) for trip in cells.trips]
    width = max([MARGIN * 2 + cells.width, *(rect.right + MARGIN for rect in row.values())])
    columns = tuple(_column(cells, i, top, header, bottom) for i in range(len(cells.headers)))
    page = Rect(0, 0, width, bottom + MARGIN)
    texts = _place(picture, cells, routes, (*rects, *(column.title for column in columns)), page)
    edges = tuple(
        PlacedEdge(trip.number, trip.edge, route, text)
        for trip, route, text in zip(cells.trips, routes, texts, strict=True)
    )
    boxes = tuple(PlacedBox(item, rect) for item, rect in zip(cells.boxes, rects, strict=True))
    return Layout(page.width, page.height, columns, boxes, edges)


def _levels(cells: Grid) -> float:
    """The height of the channel below the initial values."""
    return 24.0 + 5 * sum(trip.way is Way.INITIAL for trip in cells.trips)


def _rect(cells: Grid, number: int, row: dict[int, Rect], starts: list[float]) -> Rect:
    if number in row:
        return row[number]
    cell, size = cells.cells[number], cells.boxes[number]
    left = MARGIN + cells.left(cell.column)
    width, height = cells.widths[cell.column], cells.heights[cell.row]
    return Rect(left, starts[cell.row] + (height - size.height) / 2, width, size.height)


def _gutters(cells: Grid) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    for gutter, width in enumerate(cells.gutters):
        left = MARGIN + sum(cells.gutters[:gutter]) + sum(cells.widths[:gutter])
        found.append((left, left + width))
    return tuple(found)


def _channels(cells: Grid, starts: list[float]) -> tuple[tuple[float, float], ...]:
    above = [(start - height, start) for start, height in zip(starts, cells.channels[:-1], strict=True)]
    end = starts[-1] + cells.heights[-1]
    return (*above, (end, end + cells.channels[-1]))


def _initial_row(picture: Picture, cells: Grid) -> dict[int, Rect]:
    """Places for the initial values, each above the gutters that its edges go down, as far as there is room."""
    gutters = _gutters(cells)
    wishes: list[tuple[float, int]] = []
    for number, box in enumerate(picture.boxes):
        if box.thread == INITIAL:
            lanes = [
                gutters[t.gutters[0]] for t in cells.trips if number in (t.edge.first, t.edge.second) and t.gutters
            ]
            middle = sum(left + right for left, right in lanes) / 2 / len(lanes) if lanes else MARGIN + cells.width / 2
            wishes.append((middle, number))
    wishes.sort()
    widths = [cells.boxes[number].width for _, number in wishes]
    placed: list[float] = []
    at = MARGIN
    for (middle, _), width in zip(wishes, widths, strict=True):
        left = max(at, middle - width / 2)
        placed.append(left)
        at = left + width + APART
    # with too many for the width of the threads, the picture grows to the right
    edge = MARGIN + max(cells.width, sum(widths) + APART * (len(widths) - 1))
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], edge - widths[i])
        edge = placed[i] - APART
    rows = zip(wishes, placed, widths, strict=True)
    return {number: Rect(left, MARGIN, width, cells.boxes[number].height) for (_, number), left, width in rows}


def _column(cells: Grid, column: int, top: float, header: float, bottom: float) -> Column:
    left, width = MARGIN + cells.left(column), cells.widths[column]
    title = Rect(left, top, width, header)
    return Column(cells.headers[column], Rect(left - LANE / 2, top, width + LANE, bottom - top), title)


def _place(picture: Picture, cells: Grid, routes: list[Route], blocked: tuple[Rect, ...], page: Rect) -> list[Rect]:
    wanted = [
        labels.Wanted(route.path, label_width(trip.edge.relation), trip.way is Way.STRAIGHT)
        for trip, route in zip(cells.trips, routes, strict=True)
    ]
    order = sorted(range(len(wanted)), key=lambda i: (not picture.edges[i].cycle, i))
    return labels.place(wanted, order, blocked, page)
