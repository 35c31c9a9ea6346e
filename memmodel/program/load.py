"""The text of a litmus test in, the program it means out."""

from __future__ import annotations

from memmodel.program.lower import Lowered, lower
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.source import SourceFile
from memmodel.syntax.litmus import parse


def load(source: SourceFile, primitives: PrimitiveTable = DEFAULT, unroll: int | None = None) -> Lowered:
    """Read and lower a litmus test. Raises errors.SyntaxError and errors.Unsupported, each with its place."""
    return lower(parse(source), primitives, unroll)
