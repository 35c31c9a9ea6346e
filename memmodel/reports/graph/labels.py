"""Paths in, a place for the label of each out: on the path or right beside it, clear of boxes and of other labels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from memmodel.records import dataclass
from memmodel.reports.graph.geometry import Path, Point, Rect, around
from memmodel.reports.graph.grid import LABEL_HEIGHT

_SHARES = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.2, 0.8, 0.14, 0.86, 0.08, 0.92)
"""Where along the path, in the order in which places are liked."""
_BESIDE = 1.5
"""What it costs, in places further down the list, to stand beside the path rather than on it."""


@dataclass(frozen=True)
class Wanted:
    """A label to be placed. `beside`: not on the path, which is too short for that."""

    path: Path
    width: float
    beside: bool


def place(wanted: Sequence[Wanted], order: Sequence[int], blocked: Sequence[Rect], page: Rect) -> list[Rect]:
    """Rectangles for the labels, in the order of `wanted`; those first in `order` choose first."""
    points = [item.path.points() for item in wanted]
    extents = [_extent(mine) for mine in points]
    placed: dict[int, Rect] = {}
    for number in order:
        candidates = _candidates(wanted[number], points[number])
        near = _united([rect for _, rect in candidates])
        others = [
            [point for point in points[i] if near.holds(point, 2.0)]
            for i in range(len(wanted))
            if i != number and extents[i].overlaps(near, 2.0)
        ]
        hard = [rect for rect in blocked if rect.overlaps(near, 2.0)]
        taken = [rect for rect in placed.values() if rect.overlaps(near, 2.0)]
        costs = [liked + _cost(rect, hard, taken, others, page) for liked, rect in candidates]
        placed[number] = candidates[costs.index(min(costs))][1]
    return [placed[i] for i in range(len(wanted))]


def _extent(points: Sequence[Point]) -> Rect:
    """The smallest rectangle around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _united(rects: Sequence[Rect]) -> Rect:
    return _extent([corner for rect in rects for corner in ((rect.x, rect.y), (rect.right, rect.bottom))])


def _candidates(item: Wanted, points: list[Point]) -> list[tuple[float, Rect]]:
    """Places with what each costs for being unusual."""
    found: list[tuple[float, Rect]] = []
    for liked, share in enumerate(_SHARES):
        x, y = _along(points, share)
        if not item.beside:
            found.append((liked, around((x, y), item.width, LABEL_HEIGHT)))
        away = item.width / 2 + 3
        extra = 0.0 if item.beside else _BESIDE
        found.append((liked + extra, around((x + away, y), item.width, LABEL_HEIGHT)))
        found.append((liked + extra + 0.2, around((x - away, y), item.width, LABEL_HEIGHT)))
    return found


def _along(points: list[Point], share: float) -> Point:
    """The point at a share of the length."""
    lengths = [abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in itertools.pairwise(points)]
    left = sum(lengths) * share
    for (a, b), length in zip(itertools.pairwise(points), lengths, strict=True):
        if left <= length and length:
            part = left / length
            return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
        left -= length
    return points[-1]


def _cost(
    rect: Rect, blocked: Sequence[Rect], taken: Sequence[Rect], others: Sequence[list[Point]], page: Rect
) -> float:
    cost = 0.0
    if rect.x < page.x or rect.right > page.right or rect.y < page.y or rect.bottom > page.bottom:
        cost += 400
    cost += 200 * sum(rect.overlaps(box, 1.0) for box in blocked)
    cost += 100 * sum(rect.overlaps(label, 1.0) for label in taken)
    cost += 4 * sum(any(rect.holds(point, 1.0) for point in points) for points in others)
    return cost
