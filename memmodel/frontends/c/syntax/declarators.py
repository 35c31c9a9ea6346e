"""tree-sitter's declarators in, declared names with their stars, dimensions and alignment out."""

from __future__ import annotations

from tree_sitter import Node

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.syntax.home import Home
from memmodel.frontends.c.syntax.names import Names
from memmodel.frontends.c.syntax.parse import Parsed, parse_value
from memmodel.frontends.c.syntax.scan import Word
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

_ABSTRACT = {
    "abstract_pointer_declarator": "pointer_declarator",
    "abstract_array_declarator": "array_declarator",
    "abstract_function_declarator": "function_declarator",
    "abstract_parenthesized_declarator": "parenthesized_declarator",
}
_NAMES = frozenset(("identifier", "field_identifier", "type_identifier", "primitive_type"))
_CHANGING = {
    "cleanup": "what it calls at the end of the block must be written out",
    "mode": "write the type that it means",
    "vector_size": "use an array",
}
"""Attributes that change what the code means, and what to do instead."""

FUNCTION = "function"
"""The base of a TypeName that is a function's: with a star, a pointer to one."""


@dataclass(frozen=True, eq=False, repr=False)
class Shape:
    """What a declarator makes of a type."""

    name: Node | None
    """What is declared; None in the name of a type."""
    pointers: int
    dimensions: tuple[Node | None, ...]
    parameters: Node | None
    """Of a function, not of a pointer to one."""
    is_function: bool
    """The type is that of a function, or of pointers to one: what it returns is in `result`."""
    result: int
    """The stars of what such a function returns."""
    volatile: tuple[bool, ...]
    """For each star, whether the pointer is volatile itself."""


