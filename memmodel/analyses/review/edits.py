"""A statement of a function in, the edits that take it away or give its access another name out."""

from __future__ import annotations

import re

from memmodel.analyses.finding import Edit
from memmodel.analyses.review.statements import Statement
from memmodel.frontends.c.text.tokens import clean
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
    assert access.call is not None and access.call_span is not None
    return renamed(access.call_span, access.call.name, name)


def renamed(span: Span, old: str, name: str) -> tuple[Edit, ...]:
    """The same of a call of the primitive `old`; nothing where either is none that accesses a place."""
    was, wanted = _reference(old), _reference(name)
    start = span.start + span.text.find(old)
    opening = span.file.text.find("(", start) + 1
    if was is None or wanted is None or start < span.start or not 0 < opening <= span.end:
        return ()
    if wanted is was:
        return (Edit(span.file.span(start, start + len(old)), name),)
    rest = span.file.text[opening : span.end]
    end = _first_argument(rest)
    place = rest[:end].strip()
    sign, opposite = ("&", "*") if wanted is Reference.POINTER else ("*", "&")
    if place.startswith(opposite):
        place = place[1:].lstrip()
    else:
        place = sign + (place if _SIMPLE.fullmatch(place) else f"({place})")
    return (Edit(span.file.span(start, opening + end), f"{name}({place}"),)


def _reference(name: str) -> Reference | None:
    """How a primitive names what it accesses."""
    found = DEFAULT.find(name)
    return next((step.place.reference for step in found.steps if step.place is not None), None) if found else None


def barrier_before(span: Span, name: str, earlier: Span) -> tuple[Edit, ...]:
    """A barrier on a line of its own before the statement in which an access is, and behind an `earlier` one; nothing
    where the statement does not begin a line, or may run more than once each time that its line is reached."""
    text = span.file.text
    start = text.rfind("\n", 0, span.start) + 1
    if earlier.file == span.file and start < earlier.end <= span.start:
        return ()
    cleaned = clean(span.file)
    before = cleaned[start : span.start].strip()
    if cleaned[:start].rstrip()[-1:] not in tuple(";{}") or _ELSEWHERE.match(before):
        return ()
    line = text[start : span.start]
    indent = line[: len(line) - len(line.lstrip())]
    return (Edit(span.file.span(start, start), f"{indent}{name}();\n"),)


_ELSEWHERE = re.compile(r"(?:while|for|do|else|case|default)\b|[{}]|.*[;{}:?]|.*(?:&&|\|\|)")
"""What before an access says that the beginning of its line is not right before it."""

_SIMPLE = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*|\[[^\[\]]*\])*")


def _first_argument(text: str) -> int:
    """Where the comma or the parenthesis is that ends it."""
    depth = 0
    for at, character in enumerate(text):
        if depth == 0 and character in ",)":
            return at
        depth += (character in "([{") - (character in ")]}")
    return len(text)
