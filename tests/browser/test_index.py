"""The list of tests: what is shown of it, and how to get through it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memmodel.records import replace
from tests.browser.conftest import Open
from tests.reports import examples
from tests.reports.html import pictures

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Write = Callable[..., Path]
OTHER_MODEL = replace(examples.PASS, file="other.litmus", model="tso")
ALL = (*examples.ALL, *examples.CODE, OTHER_MODEL, pictures.FAIL, pictures.FORBIDDEN)


@pytest.fixture
def page(written: Write, open_page: Open) -> Page:
    return open_page(written(*ALL))


def files(page: Page) -> list[str]:
    """The tests that are shown, in order. (A row that the browser has not drawn yet has no inner text.)"""
    return page.locator(".row .file").all_text_contents()


def expected(outcome: str) -> list[str]:
    return [report.file for report in ALL if report.outcome.value == outcome]


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.querySelector('.file')?.textContent ?? document.activeElement.id")
    return text


def test_all_tests_are_shown_with_the_worst_first(page: Page) -> None:
    shown = files(page)
    assert sorted(shown) == sorted(report.file for report in ALL)
    assert shown[0] == examples.ERROR.file
    outcomes = page.locator(".row .badge").all_text_contents()
    assert outcomes[:2] == ["error", "fail"]
    assert outcomes.index("pass") == len(ALL) - outcomes.count("pass")
    assert page.inner_text("#count") == f"All {len(ALL)} tests"


def test_the_summary_counts_the_outcomes(page: Page) -> None:
    chips = page.locator(".chip").all_inner_texts()
    assert f"pass {len(expected('pass'))}" in chips
    assert f"fail {len(expected('fail'))}" in chips


def test_a_chip_shows_one_outcome_two_chips_show_two(page: Page) -> None:
    page.click("[data-outcome=race]")
    assert files(page) == expected("race")
    assert page.get_attribute("[data-outcome=race]", "aria-pressed") == "true"
    page.click("[data-outcome=deadlock]")
    assert files(page) == expected("race") + expected("deadlock")
    assert page.inner_text("#count") == f"2 of {len(ALL)} tests"
    page.click("#reset")
    assert len(files(page)) == len(ALL)
    assert page.locator("#reset").is_hidden()


def test_search_takes_every_word(page: Page) -> None:
    page.fill("#search", "READ_ONC unknown")
    assert files(page) == [examples.ERROR.file]
    page.fill("#search", "READ_ONC known nowhere")
    assert files(page) == []
    assert "No test fits" in page.inner_text("#count")


def test_rules_flags_and_models_filter(page: Page) -> None:
    page.select_option("#rule", "MM002")
    assert files(page) == expected("race")
    page.select_option("#rule", "data-race")
    assert sorted(files(page)) == sorted(report.file for report in ALL if "data-race" in report.flags)
    page.select_option("#rule", "")
    page.select_option("#model", "tso")
    assert files(page) == [OTHER_MODEL.file]


def test_one_model_is_no_choice(written: Write, open_page: Open) -> None:
    assert open_page(written(*examples.ALL)).locator("#model").is_hidden()


def test_rules_are_offered_by_name(page: Page) -> None:
    assert "MM002 data-race (1)" in page.locator("#rule option").all_inner_texts()


def test_the_order_can_be_that_of_the_run_of_names_and_of_time(written: Write, open_page: Open) -> None:
    reports = [
        replace(examples.PASS, file=f"t{number}.litmus", seconds=seconds)
        for number, seconds in ((10, 0.5), (9, 2.0), (1, 1.0))
    ]
    page = open_page(written(*reports))
    page.select_option("#order", "run")
    assert files(page) == ["t10.litmus", "t9.litmus", "t1.litmus"]
    page.select_option("#order", "file")
    assert files(page) == ["t1.litmus", "t9.litmus", "t10.litmus"]
    page.select_option("#order", "time")
    assert files(page) == ["t9.litmus", "t1.litmus", "t10.litmus"]


def test_an_address_keeps_the_filters(page: Page, open_page: Open, written: Write) -> None:
    page.click("[data-outcome=fail]")
    page.fill("#search", "drain & atomic")
    again = open_page(written(*ALL), page.evaluate("location.hash"))
    assert again.input_value("#search") == "drain & atomic"
    again.fill("#search", "drain")
    assert files(again) == [file for file in expected("fail") if "drain" in file]


def test_keys_lead_through_the_list(page: Page) -> None:
    order = files(page)
    page.keyboard.press("j")
    assert focused(page) == order[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    assert focused(page) == order[2]
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    assert focused(page) == order[0]
    page.keyboard.press("Enter")
    page.wait_for_selector("#test:not([hidden])")
    assert order[0] in page.inner_text("h1#headline")
    page.keyboard.press("Escape")
    page.wait_for_selector("#index:not([hidden])")
    assert focused(page) == order[0]


def test_keys_search(page: Page) -> None:
    page.keyboard.press("/")
    assert focused(page) == "search"
    page.keyboard.type("jk/?")
    assert page.input_value("#search") == "jk/?"
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    page.keyboard.type("race")
    page.keyboard.press("ArrowDown")
    assert focused(page) == files(page)[0]


def test_the_keys_are_told_on_the_page(page: Page) -> None:
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    assert "next test" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()
    page.click("#index [data-help]")
    assert page.locator("dialog").is_visible()


def test_the_filters_stay_when_one_comes_back_from_a_test(page: Page) -> None:
    page.click("[data-outcome=fail]")
    shown = files(page)
    page.click(".row >> nth=1")
    assert page.inner_text("#position") == f"2 of {len(shown)}"
    page.go_back()
    page.wait_for_selector("#index:not([hidden])")
    assert files(page) == shown
    page.go_forward()
    page.wait_for_selector("#test:not([hidden])")
    page.click("#back")
    page.wait_for_selector("#index:not([hidden])")
    assert files(page) == shown


def test_an_interrupted_run_says_so(written: Write, open_page: Open) -> None:
    page = open_page(written(examples.PASS, interrupted=True))
    assert "interrupted" in page.inner_text("#interrupted")


def test_a_run_of_nothing_is_an_empty_list(written: Write, open_page: Open) -> None:
    page = open_page(written())
    assert files(page) == []
    assert page.inner_text("#count") == "All 0 tests"
