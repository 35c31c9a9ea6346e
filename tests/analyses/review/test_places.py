"""A place in one text of a file is found again in another."""

from __future__ import annotations

from memmodel.analyses.review.places import moved
from memmodel.source import SourceFile, Span

OLD = "int a;\nint b;\nint c;\nint d;\nint e;\n"


def place(text: str, words: str) -> Span:
    start = text.index(words)
    return SourceFile("lib/x.c", text).span(start, start + len(words))


def found(new: str, words: str) -> tuple[int, str] | None:
    there = moved(place(OLD, words), SourceFile("lib/x.c", new))
    return None if there is None else (there.line, there.text)


def test_lines_that_are_the_same_are_found_wherever_they_stand() -> None:
    new = "int new;\nint a;\nint b;\nint c2;\nint d;\nint more;\nint e;\n"
    assert found(new, "int a") == (2, "int a")
    assert found(new, "b;") == (3, "b;")
    assert found(new, "int d") == (5, "int d")
    assert found(new, "int e;") == (7, "int e;")


def test_a_line_that_is_not_there_any_more_is_not_found() -> None:
    assert found("int a;\nint b;\nint d;\nint e;\n", "int c") is None
    assert found(OLD.replace("int c", "long c"), "int c") is None


def test_the_same_text_has_the_same_places() -> None:
    assert found(OLD, "int c") == (3, "int c")
