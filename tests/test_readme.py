"""What the README shows is what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.command import memmodel

ROOT = Path(__file__).parent.parent
SHOWN = re.compile(r"^\$ memmodel (?P<words>.+)\n(?P<out>(?:(?!```|\$ ).*\n)*)", re.MULTILINE)
EXAMPLES = [(match["words"], match["out"]) for match in SHOWN.finditer((ROOT / "README.md").read_text())]


def without_times(text: str) -> str:
    return re.sub(r"\d+\.\d+ s", "… s", text)


def test_the_readme_opens_with_the_command() -> None:
    assert EXAMPLES[0][0].startswith("explain litmus/ring/drain-")


@pytest.mark.parametrize(("words", "out"), EXAMPLES)
def test_a_shown_command_prints_what_is_shown(words: str, out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = memmodel(*words.split())
    assert without_times(ran.out) == without_times(out)


def test_the_readme_shows_the_test_as_it_is() -> None:
    source = (ROOT / EXAMPLES[0][0].split()[1]).read_text()
    body = source[source.index("P0(") :].strip()
    assert body in (ROOT / "README.md").read_text()
