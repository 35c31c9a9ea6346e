"""C source in, the Text or Unit of it out."""

from __future__ import annotations

from memmodel.frontends.c.syntax.unit import Missing, Unit
from memmodel.frontends.c.text.preprocess import Includes, preprocess
from memmodel.frontends.c.text.text import Text
from memmodel.source import SourceFile


def text(source: str, name: str = "harness.c") -> Text:
    """What the preprocessor makes of a harness that includes nothing."""
    return preprocess(SourceFile(name, source), Includes(), {})


def unit(source: str, missing: Missing | None = None) -> Unit:
    return Unit(text(source), missing)
