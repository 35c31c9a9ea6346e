"""A page in a real Chromium: what it loads and complains of is noted, and must be nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memmodel.analyses import outcome_rules, rules
from memmodel.reports import Run
from memmodel.reports.html import HtmlWriter
from memmodel.result import FileReport

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Open = Callable[..., "Page"]


def chromium() -> str | None:
    """The browser that $CHROMIUM names, or that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = chromium()
    if found is None:
        pytest.skip("no Chromium is installed")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make test-browser does")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a file, and notes what goes wrong in it: `open_page(path, "#address", width=320, dark=True)`."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(
        path: Path, address: str = "", width: int = 1280, height: int = 800, dark: bool = False, touch: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", has_touch=touch
        )
        contexts.append(context)
        context.set_default_timeout(5000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: None if request.url.startswith(path.as_uri()) else wrong.append(f"loads {request.url}"),
        )
        page.goto(f"{path.as_uri()}{address}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes the report of a run."""

    def write(*reports: FileReport, **run: object) -> Path:
        out = HtmlWriter(lambda code: outcome_rules.find(code) or rules.find(code), ("--model", "lkmm"))
        pieces = [*map(out.file, reports), out.end(Run(reports, 1.5, **run))]  # type: ignore[arg-type]
        path = tmp_path / "report.html"
        path.write_text("".join(pieces), encoding="ascii")
        return path

    return write
