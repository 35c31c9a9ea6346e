"""Colours: those of herd7 for lines, and none in which text cannot be read."""

from __future__ import annotations

import pytest

from memmodel.reports.graph.colours import DARK, LIGHT, Colours, Family, family, meaning
from memmodel.reports.graph.style import properties

AA = 4.5
"""The least contrast of text, WCAG 2.1, success criterion 1.4.3."""


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_contrast_that_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_all_text_can_be_read(colours: Colours) -> None:
    words = [colours.text, colours.dim, *dict(colours.words).values()]
    for ground in (colours.page, colours.panel, colours.box):
        assert min(contrast(word, ground) for word in words) >= AA


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_family_has_a_colour(colours: Colours) -> None:
    assert dict(colours.lines).keys() == dict(colours.words).keys() == set(Family)
    assert all(value.startswith("#") and len(value) == 7 for value in properties(colours).values())


@pytest.mark.parametrize(
    ("relation", "colour"),
    [
        ("rf", "#ff0000"),
        ("co", "#0000ff"),
        ("fr", "#ffa040"),
        ("po", "#000000"),
        ("addr", "#4b0082"),  # indigo
        ("ctrl", "#4b0082"),
        ("mb", "#006400"),  # dark green
        ("wmb", "#006400"),
    ],
)
def test_lines_have_the_colours_that_herd7_gives_them(relation: str, colour: str) -> None:
    assert dict(LIGHT.lines)[family(relation)] == colour


def test_a_name_that_only_a_model_knows_is_drawn_as_a_barrier() -> None:
    assert family("my-barrier") is Family.FENCE
    assert meaning("my-barrier")
