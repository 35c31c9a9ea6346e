"""tree-sitter's types in, canonical type names, structures and enumerations of the syntax tree out."""

from __future__ import annotations

from tree_sitter import Node

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.syntax.constants import constant
from memmodel.frontends.c.syntax.declarators import ANONYMOUS, DeclaratorConverter, Shape, merged
from memmodel.frontends.c.syntax.rewriting import NO_NAME, TYPEOF, TYPEOF_TYPE
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

_STORAGE = {"auto": "ghost", "register": "unwritten"}
"""The words that a Text has for our own storage classes (GHOST_MARK, UNWRITTEN_MARK)."""
_THREADS = frozenset(("thread_local", "_Thread_local", "__thread"))
_IGNORED_STORAGE = frozenset(("inline", "noreturn"))


@dataclass(frozen=True, eq=False, repr=False)
class Specifiers:
    """What stands before the declarators."""

    type: tree.TypeName
    storage: frozenset[str]


class TypeConverter(DeclaratorConverter):
    """Conversion of types within one declaration or function."""

    # ── specifiers ──

    def specifiers(self, node: Node) -> Specifiers:
        """The type and the storage class that a declaration begins with."""
        storage: set[str] = set()
        volatile = False
        for child in node.children:
            if child.type == "storage_class_specifier":
                word = self.text(child)
                if word in _THREADS:
                    hint = "give each thread a variable of its own name"
                    raise Unsupported("a variable that each thread has its own of", self.span(child), hint)
                if word not in _IGNORED_STORAGE and "inline" not in word:
                    storage.add(_STORAGE.get(word, word))
            elif child.type == "type_qualifier":
                volatile = volatile or self.text(child) == "volatile"
            elif child.type == "typedef":
                storage.add("typedef")
        written = self.field(node, "type")
        if written.type == "sized_type_specifier":  # `unsigned long volatile x` has the word in here
            volatile = volatile or any(self.text(child) == "volatile" for child in written.named_children)
        type_ = self.type(written)
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
                shapes.append((ANONYMOUS, child))
        if not shapes and base.base.startswith(("struct ", "union ")):
            shapes.append((ANONYMOUS, None))
        for shape, clause in shapes:
            width = self.expression(clause.named_children[-1]) if clause else None
            span = self.span(shape.name) if shape.name else self.span(clause or node)
            alignment, dimensions = self.alignment(node, shape), self.dimensions(shape)
            name = self.text(shape.name).replace(NO_NAME, "") if shape.name else ""
            declarator = tree.Declarator(name, shape.pointers, dimensions, None, span, width, alignment)
            found.append(self.declaration(node, base, shape, declarator))
        return merged(found)

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
        base = self.enumeration_base(node, span)
        if self.names.local:
            for member, value in self.enumerators(node):
                unique = f"{member}@{self.parsed.place(node)}"
                self.home.define_enumerator(unique, value)
                self.names.enumerator(member, unique)
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
        """The members of an enumeration with their values: one without counts on from the last that has one. A value
        that fits is an int, whatever it is computed from."""
        found: dict[str, tree.Expression] = {}
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
            found[self.text(name)] = self._plain(value, found)
            count += 1
        return list(found.items())

    def _plain(self, value: tree.Expression, before: dict[str, tree.Expression]) -> tree.Expression:
        """An enumerator's value as a number, where that is known here."""
        found = constant(value, lambda name: before.get(name) or self.home.enumerator(name))
        if found is None:
            return tree.Cast(tree.TypeName("int", 0, value.span), value, value.span)
        number, _ = found
        if number < 0:
            return tree.Unary("-", tree.Number(-number, "", value.span), value.span)
        suffix = "" if number < 1 << 31 else "u" if number < 1 << 32 else "ul"
        return tree.Number(number, suffix, value.span)

    def enumeration_base(self, node: Node, span: Span) -> str:
        """The integer type that gcc gives an enumeration: unsigned int unless a value is negative or too large."""
        closing = self.parsed.begin(self.field(node, "body").children[-1])
        if any(a.name == "packed" and a.place == closing for a in self.parsed.attributes):
            raise Unsupported("a packed enumeration", span, "use an integer type of the size that it has")
        smallest = largest = 0
        for name, value in self.enumerators(node):
            found = constant(value, lambda _: None)
            if found is None:
                message = f"the value of '{name}' decides the type of the enumeration and cannot be computed"
                raise Unsupported(message, value.span, "write a number")
            smallest, largest = min(smallest, found[0]), max(largest, found[0])
        if smallest >= 0:
            return "unsigned int" if largest < 1 << 32 else "unsigned long"
        return "int" if smallest >= -(1 << 31) and largest < 1 << 31 else "long"

    # ── type names ──

    def type_name(self, node: Node) -> tuple[tree.TypeName, tuple[tree.Expression | None, ...]]:
        """The type in a cast, a sizeof or a compound literal, and its dimensions."""
        base = self.specifiers(node).type
        shape = self.shape(node.child_by_field_name("declarator"))
        return self.pointed(base, shape, self.span(node)), self.dimensions(shape)


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
