"""What the README shows. That its commands print what it says is a test of all pages, in test_docs.py."""

from __future__ import annotations

from tests.shown import ROOT, shown

README = ROOT / "README.md"
SHOWN = shown(README)


def test_the_readme_opens_with_the_command() -> None:
    assert SHOWN[0].words[0] == "explain"
    assert SHOWN[0].words[1].startswith("litmus/ring/drain-")


def test_the_readme_shows_a_review() -> None:
    assert any(example.words[0] == "review" for example in SHOWN)


def test_the_readme_shows_the_test_as_it_is() -> None:
    source = (ROOT / SHOWN[0].words[1]).read_text()
    body = source[source.index("P0(") :].strip()
    assert body in README.read_text()
