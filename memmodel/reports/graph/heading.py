"""A picture in, the words around its graph out: above it what is shown, below it the caption, the final state and a
legend of the relations."""

from __future__ import annotations

from xml.sax.saxutils import escape

from memmodel.picture import Picture
from memmodel.records import dataclass
from memmodel.reports.graph.boxes import CHARACTER, wrapped
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
    for line in wrapped(title(picture), int(room / 10.8), 2):
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
        for line in wrapped(picture.caption, int(room / _WORD), 8):
            pieces.append((y, _text(line, "words")))
            y += _LINE
        final = ", ".join(f"{label}={value}" for label, value in picture.state)
        for line in wrapped(f"Final state: {final}" if final else "", int(room / CHARACTER), 4):
            pieces.append((y, _text(line, "dim")))
            y += _LINE
        y += 8
    return Words((*pieces, *_samples(picture, room, y)), room + 2 * MARGIN, _height(picture, room, y))


def _entries(picture: Picture) -> list[tuple[str, str, bool]]:
    """Relation, words, bold: those drawn, the cycle last."""
    relations = dict.fromkeys(sorted((edge.relation for edge in picture.edges), key=_rank))
    entries = [(relation, meaning(relation), False) for relation in relations]
    if any(edge.cycle for edge in picture.edges):
        entries.append(("", "bold: the cycle", True))
    return entries


def _rank(relation: str) -> tuple[int, str]:
    first = ("po", "rf", "co", "fr")
    return (first.index(relation) if relation in first else len(first)), relation


def _grid(picture: Picture, room: float) -> tuple[list[tuple[str, str, bool]], int, float]:
    """The entries, how many stand side by side, and the width of each."""
    entries = _entries(picture)
    longest = max((len(name) * CHARACTER + len(words) * _WORD for name, words, _ in entries), default=0.0)
    wide = longest + _SAMPLE + 34
    return entries, max(1, int(room / wide)), wide


def _height(picture: Picture, room: float, top: float) -> float:
    entries, across, _ = _grid(picture, room)
    return top + -(-len(entries) // across) * _LINE + 8


def _samples(picture: Picture, room: float, top: float) -> list[tuple[float, str]]:
    entries, across, wide = _grid(picture, room)
    pieces: list[tuple[float, str]] = []
    for i, (relation, words, bold) in enumerate(entries):
        x, y = MARGIN + i % across * wide, top + i // across * _LINE
        kind = f" kind-{family(relation).value}" if relation else " kind-po"
        line = f'<path transform="translate({number(x)} @y@)" d="M0,-4 L{number(_SAMPLE)},-4"/>'
        pieces.append((y, f'<g class="edge{kind}{" cycle" if bold else ""}" aria-hidden="true">{line}</g>'))
        after = x + _SAMPLE + 8
        name = f'<tspan font-weight="bold">{escape(printable(relation))}</tspan>  ' if relation else ""
        pieces.append((y, f'<text class="words" x="{number(after)}" y="@y@">{name}{escape(printable(words))}</text>'))
    return pieces


def _text(text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{number(MARGIN)}" y="@y@">{escape(printable(text))}</text>'
