"""A picture in, a graph in Graphviz's language out: a cluster for each thread, herd7's colours, the cycle in bold."""

from __future__ import annotations

from itertools import pairwise

from memmodel.picture import INITIAL, Box, Edge, Picture
from memmodel.reports.graph.boxes import sized
from memmodel.reports.graph.colours import DARK, LIGHT, Colours, Theme, family
from memmodel.reports.graph.words import printable, title

_FONT = "DejaVu Sans Mono"


def render(picture: Picture, theme: Theme = Theme.AUTO) -> str:
    """The picture as dot text. Dot knows no themes of readers: AUTO is light."""
    colours = DARK if theme is Theme.DARK else LIGHT
    parts = [
        f"digraph {_quoted(picture.name or 'execution')} {{",
        f"  graph [bgcolor={_quoted(colours.page)}, fontcolor={_quoted(colours.text)}, fontname={_quoted(_FONT)}, "
        f"label={_label(picture)}, labelloc=b, labeljust=l, nodesep=0.9, ranksep=0.5, newrank=true];",
        f"  node [shape=box, style=filled, fillcolor={_quoted(colours.box)}, color={_quoted(colours.frame)}, "
        f"fontcolor={_quoted(colours.text)}, fontname={_quoted(_FONT)}, fontsize=11];",
        f"  edge [fontname={_quoted(_FONT)}, fontsize=11];",
    ]
    parts += [f"  {_node(box, colours)}" for box in picture.boxes if box.thread == INITIAL]
    ordered = {(edge.first, edge.second) for edge in picture.edges if edge.relation == "po"}
    for thread, name in enumerate(picture.threads):
        parts.append(f"  subgraph cluster_{thread} {{")
        parts.append(
            f"    label={_quoted(name)}; labelloc=t; labeljust=c; style=filled; color={_quoted(colours.panel)};"
        )
        mine = [box for box in picture.boxes if box.thread == thread]
        parts += [f"    {_node(box, colours)}" for box in mine]
        for first, second in pairwise(mine):  # one below the other, whatever edges there are
            if (first.number, second.number) not in ordered:
                parts.append(f"    n{first.number} -> n{second.number} [style=invis];")
        parts.append("  }")
    parts += [f"  {_edge(edge, picture, colours)}" for edge in picture.edges]
    return "\n".join([*parts, "}"]) + "\n"


def _node(box: Box, colours: Colours) -> str:
    lines = [f"{line.number}{line.text}" for line in sized(box, box.file).lines]
    label = "".join(f"{_escaped(line)}\\l" for line in lines)
    more = ', style="filled,dashed"' if box.thread == INITIAL else ""
    more += f", color={_quoted(colours.moved)}, penwidth=2" if box.reordered else ""
    tip = "; ".join(box.effects) or box.code
    return f'n{box.number} [label="{label}", tooltip={_quoted(tip)}{more}];'


def _edge(edge: Edge, picture: Picture, colours: Colours) -> str:
    kind = family(edge.relation)
    line, word = dict(colours.lines)[kind], dict(colours.words)[kind]
    look = [
        f"label={_quoted(edge.relation)}",
        f"color={_quoted(line)}",
        f"fontcolor={_quoted(word)}",
        f"tooltip={_quoted(edge.rule)}",
    ]
    look += ["penwidth=3"] if edge.cycle else []
    look += ["style=dashed"] if edge.relation == "race" else []
    # threads go down the page: only program order and initial values place boxes one below another
    first = picture.boxes[edge.first]
    look += [] if edge.relation == "po" or first.thread == INITIAL else ["constraint=false"]
    return f"n{edge.first} -> n{edge.second} [{', '.join(look)}];"


def _label(picture: Picture) -> str:
    lines = [title(picture), picture.condition, picture.caption]
    return '"' + "".join(f"{_escaped(line)}\\l" for line in lines if line) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
