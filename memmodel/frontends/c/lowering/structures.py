"""The declaration of a structure or union in, where its fields lie out: laid out when someone looks, as types recur."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program.types import ArrayType, Field, PointerType, StructType, Type
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree


@dataclass(frozen=True)
class Layout:
    """Where the fields of a structure lie; those of anonymous members are among them."""

    fields: tuple[Field, ...]
    size: int
    alignment: int
    members: tuple[Field, ...]
    """The fields as declared: an anonymous member is one, called ''."""
    bits: frozenset[str] = frozenset()
    """The names of bit-fields, which are no fields here."""
    volatile: frozenset[str] = frozenset()
    """The names of fields that every access means."""
    words: frozenset[str] = frozenset()
    """The names of bit-fields that were taken for the words that they lie in."""


class Structure(StructType):
    """A structure or union of C. It is laid out at the first look at it, so that it may hold pointers to itself."""

    def __init__(self, key: str, lay_out: Callable[[], Layout], union: bool = False) -> None:
        state = self.__dict__  # the class is frozen to everyone else
        state["name"] = key
        state["union"] = union
        state["_lay_out"] = lay_out
        state["_layout"] = None

    def _found(self) -> Layout:
        layout: Layout | None = self.__dict__["_layout"]
        if layout is None:
            layout = self.__dict__["_lay_out"]()
            self.__dict__["_layout"] = layout
        return layout

    @property
    def union(self) -> bool:
        found: bool = self.__dict__["union"]
        return found

    @property
    def layout(self) -> Layout:
        return self._found()

    @property
    def fields(self) -> tuple[Field, ...]:
        return self._found().fields

    @property
    def size(self) -> int:
        return self._found().size

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"Structure({self.name!r})"


def alignment(type_: Type) -> int:
    """What addresses of `type_` are multiples of, in bytes."""
    if isinstance(type_, ArrayType):
        return alignment(type_.element)
    if isinstance(type_, Structure):
        return type_.layout.alignment
    if isinstance(type_, StructType):
        return max((alignment(f.type) for f in type_.fields), default=1)
    return type_.size


def erased(type_: Type) -> Type:
    """`type_` with all pointers to void and all structures laid out: what a program keeps of a type."""
    if isinstance(type_, PointerType):
        return PointerType(None)
    if isinstance(type_, ArrayType):
        return ArrayType(erased(type_.element), type_.length)
    if isinstance(type_, StructType):
        fields = tuple(Field(f.name, erased(f.type), f.offset) for f in type_.fields)
        return StructType(type_.name, fields, type_.size)
    return type_


@dataclass(frozen=True)
class Measures:
    """What laying out needs to know of types and constants."""

    declared: Callable[[tree.TypeName, tree.Declarator], Type | None]
    constant: Callable[[tree.Expression], int]
    words: bool = False
    """Whether a bit-field is taken for the whole word that it lies in: right in its accesses, not in its values."""


def lay_out(structure: tree.Structure, measures: Measures) -> Layout:
    """The layout as gcc has it for 64-bit machines. Raises SyntaxError for fields that have no type."""
    return _Cursor(structure, measures).run()


class _Cursor:
    """The place of the next field, in bits."""

    def __init__(self, structure: tree.Structure, measures: Measures) -> None:
        self.structure = structure
        self.measures = measures
        self.position = 0
        self.end = 0
        self.largest = 1
        self.fields: list[Field] = []
        self.members: list[Field] = []
        self.bits: set[str] = set()
        self.words: set[str] = set()
        self.volatile: set[str] = set()

    def run(self) -> Layout:
        for declaration in self.structure.fields:
            for declarator in declaration.declarators:
                self._place(declaration, declarator)
        if self.structure.alignment is not None:
            self.largest = max(self.largest, self._alignment(self.structure.alignment))
        unit = 8 * self.largest
        size = -(-self.end // unit) * self.largest
        return Layout(
            tuple(self.fields),
            size,
            self.largest,
            tuple(self.members),
            frozenset(self.bits),
            frozenset(self.volatile),
            frozenset(self.words),
        )

    def _place(self, declaration: tree.Declaration, declarator: tree.Declarator) -> None:
        type_ = self.measures.declared(declaration.type, declarator)
        if type_ is None:
            raise SyntaxError(f"the field '{declarator.name}' has no type", declarator.span)
        if self.structure.union:
            self.position = 0
        if declarator.bits is not None:
            self._bits(declarator, type_)
            return
        wanted = 1 if self.structure.packed else alignment(type_)
        if declarator.alignment is not None:
            wanted = max(wanted, self._alignment(declarator.alignment))
        offset = -(-self.position // (8 * wanted)) * wanted
        self.largest = max(self.largest, wanted)
        self._add(declarator, type_, offset)
        if declaration.type.volatile and not declaration.type.pointers and not declarator.pointers:
            self.volatile.add(declarator.name)
        self.position = 8 * (offset + type_.size)
        self.end = max(self.end, self.position)

    def _add(self, declarator: tree.Declarator, type_: Type, offset: int) -> None:
        self.members.append(Field(declarator.name, type_, offset))
        if declarator.name:
            self.fields.append(Field(declarator.name, type_, offset))
            return
        if not isinstance(type_, StructType):
            return
        self.fields.extend(Field(f.name, f.type, offset + f.offset) for f in type_.fields)
        if isinstance(type_, Structure):
            self.bits |= type_.layout.bits
            self.volatile |= type_.layout.volatile
            self.words |= type_.layout.words

    def _alignment(self, node: tree.Expression) -> int:
        value = self.measures.constant(node)
        if value <= 0 or value & (value - 1) or value > 1 << 16:
            raise SyntaxError(f"an alignment of {value}", node.span, "expected a power of two")
        return value

    def _bits(self, declarator: tree.Declarator, type_: Type) -> None:
        """A bit-field: it stays inside one unit of its type."""
        assert declarator.bits is not None
        width, unit = self.measures.constant(declarator.bits), 8 * type_.size
        if not 0 <= width <= unit:
            raise SyntaxError(f"a bit-field of {width} bits", declarator.span, f"its type has {unit}")
        if width == 0:
            self.position = -(-self.position // unit) * unit
            return
        if not self.structure.packed and self.position % unit + width > unit:
            self.position = -(-self.position // unit) * unit
        if declarator.name and self.measures.words:
            self.words.add(declarator.name)
            self._add(declarator, type_, self.position // unit * type_.size)
        elif declarator.name:
            self.bits.add(declarator.name)
        if declarator.name:
            self.largest = self.largest if self.structure.packed else max(self.largest, alignment(type_))
        self.position += width
        self.end = max(self.end, self.position)


def no_bits(type_: Type, span: Span) -> None:
    """Raise Unsupported where `type_` has bit-fields anywhere."""
    if isinstance(type_, ArrayType):
        no_bits(type_.element, span)
    elif isinstance(type_, Structure):
        if type_.layout.bits:
            name = sorted(type_.layout.bits)[0]
            raise Unsupported(f"bit-fields ('{name}' of {type_.name})", span, "use a mask on an integer field")
        for field in type_.fields:
            no_bits(field.type, span)
