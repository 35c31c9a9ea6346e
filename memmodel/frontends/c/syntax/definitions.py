"""A Text in, where it defines what out: each definition's place in tree-sitter's tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property

from tree_sitter import Node

from memmodel.errors import SyntaxError
from memmodel.frontends.c.syntax.parse import Parsed, parse
from memmodel.frontends.c.syntax.rewriting import TYPEOF, TYPEOF_TYPE
from memmodel.frontends.c.syntax.scan import Chunk, chunks, declared_types, declared_values
from memmodel.frontends.c.text.text import Text
from memmodel.records import dataclass
from memmodel.source import Span

_TAGGED = frozenset(("struct_specifier", "union_specifier", "enum_specifier"))


class Sort(Enum):
    """What a definition defines."""

    FUNCTION = "function"
    STRUCTURE = "structure"
    TYPEDEF = "typedef"
    ENUMERATOR = "enumerator"
    ENUMERATION = "enumeration"
    VARIABLE = "variable"


@dataclass(frozen=True, eq=False, repr=False)
class Definition:
    """`node` is the whole: the function, the declaration, the structure, the enumeration with its members."""

    sort: Sort
    name: str
    source: Source
    parsed: Parsed
    node: Node
    declarator: Node
    """Of a variable or typedef; elsewhere the node again."""
    named: Node
    """The name itself."""
    weakness: int = 0
    """1 for a variable without a value, 2 for one declared 'extern': any other definition is better."""

    @property
    def start(self) -> int:
        return self.parsed.begin(self.node)

    @property
    def rank(self) -> int:
        return self.source.text.rank(self.start)

    @property
    def span(self) -> Span:
        return self.parsed.span(self.named)


class Source:
    """The definitions of one Text. A function is parsed when it is asked for, the rest when anything is."""

    def __init__(self, text: Text, number: int, is_type: Callable[[str], bool]) -> None:
        self.text = text
        self._number = number
        self._is_type = is_type
        self._chunks = chunks(text.text)
        self.type_names = frozenset(
            name for chunk in self._chunks if chunk.is_typedef for name in declared_types(chunk)
        )
        self._parsed: dict[int, Parsed] = {}

    @cached_property
    def declared(self) -> frozenset[str]:
        """Names that are declared as something other than a type, as far as the words around them tell."""
        plain = (chunk for chunk in self._chunks if chunk.function is None and not chunk.is_typedef)
        return frozenset(name for chunk in plain for name in declared_values(chunk)) | self._functions.keys()

    def check_harness(self) -> None:
        """Raises SyntaxError for the first thing in the harness itself that is no C."""
        for chunk in self._chunks:
            if self.text.rank(chunk.start) == 0:
                parsed = self._parse(chunk)
                parsed.check(parsed.root)
                _check_declarations(parsed)

    def named(self, sort: Sort, name: str) -> list[Definition]:
        """The definitions of a name, in the order of the text."""
        if sort is Sort.FUNCTION:
            return [d for chunk in self._functions.get(name, ()) for d in self._function(chunk)]
        return self._table.get((sort, name), [])

    def all(self, sort: Sort) -> list[Definition]:
        """All definitions of a sort, in the order of the text."""
        if sort is Sort.FUNCTION:
            return [d for chunk in self._chunks if chunk.function is not None for d in self._function(chunk)]
        return [d for (found, _), ones in self._table.items() if found is sort for d in ones]

    # ── parsing ──

    def _parse(self, chunk: Chunk) -> Parsed:
        if chunk.start not in self._parsed:
            self._parsed[chunk.start] = parse(self.text, chunk.words, self._is_type, self._number)
        return self._parsed[chunk.start]

    @cached_property
    def _functions(self) -> dict[str, list[Chunk]]:
        found: dict[str, list[Chunk]] = {}
        for chunk in self._chunks:
            if chunk.function is not None:
                found.setdefault(chunk.function, []).append(chunk)
        return found

    def _function(self, chunk: Chunk) -> list[Definition]:
        parsed = self._parse(chunk)
        for node in parsed.root.children:
            if node.type == "function_definition":
                declarator = node.child_by_field_name("declarator")
                name = _name(declarator) if declarator else None
                if name is not None and (name.text or b"").decode() == chunk.function:
                    return [Definition(Sort.FUNCTION, chunk.function, self, parsed, node, node, name)]
        if parsed.root.has_error:
            return [
                Definition(Sort.FUNCTION, chunk.function or "", self, parsed, parsed.root, parsed.root, parsed.root)
            ]
        return []

    @cached_property
    def _table(self) -> dict[tuple[Sort, str], list[Definition]]:
        table: dict[tuple[Sort, str], list[Definition]] = {}
        for chunk in self._chunks:
            if chunk.function is None:
                for definition in self._declarations(self._parse(chunk)):
                    table.setdefault((definition.sort, definition.name), []).append(definition)
        return table

    def _declarations(self, parsed: Parsed) -> Iterator[Definition]:
        for node in parsed.root.children:
            yield from self._tagged(parsed, node)
            if node.type in ("declaration", "type_definition"):
                for declarator in node.children_by_field_name("declarator"):
                    yield from self._declared(parsed, node, declarator)

    def _declared(self, parsed: Parsed, node: Node, declarator: Node) -> Iterator[Definition]:
        is_typedef = node.type == "type_definition"
        inner = declarator.child_by_field_name("declarator") if declarator.type == "init_declarator" else declarator
        name = _name(inner) if inner else None
        if name is None or inner is None or (not is_typedef and _is_prototype(inner)):
            return
        sort = Sort.TYPEDEF if is_typedef else Sort.VARIABLE
        extern = any(c.type == "storage_class_specifier" and c.text == b"extern" for c in node.children)
        weakness = 0 if is_typedef or declarator.type == "init_declarator" else 2 if extern else 1
        text = (name.text or b"").decode()
        yield Definition(sort, text, self, parsed, node, declarator, name, weakness)

    def _tagged(self, parsed: Parsed, node: Node) -> Iterator[Definition]:
        """Structures and enumerations that are defined anywhere in a declaration."""
        waiting = [node]
        while waiting:
            top = waiting.pop()
            waiting.extend(reversed(top.named_children))
            body = top.child_by_field_name("body") if top.type in _TAGGED else None
            if body is None:
                continue
            name = top.child_by_field_name("name")
            tag = (name.text or b"").decode() if name else ""
            if top.type == "enum_specifier":
                yield from self._enumeration(parsed, top, body, tag, name)
            else:
                word = "struct" if top.type == "struct_specifier" else "union"
                key = f"{word} {tag or parsed.unnamed(top)}"
                yield Definition(Sort.STRUCTURE, key, self, parsed, top, top, name or top.children[0])

    def _enumeration(self, parsed: Parsed, node: Node, body: Node, tag: str, name: Node | None) -> Iterator[Definition]:
        if tag:
            yield Definition(Sort.ENUMERATION, tag, self, parsed, node, node, name or node)
        for member in body.named_children:
            label = member.child_by_field_name("name") if member.type == "enumerator" else None
            text = (label.text or b"").decode() if label else ""
            if label is not None and text not in (TYPEOF, TYPEOF_TYPE):
                yield Definition(Sort.ENUMERATOR, text, self, parsed, node, node, label)


def _check_declarations(parsed: Parsed) -> None:
    """Raises SyntaxError for what has the body of a function and is none, and for statements outside of functions."""
    for node in parsed.root.named_children:
        declarator = node.child_by_field_name("declarator") if node.type == "function_definition" else None
        if declarator is not None and not _has_parameters(declarator):
            span = parsed.span(node.children[0], declarator)
            raise SyntaxError("this function has no parameters", span, "expected '(void)' before the '{'")
        if node.type.endswith("_statement"):
            hint = "look for a '}' too many before it, or a macro that nothing defines"
            raise SyntaxError("a statement outside of functions", parsed.span(node), hint)


def _name(node: Node | None) -> Node | None:
    """The name in a declarator."""
    while node is not None:
        if node.type in ("identifier", "type_identifier", "field_identifier", "primitive_type"):
            return node
        inner = node.child_by_field_name("declarator")
        if inner is None:
            inner = next((c for c in node.named_children if c.type.endswith(("declarator", "identifier"))), None)
        node = inner
    return None


def _is_prototype(node: Node) -> bool:
    """Whether a declarator declares a function: `f(…)` or `*f(…)`, not `(*f)(…)`."""
    while node.type in ("pointer_declarator", "attributed_declarator"):
        inner = node.child_by_field_name("declarator") or node.named_children[0]
        node = inner
    if node.type != "function_declarator":
        return False
    inner_ = node.child_by_field_name("declarator")
    return inner_ is not None and inner_.type in ("identifier", "field_identifier", "type_identifier")


def _has_parameters(node: Node | None) -> bool:
    """Whether a declarator has a list of parameters anywhere."""
    while node is not None and node.type != "function_declarator":
        node = node.child_by_field_name("declarator") or next(iter(node.named_children), None)
    return node is not None
