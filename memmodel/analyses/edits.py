"""Changes of strength in, edits of the text out; edited texts and unified diffs from them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from memmodel.analyses.finding import Edit
from memmodel.analyses.switches import Site
from memmodel.program.primitives import PrimitiveTable, Reference
from memmodel.program.strengths import Form, Kind
from memmodel.source import SourceFile, Span

_NAME = re.compile(r"[A-Za-z_]\w*")
_SIMPLE = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*|\[[^\[\]]*\])*")


def edit(site: Site, form: Form, primitives: PrimitiveTable, comment: str = "") -> tuple[Edit, ...] | None:
    """The edits that give a site another form; None where the text is not one that we know how to change.

    A comment goes on a line of its own, in front of the statement.
    """
    if site.insertion:
        return (_insertion(site.span, f"{form.name}();", comment),)
    replacement = _replacement(site, form, primitives)
    if replacement is None:
        return None
    span = site.span
    if not form.name and site.kind is Kind.FENCE:
        span = _statement(span)
    changed = Edit(span, replacement)
    above = _above(span, comment) if comment else None
    return (changed,) if above is None else (above, changed)


def apply(source: SourceFile, edits: Iterable[Edit]) -> str:
    """The text with all edits made. They must not overlap."""
    text = source.text
    for item in sorted(edits, key=lambda e: (e.span.start, e.span.end), reverse=True):
        text = text[: item.span.start] + item.replacement + text[item.span.end :]
    return text


def apply_all(edits: Iterable[Edit]) -> tuple[tuple[SourceFile, str], ...]:
    """The files that change, each with its text once all edits are made."""
    by_file: dict[SourceFile, list[Edit]] = {}
    for item in edits:
        by_file.setdefault(item.span.file, []).append(item)
    return tuple((file, apply(file, found)) for file, found in by_file.items())


def diff(source: SourceFile, text: str, name: str) -> str:
    """A unified diff, as `patch -p1` takes it."""
    path = name.lstrip("/")
    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")
    found = []
    for line in lines:
        found.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(found)


# ── replacing ────────────────────────────────────────────────────────────────────────────────────


def _replacement(site: Site, form: Form, primitives: PrimitiveTable) -> str | None:
    text = site.span.text
    name = site.form.name
    if site.kind is Kind.FENCE:
        return text.replace(name, form.name, 1) if form.name else ""
    if not name:
        return _marked(site, form, primitives)
    arguments = _arguments(text)
    if arguments is None:
        return None
    if not form.name:
        return _plain(site, arguments, primitives)
    before, after = _reference(name, primitives), _reference(form.name, primitives)
    if before is after:
        return _NAME.sub(form.name, text, count=1)
    place = _pointer(arguments[0]) if before is Reference.LVALUE else _lvalue(arguments[0])
    return f"{form.name}({', '.join([place, *arguments[1:]])})"


def _reference(name: str, primitives: PrimitiveTable) -> Reference | None:
    primitive = primitives.find(name)
    if primitive is None:
        return None
    return next((step.place.reference for step in primitive.steps if step.place is not None), None)


def _arguments(text: str) -> list[str] | None:
    """The arguments of a call; None if the text is not one call."""
    start = text.find("(")
    if start < 0 or not text.rstrip().endswith(")"):
        return None
    inner = text[start + 1 : text.rindex(")")]
    found, depth, last = [], 0, 0
    for i, character in enumerate(inner):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            found.append(inner[last:i].strip())
            last = i + 1
    return [*found, inner[last:].strip()]


def _pointer(lvalue: str) -> str:
    """A pointer to an lvalue, as one writes it."""
    if lvalue.startswith("*"):
        return lvalue[1:].strip()
    return f"&{lvalue}"


def _lvalue(pointer: str) -> str:
    if pointer.startswith("&"):
        return pointer[1:].strip()
    return f"*{pointer}" if _SIMPLE.fullmatch(pointer) else f"*({pointer})"


def _plain(site: Site, arguments: list[str], primitives: PrimitiveTable) -> str:
    """The plain access instead of a marked one."""
    lvalue = arguments[0] if _reference(site.form.name, primitives) is Reference.LVALUE else _lvalue(arguments[0])
    return lvalue if site.kind is Kind.LOAD else f"{lvalue} = {arguments[1]}"


def _marked(site: Site, form: Form, primitives: PrimitiveTable) -> str | None:
    """The marked access instead of a plain one."""
    text = site.span.text.strip()
    by_pointer = _reference(form.name, primitives) is Reference.POINTER
    if site.kind is Kind.LOAD:
        return f"{form.name}({_pointer(text) if by_pointer else text})"
    left, sign, right = text.partition("=")
    if not sign or right.startswith("=") or left.rstrip()[-1:] in "+-*/%&|^<>!=":
        return None
    left, right = left.strip(), right.strip()
    return f"{form.name}({_pointer(left) if by_pointer else left}, {right})"


# ── lines ────────────────────────────────────────────────────────────────────────────────────────


def _line_start(span: Span) -> int:
    return span.file.text.rfind("\n", 0, span.start) + 1


def _indent(span: Span) -> str | None:
    """The blanks in front of the span on its line; None if there is more than blanks."""
    before = span.file.text[_line_start(span) : span.start]
    return before if not before.strip() else None


def _insertion(span: Span, statement: str, comment: str) -> Edit:
    """A statement on a line of its own if the one after it has one, else on the same line."""
    indent = _indent(span)
    spelt = f"/* {comment} */ " if comment else ""
    if indent is None:
        return Edit(span, f"{spelt}{statement} ")
    above = f"{indent}/* {comment} */\n" if comment else ""
    at = _line_start(span)
    return Edit(span.file.span(at, at), f"{above}{indent}{statement}\n")


def _above(span: Span, comment: str) -> Edit:
    """A comment on a line of its own above the line of the span."""
    at = _line_start(span)
    line = span.file.line(span.line)
    indent = line[: len(line) - len(line.lstrip())]
    return Edit(span.file.span(at, at), f"{indent}/* {comment} */\n")


def _statement(span: Span) -> Span:
    """A call that is a statement with its semicolon, and its line if nothing else is there."""
    text, file = span.file.text, span.file
    end = span.end
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    if text[end : end + 1] != ";":
        return span
    end += 1
    start = _line_start(span)
    if _indent(span) is not None and text[end : end + 1] == "\n":
        return file.span(start, end + 1)
    return file.span(span.start, end)
