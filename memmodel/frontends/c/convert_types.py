"""tree-sitter's types and declarators in, canonical type names and declarators of the syntax tree out."""

from __future__ import annotations

from tree_sitter import Node

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.constants import constant
from memmodel.frontends.c.convert_names import Names
from memmodel.frontends.c.home import Home
from memmodel.frontends.c.parse import Parsed, parse_value
from memmodel.frontends.c.prepare import TYPEOF, TYPEOF_TYPE
from memmodel.frontends.c.scan import Word
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

_STORAGE = {"auto": "ghost", "register": "unwritten"}
"""The words that a Text has for our own storage classes (GHOST_MARK, UNWRITTEN_MARK)."""
_IGNORED_STORAGE = frozenset(("inline", "noreturn"))

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
    """What a declarator makes of a type: `name` of what is declared (None: nothing), stars and dimensions.

    `parameters`: it is a function with these. `pointee_volatile`: a qualifier at the last star but one."""

    name: Node | None
    pointers: int
    dimensions: tuple[Node | None, ...]
    parameters: Node | None
    is_function: bool
    """The type is that of a function, or of pointers to one: what it returns is in `result`."""
    result: int
    """The stars of what such a function returns."""
    volatile: tuple[bool, ...]
    """For each star, whether the pointer is volatile itself."""


@dataclass(frozen=True, eq=False, repr=False)
class Specifiers:
    """What stands before the declarators."""

    type: tree.TypeName
    storage: frozenset[str]