class DeclaratorConverter:
    """Conversion of declarators within one declaration or function."""

    def __init__(self, parsed: Parsed, home: Home, names: Names) -> None:
        self.parsed = parsed
        self.home = home
        self.names = names

    def expression(self, node: Node) -> tree.Expression:
        """The expression that a node is: ExpressionConverter says how."""
        raise NotImplementedError

    # ── helpers ──

    def span(self, first: Node, last: Node | None = None) -> Span:
        return self.parsed.span(first, last)

    def text(self, node: Node) -> str:
        """What tree-sitter saw: for names the same as in the source."""
        return (node.text or b"").decode()

    def field(self, node: Node, name: str) -> Node:
        """A part that the grammar always has."""
        found = node.child_by_field_name(name)
        if found is None:
            raise SyntaxError("this is not complete", self.span(node))
        return found

    # ── declarators ──

    def shape(self, node: Node | None) -> Shape:
        """What a declarator, or the part of a type after its name, does to the type before it."""
        steps: list[tuple[str, Node]] = []
        name: Node | None = None
        while node is not None:
            kind = _ABSTRACT.get(node.type, node.type)
            if kind in _NAMES:
                name, node = node, None
            elif kind in ("parenthesized_declarator", "attributed_declarator"):
                node = next((c for c in node.named_children if c.type.endswith(("declarator", "identifier"))), None)
            elif kind in ("pointer_declarator", "array_declarator", "function_declarator"):
                steps.append((kind, node))
                node = node.child_by_field_name("declarator")
            else:
                raise Unsupported("this declarator cannot be read", self.span(node), "expected a name, *, [] or ()")
        return self._shape(name, steps)

    def _shape(self, name: Node | None, steps: list[tuple[str, Node]]) -> Shape:
        pointers, result, is_function = 0, 0, False
        volatile: list[bool] = []
        dimensions: list[Node | None] = []
        parameters: Node | None = None
        for number, (kind, node) in enumerate(steps):
            if dimensions and kind != "array_declarator":
                hint = "use a pointer to the first element"
                raise Unsupported("a pointer to a whole array", self.span(node), hint)
            if kind == "pointer_declarator":
                pointers += 1
                words = [self.text(c) for c in node.children if c.type == "type_qualifier"]
                volatile.append("volatile" in words)
            elif kind == "array_declarator":
                dimensions.append(node.child_by_field_name("size"))
            else:
                if is_function:
                    hint = "give the pointer that it returns a typedef"
                    raise Unsupported("a function that returns a pointer to a function", self.span(node), hint)
                is_function, result, pointers, volatile = True, pointers, 0, []
                if number == len(steps) - 1:
                    parameters = node.child_by_field_name("parameters")
        ordered = tuple(reversed(dimensions))
        return Shape(name, pointers, ordered, parameters, is_function, result, tuple(volatile))

    def based(self, base: tree.TypeName, shape: Shape) -> tree.TypeName:
        """The type before a declarator's stars: FUNCTION where the declarator makes it one."""
        return tree.TypeName(FUNCTION, 0, base.span) if shape.is_function else base

    def dimensions(self, shape: Shape) -> tuple[tree.Expression | None, ...]:
        return tuple(self.expression(d) if d is not None else None for d in shape.dimensions)

    def declaration(
        self,
        node: Node,
        base: tree.TypeName,
        shape: Shape,
        declarator: tree.Declarator,
        storage: frozenset[str] = frozenset(),
    ) -> tree.Declaration:
        """One declared name as a declaration of its own."""
        if any(shape.volatile):
            hint = "drop 'volatile', and access it by READ_ONCE and WRITE_ONCE"
            raise Unsupported("a volatile pointer", declarator.span, hint)
        type_ = self.based(base, shape)
        return tree.Declaration(type_, (declarator,), self.parsed.span(node), storage)

    def pointed(self, base: tree.TypeName, shape: Shape, span: Span) -> tree.TypeName:
        """The type with the stars of a declarator in."""
        levels = (base.volatile, *shape.volatile)
        volatile = levels[max(0, len(levels) - 2)]
        type_ = self.based(base, shape)
        return tree.TypeName(type_.base, type_.pointers + shape.pointers, span, type_.of, volatile)

    # ── alignment ──

    def alignment(self, node: Node, shape: Shape) -> tree.Expression | None:
        """`aligned(…)` of one declarator: what stands after it, or before all of them."""
        begin, finish = self.parsed.begin(node), self.parsed.finish(node)
        near = [a for a in self.parsed.attributes if begin <= a.start < finish or a.before == begin]
        if not near:
            return None
        nested = [c for c in node.children if c.type in ("struct_specifier", "union_specifier")]
        for inner in nested:
            near = [a for a in near if not self.parsed.begin(inner) <= a.start < self.parsed.finish(inner)]
        near = [a for a in near if a.follows not in ("}", "struct", "union")]
        for attribute in near:
            if attribute.name in _CHANGING:
                where = self.parsed.text.span(attribute.start, attribute.start + 1)
                raise Unsupported(f"the attribute '{attribute.name}'", where, _CHANGING[attribute.name])
        starts = [self.parsed.begin(c) for c in node.children_by_field_name("declarator")]
        own = self.parsed.begin(shape.name) if shape.name else begin
        following = min((start for start in starts if start > own), default=finish)
        first = min(starts, default=begin)
        aligned = [a for a in near if a.name == "aligned" and (a.start < first or own <= a.start < following)]
        return self._aligned(aligned[-1].arguments, self.span(node)) if aligned else None

    def _aligned(self, arguments: tuple[Word, ...], span: Span) -> tree.Expression:
        if not arguments:
            return tree.Number(16, "", span)
        parsed, value = parse_value(self.parsed.text, arguments, self.home.is_type)
        return self.within(parsed, value)

    def within(self, parsed: Parsed, node: Node) -> tree.Expression:
        """The expression that a node of another tree of the same text is."""
        outer, self.parsed = self.parsed, parsed
        try:
            return self.expression(node)
        finally:
            self.parsed = outer


ANONYMOUS = Shape(None, 0, (), None, False, 0, ())
"""The shape of an anonymous member."""


def merged(declarations: list[tree.Declaration]) -> list[tree.Declaration]:
    """Declarations of one type node in a row made one again."""
    found: list[tree.Declaration] = []
    for one in declarations:
        if found and found[-1].type is one.type:
            last = found.pop()
            one = tree.Declaration(one.type, last.declarators + one.declarators, one.span, one.storage)
        found.append(one)
    return found
