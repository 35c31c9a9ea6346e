"""One external declaration of a Text in, tree-sitter's tree of it out, and the way from its nodes to the source."""

from __future__ import annotations

import re
from collections.abc import Callable

import tree_sitter_c
from tree_sitter import Language, Node, Parser

from memmodel.errors import MemmodelError, SyntaxError, Unsupported
from memmodel.frontends.c.syntax.prepare import Prepared, prepare
from memmodel.frontends.c.syntax.rewriting import Attribute
from memmodel.frontends.c.syntax.scan import Word
from memmodel.frontends.c.text.text import Text
from memmodel.records import dataclass
from memmodel.source import Span

_NAME_AT_END = re.compile(r"([A-Za-z_]\w*)\s*\Z", re.ASCII)
_FUNCTION = re.compile(r"([A-Za-z_]\w*)\s*\([^()]*\)\s*\Z", re.ASCII)
_PARSER = Parser(Language(tree_sitter_c.language()))

MAXIMUM_DEPTH = 1000
"""Nodes of the concrete tree inside each other: far more than any code has that is written by hand."""


@dataclass(frozen=True, eq=False, repr=False)
class Parsed:
    """A concrete tree. `root` is the whole translation unit that the declaration makes up."""

    text: Text
    prepared: Prepared
    root: Node
    number: int = 0
    """Which of several texts it is from."""

    def begin(self, node: Node) -> int:
        """The offset in the expanded text at which a node begins."""
        return self.prepared.begin(node.start_byte)

    def finish(self, node: Node) -> int:
        """The offset just after it."""
        return self.prepared.finish(node.end_byte)

    def span(self, first: Node, last: Node | None = None) -> Span:
        """Where a node, or all from one to another, was written."""
        start = self.begin(first)
        return self.text.span(start, max(start, self.finish(last or first)))

    def unnamed(self, node: Node) -> str:
        """A tag for a structure that has none, from where it is."""
        return f"unnamed@{self.place(node)}"

    def place(self, node: Node) -> str:
        """A word that no other node of any text has."""
        start = str(self.begin(node))
        return f"{self.number}.{start}" if self.number else start

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return self.prepared.attributes

    def check(self, node: Node) -> None:
        """Raises SyntaxError for the first thing in `node` that is no C, Unsupported where it is nested too deeply."""
        if node.has_error:
            raise self._error(_first_error(node))
        depth = _depth(node)
        if depth > MAXIMUM_DEPTH:
            hint = f"at most {MAXIMUM_DEPTH} levels are read: split it up"
            raise Unsupported("this is nested too deeply", self.span(node), hint)

    def _error(self, node: Node) -> MemmodelError:
        if node.is_missing:
            return self._missing(node)
        start, end = self.begin(node), self.finish(node)
        found = self.text.text[start:end].split("\n")[0].strip()
        span = self.text.span(start, max(start + 1, start + len(found)))
        if node.parent is not None and node.parent.type == "goto_statement":
            return Unsupported("a computed goto", self.span(node.parent), "use a switch")
        named = _FUNCTION.match(found)
        if named and self.begin(self.root) == start:
            hint = f"a function begins with the type of its result: 'void {named.group(1)}(…)'"
            return SyntaxError(f"'{named.group(1)}' has no type", span, hint)
        called = _called(self.text.text[:start].rstrip())
        hint = f"{_HINT}: is '{called}' one?" if called else _HINT
        return SyntaxError(f"this is no C here: '{found[:40]}'", span, hint)

    def _missing(self, node: Node) -> SyntaxError:
        start = self.begin(node)
        before = self.text.text[:start].rstrip()
        span = self.text.span(max(0, len(before) - 1), max(1, len(before)))
        what = f"'{node.type}'" if not node.type.isidentifier() else _NAMED.get(_parent(node), "a name")
        called = _called(before)
        hint = f"expected {what}"
        if called:
            hint += f"; or is '{called}' a macro that nothing defines?"
        return SyntaxError(f"{what} is missing after this", span, hint)


_HINT = "look for a missing ';', operator or bracket before it, or a macro that nothing defines"


def parse(text: Text, sequence: tuple[Word, ...], is_type: Callable[[str], bool], number: int = 0) -> Parsed:
    """The tree of the external declaration that `sequence` are the words of."""
    prepared = prepare(text.text, sequence, is_type)
    return Parsed(text, prepared, _PARSER.parse(prepared.source).root_node, number)


def parse_value(text: Text, sequence: tuple[Word, ...], is_type: Callable[[str], bool]) -> tuple[Parsed, Node]:
    """The tree and the node of a lone expression."""
    prepared = prepare(text.text, sequence, is_type, "int x = ", ";")
    parsed = Parsed(text, prepared, _PARSER.parse(prepared.source).root_node)
    parsed.check(parsed.root)
    declarator = parsed.root.children[0].child_by_field_name("declarator")
    value = declarator.child_by_field_name("value") if declarator else None
    if value is None:
        raise SyntaxError("expected a value", text.span(sequence[0].start, sequence[-1].end))
    return parsed, value


_FARTHEST = 4_000
_NAMED = dict.fromkeys(("init_declarator", "assignment_expression", "binary_expression", "argument_list"), "a value")
"""Where a missing identifier is a missing value."""


def _parent(node: Node) -> str:
    return node.parent.type if node.parent is not None else ""


def _called(before: str) -> str | None:
    """The name of what is called where a text ends with the call."""
    depth = 0
    for at in range(len(before) - 1, max(0, len(before) - _FARTHEST), -1):
        depth += (before[at] == ")") - (before[at] == "(")
        if depth <= 0:
            name = _NAME_AT_END.search(before, max(0, at - 100), at) if before[at] == "(" else None
            return name.group(1) if name else None
    return None


def _first_error(node: Node) -> Node:
    """The first ERROR or missing node in the text."""
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error), None)
        if inner is None:
            break
        node = inner
    return node


def _depth(node: Node) -> int:
    """How many levels of nodes there are below `node`."""
    cursor = node.walk()
    depth = deepest = 0
    while True:
        if cursor.goto_first_child():
            depth += 1
            deepest = max(deepest, depth)
            continue
        while not cursor.goto_next_sibling():
            if depth == 0 or not cursor.goto_parent():
                return deepest
            depth -= 1
