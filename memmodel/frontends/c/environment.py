"""A program of one function in, the same with something behind the pointers that it follows out: an object for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from memmodel.errors import MemmodelError
from memmodel.frontends.c.names import Names
from memmodel.frontends.c.structures import erased
from memmodel.frontends.c.types import FUNCTION
from memmodel.program.ir import Address, Object, Program
from memmodel.program.types import ArrayType, PointerType, StructType, Type
from memmodel.records import dataclass, replace

DEEPEST = 3
"""Pointers that are followed from a variable; what the last one leads to points to itself where it can."""

_MOST_OBJECTS = 64
_MOST_ELEMENTS = 8
_LISTS = frozenset(("struct list_head",))


@dataclass(frozen=True, eq=False)
class _Pointer:
    """A pointer in an object: where it is, what it is called from there, and where the structure that has it begins."""

    offset: int
    label: str
    target: Type | None
    owner: str
    begin: int
    field: str


def connected(program: Program, names: Names, touched: set[tuple[str, str]]) -> Program:
    """The program with objects behind the pointers in structures that it reads: `touched` says which, by the names of
    the structure and the field. A list is empty; what has an initial value keeps it."""
    objects = {item.name: item for item in program.objects}
    waiting = deque((name, type_, 0) for name in objects if (type_ := _type(name, names)) is not None)
    while waiting:
        name, type_, depth = waiting.popleft()
        initial = dict(objects[name].initial)
        for pointer in _pointers(type_, 0, "", None):
            if pointer.offset in initial or (pointer.owner and (pointer.owner, pointer.field) not in touched):
                continue
            if pointer.owner in _LISTS:
                initial[pointer.offset] = Address(name, pointer.begin)
            elif pointer.target is type_ and depth == DEEPEST:
                initial[pointer.offset] = Address(name)
            elif depth < DEEPEST and len(objects) < _MOST_OBJECTS and _fits(pointer.target):
                assert pointer.target is not None
                inner = f"{name}.{pointer.label}"
                objects[inner] = Object(inner, erased(pointer.target))
                waiting.append((inner, pointer.target, depth + 1))
                initial[pointer.offset] = Address(inner)
        objects[name] = replace(objects[name], initial=initial)
    return replace(program, objects=tuple(objects.values()))


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


def _pointers(type_: Type, at: int, label: str, owner: tuple[str, int, str] | None) -> Iterator[_Pointer]:
    """The pointers in an object. `owner`: the name of the structure around, where it begins, and the field."""
    if isinstance(type_, PointerType):
        if owner is not None:
            yield _Pointer(at, label, type_.target, *owner)
        elif type_.target is not None:
            yield _Pointer(at, label or "target", type_.target, "", at, "")
    elif isinstance(type_, StructType):
        for field in type_.fields:
            inner = f"{label}.{field.name}" if label else field.name
            yield from _pointers(field.type, at + field.offset, inner, (type_.name, at, field.name))
    elif isinstance(type_, ArrayType):
        for index in range(min(type_.length, _MOST_ELEMENTS)):
            yield from _pointers(type_.element, at + index * type_.element.size, f"{label}[{index}]", owner)
