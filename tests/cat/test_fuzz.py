"""Broken models: whatever the text, the answer is a model or an error with a sentence in it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memmodel.cat.resolve import resolve
from memmodel.errors import MemmodelError
from tests.cat.models_in_memory import Texts, library_files

FILES = {path.name: path.read_text() for path in library_files()}
PIECES = (
    *("let ", "rec ", "and ", " in ", "fun x -> ", "try ", " with ", "if ", " then ", " else ", '"lkmmv2"', "match "),
    *(
        "acyclic ",
        "empty ",
        "flag ",
        "~",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "|",
        ";",
        "\\",
        "&",
        "*",
        "+",
        "?",
        "^-1",
        "++",
    ),
    *("0", "_", "po", "rf", "R", "Acquire", "domain", "f(x)", "x", "'once", "=", ",", "||", "as a", "(*", "*)", "//"),
    *('include "rcu.cat"', 'include "main.cat"', "procedure p(x) = ", " end", "call p(po)", "\n", "\0", "é", '"'),
)


def attempt(text: str) -> None:
    """Resolve it; an error must say what and, unless it is about the file as a whole, where."""
    try:
        resolve(Texts({"main.cat": text}), "main", frozenset(), ("vocabulary.cat",))
    except MemmodelError as error:
        assert error.message
        assert error.span is not None
        assert error.span.excerpt()


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A stretch of the library, with pieces taken out, put in and moved."""
    text = FILES[draw(st.sampled_from(sorted(FILES)))]
    start = draw(st.integers(0, len(text)))
    text = text[start : start + draw(st.integers(20, 1500))]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 8)))
        text = text[:at] + draw(st.sampled_from(PIECES)) + text[end:]
    return text


quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(mutated())
def test_mutated_text_of_the_library(text: str) -> None:
    attempt(text)


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_words_of_the_language_in_any_order(text: str) -> None:
    attempt(text)


@quick
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    attempt(text)


@pytest.mark.parametrize(
    "text", ["let x = " + "(" * 20000, "[" * 20000, "let " * 20000, "acyclic " + "x" * 200_000, "(*" * 5000]
)
def test_long_and_senseless(text: str) -> None:
    with pytest.raises(MemmodelError):
        resolve(Texts({"main.cat": text}), "main", frozenset())
