"""A picture in, SVG out: a file that stands alone, or a fragment for a page that has the style sheet.

Every box is `<g class="box" data-box data-file data-line data-step>`, every edge `<g class="edge RELATION kind-FAMILY
[cycle]" data-edge data-relation data-from data-to>` with its rule as the title: hooks for a page's own script. Nothing
has an id, so that many pictures fit on a page.
"""

from __future__ import annotations

from math import hypot
from xml.sax.saxutils import escape, quoteattr

from memmodel.picture import INITIAL, BoxKind, Picture
from memmodel.reports.graph import style
from memmodel.reports.graph.boxes import LINE, PADDING, Style
from memmodel.reports.graph.colours import Theme, family
from memmodel.reports.graph.geometry import Rect, number
from memmodel.reports.graph.heading import Words, heading, legend
from memmodel.reports.graph.layout import Column, Layout, PlacedBox, PlacedEdge, layout
from memmodel.reports.graph.routes import HEAD
from memmodel.reports.graph.words import printable, summary

STYLE = style.for_page()
"""The style sheet that fragments need: custom properties, light and dark."""


def render(picture: Picture, theme: Theme = Theme.AUTO) -> str:
    """The picture as an SVG file."""
    return _drawn(picture, style.for_file(theme), True)


def fragment(picture: Picture) -> str:
    """The picture as an <svg> element for a page with STYLE; the heading is left to the page."""
    return _drawn(picture, "", False)


def _drawn(picture: Picture, sheet: str, headed: bool) -> str:
    placed = layout(picture)
    above = heading(picture, placed.width) if headed else Words((), 0.0, 0.0)
    below = legend(picture, max(placed.width, above.width), captioned=headed)
    width = max(placed.width, above.width, below.width)
    height = above.height + placed.height + below.height
    size = f"{number(width)} {number(height)}"
    name, words = summary(picture)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mm-picture" role="img" viewBox="0 0 {size}" '
        f'width="{number(width)}" height="{number(height)}" aria-label={_quoted(name)}>',
        f"<title>{_text(name)}</title>",
        f"<desc>{_text(words)}</desc>",
    ]
    if sheet:
        parts.append(f"<style>\n{sheet}</style>")
    parts.append(f'<rect class="page" width="{number(width)}" height="{number(height)}"/>')
    parts += above.drawn(0.0)
    parts.append(f'<g transform="translate({number((width - placed.width) / 2)} {number(above.height)})">')
    parts += _graph(picture, placed)
    parts.append("</g>")
    parts += below.drawn(above.height + placed.height)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _graph(picture: Picture, placed: Layout) -> list[str]:
    parts: list[str] = []
    for thread, column in enumerate(placed.columns):
        parts += _column(thread, column)
    for box in placed.boxes:
        parts += _box(box)
    # what is bold comes last, so that nothing is drawn over it
    for edge in sorted(placed.edges, key=lambda item: (item.edge.cycle, item.number)):
        parts += _edge(edge)
    return parts


def _column(thread: int, column: Column) -> list[str]:
    rect, title = column.rect, column.title
    parts = [f'<g class="column" data-thread="{thread}">', f'<rect class="panel" {_rect(rect)} rx="8"/>']
    for i, line in enumerate(column.header):
        y = title.y + (i + 1) * title.height / (len(column.header) + 1) + 5
        middle = number(title.centre[0])
        parts.append(f'<text class="thread" x="{middle}" y="{number(y)}" text-anchor="middle">{_text(line)}</text>')
    return [*parts, "</g>"]


def _box(placed: PlacedBox) -> list[str]:
    box, rect = placed.sized.box, placed.rect
    classes = ["box", box.kind.value]
    classes += ["initial"] if box.thread == INITIAL else []
    classes += ["reordered"] if box.reordered else []
    data = f'data-box="{box.number}" data-file={_quoted(box.file)} data-line="{box.line}" data-step="{box.step}"'
    where = f"{box.file}:{box.line}" if box.line else ""
    told = "; ".join(text for text in (where, box.code, *box.effects) if text)
    parts = [
        f'<g class="{" ".join(classes)}" {data}>',
        f"<title>{_text(told)}</title>",
        f'<rect {_rect(rect)} rx="{8 if box.kind is BoxKind.FENCE else 4}"/>',
    ]
    for i, line in enumerate(placed.sized.lines):
        at = f'x="{number(rect.x + PADDING)}" y="{number(rect.y + PADDING + 11 + i * LINE)}"'
        shown = f'<tspan class="number">{_text(line.number)}</tspan>' if line.number else ""
        kind = ' class="effect"' if line.style is Style.EFFECT else ""
        parts.append(f'<text{kind} {at} xml:space="preserve">{shown}{_text(line.text)}</text>')
    return [*parts, "</g>"]


def _edge(placed: PlacedEdge) -> list[str]:
    edge = placed.edge
    name = "".join(c if c.isalnum() else "-" for c in edge.relation)
    kind = family(edge.relation).value
    classes = f"edge {name} kind-{kind}{' cycle' if edge.cycle else ''}"
    data = f'data-edge="{placed.number}" data-relation={_quoted(edge.relation)}'
    x, y = placed.label.centre
    return [
        f'<g class="{classes}" {data} data-from="{edge.first}" data-to="{edge.second}">',
        f"<title>{_text(edge.rule or edge.relation)}</title>",
        f'<path d="{placed.route.path.data()}"/>',
        f'<path class="head" d="{_head(placed)}"/>',
        f'<text x="{number(x)}" y="{number(y + 4)}">{_text(edge.relation)}</text>',
        "</g>",
    ]


def _head(placed: PlacedEdge) -> str:
    """A triangle from the end of the path to the tip."""
    (x, y), (bx, by) = placed.route.tip, placed.route.path.end
    length = hypot(x - bx, y - by) or 1.0
    across = (HEAD * 0.62 if placed.edge.cycle else HEAD * 0.45) / length
    dx, dy = (y - by) * across, (x - bx) * across
    corners = ((x, y), (bx - dx, by + dy), (bx + dx, by - dy))
    return "M" + " L".join(f"{number(px)},{number(py)}" for px, py in corners) + " Z"


def _rect(rect: Rect) -> str:
    x, y, width, height = (number(value) for value in (rect.x, rect.y, rect.width, rect.height))
    return f'x="{x}" y="{y}" width="{width}" height="{height}"'


def _text(text: str) -> str:
    return escape(printable(text))


def _quoted(text: str) -> str:
    return quoteattr(printable(text))