class TypeConverter:
    """Conversion of types within one declaration or function."""

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

    # ── specifiers ──

    def specifiers(self, node: Node) -> Specifiers:
        """The type and the storage class that a declaration begins with."""
        storage: set[str] = set()
        volatile = False
        for child in node.children:
            if child.type == "storage_class_specifier":
                word = self.text(child)
                if word not in _IGNORED_STORAGE and "inline" not in word:
                    storage.add(_STORAGE.get(word, word))
            elif child.type == "type_qualifier":
                volatile = volatile or self.text(child) == "volatile"
            elif child.type == "typedef":
                storage.add("typedef")
        type_ = self.type(self.field(node, "type"))
        if volatile:
            type_ = tree.TypeName(type_.base, type_.pointers, type_.span, type_.of, True)
        return Specifiers(type_, frozenset(storage))

    def type(self, node: Node) -> tree.TypeName:
        """The type without stars that a specifier names."""
        span = self.span(node)
        match node.type:
            case "primitive_type":
                return tree.TypeName(_canonical([self.text(node)], span), 0, span)
            case "sized_type_specifier":
                return tree.TypeName(self._sized(node), 0, span)
            case "type_identifier":
                name = self.text(node)
                if name == "__label__":
                    raise Unsupported("a local label", span, "give labels names of their own")
                if self.names.is_variable(name):
                    hint = "give the variable another name than the type"
                    raise Unsupported(f"'{name}' is a variable here, and used as a type", span, hint)
                return tree.TypeName(_SPELLINGS.get(name, name), 0, span)
            case "struct_specifier" | "union_specifier":
                return tree.TypeName(self._structure(node), 0, span)
            case "enum_specifier":
                return self._enumeration(node)
            case _:
                hint = "is it a macro that is not defined, or a type that nothing declares?"
                raise Unsupported(f"'{span.text}' is no type that can be read", span, hint)

    def _sized(self, node: Node) -> str:
        words = [self.text(child) for child in node.children if child.type != "type_qualifier"]
        return _canonical(words, self.span(node))

    def _structure(self, node: Node) -> str:
        """The key of a structure: 'struct x'; one defined in a block is made known here."""
        word = "struct" if node.type == "struct_specifier" else "union"
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        key = f"{word} {self.text(name)}" if name else f"{word} {self.parsed.unnamed(node)}"
        if body is None:
            return self.names.find_tag(key)
        if not self.names.local:
            return key
        unique = f"{key}@{self.parsed.place(node)}" if name else key
        self.names.tag(key, unique)
        self.home.define(unique, self.structure(node))
        return unique

    def structure_key(self, node: Node) -> str:
        """The key under which a structure at file scope is known."""
        word = "struct" if node.type == "struct_specifier" else "union"
        name = node.child_by_field_name("name")
        return f"{word} {self.text(name) if name else self.parsed.unnamed(node)}"

    # ── structures ──

    def structure(self, node: Node) -> tree.Structure:
        """The fields of a structure's definition."""
        body = self.field(node, "body")
        key = self.structure_key(node)
        fields: list[tree.Declaration] = []
        for child in body.named_children:
            if child.type == "field_declaration":
                fields.extend(self._fields(child))
            elif child.type not in ("comment", "attribute_specifier"):
                raise Unsupported("this is no field", self.span(child), "expected 'type name;'")
        attributes = [
            a
            for a in self.parsed.attributes
            if (a.follows == "}" and a.place == self.parsed.begin(body.children[-1]))
            or (a.follows in ("struct", "union") and a.place == self.parsed.begin(node))
        ]
        packed = any(a.name == "packed" for a in attributes)
        aligned = [a for a in attributes if a.name == "aligned"]
        alignment = self._aligned(aligned[-1].arguments, self.span(node)) if aligned else None
        name = node.child_by_field_name("name")
        span = self.span(node.children[0], name or node.children[0])
        union = node.type == "union_specifier"
        return tree.Structure(key.split(" ", 1)[1], tuple(fields), span, union, packed, alignment)

    def _fields(self, node: Node) -> list[tree.Declaration]:
        base = self.specifiers(node).type
        found: list[tree.Declaration] = []
        shapes: list[tuple[Shape, Node | None]] = []
        for number, child in enumerate(node.children):
            is_declarator = node.field_name_for_child(number) == "declarator"
            if is_declarator:
                shapes.append((self.shape(child), None))
            elif child.type == "bitfield_clause" and shapes and node.children[number - 1].type != ",":
                shapes[-1] = (shapes[-1][0], child)
            elif child.type == "bitfield_clause":
                shapes.append((NOTHING, child))
        if not shapes and base.base.startswith(("struct ", "union ")):
            shapes.append((NOTHING, None))
        for shape, clause in shapes:
            width = self.expression(clause.named_children[-1]) if clause else None
            span = self.span(shape.name) if shape.name else self.span(clause or node)
            alignment, dimensions = self.alignment(node, shape), self.dimensions(shape)
            name = self.text(shape.name) if shape.name else ""
            declarator = tree.Declarator(name, shape.pointers, dimensions, None, span, width, alignment)
            found.append(self.declaration(node, base, shape, declarator))
        return merged(found)

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

    # ── enumerations ──

    def _enumeration(self, node: Node) -> tree.TypeName:
        span = self.span(node)
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if body is None:
            tag = self.text(name) if name else ""
            local = self.names.find_tag(f"enum {tag}")
            if local != f"enum {tag}":
                return tree.TypeName(local, 0, span)
            return tree.TypeName(self.home.enumeration(tag, span), 0, span)
        first = body.named_children[0] if body.named_children else None
        marker = self.text(self.field(first, "name")) if first and first.type == "enumerator" else ""
        if first and marker in (TYPEOF, TYPEOF_TYPE):
            return self._typeof(first, marker, span)
        members = self.enumerators(node)
        if self.names.local:
            for member, value in members:
                unique = f"{member}@{self.parsed.place(node)}"
                self.home.define_enumerator(unique, value)
                self.names.enumerator(member, unique)
        base = self.enumeration_base(members, span)
        if self.names.local and name:
            self.names.tag(f"enum {self.text(name)}", base)
        return tree.TypeName(base, 0, span)

    def _typeof(self, member: Node, marker: str, span: Span) -> tree.TypeName:
        value = self.field(member, "value")
        if marker == TYPEOF:
            return tree.TypeName("typeof", 0, span, self.expression(value))
        found = self.expression(value)
        if not isinstance(found, tree.SizeOf) or found.type is None or found.dimensions:
            raise Unsupported("typeof of this type", span, "write the type itself")
        return tree.TypeName(found.type.base, found.type.pointers, span, found.type.of, found.type.volatile)

    def enumerators(self, node: Node) -> list[tuple[str, tree.Expression]]:
        """The members of an enumeration with their values: one without counts on from the last that has one."""
        found: list[tuple[str, tree.Expression]] = []
        last: tree.Expression | None = None
        count = 0
        for child in self.field(node, "body").named_children:
            if child.type != "enumerator":
                continue
            name, written = self.field(child, "name"), child.child_by_field_name("value")
            span = self.span(name)
            if written is not None:
                last, count = self.expression(written), 0
            number = tree.Number(count, "", span)
            value = tree.Binary("+", last, number, span) if last and count else (last or number)
            found.append((self.text(name), value))
            count += 1
        return found

    def enumeration_base(self, members: list[tuple[str, tree.Expression]], span: Span) -> str:
        """The integer type that gcc gives an enumeration: unsigned int unless a value is negative or too large."""
        own = dict(members)
        smallest = largest = 0
        for name, value in members:
            found = constant(value, lambda name: own.get(name) or self.home.enumerator(name))
            if found is None:
                message = f"the value of '{name}' decides the type of the enumeration and cannot be computed"
                raise Unsupported(message, value.span, "write a number")
            smallest, largest = min(smallest, found[0]), max(largest, found[0])
        if smallest >= 0:
            return "unsigned int" if largest < 1 << 32 else "unsigned long"
        return "int" if smallest >= -(1 << 31) and largest < 1 << 31 else "long"

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

    def alignment(self, node: Node, shape: Shape) -> tree.Expression | None:
        """`aligned(…)` of one declarator: what stands after it, or before all of them."""
        begin, finish = self.parsed.begin(node), self.parsed.finish(node)
        near = [a for a in self.parsed.attributes if begin <= a.start < finish]
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

    # ── type names ──

    def type_name(self, node: Node) -> tuple[tree.TypeName, tuple[tree.Expression | None, ...]]:
        """The type in a cast, a sizeof or a compound literal, and its dimensions."""
        base = self.specifiers(node).type
        shape = self.shape(node.child_by_field_name("declarator"))
        return self.pointed(base, shape, self.span(node)), self.dimensions(shape)

    def pointed(self, base: tree.TypeName, shape: Shape, span: Span) -> tree.TypeName:
        """The type with the stars of a declarator in."""
        levels = (base.volatile, *shape.volatile)
        volatile = levels[max(0, len(levels) - 2)]
        type_ = self.based(base, shape)
        return tree.TypeName(type_.base, type_.pointers + shape.pointers, span, type_.of, volatile)


NOTHING = Shape(None, 0, (), None, False, 0, ())
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


_SPELLINGS = {"_Bool": "bool", "__int128_t": "__int128"}
_WORDS = frozenset(("unsigned", "signed", "int", "long", "short", "char"))


def _canonical(words: list[str], span: Span) -> str:
    """The one spelling of an integer type: 'unsigned long' for 'long unsigned int' and 'unsigned long long'."""
    rest = [word for word in words if word not in _WORDS]
    if rest:
        joined = " ".join(words)
        return _SPELLINGS.get(joined, joined)
    longs = words.count("long")
    sizes = [word for word in ("short", "char") if word in words] + ["long"] * bool(longs)
    signs = [word for word in ("unsigned", "signed") if word in words]
    if longs > 2 or len(sizes) > 1 or len(signs) > 1:
        raise SyntaxError(f"'{' '.join(words)}' is no type", span, "expected a type such as 'unsigned long'")
    size = sizes[0] if sizes else "int"
    return f"{signs[0]} {size}" if signs and (signs[0] == "unsigned" or size == "char") else size
