"""An object that several threads access in, its layout out: the fields of its type, and bytes where that says nothing.

A field that is accessed in other sizes than its own, and what lies outside of the type, are bytes: accesses make cells
of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from memmodel.errors import MemmodelError
from memmodel.frontends.c.alone.fields import Part
from memmodel.frontends.c.alone.regions import ELEMENTS
from memmodel.program.types import CHAR, ArrayType, Field, IntType, StructType, Type
from memmodel.records import dataclass

MOST_LEAVES = 2_000
"""Fields of an object; of one that has more, those are kept that code accesses."""


@dataclass(frozen=True)
class Access:
    """An access at an offset, of so many bytes."""

    offset: int
    size: int


@dataclass(frozen=True)
class Leaf:
    """A field of a single value, or bytes."""

    offset: int
    size: int
    raw: bool

    @property
    def end(self) -> int:
        return self.offset + self.size


def shape(parts: Iterable[Part], accesses: Iterable[Access]) -> tuple[int, StructType]:
    """The layout, and the offset of its first byte, which may be negative. Parts that come first count more."""
    touched = sorted(set(accesses), key=lambda a: (a.offset, a.size))
    leaves = _Leaves()
    for part in parts:
        for offset in part.offsets:
            for leaf in _limited(part.type, offset, touched):
                leaves.add(leaf)
    for access in touched:
        leaves.access(access)
    found = leaves.all()
    if not found:
        return 0, StructType("", (Field("", CHAR, 0),), 1)
    low = found[0].offset
    fields = tuple(Field("", _type(leaf), leaf.offset - low) for leaf in found)
    return low, StructType("", fields, max(leaf.end for leaf in found) - low)


def elements(type_: Type, offset: int, step: int) -> int:
    """How many places that lie `step` bytes apart an array has from `offset` on."""
    while True:
        if isinstance(type_, ArrayType) and type_.element.size:
            if step % type_.element.size == 0:
                return max((type_.size - offset) // step, 1)
            offset %= type_.element.size
            type_ = type_.element
        elif isinstance(type_, StructType):
            inner = next((f for f in type_.fields if f.offset <= offset < f.offset + f.type.size), None)
            if inner is None:
                return ELEMENTS
            offset -= inner.offset
            type_ = inner.type
        else:
            return ELEMENTS


def _type(leaf: Leaf) -> Type:
    return ArrayType(CHAR, leaf.size) if leaf.raw and leaf.size > 1 else IntType(8 * leaf.size, False)


class _Leaves:
    """Leaves none of which overlaps another, by the byte."""

    def __init__(self) -> None:
        self._owner: dict[int, Leaf] = {}

    def add(self, leaf: Leaf) -> None:
        """A field, unless others lie there."""
        if not any(byte in self._owner for byte in (leaf.offset, leaf.end - 1)):
            self._put(leaf)

    def _put(self, leaf: Leaf) -> None:
        self._owner.update(dict.fromkeys(range(leaf.offset, leaf.end), leaf))

    def access(self, access: Access) -> None:
        """What is no single field becomes bytes."""
        start = self._owner.get(access.offset)
        if start is not None and not start.raw and (start.offset, start.size) == (access.offset, access.size):
            return
        for byte in range(access.offset, access.offset + access.size):
            there = self._owner.get(byte)
            if there is None:
                self._owner[byte] = Leaf(byte, 1, True)
            elif not there.raw:
                self._put(Leaf(there.offset, there.size, True))

    def all(self) -> list[Leaf]:
        """The leaves in order; bytes in a row are one."""
        found: list[Leaf] = []
        for leaf in sorted(set(self._owner.values()), key=lambda leaf: leaf.offset):
            last = found[-1] if found else None
            if last is not None and last.raw and leaf.raw and last.end == leaf.offset:
                found[-1] = Leaf(last.offset, last.size + leaf.size, True)
            else:
                found.append(leaf)
        return found


def _limited(type_: Type, offset: int, touched: list[Access]) -> list[Leaf]:
    """The leaves of a type: not all of very many."""
    found: list[Leaf] = []
    wanted = {byte for a in touched for byte in range(a.offset, a.offset + a.size)}
    for number, leaf in enumerate(leaves_of(type_, offset), 1):
        if leaf.size > MOST_LEAVES or number > MOST_LEAVES:
            bytes_ = sorted(b for b in wanted if leaf.offset <= b < leaf.end)
            if leaf.raw:
                found.extend(Leaf(b, 1, True) for b in bytes_)
            elif bytes_:
                found.append(leaf)
        else:
            found.append(leaf)
        if number > 50 * MOST_LEAVES:
            break
    return found


def leaves_of(type_: Type, offset: int) -> Iterator[Leaf]:
    """The leaves of a type; of a union and of characters in a row the bytes."""
    if isinstance(type_, ArrayType):
        if type_.element.size == 1 and type_.length > 1:
            yield Leaf(offset, type_.length, True)
            return
        for index in range(type_.length):
            yield from leaves_of(type_.element, offset + index * type_.element.size)
    elif isinstance(type_, StructType):
        try:
            fields = [f for f in type_.fields if f.type.size]
        except MemmodelError:
            return
        for start, end, inside in _clusters(fields):
            if len(inside) == 1:
                yield from leaves_of(inside[0].type, offset + start)
            else:
                yield Leaf(offset + start, end - start, True)
    elif type_.size:
        yield Leaf(offset, type_.size, False)


def _clusters(fields: list[Field]) -> Iterator[tuple[int, int, list[Field]]]:
    """Fields that overlap, together."""
    found: list[tuple[int, int, list[Field]]] = []
    for item in sorted(fields, key=lambda f: f.offset):
        end = item.offset + item.type.size
        if found and item.offset < found[-1][1]:
            start, last, inside = found.pop()
            found.append((start, max(last, end), [*inside, item]))
        else:
            found.append((item.offset, end, [item]))
    yield from found
