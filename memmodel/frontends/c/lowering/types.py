"""Type names of C in, types out: typedefs, structures, unions, enums and arrays of a unit, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.structures import Layout, Measures, Structure, alignment, lay_out
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.objects import Types
from memmodel.program.types import CHAR, INT, LONG, UINT, ULONG, ArrayType, IntType, PointerType, Type
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

MAXIMUM_SIZE = 1 << 20
"""Bytes of one object or type."""

_MORE: dict[str, IntType] = {
    "_Bool": IntType(1, False),
    "long long": LONG,
    "long long int": LONG,
    "unsigned long long": ULONG,
    "unsigned long long int": ULONG,
    "long int": LONG,
    "unsigned long int": ULONG,
    "short int": IntType(16, True),
    "unsigned short int": IntType(16, False),
    "signed": INT,
    "signed int": INT,
    "unsigned": UINT,
    "ptrdiff_t": LONG,
    "wchar_t": INT,
    "__builtin_va_list": LONG,
}
_NO_INTEGERS = frozenset(("float", "double", "long double", "__int128", "unsigned __int128", "__uint128_t"))


@dataclass(frozen=True)
class VolatilePointer(PointerType):
    """A pointer to what every access means: as if by READ_ONCE and WRITE_ONCE."""


def _no_layout() -> Layout:
    raise SyntaxError("a function is no value", None, "call it")


FUNCTION = Structure("function", _no_layout)
"""What a pointer to a function points to."""


class Evaluator(Protocol):
    """Who knows the names in expressions."""

    def constant(self, node: tree.Expression) -> int: ...

    def type_of(self, node: tree.Expression) -> Type | None: ...


class Environment(Types):
    """The types that a unit can name. Array lengths and typeof need someone who knows expressions: see `use`."""

    words = False
    """Whether bit-fields are taken for the words that they lie in."""

    def __init__(self, unit: Unit) -> None:
        super().__init__()
        self.unit = unit
        self.evaluator: Evaluator | None = None
        self.file_scope: Evaluator | None = None
        self._structs: dict[str, Structure] = {}
        self._open: set[str] = set()
        self._typedefs: set[str] = set()

    def known(self, name: tree.TypeName) -> bool:
        return True

    @contextmanager
    def outside(self) -> Iterator[None]:
        """What is declared at file scope sees no local names."""
        kept, self.evaluator = self.evaluator, self.file_scope or self.evaluator
        try:
            yield
        finally:
            self.evaluator = kept

    def use(self, evaluator: Evaluator) -> None:
        """From here on `evaluator` knows constants and types; the first one is that of the file."""
        self.file_scope = self.file_scope or evaluator
        self.evaluator = evaluator

    def constant(self, node: tree.Expression) -> int:
        """The value of a constant expression. Raises SyntaxError for any other."""
        assert self.evaluator is not None
        return self.evaluator.constant(node)

    def type_of(self, node: tree.Expression) -> Type | None:
        """The type of an expression."""
        assert self.evaluator is not None
        return self.evaluator.type_of(node)

    def resolve(self, name: tree.TypeName) -> Type | None:
        type_ = self._named(name)
        for star in range(name.pointers):
            type_ = VolatilePointer(type_) if name.volatile and star == name.pointers - 1 else PointerType(type_)
        return type_

    def _named(self, name: tree.TypeName) -> Type | None:
        base = name.base
        if name.of is not None:
            return self.type_of(name.of)
        if base == "void":
            return None
        if base == "function":
            return FUNCTION
        if base.startswith(("struct ", "union ")):
            return self._builtin(base) or self.structure(base)
        if base in _NO_INTEGERS:
            raise Unsupported(f"the type '{base}'", name.span, "values here are integers of at most 64 bits")
        builtin = self._builtin(base or "int")
        if builtin is not None:
            return builtin
        return self._typedef(name)

    def _builtin(self, base: str) -> IntType | None:
        found = _MORE.get(base)
        if found is None and super().known(tree.TypeName(base, 0, _NOWHERE)) and base:
            type_ = super()._base(tree.TypeName(base, 0, _NOWHERE))
            assert isinstance(type_, IntType)
            return type_
        return found

    def _typedef(self, name: tree.TypeName) -> Type | None:
        base = name.base
        found = self.unit.typedef(base)
        if found is None:
            if name.pointers:
                return self._opaque(base)
            raise Unsupported(f"unknown type '{base}'", name.span, f"define it in the harness: typedef … {base};")
        if base in self._typedefs:
            raise SyntaxError(f"the type '{base}' is defined by itself", name.span)
        self._typedefs.add(base)
        try:
            with self.outside():
                return self.declared(*found)
        finally:
            self._typedefs.discard(base)

    def _opaque(self, key: str) -> Structure:
        """A type that is only pointed to."""
        return self._structs.setdefault(key, Structure(key, lambda: self._lay_out_named(key)))

    def structure(self, key: str) -> Structure:
        """The structure or union 'struct x' or 'union x'; where it is not defined, looking into it raises."""
        found = self._structs.get(key)
        if found is None:
            found = self._structs[key] = Structure(key, lambda: self._lay_out_named(key), key.startswith("union "))
        return found

    def _lay_out_named(self, key: str) -> Layout:
        declared = self.unit.structure(key) if key.startswith(("struct ", "union ")) else None
        if declared is None:
            raise Unsupported(f"'{key}' is not defined", None, f"define it in the harness: {key} {{ … }};")
        if key in self._open:
            raise SyntaxError(f"'{key}' contains itself", declared.span, "it may hold a pointer to itself")
        self._open.add(key)
        try:
            with self.outside():
                return lay_out(declared, Measures(self.declared, self.constant, self.words))
        finally:
            self._open.discard(key)

    def declared(self, base: tree.TypeName, declarator: tree.Declarator) -> Type | None:
        """The type of one declared name; an array without a length has length 0."""
        if base.base == "__auto_type" and declarator.initial is not None:
            found = self.type_of(declarator.initial)
            return decayed(found) if found is not None else None
        pointers = base.pointers + declarator.pointers
        type_ = self.resolve(tree.TypeName(base.base, pointers, base.span, base.of, base.volatile))
        return self.array(type_, declarator.dimensions, declarator.span)

    def array(self, type_: Type | None, dimensions: tuple[tree.Expression | None, ...], span: Span) -> Type | None:
        """The array of these dimensions; `type_` itself where there are none."""
        for dimension in reversed(dimensions):
            if type_ is None:
                raise SyntaxError("an array of void", span)
            length = 0 if dimension is None else self.constant(dimension)
            if length < 0:
                raise SyntaxError(f"an array of {length} elements", span, "expected 0 or more")
            if length * type_.size > MAXIMUM_SIZE:
                hint = f"an object may have {MAXIMUM_SIZE} bytes"
                raise SyntaxError(f"an array of {length} elements of {type_.size} bytes", span, hint)
            type_ = ArrayType(type_, length)
        return type_


def aligned(offset: int, type_: Type) -> int:
    """The first offset from `offset` on where a `type_` may lie."""
    step = alignment(type_)
    return -(-offset // step) * step


def decayed(type_: Type) -> Type:
    """What a value of `type_` becomes in an expression: an array is a pointer to its first element, a function one to
    itself."""
    if type_ is FUNCTION:
        return PointerType(FUNCTION)
    return PointerType(type_.element) if isinstance(type_, ArrayType) else type_


def is_bytes(type_: Type | None) -> bool:
    """Whether `type_` says nothing of the values in it: void, characters, and arrays of them."""
    while isinstance(type_, ArrayType):
        type_ = type_.element
    return type_ is None or (isinstance(type_, IntType) and type_.size == CHAR.size)


_NOWHERE: Span = None  # type: ignore[assignment]
