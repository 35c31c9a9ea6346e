"""The accesses of a program that says their sizes in, its cells out: also those of byte areas and unions.

What a structure declares is a cell, and stays one. The bytes of a byte area or a union are what the accesses make of
them: each that may go there must find a cell of its own size at its own place, so that no two cells overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import pairwise

from memmodel.errors import Unsupported
from memmodel.program.ir import Address, Constant, Object
from memmodel.program.types import ArrayType, IntType, StructType, Type, scalar
from memmodel.records import dataclass
from memmodel.source import Span

MOST_CELLS = 1 << 16

POISON = 0x5D0D_BADC_0FFE_E0DD
"""What a cell holds that was never written, as far as it has room for it."""


@dataclass(frozen=True)
class Cell:
    """A value of a shared object: where it lies, what it is called and what it holds at first. `raw` bytes become
    larger cells if that is how they are accessed; `unwritten`: `initial` is no value that the program put there."""

    address: int
    name: str
    type: IntType
    initial: int
    span: Span | None
    raw: bool = False
    unwritten: bool = False


def cells_of(objects: tuple[Object, ...], addresses: Mapping[str, int]) -> dict[int, Cell]:
    """Every scalar element of every object, by address, in ascending order; of a union's members the first. Raises
    Unsupported where they are too many."""
    found: dict[int, Cell] = {}

    def add(item: Object, type_: Type, offset: int, name: str, raw: bool) -> None:
        if isinstance(type_, ArrayType):
            bytes_ = raw or (type_.element.size == 1 and type_.length > 1)
            for index in range(type_.length):
                add(item, type_.element, offset + index * type_.element.size, f"{name}[{index}]", bytes_)
        elif isinstance(type_, StructType):
            inside = raw or _overlap(type_)
            for part in type_.fields:
                add(item, part.type, offset + part.offset, f"{name}.{part.name}" if part.name else name, inside)
        else:
            where = addresses[item.name] + offset
            if where not in found:
                value, unwritten = initial_of(item, offset, scalar(type_), addresses)
                found[where] = Cell(where, name, scalar(type_), value, item.span, raw, unwritten)
                if len(found) > MOST_CELLS:
                    hint = "make its arrays smaller"
                    raise Unsupported(f"the objects have more than {MOST_CELLS} cells", item.span, hint)

    for item in objects:
        add(item, item.type, 0, item.name, False)
    return found


def _overlap(type_: StructType) -> bool:
    """Whether some fields share bytes: a union."""
    ends = [(f.offset, f.offset + f.type.size) for f in type_.fields]
    return any(first[1] > second[0] for first, second in pairwise(ends))


def initial_of(item: Object, offset: int, type_: IntType, addresses: Mapping[str, int]) -> tuple[int, bool]:
    """What the bytes at `offset` hold at first, read as `type_`, and whether that was never written."""
    known = item.initial.get(offset)
    if isinstance(known, Address):
        return type_.wrap(addresses[known.object] + known.offset), False
    if known is not None and known.type.size == type_.size:
        return type_.wrap(known.value), False
    end = offset + type_.size
    here = [
        (at, value)
        for at, value in item.initial.items()
        if isinstance(value, Constant) and at < end and offset < at + value.type.size
    ]
    if here:
        return type_.wrap(_joined(here, offset, type_.size)), False
    if item.unwritten:
        return type_.wrap(POISON), type_.width >= 32
    return 0, False


def _joined(parts: list[tuple[int, Constant]], start: int, size: int) -> int:
    """The bytes from `start` on, of which `parts` give some and the others are 0, lowest first."""
    found = bytearray(size)
    for at, value in parts:
        width = value.type.size
        for index, byte in enumerate((value.value % (1 << 8 * width)).to_bytes(width, "little")):
            if 0 <= at + index - start < size:
                found[at + index - start] = byte
    return int.from_bytes(found, "little")


# ── byte areas ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Touch:
    """An access: at one of `places`, of a value of `type`."""

    places: frozenset[int]
    type: IntType
    span: Span


class _Cut:
    """The cells found so far, none of which overlaps another."""

    def __init__(self) -> None:
        self.cells: dict[int, tuple[IntType, Touch]] = {}
        self._owner: dict[int, int] = {}
        """For each byte the cell that it belongs to."""

    def add(self, place: int, touch: Touch) -> Touch | None:
        """Make a cell; the access that has cut these bytes otherwise, if one has."""
        size = touch.type.size
        for byte in range(place, place + size):
            start = self._owner.get(byte)
            if start is not None and (start != place or self.cells[start][0].size != size):
                return self.cells[start][1]
        if place not in self.cells:
            self.cells[place] = touch.type, touch
            self._owner.update((byte, place) for byte in range(place, place + size))
        return None


class Areas:
    """The objects of a program, and the cells that they are seen to have so far."""

    def __init__(self, objects: tuple[Object, ...], addresses: Mapping[str, int]) -> None:
        self._objects = objects
        self._addresses = addresses
        self._starts = [addresses[item.name] for item in objects]
        self.declared = cells_of(objects, addresses)
        self._declared_starts = sorted(self.declared)

    def holds(self, address: int, size: int) -> bool:
        """Whether `size` bytes from `address` on lie inside one object."""
        item = self._object(address)
        return item is not None and address + size <= self._addresses[item.name] + item.type.size

    def recut(self, touches: Iterable[Touch]) -> dict[int, Cell]:
        """The cells that `touches` make of the raw bytes, and the declared ones. Where two would overlap, the access
        that can be at fewer places has its way; the other then is no access to a cell there. Raises Unsupported where
        two that are surely there would see parts of what each other stores."""
        cut = _Cut()
        for touch in sorted(touches, key=lambda touch: len(touch.places)):
            for place in sorted(touch.places):
                if self.holds(place, touch.type.size):
                    self._place(place, touch, cut)
        cells = {start: cell for start, cell in self.declared.items() if not cell.raw}
        cells.update((start, self._cell(start, type_)) for start, (type_, _) in cut.cells.items())
        return dict(sorted(cells.items()))

    def _place(self, place: int, touch: Touch, cut: _Cut) -> None:
        there = self._declared_at(place)
        size = touch.type.size
        if there is not None and not there.raw:
            if (there.address, there.type.size) != (place, size) and len(touch.places) == 1:
                message = f"an access of {size} bytes to '{there.name}', which has {there.type.size}"
                hint = "only whole fields can be read and written; a union or a byte array can be used in other sizes"
                raise Unsupported(message, touch.span, hint)
            return
        other = cut.add(place, touch)
        if other is not None and len(touch.places) == len(other.places) == 1:
            name = self._name(min(touch.places))
            message = (
                f"bytes of '{name}' are accessed with {size} bytes here, "
                f"and with {other.type.size} at {other.span.start_label}"
            )
            raise Unsupported(message, touch.span, "what one access stores, every other must access as a whole")

    def _object(self, address: int) -> Object | None:
        index = bisect_right(self._starts, address) - 1
        return self._objects[index] if index >= 0 else None

    def _declared_at(self, address: int) -> Cell | None:
        """The declared cell that has a byte at `address`."""
        index = bisect_right(self._declared_starts, address) - 1
        cell = self.declared[self._declared_starts[index]] if index >= 0 else None
        return cell if cell is not None and address < cell.address + cell.type.size else None

    def _name(self, address: int) -> str:
        declared = self._declared_at(address)
        item = self._object(address)
        if declared is not None and declared.address == address:
            return declared.name
        return f"{item.name}+{address - self._addresses[item.name]}" if item is not None else "memory"

    def _cell(self, start: int, type_: IntType) -> Cell:
        item = self._object(start)
        assert item is not None
        value, unwritten = initial_of(item, start - self._addresses[item.name], type_, self._addresses)
        return Cell(start, self._name(start), type_, value, item.span, True, unwritten)
