"""The declarations of a litmus file in, its shared objects out: their types, and what they hold at first."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import values
from memmodel.program.ir import Address, Constant, Object
from memmodel.program.types import (
    BOOL,
    CHAR,
    INT,
    LONG,
    UINT,
    ULONG,
    ArrayType,
    Field,
    IntType,
    PointerType,
    StructType,
    Type,
    scalar,
)
from memmodel.records import dataclass, field
from memmodel.source import Span
from memmodel.syntax import tree

_SHORT = IntType(16, True)
_SIGNED = {8: CHAR, 16: _SHORT, 32: INT, 64: LONG}
_UNSIGNED = {width: IntType(width, False) for width in (8, 16, 32, 64)}

_TYPES: dict[str, IntType] = {
    "char": CHAR,
    "signed char": CHAR,
    "unsigned char": _UNSIGNED[8],
    "short": _SHORT,
    "unsigned short": _UNSIGNED[16],
    "int": INT,
    "unsigned int": UINT,
    "long": LONG,
    "unsigned long": ULONG,
    "bool": BOOL,
    "size_t": ULONG,
    "ssize_t": LONG,
    "intptr_t": LONG,
    "uintptr_t": ULONG,
    "atomic_t": INT,
    "atomic_long_t": LONG,
    "atomic64_t": LONG,
    "spinlock_t": INT,
    "raw_spinlock_t": INT,
    "mtx_t": INT,
    "struct srcu_struct": INT,
}
for _width in (8, 16, 32, 64):
    for _name in ("s{}", "__s{}", "int{}_t"):
        _TYPES[_name.format(_width)] = _SIGNED[_width]
    for _name in ("u{}", "__u{}", "uint{}_t"):
        _TYPES[_name.format(_width)] = _UNSIGNED[_width]

_LOOSE = frozenset(("int", "unsigned int", "long", "unsigned long", "atomic_t", "spinlock_t", "void"))
"""Types that litmus tests use for any cell, whatever its width: the widest of them counts."""


class Types:
    """The types that a file can name: C's, the kernel's and its own structures."""

    def __init__(self, structures: tuple[tree.Structure, ...] = ()) -> None:
        self._structures: dict[str, StructType] = {}
        for structure in structures:
            self._structures[f"struct {structure.name}"] = self._lay_out(structure)

    def resolve(self, name: tree.TypeName) -> Type | None:
        """The type, None for void. Raises Unsupported for a name that is not known."""
        type_ = self._base(name)
        for _ in range(name.pointers):
            type_ = PointerType(type_)
        return type_

    def known(self, name: tree.TypeName) -> bool:
        """Whether the name's base is a type at all (the initial state may have any word there)."""
        return name.base in ("", "void") or name.base in _TYPES or name.base in self._structures

    def _base(self, name: tree.TypeName) -> Type | None:
        if name.base == "void":
            return None
        found = _TYPES.get(name.base or "int") or self._structures.get(name.base)
        if found is None:
            raise Unsupported(f"unknown type '{name.base}'", name.span, "its size and fields must be known")
        return found

    def declared(self, base: tree.TypeName, declarator: tree.Declarator) -> Type | None:
        """The type of one declared name; None for void."""
        name = tree.TypeName(base.base, base.pointers + declarator.pointers, base.span)
        type_ = self.resolve(name)
        for dimension in reversed(declarator.dimensions):
            if not isinstance(dimension, tree.Number) or dimension.value == 0 or type_ is None:
                raise SyntaxError("this array has no length", declarator.span, "expected a number in the brackets")
            type_ = ArrayType(type_, dimension.value)
        return type_

    def _lay_out(self, structure: tree.Structure) -> StructType:
        """Fields one after the other, each at a multiple of its alignment, as C compilers do."""
        fields: list[Field] = []
        offset, largest = 0, 1
        for declaration in structure.fields:
            for declarator in declaration.declarators:
                type_ = self.declared(declaration.type, declarator)
                if type_ is None:
                    raise SyntaxError(f"the field '{declarator.name}' has no type", declarator.span)
                alignment = _alignment(type_)
                offset = -(-offset // alignment) * alignment
                fields.append(Field(declarator.name, type_, offset))
                offset, largest = offset + type_.size, max(largest, alignment)
        return StructType(structure.name, tuple(fields), -(-offset // largest) * largest)


def _alignment(type_: Type) -> int:
    if isinstance(type_, ArrayType):
        return _alignment(type_.element)
    if isinstance(type_, StructType):
        return max((_alignment(f.type) for f in type_.fields), default=1)
    return type_.size


@dataclass
class _Draft:
    """What the declarations say of one object so far."""

    name: str
    span: Span | None
    types: list[tuple[Type, bool, Span]] = field(default_factory=list)
    """With each type, whether its width is meant (u8) or only usual (int)."""
    dimensions: tuple[int, ...] = ()
    value: tree.Expression | None = None
    unknown: tree.TypeName | None = None
    """A type that the initial state gives it and that is not known."""


class Objects:
    """All shared objects of a file, in the order of their first mention."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._drafts: dict[str, _Draft] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._drafts

    def mention(self, name: str, span: Span | None = None) -> None:
        """Something speaks of a location of this name."""
        self._draft(name, span)

    def initialise(self, item: tree.InitialItem) -> None:
        """An item of the initial state that is about a location."""
        draft = self._draft(item.name, item.span)
        if item.type is not None and self._types.known(item.type) and (item.type.base or item.type.pointers):
            self._declare(draft, item.type, item.type.pointers, item.span)
        elif item.type is not None and not item.type.pointers and item.type.base:
            draft.unknown = item.type
        if item.value is not None and draft.value is not None:
            raise SyntaxError(f"'{item.name}' is initialised twice", item.span, "a location has one initial value")
        draft.dimensions = item.dimensions or draft.dimensions
        draft.value = item.value or draft.value
        for target in _addresses(item.value):
            self.mention(target.text, target.span)

    def parameter(self, parameter: tree.Parameter) -> None:
        """A parameter of a process: a pointer to the location of the same name."""
        if parameter.type.pointers == 0:
            hint = f"write '{parameter.type.base} *{parameter.name}': processes get pointers to shared variables"
            raise SyntaxError(f"the parameter '{parameter.name}' is no pointer", parameter.span, hint)
        draft = self._draft(parameter.name, parameter.span)
        self._declare(draft, parameter.type, parameter.type.pointers - 1, parameter.span)

    def _draft(self, name: str, span: Span | None) -> _Draft:
        return self._drafts.setdefault(name, _Draft(name, span))

    def _declare(self, draft: _Draft, name: tree.TypeName, pointers: int, span: Span) -> None:
        type_ = self._types.resolve(tree.TypeName(name.base, pointers, name.span))
        if type_ is not None:
            draft.types.append((type_, pointers == 0 and name.base not in _LOOSE, span))

    def finish(self) -> tuple[Object, ...]:
        """The objects with their types settled."""
        settled = {draft.name: self._settle(draft) for draft in self._drafts.values()}
        return tuple(
            Object(draft.name, settled[draft.name], self._initial(draft, settled), draft.span)
            for draft in self._drafts.values()
        )

    def _settle(self, draft: _Draft) -> Type:
        """One type from several declarations: the widest, where they leave it open."""
        types = [type_ for type_, _, _ in draft.types]
        meant = [(type_, span) for type_, fixed, span in draft.types if fixed]
        for type_, span in meant:
            clash = next((t for t in types if t.size != type_.size and (t.size < 4 or type_.size < 4)), None)
            clash = clash or next((t for t, _ in meant if t.size != type_.size), None)
            if clash is not None:
                message = f"overlapping accesses of different size to '{draft.name}'"
                raise Unsupported(message, span, f"it is declared with {clash.size} and with {type_.size} bytes")
        structures = [t for t in types if isinstance(t, StructType)]
        if structures:
            element: Type = structures[0]
        else:
            pointers: list[Type] = [t for t in types if isinstance(t, PointerType)]
            holds_address = bool(_addresses(draft.value)) and not pointers
            widest = max(types, key=lambda t: t.size, default=INT)
            element = PointerType(INT) if holds_address else (pointers or [widest])[0]
        for length in reversed(draft.dimensions):
            if not 0 < length <= 4096:
                raise Unsupported(f"an array of {length} elements", draft.span, "expected 1 to 4096")
            element = ArrayType(element, length)
        return element

    def _initial(self, draft: _Draft, types: dict[str, Type]) -> dict[int, Constant | Address]:
        if draft.value is None:
            return {}
        type_ = types[draft.name]
        if not isinstance(draft.value, tree.Braces):
            if not isinstance(type_, (IntType, PointerType)):
                raise SyntaxError(f"'{draft.name}' holds several values", draft.value.span, "expected '{…}'")
            return {0: constant(draft.value, type_, types)}
        if isinstance(type_, (IntType, PointerType)):
            if draft.unknown is not None:
                hint = "define it between the initial state and the first process"
                raise Unsupported(f"unknown type '{draft.unknown.base}'", draft.unknown.span, hint)
            raise SyntaxError(f"'{draft.name}' is no array", draft.value.span, "expected one value")
        return {
            offset: constant(item, cell, types) for offset, cell, item in _spread(draft.name, type_, 0, draft.value)
        }


def _spread(name: str, type_: Type, at: int, value: tree.Braces) -> list[tuple[int, values.Scalar, tree.Expression]]:
    """The cells of an object of `type_` that `{…}` gives a value, in C's order: inner braces hold an element or a field
    of their own, and where they are left out the values go on to the next cells."""
    waiting = list(reversed(value.items))
    found: list[tuple[int, values.Scalar, tree.Expression]] = []

    def fill(part: Type, offset: int) -> None:
        if not waiting:
            return
        item = waiting[-1]
        if isinstance(item, tree.Braces):
            waiting.pop()
            found.extend(_spread(name, part, offset, item))
        elif isinstance(part, (IntType, PointerType)):
            found.append((offset, part, waiting.pop()))
        else:
            for inner, where in _parts(part):
                fill(inner, offset + where)

    parts = _parts(type_)
    for part, where in parts:
        fill(part, at + where)
    if waiting:
        room = "one value" if isinstance(type_, (IntType, PointerType)) else f"{len(values.cells(type_))} values"
        raise SyntaxError(f"too many values for '{name}'", waiting[-1].span, f"there is room for {room}")
    return found


def _parts(type_: Type) -> list[tuple[Type, int]]:
    """The elements or fields of an object, with their offsets; of a single value itself."""
    if isinstance(type_, ArrayType):
        return [(type_.element, index * type_.element.size) for index in range(type_.length)]
    if isinstance(type_, StructType):
        return [(field.type, field.offset) for field in type_.fields]
    return [(type_, 0)]


def constant(value: tree.Expression, type_: Type, types: dict[str, Type]) -> Constant | Address:
    """An initial value: an integer, in `type_`, or the address of a location whose type is in `types`."""
    if isinstance(value, tree.Unary) and value.operator == "&":
        name, offset, _ = place(value.operand, types)
        return Address(name, offset)
    if isinstance(value, tree.Unary) and isinstance(value.operand, tree.Number):
        number = -value.operand.value
    else:
        assert isinstance(value, tree.Number)
        number = value.value
    into = scalar(type_)
    return Constant(into.wrap(number), into)


def place(node: tree.Expression, types: dict[str, Type]) -> tuple[str, int, Type]:
    """The object, the offset in it and the type of a constant place such as `a[1].f`."""
    steps: list[tree.Index | tree.Member] = []
    while isinstance(node, (tree.Index, tree.Member)):
        steps.append(node)
        node = node.base
    assert isinstance(node, tree.Name)
    path = tuple(s.name if isinstance(s, tree.Member) else _index(s) for s in reversed(steps))
    offset, type_ = follow(types[node.text], path, node.span)
    return node.text, offset, type_


def _index(step: tree.Index) -> int:
    assert isinstance(step.index, tree.Number)
    return step.index.value


def follow(type_: Type, path: tuple[int | str, ...], span: Span) -> tuple[int, Type]:
    """The offset and the type that a path of indices and field names leads to."""
    offset = 0
    for step in path:
        if isinstance(step, int):
            if not isinstance(type_, ArrayType):
                raise SyntaxError("this is no array", span, "an index needs an array, declared as 'int a[2]'")
            if step >= type_.length:
                hint = f"the array has {type_.length} elements, numbered from 0"
                raise SyntaxError(f"there is no element {step}", span, hint)
            offset, type_ = offset + step * type_.element.size, type_.element
        else:
            found = type_.by_name.get(step) if isinstance(type_, StructType) else None
            if found is None:
                raise SyntaxError(f"there is no field '{step}' here", span)
            offset, type_ = offset + found.offset, found.type
    return offset, type_


def _addresses(value: tree.Expression | None) -> list[tree.Name]:
    """The locations whose addresses an initial value holds."""
    names = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tree.Braces):
            waiting.extend(reversed(item.items))
        elif isinstance(item, tree.Unary) and item.operator == "&":
            node = item.operand
            while isinstance(node, (tree.Index, tree.Member)):
                node = node.base
            if isinstance(node, tree.Name):
                names.append(node)
    return names
