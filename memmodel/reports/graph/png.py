"""A picture in, PNG out, by way of SVG and resvg; both the renderer and its reading of fonts are an optional extra."""

from __future__ import annotations

from memmodel.errors import UsageError
from memmodel.picture import Picture
from memmodel.reports.graph import svg
from memmodel.reports.graph.colours import DARK, LIGHT, Theme

ZOOM = 2.0
"""Pixels for each unit of the SVG: sharp on a slide."""


def render(picture: Picture, theme: Theme = Theme.LIGHT, zoom: float = ZOOM) -> bytes:
    """The picture as a PNG file; AUTO is light. Raises UsageError where the extra is not installed."""
    try:
        import resvg_py
    except ImportError:
        raise UsageError(
            "PNG pictures need the package resvg-py, which is not installed",
            hint="install it with: pip install 'memmodel[png]'; SVG needs nothing",
        ) from None
    colours = DARK if theme is Theme.DARK else LIGHT
    text = svg.render(picture, Theme.DARK if theme is Theme.DARK else Theme.LIGHT)
    return bytes(resvg_py.svg_to_bytes(svg_string=text, zoom=zoom, background=colours.page))
