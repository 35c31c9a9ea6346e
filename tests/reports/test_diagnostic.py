"""How errors look: the place, the line with a caret, what to do; and nothing that could harm a terminal."""

from __future__ import annotations

from memmodel.diagnostic import EXCERPT_WIDTH, from_error
from memmodel.errors import SyntaxError, UsageError
from memmodel.reports.diagnostic import render
from memmodel.source import SourceFile
from tests.reports.examples import TYPO


def test_an_error_shows_its_place_line_caret_and_hint() -> None:
    assert render(from_error(TYPO)) == (
        "bad.litmus:5:7: error: unknown primitive 'READ_ONC'\n"
        "    5 |     r0 = READ_ONC(*x);\n"
        "      |          ^~~~~~~~\n"
        "      = did you mean READ_ONCE?\n"
    )


def test_an_error_without_a_place_is_one_line() -> None:
    assert render(from_error(UsageError("nothing to check"))) == "error: nothing to check\n"


def test_an_excerpt_of_an_endless_line_is_short_and_its_caret_in_place() -> None:
    source = SourceFile("long", "a" * 5_000_000 + "!" + "b" * 5_000_000)
    place = from_error(SyntaxError("no", source.span(5_000_000, 5_000_001))).place
    assert place is not None
    assert place.column == 5_000_001
    assert len(place.excerpt) <= EXCERPT_WIDTH + 2
    assert place.excerpt[place.caret.index("^")] == "!"


def test_control_characters_do_not_reach_the_terminal() -> None:
    source = SourceFile("evil", "ab\x1b[2Jcd")
    shown = render(from_error(SyntaxError("no", source.span(7, 8))))
    assert "\x1b" not in shown


def test_a_place_at_the_end_of_the_text_is_still_a_place() -> None:
    source = SourceFile("short", "C a")
    assert "short:1:4: error: more expected\n    1 | C a\n      |    ^\n" in render(
        from_error(SyntaxError("more expected", source.span(3, 3)))
    )


def test_an_empty_line_is_not_shown() -> None:
    shown = render(from_error(SyntaxError("the file is empty", SourceFile("none", "").span(0, 0), "say something")))
    assert shown == "none:1:1: error: the file is empty\n      = say something\n"
