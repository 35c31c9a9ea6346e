"""The page as a whole: narrow and wide, light and dark, on paper, by keyboard alone, and with a thousand tests."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memmodel.records import replace
from memmodel.reports.html import page as page_of
from tests.browser.conftest import Open
from tests.reports import examples
from tests.reports.html import pictures

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Write = Callable[..., Path]
LONG = replace(
    examples.FAIL,
    file="a/rather/long/path/" + "without-any-place-to-break-it-" * 4 + ".litmus",
    reason="a_long_word_" * 20,
    condition="exists (" + " /\\ ".join(f"{thread}:r0={thread}" for thread in range(20)) + ")",
    states=tuple(tuple((f"{thread}:register", "123456789") for thread in range(20)) for _ in range(2)),
)
REPORTS = (pictures.FAIL, pictures.FORBIDDEN, LONG, *examples.ALL, *examples.CODE)
ADDRESSES = ("", f"#{pictures.FILE}", f"#{pictures.FORBIDDEN.file}", f"#{LONG.file}", f"#{examples.ERROR.file}")

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")

CONTROLS = """[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((element) => element.checkVisibility())"""
UNNAMED = f"""() => {{
  const labelled = (element) => [...(element.labels ?? [])].some((label) => label.textContent.trim());
  const named = (element) => element.getAttribute("aria-label") || element.textContent.trim() || labelled(element);
  return {CONTROLS}.filter((element) => !named(element)).map((element) => element.outerHTML.slice(0, 120));
}}"""


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return pixels


@pytest.mark.parametrize("width", [320, 412, 768, 1024, 1600])
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_page_never_scrolls_sideways(written: Write, open_page: Open, address: str, width: int) -> None:
    page = open_page(written(*REPORTS), address, width=width, height=640)
    assert overflow(page) <= 0
    page.keyboard.press("End")
    page.keyboard.press("?")
    assert overflow(page) <= 0
    dialog = page.locator("dialog").bounding_box()
    assert dialog is not None
    assert dialog["width"] <= width


def test_on_a_phone_the_graph_scrolls_in_its_own_box_and_follows_the_steps(written: Write, open_page: Open) -> None:
    page = open_page(written(pictures.FAIL), f"#{pictures.FILE}", width=320, height=640, touch=True)
    assert page.evaluate("graph.scrollWidth > graph.clientWidth")
    for _ in pictures.BOXES[1:]:
        page.get_by_role("button", name="A step on").tap()
        box, pane = page.locator("#graph .box.now").bounding_box(), page.locator("#graph").bounding_box()
        assert box is not None
        assert pane is not None
        assert pane["x"] <= box["x"]
        assert box["x"] + box["width"] <= pane["x"] + pane["width"]


def test_on_a_phone_a_tap_on_an_edge_tells_its_rule(written: Write, open_page: Open) -> None:
    page = open_page(written(pictures.FAIL), f"#{pictures.FILE}", width=320, height=640, touch=True)
    page.tap("[data-pin='3']")
    assert pictures.EDGES[3].rule in page.inner_text("#told")
    assert page.locator(".line.lit .number").all_inner_texts() == ["5", "17"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_text_can_be_read(written: Write, open_page: Open, address: str, dark: bool) -> None:
    """A contrast of 4.5 at least: what WCAG 2.2 asks of text of this size (1.4.3)."""
    page = open_page(written(*REPORTS), address, dark=dark)
    if address.endswith(pictures.FILE):
        page.click("[data-pin='3']")  # with what is lit up
    found = page.evaluate(CONTRAST)
    assert found["texts"] > 10
    assert [text for text in found["low"] if not text["off"]] == []


@pytest.mark.parametrize("dark", [False, True])
def test_chosen_chips_and_the_keys_can_be_read(written: Write, open_page: Open, dark: bool) -> None:
    page = open_page(written(*REPORTS), dark=dark)
    for chip in page.locator(".chip").all():
        chip.click()
    assert page.evaluate(CONTRAST)["low"] == []
    page.keyboard.press("?")
    assert page.evaluate(CONTRAST)["low"] == []


def test_dark_is_dark_and_light_is_light(written: Write, open_page: Open) -> None:
    path = written(pictures.FAIL)

    def brightness(dark: bool) -> float:
        page = open_page(path, f"#{pictures.FILE}", dark=dark)
        body = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
        graph = page.locator("#graph .page").evaluate("e => getComputedStyle(e).fill")
        means = [statistics.mean(map(int, re.findall(r"\d+", colour)[:3])) for colour in (body, graph)]
        assert max(means) - min(means) < 30, "the graph is on the same ground as the page"
        return means[0]

    assert brightness(dark=True) < 60 < 200 < brightness(dark=False)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_control_has_a_name(written: Write, open_page: Open, address: str) -> None:
    page = open_page(written(*REPORTS), address)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(UNNAMED) == []


def test_headings_go_down_one_at_a_time(written: Write, open_page: Open) -> None:
    page = open_page(written(*REPORTS), f"#{pictures.FILE}")
    headings = page.locator("#test :is(h1, h2, h3)").filter(visible=True)
    levels = [int(name[1]) for name in headings.evaluate_all("all => all.map(e => e.tagName)")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("address", ["", f"#{pictures.FILE}"])
def test_tab_reaches_every_control_and_shows_where_it_is(written: Write, open_page: Open, address: str) -> None:
    page = open_page(written(pictures.FAIL, examples.ERROR, examples.RACE), address)
    page.evaluate("document.activeElement?.blur()")
    wanted = page.evaluate(f"{CONTROLS}.map((element, i) => (element.dataset.wanted = i))")
    reached = []
    for _ in range(2 * len(wanted)):
        page.keyboard.press("Tab")
        number, outline, width = page.evaluate(
            """() => {
              const { dataset } = document.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
              return [dataset.wanted ?? null, outlineStyle, parseFloat(outlineWidth)];
            }"""
        )
        if number is not None:
            assert outline != "none"
            assert width >= 2
            reached.append(int(number))
    assert sorted(set(reached)) == wanted


def test_paper_has_everything_but_the_controls(written: Write, open_page: Open) -> None:
    page = open_page(written(pictures.FAIL), f"#{pictures.FILE}", width=720)
    page.emulate_media(media="print")
    for control in ("#filters", ".stepper", "nav", ".command button"):
        assert page.locator(control).first.is_hidden(), control
    for content in ("h1#headline", "#source", "#graph svg", ".steps", ".edges", ".diff", ".command code"):
        assert page.locator(content).first.is_visible(), content
    assert page.evaluate("source.scrollHeight <= source.clientHeight + 1")
    assert overflow(page) <= 0
    assert len(page.pdf()) > 10_000


def test_a_picture_alone_is_as_narrow_as_a_phone(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "drain.html"
    path.write_text(page_of(pictures.DRAIN), encoding="ascii")
    page = open_page(path, width=320)
    assert overflow(page) <= 0
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(CONTRAST)["low"] == []


def test_what_the_command_writes_opens(open_page: Open, tmp_path: Path) -> None:
    """The founding case, drawn by the program itself."""
    path = tmp_path / "run.html"
    file = "litmus/ring/drain-before-atomic.litmus"
    words = ["check", file, "--format", "html", "--output-file", str(path)]
    subprocess.run([sys.executable, "-m", "memmodel", *words], check=True, timeout=60)
    page = open_page(path, f"#{file}")
    assert page.locator("#graph [data-box]").count() >= 4
    page.keyboard.press("ArrowRight")
    assert "atomic_set(busy, 0)" in page.inner_text(".line.now code")
    page.keyboard.press("End")
    assert "smp_store_release(cons, 1)" in page.inner_text(".line.now code")


@pytest.mark.slow
@pytest.mark.thorough  # it measures time, which a busy machine has none of
def test_a_thousand_tests_open_in_less_than_two_seconds(written: Write, open_page: Open) -> None:
    """From the start of the navigation until the list has been painted; the median of three."""
    path = written(*pictures.many(1000))
    assert path.stat().st_size > 5_000_000
    painted = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
    times = []
    for _ in range(3):
        page = open_page(path)
        times.append(page.evaluate(painted))
        assert page.locator(".row").count() == 1000
    print(f"1,000 tests: {', '.join(f'{time:.0f} ms' for time in times)}")
    assert statistics.median(times) < 2000
    opened = page.evaluate(f"(location.hash = document.querySelector('.row').hash, performance.now(), {painted})")
    assert opened > 0
    assert page.locator("#graph svg").is_visible()
