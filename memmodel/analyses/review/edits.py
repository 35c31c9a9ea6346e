"""A statement of a function in, the edits that take it away or give its access another name out."""

from __future__ import annotations

import re

from memmodel.analyses.finding import Edit
from memmodel.analyses.review.statements import Statement
from memmodel.program.primitives import DEFAULT, Reference
from memmodel.source import Span


def removal(span: Span) -> tuple[Edit, ...]:
    """The removal of a statement, with its line if there is nothing else on it."""
    text = span.file.text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end + 1
    if not text[start : span.start].strip() and text[span.end : end].strip() == ";":
        return (Edit(span.file.span(start, end), ""),)
    return (Edit(span.file.span(span.start, text.find(";", span.end) + 1), ""),)


def renaming(access: Statement, name: str) -> tuple[Edit, ...]:
    """The access as another primitive of the same kind, which may name its place by pointer where this one names it as
    a variable, or the reverse."""
    call, span = access.call, access.call_span
    other = DEFAULT.find(name)
    assert call is not None and span is not None and call.place is not None and other is not None
    reference = next(step.place.reference for step in other.steps if step.place is not None)
    if reference is call.place[1]:
        return (Edit(span.file.span(span.start, span.start + len(call.name)), name),)
    opening = span.text.index("(") + 1
    end = opening + _first_argument(span.text[opening:])
    place = span.text[opening:end].strip()
    sign, opposite = ("&", "*") if reference is Reference.POINTER else ("*", "&")
    if place.startswith(opposite):
        place = place[1:].lstrip()
    else:
        place = sign + (place if _SIMPLE.fullmatch(place) else f"({place})")
    return (Edit(span.file.span(span.start, span.start + end), f"{name}({place}"),)


_SIMPLE = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*|\[[^\[\]]*\])*")


def _first_argument(text: str) -> int:
    """Where the comma or the parenthesis is that ends it."""
    depth = 0
    for at, character in enumerate(text):
        if depth == 0 and character in ",)":
            return at
        depth += (character in "([{") - (character in ")]}")
    return len(text)
