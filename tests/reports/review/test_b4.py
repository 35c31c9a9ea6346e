"""What b4 reads of a review."""

from __future__ import annotations

import json
from collections.abc import Callable

from memmodel.records import replace
from memmodel.reports.review import render
from tests.reports.review import series

Stored = Callable[[str, str], None]
ONE = replace(series.SERIES, patches=(series.FIRST,))


def test_a_series(stored: Stored) -> None:
    stored("review-b4.txt", render(series.SERIES, "b4"))
    stored("review-b4-am.txt", render(series.SERIES, "b4-am"))


def test_it_is_an_array_of_what_b4_expects() -> None:
    entries = json.loads(render(ONE, "b4"))
    assert [entry["status"] for entry in entries] == ["fail", "warn", "pass", "pass"]
    for entry in entries:
        assert set(entry) == {"tool", "status", "summary", "url", "details"}
        assert all(isinstance(value, str) for value in entry.values())
        assert "\n" not in entry["summary"]
    assert entries[0]["summary"] == "rings/rb.c:15: ring_get() can see the new head and miss the new slot [MM201]"
    assert "\tsmp_store_release(&r->head, head + 1);" in entries[0]["details"]
    assert entries[3]["summary"].startswith("rings/rb.c:25: fixes: ")


def test_nothing_to_say_is_an_empty_array() -> None:
    assert json.loads(render(series.NOTHING, "b4")) == []


def test_am_is_told_of_errors_and_warnings_only() -> None:
    error, warning = render(ONE, "b4-am").splitlines()
    assert error.startswith("ERROR: rings/rb.c:15: ")
    assert warning.startswith("WARNING: rings/rb.c:33: ")


def test_am_hears_nothing_of_a_clean_patch_or_one_that_fixes() -> None:
    assert render(series.NOTHING, "b4-am") == ""
    fixing = replace(series.FIRST, remarks=(series.ELSEWHERE,))
    assert render(replace(series.SERIES, patches=(fixing,)), "b4-am") == ""
