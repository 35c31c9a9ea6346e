"""Errors are one sentence, a place and a hint, and survive the way between processes."""

from __future__ import annotations

import pickle

import pytest

from memmodel import errors
from memmodel.errors import EngineError, MemmodelError
from memmodel.source import SourceFile, Span

SPAN = Span(SourceFile("a.litmus", "C a\n{}\n"), 0, 1)


@pytest.mark.parametrize("kind", ["UsageError", "SyntaxError", "Unsupported", "ModelError", "EngineError"])
def test_what_is_sent_is_what_arrives(kind: str) -> None:
    error = getattr(errors, kind)("found ';'", SPAN, "expected ','")
    assert isinstance(error, MemmodelError)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert str(error).startswith("a.litmus:1:1: ") and str(error).endswith("found ';' (expected ',')")


def test_a_defect_of_ours_is_called_one_once() -> None:
    error = EngineError("the engines disagree")
    assert str(error) == "internal error: the engines disagree"
    assert error.what == "the engines disagree"
