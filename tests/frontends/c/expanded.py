"""C source in, what the preprocessor makes of it out, without the package's own headers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.preprocess import Includes, preprocess
from memmodel.frontends.c.text.text import Text
from memmodel.source import SourceFile


def run(source: str, includes: Includes | None = None, defines: Mapping[str, str] | None = None) -> Text:
    return preprocess(SourceFile("harness.c", source), includes or Includes(), defines or {})


def own(text: Text) -> str:
    """What does not come from the package's headers."""
    starts = (*text.starts[1:], len(text.text))
    return "".join(
        text.text[start:end] for start, end in zip(text.starts, starts, strict=True) if not text.library(start)
    )


def expanded(source: str, includes: Includes | None = None, defines: Mapping[str, str] | None = None) -> str:
    """The same with each run of white space as one blank."""
    return " ".join(own(run(source, includes, defines)).split())


def refused(source: str, includes: Includes | None = None, defines: Mapping[str, str] | None = None) -> SyntaxError:
    """The error that the source is refused with; it has a place."""
    with pytest.raises(SyntaxError) as caught:
        run(source, includes, defines)
    assert caught.value.span is not None
    return caught.value


def place(text: Text, found: str) -> str:
    """Where the first `found` of the expanded text was written: the file's name, line, and the characters there."""
    start = text.text.rindex(found)
    span = text.span(start, start + len(found))
    return f"{Path(span.file.name).name}:{span.line}: {span.text}"
