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


def _mail(review: Review, options: Options) -> str:
    from memmodel.reports.review.mail import render

    return render(review, options)


def _checkpatch(review: Review, options: Options) -> str:
    from memmodel.reports.review.checkpatch import render

    return render(review)


def _terse(review: Review, options: Options) -> str:
    from memmodel.reports.review.checkpatch import terse

    return terse(review)


def _sarif(review: Review, options: Options) -> str:
    from memmodel.reports.review.sarif import render

    return render(review)


def _b4(review: Review, options: Options) -> str:
    from memmodel.reports.review.b4 import render

    return render(review)


def _b4_am(review: Review, options: Options) -> str:
    from memmodel.reports.review.b4 import lines

    return lines(review)


FORMATS: Mapping[str, Callable[[Review, Options], str]] = {
    "text": _text,
    "mail": _mail,
    "checkpatch": _checkpatch,
    "checkpatch-terse": _terse,
    "json": _json,
    "sarif": _sarif,
    "b4": _b4,
    "b4-am": _b4_am,
}
"""By name, as `--format` takes it. Each loads its own module only."""


def render(review: Review, name: str = "text", options: Options = DEFAULT) -> str:
    """The review in the format of that name."""
    return FORMATS[name](review, options)
