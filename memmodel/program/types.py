"""C types as far as programs here need them: what a value's width is, where a field lies."""

from __future__ import annotations

from functools import cached_property

from memmodel.records import dataclass


@dataclass(frozen=True)
class IntType:
    """An integer of `width` bits; values are kept as Python ints inside its range."""

    width: int
    signed: bool

    @property
    def size(self) -> int:
        """Size in bytes."""
        return max(1, self.width // 8)

    def wrap(self, value: int) -> int:
        """`value` reduced to this type's range, as C's conversions do on the kernel's compilers."""
        value &= (1 << self.width) - 1
        if self.signed and value >> (self.width - 1):
            value -= 1 << self.width
        return value


@dataclass(frozen=True)
class PointerType:
    """A pointer to `target` (None: to void). Its values are addresses, 64 bits wide."""

    target: Type | None

    @property
    def size(self) -> int:
        return 8


@dataclass(frozen=True)
class ArrayType:
    element: Type
    length: int

    @property
    def size(self) -> int:
        return self.element.size * self.length


@dataclass(frozen=True)
class Field:
    name: str
    type: Type
    offset: int
    """Bytes from the start of the structure."""


@dataclass(frozen=True)
class StructType:
    """A structure or union; `size` in bytes counts the padding."""

    name: str
    fields: tuple[Field, ...]
    size: int

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}


Type = IntType | PointerType | ArrayType | StructType

BOOL = IntType(1, False)
CHAR = IntType(8, True)
INT = IntType(32, True)
UINT = IntType(32, False)
LONG = IntType(64, True)
ULONG = IntType(64, False)
ADDRESS = IntType(64, False)
"""The integer type in which pointers are computed."""


def scalar(type_: Type) -> IntType:
    """The integer type in which a value of `type_` is computed; arrays decay to addresses."""
    return type_ if isinstance(type_, IntType) else ADDRESS
