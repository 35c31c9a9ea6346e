"""Rectangles and paths in the plane: whether they meet, points on them, and how SVG writes them. y grows downwards."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

from memmodel.records import dataclass

Point = tuple[float, float]

RADIUS = 10.0
"""Of the corners of a path."""


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Rect, margin: float = 0.0) -> bool:
        """Whether the two come closer than `margin`."""
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        """Whether a point is inside, or closer than `margin`."""
        x, y = point
        return self.x - margin < x < self.right + margin and self.y - margin < y < self.bottom + margin


def around(centre: Point, width: float, height: float) -> Rect:
    return Rect(centre[0] - width / 2, centre[1] - height / 2, width, height)


@dataclass(frozen=True)
class Segment:
    """A cubic Bézier curve."""

    start: Point
    first: Point
    second: Point
    end: Point

    def at(self, t: float) -> Point:
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        return (
            a * self.start[0] + b * self.first[0] + c * self.second[0] + d * self.end[0],
            a * self.start[1] + b * self.first[1] + c * self.second[1] + d * self.end[1],
        )

    @property
    def straight(self) -> bool:
        return self.first == self.start and self.second == self.end


@dataclass(frozen=True)
class Path:
    segments: tuple[Segment, ...]

    @property
    def end(self) -> Point:
        return self.segments[-1].end

    def points(self, apart: float = 10.0) -> list[Point]:
        """Points along the path, about so far apart, and its end."""
        found: list[Point] = []
        for segment in self.segments:
            count = max(1, round(_length(segment.start, segment.end) / apart))
            count = max(count, 1 if segment.straight else 8)
            found += [segment.at(i / count) for i in range(count)]
        return [*found, self.end]

    def data(self) -> str:
        """As the attribute `d` of an SVG path has it."""
        words = [f"M{_pair(self.segments[0].start)}"]
        for segment in self.segments:
            if segment.straight:
                words.append(f"L{_pair(segment.end)}")
            else:
                words.append(f"C{_pair(segment.first)} {_pair(segment.second)} {_pair(segment.end)}")
        return " ".join(words)


def number(value: float) -> str:
    """A coordinate, with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _pair(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"


def line(start: Point, end: Point) -> Segment:
    return Segment(start, start, end, end)


def straight(start: Point, end: Point) -> Path:
    return Path((line(start, end),))


def curve(start: Point, first: Point, second: Point, end: Point) -> Path:
    return Path((Segment(start, first, second, end),))


def bent(corners: list[Point]) -> Path:
    """Straight lines from corner to corner, with rounded corners."""
    corners = [corners[0], *(b for a, b in pairwise(corners) if _length(a, b) > 0.5)]
    segments: list[Segment] = []
    at = corners[0]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(RADIUS, _length(before, corner) / 2, _length(corner, after) / 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        segments.append(line(at, start))
        segments.append(Segment(start, _towards(corner, before, radius / 2), _towards(corner, after, radius / 2), end))
        at = end
    segments.append(line(at, corners[-1]))
    return Path(tuple(segments))


def _length(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def _towards(a: Point, b: Point, distance: float) -> Point:
    length = _length(a, b) or 1.0
    return a[0] + (b[0] - a[0]) * distance / length, a[1] + (b[1] - a[1]) * distance / length
