"""What tests of the documentation lean on: lines that are shown are looked for, in order, and nothing else passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shown import Shown, missing, shown

PRINTED = "one\ntwo\nthree\nfour\ntook 1.25 s\n"


@pytest.mark.parametrize(
    "text",
    [
        PRINTED,
        "one\n[...]\nfour\ntook 9.00 s\n",
        "[...]\ntwo\n[...]\nfour\n[...]\n",
        "one\n[...]\n",
        "[...]\n",
        "[...]\ntook 0.1 s\n",
    ],
)
def test_what_was_printed_is_found(text: str) -> None:
    assert missing(text, PRINTED) == ""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("two\n[...]\n", "two\n"),
        ("one\nthree\n[...]\n", "one\nthree\n"),
        ("[...]\nthree\n[...]\ntwo\n[...]\n", "two\n"),
        ("[...]\nwo\n[...]\n", "wo\n"),
        ("[...]\ntwo\n[...]\nfour\n", "four\n"),
        ("one\ntwo\n", "three\nfour\ntook … s\n"),
    ],
)
def test_what_was_not_printed_so_is_told(text: str, lines: str) -> None:
    assert missing(text, PRINTED) == lines


def test_commands_are_found_in_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("$ memmodel no\n```console\n$ memmodel a - < b\nout\n$ echo $?\n1\n$ memmodel 'c d'\n```\n")
    assert shown(page) == [Shown(("a", "-"), "b", "out\n", 1), Shown(("c d",), None, "", None)]
