"""Explanations of litmus tests, for the tests of the analysis."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from memmodel.analyses.explain import explain
from memmodel.analyses.explanation import Explanation
from memmodel.cat.models import load as load_model
from memmodel.cat.terms import Model
from memmodel.program.ir import Program
from memmodel.program.load import load
from memmodel.source import SourceFile

LIBRARY = Path(__file__).parents[2] / "litmus"


@lru_cache
def model(name: str = "lkmm") -> Model:
    return load_model(name).model


@lru_cache(maxsize=512)
def program(text: str) -> Program:
    return load(SourceFile("test.litmus", text)).program


def library(name: str) -> Program:
    """A test of the library, as `ring/drain-none`."""
    return program((LIBRARY / f"{name}.litmus").read_text())


def names(result: str) -> list[str]:
    """The tests of the library that state this verdict and no race: `Never`, `Sometimes`."""
    found = []
    for path in sorted(LIBRARY.glob("*/*.litmus")):
        expectation = program(path.read_text()).expectation
        if expectation is not None and expectation.verdict == result and not expectation.race:
            found.append(f"{path.parent.name}/{path.stem}")
    return found


@lru_cache(maxsize=512)
def explained(name: str) -> Explanation:
    return explain(library(name), model(), f"{name}.litmus", 60)


def line(name: str, text: str) -> int:
    """The line of a library test on which `text` is first found below its header."""
    lines = (LIBRARY / f"{name}.litmus").read_text().splitlines()
    start = lines.index(" *)")
    return next(i + 1 for i, one in enumerate(lines) if i > start and text in one)
