"""Pictures for Graphviz, which must take them as they are."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings

from memmodel.picture import INITIAL, Picture
from memmodel.reports.graph import dot
from memmodel.reports.graph.colours import Theme
from tests.reports.graph.drawn import SAMPLE, picture, pictures

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's dot is not installed")


def graphviz(text: str, format: str) -> str:
    """What Graphviz makes of it, without a word of complaint."""
    done = subprocess.run(["dot", f"-T{format}"], input=text, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return done.stdout


@needs_graphviz
@pytest.mark.parametrize("name", SAMPLE)
def test_graphviz_reads_every_box_and_edge(name: str) -> None:
    drawn = picture(name)
    read = json.loads(graphviz(dot.render(drawn), "dot_json"))
    nodes = {item["name"]: item for item in read["objects"] if item["name"].startswith("n")}
    clusters = [item for item in read["objects"] if item["name"].startswith("cluster")]
    assert len(nodes) == len(drawn.boxes) and len(read["edges"]) == len(drawn.edges)
    assert [item["label"] for item in clusters] == list(drawn.threads)
    for thread, cluster in enumerate(clusters):
        mine = {read["objects"][number]["name"] for number in cluster["nodes"]}
        assert mine == {f"n{box.number}" for box in drawn.boxes if box.thread == thread}
    bold = [item["label"] for item in read["edges"] if item.get("penwidth") == "3"]
    assert sorted(bold) == sorted(edge.relation for edge in drawn.edges if edge.cycle)


@needs_graphviz
@settings(max_examples=12, deadline=None)
@given(pictures())
def test_whatever_the_texts_hold_graphviz_reads_it(drawn: Picture) -> None:
    """Reads, and not draws: Graphviz complains of some graphs, made up as these are, that its lines have no room."""
    read = graphviz(dot.render(drawn), "canon")
    assert read.count("label=") >= len(drawn.boxes) + len(drawn.edges)


def test_herds_colours_are_used_and_dark_is_dark() -> None:
    text = dot.render(picture("ring/drain-none"))
    assert 'label="fr", color="#ffa040"' in text and 'label="rf", color="#ff0000"' in text
    assert 'bgcolor="#ffffff"' in text
    assert 'bgcolor="#ffffff"' not in dot.render(picture("ring/drain-none"), Theme.DARK)


def test_initial_values_stand_outside_the_threads() -> None:
    drawn = picture("ring/drain-none")
    first = dot.render(drawn).partition("subgraph")[0]
    assert all(f"n{box.number} [" in first for box in drawn.boxes if box.thread == INITIAL)
