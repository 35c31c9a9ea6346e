"""A picture in, the words around its graph out: above it what is shown, below it the caption, the final state and a
legend of the relations."""

from __future__ import annotations

from xml.sax.saxutils import escape

from memmodel.picture import Picture
from memmodel.records import dataclass
from memmodel.reports.graph.boxes import CHARACTER, prose, wrapped
from memmodel.reports.graph.colours import family, meaning
from memmodel.reports.graph.geometry import number
from memmodel.reports.graph.layout import MARGIN
from memmodel.reports.graph.words import printable, title

NARROWEST = 440.0
"""Words are given so much width, however narrow the graph."""
_WORD = 7.6
"""The width of a character of prose."""
_LINE = 19.0
_SAMPLE = 30.0
"""The length of a line in the legend."""


@dataclass(frozen=True)
class Words:
    """Pieces of SVG, whose vertical places are relative to the top of the whole."""

    pieces: tuple[tuple[float, str], ...]
    width: float
    height: float

    def drawn(self, top: float) -> list[str]:
        """The pieces, with the whole at `top`."""
        return [piece.replace("@y@", number(top + y)) for y, piece in self.pieces]


def heading(picture: Picture, width: float) -> Words:
    """The test, its verdict and the condition."""
    room = max(width, NARROWEST) - 2 * MARGIN
    y = MARGIN + 14
    pieces: list[tuple[float, str]] = []
    for line in prose(title(picture), int(room / 10.8), 2):
        pieces.append((y, _text(line, "heading")))
        y += _LINE + 3
    for line in wrapped(picture.condition, int(room / CHARACTER), 3):
        pieces.append((y, _text(line, "dim")))
        y += _LINE
    return Words(tuple(pieces), room + 2 * MARGIN, y - 8)


def legend(picture: Picture, width: float, captioned: bool) -> Words:
    """What the graph's lines mean; with `captioned`, the caption and the final state before that."""
    room = max(width, NARROWEST) - 2 * MARGIN
    pieces: list[tuple[float, str]] = []
    y = MARGIN
    if captioned:
        for line in prose(picture.caption, int(room / _WORD), 8):
            pieces.append((y, _text(line, "words")))
            y += _LINE
        final = ", ".join(f"{label}={value}" for label, value in picture.state)
        for line in wrapped(f"Final state: {final}" if final else "", int(room / CHARACTER), 4):
            pieces.append((y, _text(line, "dim")))
            y += _LINE
        y += 8
    samples, end = _samples(picture, room, y)
    return Words((*pieces, *samples), room + 2 * MARGIN, end)


@dataclass(frozen=True)
class _Entry:
    """A line of the legend. `kind`: the classes of its sample."""

    kind: str
    name: str
    words: str

    @property
    def width(self) -> float:
        return _SAMPLE + len(self.name) * CHARACTER + len(self.words) * _WORD + 34


def _entries(picture: Picture) -> list[_Entry]:
    """The relations drawn, then what is said by other means."""
    relations = dict.fromkeys(sorted((edge.relation for edge in picture.edges), key=_rank))
    entries = [_Entry(f"kind-{family(name).value}", name, meaning(name)) for name in relations]
    if any(edge.cycle for edge in picture.edges):
        entries.append(_Entry("kind-po cycle", "", "bold: the cycle"))
    if any(box.reordered for box in picture.boxes):
        entries.append(_Entry("moved", "", "out of program order"))
    return entries


def _rank(relation: str) -> tuple[int, str]:
    first = ("po", "rf", "co", "fr")
    return (first.index(relation) if relation in first else len(first)), relation


def _samples(picture: Picture, room: float, top: float) -> tuple[list[tuple[float, str]], float]:
    """The legend, in as many columns as there is room for, and where it ends."""
    entries = _entries(picture)
    wide = max((entry.width for entry in entries), default=room)
    across = max(1, int(room / wide))
    pieces: list[tuple[float, str]] = []
    for i, entry in enumerate(entries):
        x, y = MARGIN + i % across * wide, top + i // across * _LINE
        shape = f'd="M0,-4 H{number(_SAMPLE)}"'
        if entry.kind == "moved":
            shape = f'd="M1,-10 H{number(_SAMPLE - 1)} V2 H1 Z"'
        line = f'<path transform="translate({number(x)} @y@)" {shape}/>'
        pieces.append((y, f'<g class="sample {entry.kind}" aria-hidden="true">{line}</g>'))
        name = f'<tspan font-weight="bold">{escape(printable(entry.name))}</tspan>  ' if entry.name else ""
        after = number(x + _SAMPLE + 8)
        pieces.append((y, f'<text class="words" x="{after}" y="@y@">{name}{escape(printable(entry.words))}</text>'))
    return pieces, top + -(-len(entries) // across) * _LINE + 8


def _text(text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{number(MARGIN)}" y="@y@">{escape(printable(text))}</text>'
