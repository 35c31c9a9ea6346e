"""What the pages of the documentation link to, or name as a file, is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.shown import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
TEXTS = {page: re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL) for page in PAGES}
LINKS = [(page, link) for page, text in TEXTS.items() for link in re.findall(r"\]\(([^)\s]+)\)", text)]


def anchors(page: Path) -> set[str]:
    """The places of a page that can be linked to, as GitHub calls them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("page", "link"), LINKS, ids=lambda item: str(getattr(item, "name", item)))
def test_a_link_leads_somewhere(page: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    if link.startswith("https://"):
        return
    there = page.parent / path if path else page
    assert there.exists()
    assert not anchor or anchor in anchors(there)


def test_pages_have_links() -> None:
    assert len(LINKS) > 15


def test_what_is_to_be_touched_is_there() -> None:
    table = re.search(r"^\| to change \|.*\n\|[- |]+\n((?:\|.*\n)*)", TEXTS[ROOT / "docs" / "architecture.md"], re.M)
    assert table is not None
    rows = [row.strip("|").split("|") for row in table[1].splitlines()]
    assert len(rows) > 10
    for _, places, tests in rows:
        for place in re.findall(r"`([a-z_]+/[\w./]+)`", places):
            assert (ROOT / "memmodel" / place).exists(), place
        for place in re.findall(r"`(tests/[\w./]+)`", tests):
            assert (ROOT / place).exists(), place


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / link.partition("#")[0]).resolve() for page, link in LINKS if page == index}
    assert {page for page in PAGES if page.is_relative_to(index.parent)} - {index} == named
