"""Where the parts of a picture stand: nothing on top of anything else, and everything on the page."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings

from memmodel.picture import INITIAL, Picture
from memmodel.reports.graph.boxes import WIDEST, wrapped
from memmodel.reports.graph.geometry import Rect
from memmodel.reports.graph.layout import Layout, layout
from tests.reports.graph.drawn import SAMPLE, picture, pictures


def overlapping(rects: list[Rect]) -> list[tuple[Rect, Rect]]:
    return [(a, b) for a, b in combinations(rects, 2) if a.overlaps(b)]


def inside(placed: Layout) -> bool:
    page = Rect(0, 0, placed.width, placed.height)
    rects = [box.rect for box in placed.boxes] + [column.rect for column in placed.columns]
    corners = [(x, y) for r in rects for x, y in ((r.x, r.y), (r.right, r.bottom))]
    paths = [point for edge in placed.edges for point in edge.route.path.points(4)]
    return all(page.holds(point, 0.5) for point in corners + paths)


def crossed(placed: Layout) -> list[tuple[int, int]]:
    """Edges that run through a box or a header, with the number of that."""
    rects = [box.rect for box in placed.boxes] + [column.title for column in placed.columns]
    return [
        (edge.number, number)
        for edge in placed.edges
        for number, rect in enumerate(rects)
        if any(rect.holds(point, -0.5) for point in edge.route.path.points(4))
    ]


@settings(max_examples=80, deadline=None)
@given(pictures())
def test_whatever_is_drawn_no_box_is_hidden_and_no_edge_runs_through_one(drawn: Picture) -> None:
    placed = layout(drawn)
    assert not overlapping([box.rect for box in placed.boxes])
    assert not crossed(placed)
    assert inside(placed)


@pytest.mark.parametrize("name", SAMPLE)
def test_labels_overlap_neither_boxes_nor_each_other(name: str) -> None:
    placed = layout(picture(name))
    labels = [edge.label for edge in placed.edges]
    assert not overlapping(labels)
    assert not [label for label in labels for box in placed.boxes if label.overlaps(box.rect)]
    page = Rect(0, 0, placed.width, placed.height)
    assert all(page.holds((r.x, r.y)) and page.holds((r.right, r.bottom)) for r in labels)


@pytest.mark.parametrize("name", SAMPLE)
def test_each_thread_has_a_column_with_its_boxes_from_top_to_bottom(name: str) -> None:
    drawn = picture(name)
    placed = layout(drawn)
    assert len(placed.columns) == len(drawn.threads)
    for thread, column in enumerate(placed.columns):
        mine = [box.rect for box in placed.boxes if box.sized.box.thread == thread]
        assert all(a.bottom < b.y for a, b in pairwise(mine))
        assert all(column.rect.x < rect.x and rect.right < column.rect.right for rect in mine)
    heads = [column.rect.y for column in placed.columns]
    assert all(box.rect.bottom < min(heads) for box in placed.boxes if box.sized.box.thread == INITIAL)


def test_an_edge_ends_at_the_boxes_that_it_joins() -> None:
    placed = layout(picture("ring/drain-none"))
    for edge in placed.edges:
        first, second = (placed.boxes[n].rect for n in (edge.edge.first, edge.edge.second))
        assert first.holds(edge.route.path.segments[0].start, 0.5)
        assert second.holds(edge.route.tip, 0.5)


def test_code_is_broken_after_commas_and_before_arrows() -> None:
    code = "smp_store_release(&ring->consumer_pos, pos + record_size(length))"
    assert wrapped(code, 40, 4) == ["smp_store_release(&ring->consumer_pos,", "  pos + record_size(length))"]
    assert wrapped("x" * 100, WIDEST, 4) == ["x" * (WIDEST - 1) + "…"]


def test_of_code_without_end_four_lines_are_shown() -> None:
    shown = wrapped("f(aaaaaaaa, bbbbbbbb, " * 20, 20, 4)
    assert len(shown) == 4 and shown[-1].endswith("…")
    assert all(len(line) <= 20 for line in shown)
