"""The JSON object on a review."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from memmodel.records import replace
from memmodel.reports.review import render
from tests.reports.review import series

Stored = Callable[[str, str], None]


def test_a_series_as_json(stored: Stored) -> None:
    stored("review-json.txt", render(series.SERIES, "json"))


def test_it_is_one_object_with_an_entry_for_each_patch() -> None:
    document = json.loads(render(series.SERIES, "json"))
    assert set(document) == {"memmodel", "model", "tree", "patches"}
    assert [patch["position"] for patch in document["patches"]] == [[1, 2], [2, 2]]
    first, second = document["patches"]
    assert [len(first[key]) for key in ("remarks", "fixes", "pairs", "looked", "skipped")] == [3, 1, 3, 2, 2]
    assert [second[key] for key in ("remarks", "fixes", "pairs", "looked", "skipped")] == [[]] * 5


def test_a_remark_has_its_place_in_the_tree_and_in_the_patch() -> None:
    lost, _, elsewhere = json.loads(render(series.SERIES, "json"))["patches"][0]["remarks"]
    assert (lost["code"], lost["rule"], lost["level"]) == ("MM201", "lost-order", "error")
    assert series.MAIL.line(lost["patch_line"]) == "+\tWRITE_ONCE(r->head, head + 1);"
    place = lost["place"]
    assert place["file"] == "rings/rb.c"
    assert series.AFTER.line(place["line"])[place["column"] - 1 : place["end_column"] - 1] == series.PUT_HEAD.text
    assert elsewhere["patch_line"] is None
    assert elsewhere["place"]["line"] == series.MB.line


def test_an_edit_says_what_it_replaces() -> None:
    (edit,) = json.loads(render(series.SERIES, "json"))["patches"][0]["remarks"][0]["edits"]
    assert edit["place"]["line"] == edit["place"]["end_line"] == series.PUT_HEAD.line
    assert edit["replacement"] == "smp_store_release(&r->head, head + 1)"


def test_edits_are_a_suggestion_as_well() -> None:
    _, useless, _ = json.loads(render(series.SERIES, "json"))["patches"][0]["remarks"]
    assert len(useless["edits"]) == 2
    assert useless["suggestion"] == ["\tatomic_set_release(&r->busy, 0);"]


def test_a_row_says_what_orders_either_side() -> None:
    row = json.loads(render(series.SERIES, "json"))["patches"][0]["pairs"][0]
    assert row["standing"] == "ordered"
    assert row["first_to_second"]["by"] == "smp_mb()"
    assert [place["line"] for place in row["first_to_second"]["places"]] == [series.MB.line]
    assert [row[access]["function"] for access in ("first", "second", "sees", "then")] == [
        "ring_get",
        "ring_get",
        "ring_put",
        "ring_put",
    ]


def test_what_might_steer_a_terminal_is_written_as_an_escape() -> None:
    evil = "\x1b[31m\x9b31m\u202e\ud800 Zoë"
    patch = replace(series.CLEAN.patch, subject=evil)
    text = render(replace(series.SERIES, patches=(replace(series.CLEAN, patch=patch),)), "json")
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
    assert json.loads(text)["patches"][0]["subject"] == evil
    assert "Zoë" in text


def test_every_key_is_documented() -> None:
    documented = set(re.findall(r"`(\w+)`", (Path(__file__).parents[3] / "docs" / "review-formats.md").read_text()))
    assert keys(json.loads(render(series.SERIES, "json"))) - documented == set()
    assert {"memmodel", "patch_line", "sees_to_then"} <= keys(json.loads(render(series.SERIES, "json")))


def keys(value: object) -> set[str]:
    """All keys of the objects in a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()
