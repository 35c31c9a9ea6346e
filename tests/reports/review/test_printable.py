"""Text from patches: what may be shown, how wide it is, where it is broken."""

from __future__ import annotations

import pytest

from memmodel.records import replace
from memmodel.reports.review import render
from memmodel.reports.review.printable import clip, code, one_line, pad, paragraphs, printable, width, wrap
from tests.reports.review import series


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë 環\tx\n", "Zoë 環\tx\n"),
        ("a\r\nb", "a\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
    ],
)
def test_what_might_steer_a_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_title_is_one_line() -> None:
    assert one_line(" a\n\tb \x0b c ") == "a b c"


def test_tabs_of_code_are_as_wide_as_on_a_terminal() -> None:
    assert code("+\tx;\t/* y */  ") == "+       x;      /* y */"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("環ab", 4), ("e\u0301", 1), ("ｆ", 2)])
def test_width_is_what_a_terminal_takes(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(pad(text, 9)) == 9


def test_what_is_too_long_is_cut() -> None:
    assert clip("環環環環", 8) == "環環環環"
    assert clip("環環環環環", 8) == "環環..."
    assert clip("abcdef", 5) == "ab..."


def test_lines_are_broken_between_words_only() -> None:
    assert wrap("aa bb cc", 5, "- ") == ["- aa", "  bb", "  cc"]
    assert wrap("aa bb cc", 7, "- ", "+ ") == ["- aa bb", "+ cc"]
    assert wrap("environment x", 5) == ["environment", "x"]
    assert wrap("環 環 環", 5) == ["環 環", "環"]
    assert wrap("") == []


def test_paragraphs_keep_code_as_it_is() -> None:
    assert paragraphs("one\ntwo\n\n\tif (x)\n\t\ty();\n\nthree", 20, "> ") == [
        "> one two",
        "",
        ">         if (x)",
        ">                 y();",
        "",
        "> three",
    ]


def test_wide_letters_fit_too() -> None:
    patch = replace(series.FIRST.patch, subject="[PATCH] " + "環形緩衝區 " * 20, author="山田太郎 " * 15)
    text = render(replace(series.SERIES, patches=(replace(series.FIRST, patch=patch),)))
    assert [line for line in text.splitlines() if width(line) > 80] == []
