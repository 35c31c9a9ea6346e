"""A harness in C in, the program it means out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from memmodel.errors import Unsupported
from memmodel.files import Files
from memmodel.frontends.c.lowering.lower import lower
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.frontends.c.text.includes import Includes
from memmodel.frontends.c.text.preprocess import preprocess
from memmodel.program.lower import Lowered
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.source import SourceFile


def load(
    harness: SourceFile,
    *,
    folder: Path | None,
    tree: Path | None,
    defines: Mapping[str, str],
    primitives: PrimitiveTable = DEFAULT,
    unroll: int | None = None,
    edit: Callable[[SourceFile], SourceFile] | None = None,
    files: Files | None = None,
) -> Lowered:
    """Read and lower a harness. `folder` and `tree` are where its #includes are looked for; `edit` may change
    the files that it includes as they are read; `files` is what is taken to be on disk.

    Raises errors.SyntaxError and errors.Unsupported, each with its place.
    """
    start = harness.span(0, 0)
    try:
        unit = Unit(preprocess(harness, Includes(folder, tree, None, edit, files or Files()), defines))
        return lower(unit, harness.name, start, primitives, unroll)
    except RecursionError:
        raise Unsupported("the code is nested too deeply", start, "split expressions and calls up") from None
