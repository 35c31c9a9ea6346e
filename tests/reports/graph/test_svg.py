"""Pictures as SVG, read back by an XML parser: what is there, under which names, and whether it can be read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings

from memmodel.picture import INITIAL, Picture
from memmodel.records import replace
from memmodel.reports.graph import svg
from memmodel.reports.graph.colours import Theme
from tests.reports.graph.drawn import SAMPLE, picture, pictures

NAME = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)


def groups(root: ET.Element, kind: str) -> list[ET.Element]:
    """The groups of a class."""
    return [item for item in root.iter(f"{NAME}g") if kind in (item.get("class") or "").split()]


def text(item: ET.Element) -> str:
    return "\n".join("".join(part.itertext()) for part in item.iter(f"{NAME}text"))


@pytest.mark.parametrize("name", SAMPLE)
def test_every_box_and_edge_is_there_with_its_data(name: str) -> None:
    drawn = picture(name)
    root = parsed(svg.render(drawn))
    boxes = {int(item.get("data-box") or -1): item for item in groups(root, "box")}
    edges = {int(item.get("data-edge") or -1): item for item in groups(root, "edge")}
    assert sorted(boxes) == list(range(len(drawn.boxes)))
    assert sorted(edges) == list(range(len(drawn.edges)))
    for box in drawn.boxes:
        item = boxes[box.number]
        assert item.get("data-line") == str(box.line) and item.get("data-step") == str(box.step)
        assert "".join(box.code.split()) in "".join(text(item).split())
    for number, edge in enumerate(drawn.edges):
        item = edges[number]
        ends = item.get("data-from"), item.get("data-to")
        assert ends == (str(edge.first), str(edge.second))
        assert item.get("data-relation") == edge.relation == text(item)
        assert ("cycle" in (item.get("class") or "").split()) is edge.cycle
        assert item.findtext(f"{NAME}title") == edge.rule
        assert item.find(f"{NAME}path") is not None


@settings(max_examples=40, deadline=None)
@given(pictures())
def test_whatever_the_texts_hold_the_file_is_xml(drawn: Picture) -> None:
    root = parsed(svg.render(drawn))
    assert len(groups(root, "box")) == len(drawn.boxes)
    assert svg.render(drawn) == svg.render(drawn)


def test_code_is_no_markup() -> None:
    drawn = picture("classic/MP")
    evil = "</text><script>alert(1)</script>&amp;\x00\u202e"
    box = replace(drawn.boxes[-1], code=evil, event="", file='"><b>', effects=(evil,))
    edge = replace(drawn.edges[0], relation='x" onload="y', rule=evil)
    drawn = replace(drawn, boxes=(*drawn.boxes[:-1], box), edges=(edge, *drawn.edges[1:]), caption=evil, name=evil)
    written = svg.render(drawn)
    root = parsed(written)
    assert not list(root.iter(f"{NAME}script")) and not [item for item in root.iter() if "onload" in item.attrib]
    assert "\x00" not in written and "\u202e" not in written


def test_the_picture_is_told_to_those_who_cannot_see_it() -> None:
    drawn = picture("ring/drain-none")
    root = parsed(svg.render(drawn))
    assert root.get("role") == "img" and root.get("aria-label") == "Execution graph of drain-none: Sometimes under lkmm"
    assert root[0].tag == f"{NAME}title" and root[1].tag == f"{NAME}desc"
    told = root[1].text or ""
    assert drawn.caption in told
    assert all(edge.rule in told for edge in drawn.edges if edge.cycle)
    assert all(box.code in told for box in drawn.boxes if box.thread != INITIAL)


def test_the_heading_says_what_is_shown() -> None:
    words = text(parsed(svg.render(picture("ring/drain-none"))))
    assert "drain-none: Sometimes under lkmm" in words and r"exists (1:r0=0 /\ 1:r1=0)" in words
    assert "1:r0=0, 1:r1=0" in words


def test_the_legend_names_the_relations_drawn_and_no_others() -> None:
    drawn = picture("ring/drain-none")
    root = parsed(svg.render(drawn))
    named = {item.text for item in root.iter(f"{NAME}tspan") if item.get("font-weight") == "bold"}
    assert named == {edge.relation for edge in drawn.edges}
    assert "bold: the cycle" in text(root) and "out of program order" in text(root)
    assert "out of program order" not in text(parsed(svg.render(picture("classic/MP+wmb+rmb"))))


@pytest.mark.parametrize("theme", Theme)
def test_a_file_stands_alone(theme: Theme) -> None:
    written = svg.render(picture("classic/MP"), theme)
    assert "var(--" not in written and "<style>" in written
    assert ("prefers-color-scheme: dark" in written) is (theme is Theme.AUTO)
    assert not re.findall(r"(?:href|src|url)\s*[=(]", written)


def test_a_fragment_has_no_style_and_no_ids_and_finds_its_colours_in_the_pages() -> None:
    written = svg.fragment(picture("classic/MP"))
    root = parsed(written)
    assert not list(root.iter(f"{NAME}style")) and not [item for item in root.iter() if "id" in item.attrib]
    used = set(re.findall(r"var\((--[\w-]+)\)", svg.STYLE))
    for block in re.findall(r":root[^{]*\{([^}]*)\}", svg.STYLE):
        assert set(re.findall(r"(--[\w-]+):", block)) == used


def test_everything_drawn_has_a_rule_for_its_colour() -> None:
    written = svg.fragment(picture("plain/MP+plain"))
    kinds = set(re.findall(r"kind-[\w-]+", written))
    assert kinds and all(f".mm-picture .{kind} path" in svg.STYLE for kind in kinds)
