"""A review in, text out: one module for each output format, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from memmodel.records import dataclass
from memmodel.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from memmodel.analyses.review.result import Review


@dataclass(frozen=True)
class Options:
    """`style`: for the text. `full`: every row of the pairing tables, with its lines. `command`: what was typed, for
    whoever wants to see it again."""

    style: Style = PLAIN
    full: bool = False
    command: str = ""


DEFAULT = Options()


def _text(review: Review, options: Options) -> str:
    from memmodel.reports.review.text import render

    return render(review, options)


def _json(review: Review, options: Options) -> str:
    from memmodel.reports.review.json import render

    return render(review)


FORMATS: Mapping[str, Callable[[Review, Options], str]] = {"text": _text, "json": _json}
"""By name, as `--format` takes it. Each loads its own module only."""


def render(review: Review, name: str = "text", options: Options = DEFAULT) -> str:
    """The review in the format of that name."""
    return FORMATS[name](review, options)
