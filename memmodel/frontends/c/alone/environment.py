"""A program of one function in, the same with something behind the pointers that it follows out: an object for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from memmodel.errors import MemmodelError
from memmodel.frontends.c.lowering.names import Names
from memmodel.frontends.c.lowering.structures import erased
from memmodel.frontends.c.lowering.types import FUNCTION
from memmodel.program.ir import Address, Object, Program
from memmodel.program.types import CHAR, ArrayType, Field, PointerType, StructType, Type
from memmodel.records import dataclass, replace

DEEPEST = 3
"""Pointers that are followed from a variable; what the last one leads to points to itself where it can."""

AREA = 512
"""Bytes without a type around what a pointer leads to: it may be part of something larger (container_of)."""

_MOST_BYTES = 30_000
"""In all objects together."""
_MOST_ELEMENTS = 8


@dataclass(frozen=True, eq=False)
class _Pointer:
    """A pointer in an object: where it is, what it is called from there, and the structure and field that it is."""

    offset: int
    label: str
    target: Type | None
    owner: str
    field: str


def around(type_: str) -> str:
    """The fields, in C, of a structure with an object of a type in the middle."""
    return f"char before[{AREA}]; {type_} it; char after[{AREA}];"


def _around(type_: Type) -> StructType:
    """The same, laid out."""
    bytes_ = ArrayType(CHAR, AREA)
    fields = (Field("before", bytes_, 0), Field("it", type_, AREA), Field("after", bytes_, AREA + type_.size))
    return StructType("", fields, -(-(2 * AREA + type_.size) // 8) * 8)


def connected(program: Program, names: Names, touched: set[tuple[str, str]]) -> Program:
    """The program with objects behind the pointers in structures that it reads: `touched` says which, by the names of
    the structure and the field. What has an initial value keeps it."""
    objects = {item.name: item for item in program.objects}
    waiting = deque((name, type_, 0) for name in objects if (type_ := _type(name, names)) is not None)
    room = _MOST_BYTES - sum(item.type.size for item in program.objects)
    while waiting:
        name, type_, depth = waiting.popleft()
        initial = dict(objects[name].initial)
        for pointer in _pointers(type_, 0, "", None):
            if pointer.offset in initial or (pointer.owner and (pointer.owner, pointer.field) not in touched):
                continue
            if pointer.target is _inside(type_) and depth == DEEPEST:
                initial[pointer.offset] = Address(name, AREA)
            elif depth < DEEPEST and _fits(pointer.target):
                assert pointer.target is not None
                inner = f"{name}.{pointer.label}"
                whole = _around(pointer.target)
                room -= whole.size
                if room < 0:
                    continue
                objects[inner] = Object(inner, erased(whole))
                waiting.append((inner, whole, depth + 1))
                initial[pointer.offset] = Address(inner, AREA)
        objects[name] = replace(objects[name], initial=initial)
    return replace(program, objects=tuple(objects.values()))


def _inside(type_: Type) -> Type:
    """What an object was made for."""
    return next((f.type for f in type_.fields if f.name == "it"), type_) if isinstance(type_, StructType) else type_


def _type(name: str, names: Names) -> Type | None:
    """The type of an object as C has it."""
    try:
        variable = names.object(name)
    except MemmodelError:
        return None
    return variable.type if variable is not None else None


def _fits(type_: Type | None) -> bool:
    """Whether there can be an object of a type."""
    if type_ is None or type_ is FUNCTION:
        return False
    try:
        erased(type_)
        return type_.size > 0
    except MemmodelError:
        return False


def _pointers(type_: Type, at: int, label: str, owner: tuple[str, str] | None) -> Iterator[_Pointer]:
    """The pointers in an object. `owner`: the names of the structure around, and of the field."""
    if isinstance(type_, PointerType):
        if owner is not None:
            yield _Pointer(at, label, type_.target, *owner)
        elif type_.target is not None:
            yield _Pointer(at, label or "target", type_.target, "", "")
    elif isinstance(type_, StructType):
        for field in type_.fields:
            inner = f"{label}.{field.name}" if label else field.name
            yield from _pointers(field.type, at + field.offset, inner, (type_.name, field.name))
    elif isinstance(type_, ArrayType):
        for index in range(min(type_.length, _MOST_ELEMENTS)):
            yield from _pointers(type_.element, at + index * type_.element.size, f"{label}[{index}]", owner)
