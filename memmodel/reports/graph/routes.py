"""A grid whose boxes have their places in, the paths of its edges out: straight down, around a column, across a gutter
or through channels, each from its own spot on the side of its box."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from memmodel.records import dataclass
from memmodel.reports.graph.geometry import Path, Point, Rect, bent, curve, straight
from memmodel.reports.graph.grid import LANE, Grid, Trip, Way, label_width

HEAD = 8.0
"""The length of an arrow's head."""


class Side(IntEnum):
    LEFT = -1
    BELOW = 0
    RIGHT = 1


@dataclass(frozen=True)
class Route:
    """A path, which ends where the head of its arrow begins, and the tip of the head."""

    path: Path
    tip: Point


@dataclass(frozen=True)
class Frame:
    """Where the parts of a grid are."""

    grid: Grid
    rects: tuple[Rect, ...]
    gutters: tuple[tuple[float, float], ...]
    """Left and right."""
    channels: tuple[tuple[float, float], ...]
    """Top and bottom."""
    initial: float
    """The middle of the channel below the initial values."""


class Router:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._trips = frame.grid.trips
        self._ends: dict[tuple[int, int], Point] = {}
        """(number of the edge, 0 or 1) to the spot where it leaves or enters its box."""
        self._lanes: dict[tuple[int, int], float] = {}
        """(number of the edge, gutter) to x."""
        self._levels: dict[int, float] = {}
        """Number of the edge to y in its channel."""
        self._loops: dict[int, float] = {}
        """Number of the edge to how far it stands out from its column."""
        self._assign_lanes()
        self._assign_spots()

    def route(self, trip: Trip) -> Route:
        start, end = self._ends[trip.number, 0], self._ends[trip.number, 1]
        match trip.way:
            case Way.STRAIGHT:
                return Route(straight(start, (end[0], end[1] - HEAD)), end)
            case Way.LOOP:
                out = self._loops[trip.number] * (1 if self._sides(trip)[0] is Side.RIGHT else -1)
                near = (end[0] + (HEAD if out > 0 else -HEAD), end[1])
                return Route(curve(start, (start[0] + out, start[1]), (end[0] + out, end[1]), near), end)
            case Way.ACROSS:
                reach = (end[0] - start[0]) * 0.45
                near = (end[0] - (HEAD if reach > 0 else -HEAD), end[1])
                return Route(curve(start, (start[0] + reach, start[1]), (end[0] - reach, end[1]), near), end)
            case Way.FAR:
                first, second = (self._lanes[trip.number, gutter] for gutter in trip.gutters)
                level = self._levels[trip.number]
                corners = [start, (first, start[1]), (first, level), (second, level), (second, end[1])]
            case Way.INITIAL:
                lane = self._lanes[trip.number, trip.gutters[0]]
                level = self._levels[trip.number]
                if self._alone(trip.edge.first, lane):
                    start = lane, start[1]
                corners = [start, (start[0], level), (lane, level), (lane, end[1])]
        near = (end[0] - HEAD * -self._sides(trip)[1], end[1])
        return Route(bent([*corners, near]), end)

    def _alone(self, box: int, lane: float) -> bool:
        """Whether a box has but one edge, and that can go straight down a lane below it."""
        rect = self._frame.rects[box]
        within = rect.x + HEAD < lane < rect.right - HEAD
        return within and sum(box in (trip.edge.first, trip.edge.second) for trip in self._trips) == 1

    # ── lanes ────────────────────────────────────────────────────────────────────────────────────

    def _assign_lanes(self) -> None:
        frame = self._frame
        for gutter, (left, right) in enumerate(frame.gutters):
            running = [t for t in self._trips if t.way in (Way.FAR, Way.INITIAL) and gutter in t.gutters]
            running.sort(key=lambda t: (self._column(t), t.number))
            for i, trip in enumerate(running):
                self._lanes[trip.number, gutter] = left + (right - left) * (i + 1) / (len(running) + 1)
            for side in (Side.LEFT, Side.RIGHT):
                loops = [t for t in self._trips if t.way is Way.LOOP and t.gutters == (gutter,)]
                loops = [t for t in loops if self._sides(t)[0] is side]
                loops.sort(key=lambda t: (abs(self._span(t)), t.number))
                for i, trip in enumerate(loops):
                    self._loops[trip.number] = (30 + label_width("") + i * LANE * 1.6) * 4 / 3
        for row, (_, bottom) in enumerate(frame.channels):
            running = [t for t in self._trips if t.way is Way.FAR and t.channel == row]
            for i, trip in enumerate(running):
                self._levels[trip.number] = bottom - LANE * (len(running) - i) + 2  # above are labels
        initial = [t for t in self._trips if t.way is Way.INITIAL]
        for i, trip in enumerate(initial):
            self._levels[trip.number] = frame.initial + (i - (len(initial) - 1) / 2) * 5

    def _span(self, trip: Trip) -> int:
        cells = self._frame.grid.cells
        return cells[trip.edge.second].row - cells[trip.edge.first].row

    def _column(self, trip: Trip) -> float:
        return self._frame.rects[trip.edge.first].centre[0]

    # ── spots ────────────────────────────────────────────────────────────────────────────────────

    def _sides(self, trip: Trip) -> tuple[Side, Side]:
        """The sides of the boxes where the edge leaves and enters."""
        if trip.way is Way.STRAIGHT:
            return Side.BELOW, Side.BELOW
        cells = self._frame.grid.cells
        first, second = cells[trip.edge.first].column, cells[trip.edge.second].column
        out = Side.RIGHT if trip.gutters[0] > first else Side.LEFT
        if trip.way is Way.INITIAL:
            out = Side.BELOW
        return out, Side.RIGHT if trip.gutters[-1] > second else Side.LEFT

    def _assign_spots(self) -> None:
        spots: dict[tuple[int, Side, int], list[tuple[float, int, int]]] = {}
        for trip in self._trips:
            sides = self._sides(trip)
            boxes = trip.edge.first, trip.edge.second
            for end in (0, 1):
                bottom = end if sides[end] is Side.BELOW else 0
                key = self._key(trip, end, sides[end])
                spots.setdefault((boxes[end], sides[end], bottom), []).append((key, trip.number, end))
        for (box, side, bottom), found in spots.items():
            rect = self._frame.rects[box]
            found.sort()
            for i, (_, number, end) in enumerate(found):
                self._ends[number, end] = _spot(rect, side, bool(bottom), i, found, self._room(found))

    def _room(self, found: Sequence[tuple[float, int, int]]) -> float:
        """Between edges that go straight down side by side: their labels stand between them."""
        return max(label_width(self._trips[number].edge.relation) for _, number, _ in found) + 6

    def _key(self, trip: Trip, end: int, side: Side) -> float:
        """In which order edges stand on one side of a box: so that they need not cross."""
        if side is Side.BELOW:
            if trip.way is Way.INITIAL:
                return self._frame.rects[trip.edge.second].centre[0]
            return -1.0 if trip.edge.relation == "po" else float(trip.number)
        if trip.way is Way.INITIAL:
            return float("-inf")
        if trip.way is Way.FAR:
            return self._levels[trip.number]
        return self._frame.rects[trip.edge.second if end == 0 else trip.edge.first].centre[1]


def _spot(rect: Rect, side: Side, top: bool, place: int, found: Sequence[tuple[float, int, int]], room: float) -> Point:
    """The spot number `place` of several on a side; `top`: where edges from above enter."""
    count = len(found)
    if side is Side.BELOW:
        step = min(room, rect.width / (count + 1))
        return rect.centre[0] + (place - (count - 1) / 2) * step, rect.y if top else rect.bottom
    return rect.x if side is Side.LEFT else rect.right, rect.y + rect.height * (place + 1) / (count + 1)
