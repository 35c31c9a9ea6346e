"""The library's texts in, every part that can be taken out of the kernel's model, or of an architecture's, out.

A part is an axiom or a flag, an arm of a union (so each fence and each case), a condition of an intersection,
what is subtracted, a step that may be skipped, or a filter `[S]` in a sequence. Taking it out is a change of
text, so that what is tested is a model that somebody might have written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from memmodel.cat.models import LIBRARY
from memmodel.source import SourceFile
from memmodel.syntax import cat_tree as cat
from memmodel.syntax.cat import parse
from memmodel.syntax.cat_tree import Operator

FILES = ("lkmm.cat", "rcu.cat", "lock.cat")
"""Of the kernel's model."""


class Kind(Enum):
    CHECK = "check"
    ARM = "arm of a union"
    CONDITION = "condition"
    SUBTRACTION = "subtraction"
    STEP = "optional step"
    FILTER = "filter"


REQUIRED = (Kind.CHECK, Kind.ARM)
"""Axioms, flags, fences and cases: without each of these something must notice."""


@dataclass(frozen=True)
class Part:
    """`start` and `end` are offsets in the file's text, which `replacement` takes the place of."""

    kind: Kind
    file: str
    owner: str
    """The definition or the check that it is a part of."""
    text: str
    start: int
    end: int
    replacement: str

    @property
    def name(self) -> str:
        """How reports and the list of equivalences call it; two parts of one name are told apart by `names`."""
        return f"{self.file}: {self.owner}: without {self.text}"

    def apply(self, text: str) -> str:
        """The file without the part."""
        return text[: self.start] + self.replacement + text[self.end :]


def parts(files: tuple[str, ...] = FILES) -> dict[str, Part]:
    """All parts by name, in the order of the files."""
    found: dict[str, Part] = {}
    for file in files:
        source = SourceFile(file, (LIBRARY / file).read_text())
        for part in _of_file(source):
            name, count = part.name, 1
            while name in found:
                count += 1
                name = f"{part.name} (number {count})"
            found[name] = part
    return found


def _of_file(source: SourceFile) -> Iterator[Part]:
    for statement in parse(source).statements:
        if isinstance(statement, cat.Let):
            for binding in statement.bindings:
                owner = binding.pattern.names[0] or "_"
                yield from _of_expression(binding.body, owner)
        elif isinstance(statement, cat.Check):
            span = statement.span
            owner = statement.name or "unnamed"
            yield Part(Kind.CHECK, source.name, owner, "the check", span.start, span.end, " ")
            yield from _of_expression(statement.body, owner)


def _of_expression(node: cat.Expression, owner: str) -> Iterator[Part]:
    for child in _children(node):
        yield from _of_expression(child, owner)
    if isinstance(node, cat.Operation):
        yield from _of_operation(node, owner)


def _children(node: cat.Expression) -> tuple[cat.Expression, ...]:
    match node:
        case cat.Operation():
            return node.operands
        case cat.Apply():
            return (node.function, node.argument)
        case cat.Tuple():
            return node.items
        case cat.LetIn():
            return (*(binding.body for binding in node.bindings), node.body)
        case cat.Fun():
            return (node.body,)
        case cat.TryWith():
            return (node.body, node.fallback)
        case _:
            return ()


def _of_operation(node: cat.Operation, owner: str) -> Iterator[Part]:
    match node.operator:
        case Operator.UNION:
            for i in range(len(node.operands)):
                yield _without(Kind.ARM, node, i, owner)
        case Operator.INTERSECTION:
            for i in range(len(node.operands)):
                yield _without(Kind.CONDITION, node, i, owner)
        case Operator.DIFFERENCE:
            for i in range(1, len(node.operands)):
                yield _without(Kind.SUBTRACTION, node, i, owner)
        case Operator.SEQUENCE:
            for i, operand in enumerate(node.operands):
                if isinstance(operand, cat.Operation):
                    if operand.operator in (Operator.OPTIONAL, Operator.STAR):
                        yield _without(Kind.STEP, node, i, owner)
                    elif operand.operator is Operator.IDENTITY:
                        yield _without(Kind.FILTER, node, i, owner)


def _without(kind: Kind, node: cat.Operation, index: int, owner: str) -> Part:
    """The operation with its others only."""
    others = [operand.span.text for i, operand in enumerate(node.operands) if i != index]
    text = f"({f' {node.operator.value} '.join(others)})"
    gone = " ".join(node.operands[index].span.text.split())
    whole = " ".join(node.span.text.split())
    shown = whole if len(whole) <= 90 else f"{whole[:87]}…"
    span = node.span
    return Part(kind, span.file.name, owner, f"{gone} in {shown}", span.start, span.end, text)
