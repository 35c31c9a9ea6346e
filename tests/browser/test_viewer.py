"""One test: its source beside its graph, what lights up, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memmodel.diagnostic import Diagnostic, Severity
from memmodel.picture import Source
from memmodel.records import replace
from memmodel.reports.html import page as page_of
from tests.browser.conftest import Open
from tests.reports import examples
from tests.reports.html import pictures

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Write = Callable[..., Path]
DRAIN = f"#{pictures.FILE}"


@pytest.fixture
def page(written: Write, open_page: Open) -> Page:
    return open_page(written(pictures.FAIL, pictures.FORBIDDEN, *examples.ALL), DRAIN)


def lit(page: Page, what: str) -> list[str]:
    """The numbers of what is lit up: `data-box`, `data-edge`."""
    return sorted(page.locator(f"#graph [{what}].lit").evaluate_all(f"all => all.map(e => e.getAttribute('{what}'))"))


def lines(page: Page, state: str) -> list[str]:
    return page.locator(f".line.{state} .number").all_inner_texts()


def test_a_deep_link_opens_a_test(page: Page) -> None:
    assert pictures.FILE in page.inner_text("h1#headline")
    assert page.locator("#index").is_hidden()
    assert page.title().startswith(pictures.FILE)


def test_the_source_is_beside_the_graph(page: Page) -> None:
    assert page.locator(".line").count() == len(pictures.TEXT.splitlines())
    assert page.locator("#graph [data-box]").count() == len(pictures.BOXES)
    source, graph = page.locator("#source").bounding_box(), page.locator("#graph").bounding_box()
    assert source is not None
    assert graph is not None
    assert source["x"] + source["width"] <= graph["x"]
    assert abs(source["y"] - graph["y"]) < 2


def test_pointing_at_an_edge_lights_both_lines_and_tells_the_rule(page: Page) -> None:
    page.locator("[data-edge='3'] text").hover()
    assert lit(page, "data-edge") == ["3"]
    assert lit(page, "data-box") == ["1", "4"]
    assert lines(page, "lit") == ["5", "17"]
    assert pictures.EDGES[3].rule in page.inner_text("#told")
    page.locator("h1#headline").hover()
    assert lines(page, "lit") == []
    assert pictures.EDGES[3].rule not in page.inner_text("#told")


def test_a_line_is_hit_by_whoever_points_beside_it(page: Page) -> None:
    """The po edge is a straight line down: five pixels beside it is near enough."""
    box = page.locator("[data-edge='0'] path").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] / 2)
    assert lit(page, "data-edge") == ["0"]


def test_an_edge_with_the_focus_does_the_same_and_has_words_for_those_who_do_not_see(page: Page) -> None:
    edge = page.locator("[data-edge='1']")
    edge.focus()
    assert lines(page, "lit") == ["7", "15"]
    label = edge.get_attribute("aria-label") or ""
    assert label == f"rf, line 7 to line 15: {pictures.EDGES[1].rule}"


def test_the_edges_of_the_cycle_are_listed_the_others_too(page: Page) -> None:
    listed = page.locator(".edges .cycle").all_inner_texts()
    assert len(listed) == 4
    assert all(edge.rule in text for edge, text in zip(pictures.EDGES, listed, strict=False))
    page.click("summary")
    page.hover("[data-pin='4']")
    assert lit(page, "data-edge") == ["4"]


def test_an_edge_that_was_chosen_stays_lit_until_escape(page: Page) -> None:
    page.click("[data-pin='3']")
    page.locator("h1#headline").hover()
    assert lines(page, "lit") == ["5", "17"]
    assert page.get_attribute("[data-pin='3']", "aria-pressed") == "true"
    page.keyboard.press("Escape")
    assert lines(page, "lit") == []
    assert page.locator("#test").is_visible()


def test_pointing_at_a_line_lights_its_boxes(page: Page) -> None:
    page.locator(".line", has_text="atomic_cmpxchg").hover()
    assert lit(page, "data-box") == ["3"]
    page.locator(".line", has_text="int r0").hover()
    assert lit(page, "data-box") == []


def test_pointing_at_a_box_lights_its_line(page: Page) -> None:
    page.locator("[data-box='4'] text").first.hover()
    assert lines(page, "lit") == ["17"]


def test_arrow_keys_go_through_the_steps(page: Page) -> None:
    """In the order of Box.step: lines 7, 15, 17, 5."""
    told = []
    for number, line in enumerate(("7", "15", "17", "5"), start=1):
        page.keyboard.press("ArrowRight")
        assert lines(page, "now") == [line]
        assert page.get_attribute("#graph .box.now", "data-line") == line
        assert page.get_attribute("#graph .box.now", "data-step") == str(number)
        told.append(page.inner_text("#step"))
        assert told[-1].startswith(f"{number}/4")
        assert page.evaluate("document.getElementById('progress').value") == number
    assert "writes busy = 0" in told[0]
    assert "reads busy = 0 from line 7; writes busy = 1 over line 7" in told[1]
    page.keyboard.press("ArrowRight")
    assert lines(page, "now") == ["5"]
    page.keyboard.press("ArrowLeft")
    assert lines(page, "now") == ["17"]
    page.keyboard.press("Home")
    assert lines(page, "now") == []
    page.keyboard.press("End")
    assert lines(page, "now") == ["5"]


def test_what_has_not_happened_yet_is_dim(page: Page) -> None:
    def later() -> list[str]:
        return page.locator("#graph .later").evaluate_all(
            "all => all.map(e => e.dataset.box ? `box ${e.dataset.box}` : `edge ${e.dataset.edge}`).sort()"
        )

    assert later() == []
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert later() == ["box 1", "box 4", "edge 0", "edge 2", "edge 3", "edge 4"]
    page.keyboard.press("End")
    assert later() == []


def test_buttons_boxes_lines_and_the_list_go_to_a_step_as_well(page: Page) -> None:
    page.get_by_role("button", name="A step on").click()
    assert lines(page, "now") == ["7"]
    page.get_by_role("button", name="The last step").click()
    page.get_by_role("button", name="A step back").click()
    assert lines(page, "now") == ["17"]
    page.get_by_role("button", name="The whole execution").click()
    assert lines(page, "now") == []
    page.locator("[data-box='3'] text").first.click()
    assert lines(page, "now") == ["15"]
    page.get_by_role("button", name="Line 5, step 4").click()
    assert lines(page, "now") == ["5"]
    page.click("[data-step-item='3'] button")
    assert lines(page, "now") == ["17"]


def test_a_step_by_key_scrolls_what_happens_into_the_window(written: Write, open_page: Open) -> None:
    page = open_page(written(pictures.FAIL), DRAIN, height=420)
    for _ in pictures.BOXES[1:]:
        page.keyboard.press("ArrowRight")
        box = page.locator("#graph .box.now").bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 420


def test_steps_are_said_aloud(page: Page) -> None:
    assert page.get_attribute("#step", "aria-live") == "polite"


def test_an_execution_that_nothing_orders_has_no_steps(written: Write, open_page: Open) -> None:
    page = open_page(written(pictures.FORBIDDEN), f"#{pictures.FORBIDDEN.file}")
    assert page.locator(".stepper").count() == 0
    page.keyboard.press("ArrowRight")
    assert lines(page, "now") == []
    assert "propagation" in page.inner_text(".facts")


def test_steps_without_a_picture_are_listed(written: Write, open_page: Open) -> None:
    page = open_page(written(replace(pictures.FAIL, picture=None)), DRAIN)
    page.keyboard.press("ArrowRight")
    assert "atomic_set(busy, 0); writes busy = 0" in page.inner_text("#step")


def test_what_is_found_is_told_with_its_rule_and_place(page: Page) -> None:
    first, second = page.locator(".finding").all_inner_texts()
    assert "MM001 unexpected-verdict" in first
    assert "expected Never, found Sometimes" in first
    assert "MM101 barrier-without-rmw" in second
    assert "write smp_mb()" in second
    page.get_by_role("button", name=f"{pictures.FILE}:6:2").hover()
    assert lines(page, "lit") == ["6"]


def test_the_change_is_shown_as_a_diff(page: Page) -> None:
    assert page.locator(".diff .gone code").all_inner_texts() == ["- \tatomic_set(busy, 0);"]
    assert page.locator(".diff .new code").all_inner_texts() == ["+ \tatomic_set_release(busy, 0);"]


def test_an_error_is_shown_with_its_line_and_what_to_do(written: Write, open_page: Open) -> None:
    text = open_page(written(examples.ERROR), f"#{examples.ERROR.file}").inner_text(".finding")
    assert "unknown primitive 'READ_ONC'" in text
    assert "r0 = READ_ONC(*x);" in text
    assert "did you mean READ_ONCE?" in text


def test_states_are_a_table(written: Write, open_page: Open) -> None:
    page = open_page(written(examples.COUNTED), f"#{examples.COUNTED.file}")
    assert page.locator("table th").all_inner_texts() == ["1:r0", "1:r1", "x"]
    assert page.locator("table tbody tr").count() == len(examples.STATES)


def test_the_command_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".command button >> nth=0")
    page.wait_for_function("document.querySelector('.command button').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == f"memmodel explain --model lkmm {pictures.FILE}"


def test_keys_lead_to_the_next_test_and_back(page: Page) -> None:
    first = page.inner_text("h1#headline")
    page.keyboard.press("j")
    page.wait_for_function("(before) => document.getElementById('headline').innerText !== before", arg=first)
    page.keyboard.press("k")
    page.wait_for_function("(before) => document.getElementById('headline').innerText === before", arg=first)
    page.keyboard.press("Escape")
    page.wait_for_selector("#index:not([hidden])")


def test_an_address_of_no_test_says_so(written: Write, open_page: Open) -> None:
    page = open_page(written(examples.PASS), "#gone.litmus")
    assert "no test gone.litmus" in page.inner_text("#count")


def test_an_address_may_be_nonsense(written: Write, open_page: Open) -> None:
    assert open_page(written(examples.PASS), "#%E0%A4%A").locator("#index").is_visible()


def test_a_file_that_was_checked_twice_has_two_pages(written: Write, open_page: Open) -> None:
    page = open_page(written(examples.PASS, replace(examples.PASS, observation=None)))
    page.click(".row >> nth=1")
    assert "no verdict" in page.inner_text(".facts")


NASTY = "</script><img src=x onerror=alert(1)>&amp;'\" \u2028#?%41 <script>alert(2)</script>.litmus"


def test_what_a_file_is_called_or_says_is_text_and_no_more(written: Write, open_page: Open) -> None:
    """No dialog opens, nothing is loaded (see `open_page`), and the words are there as they were."""
    picture = replace(
        pictures.DRAIN,
        file=NASTY,
        caption=NASTY,
        boxes=tuple(replace(box, code=NASTY, file=NASTY, effects=(NASTY,)) for box in pictures.BOXES),
        edges=tuple(replace(edge, rule=NASTY, relation="<b>") for edge in pictures.EDGES),
        sources=(Source(NASTY, (f"/* {NASTY}", f"{NASTY} */ {NASTY} // {NASTY}", *pictures.TEXT.splitlines()[2:])),),
        threads=(NASTY, NASTY),
    )
    nasty = Diagnostic(Severity.WARNING, NASTY, code="MM012", hint=NASTY)
    page = open_page(
        written(
            replace(pictures.FAIL, file=NASTY, reason=NASTY, picture=picture, diagnostics=(nasty,), remedy=NASTY),
            examples.PASS,
        )
    )
    assert page.evaluate("document.querySelector('.row .file').textContent") == NASTY
    page.click(".row >> nth=0")
    page.wait_for_selector("#test:not([hidden])")
    assert page.evaluate("document.getElementById('headline').textContent").endswith(NASTY)
    code = page.locator(".line code").evaluate_all("all => all.slice(0, 2).map(e => e.textContent)")
    assert code == [f"/* {NASTY}", f"{NASTY} */ {NASTY} // {NASTY}"]
    page.keyboard.press("End")
    page.hover("[data-pin='0']")
    assert NASTY in page.evaluate("document.getElementById('told').textContent")
    page.reload()
    assert page.evaluate("document.getElementById('headline').textContent").endswith(NASTY)
    assert page.evaluate("document.querySelectorAll('img, #content script, #content b b').length") == 0


def test_a_picture_alone_has_the_same_viewer(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "drain.html"
    path.write_text(page_of(pictures.DRAIN), encoding="ascii")
    page = open_page(path)
    page.keyboard.press("ArrowRight")
    assert lines(page, "now") == ["7"]
    page.hover("[data-pin='3']")
    assert lines(page, "lit") == ["5", "17"]
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("#test").is_visible()
    assert page.locator("#back").is_hidden()
    assert page.title() == "drain-before-atomic"
