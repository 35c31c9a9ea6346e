"""What the README shows is what the command prints."""

from __future__ import annotations

import pytest

from tests.shown import ROOT, Shown, missing, run, shown

README = ROOT / "README.md"
SHOWN = shown(README)


def test_the_readme_opens_with_the_command() -> None:
    assert SHOWN[0].words[0] == "explain"
    assert SHOWN[0].words[1].startswith("litmus/ring/drain-")


def test_the_readme_shows_a_review() -> None:
    assert any(example.words[0] == "review" for example in SHOWN)


@pytest.mark.parametrize("example", SHOWN, ids=lambda example: example.title)
def test_a_shown_command_prints_what_is_shown(example: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = run(example)
    assert missing(example.out, ran.out) == "", ran.err


def test_the_readme_shows_the_test_as_it_is() -> None:
    source = (ROOT / SHOWN[0].words[1]).read_text()
    body = source[source.index("P0(") :].strip()
    assert body in README.read_text()
