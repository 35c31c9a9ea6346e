"""What the threads of a program share in, the program's objects out: laid out, named, and pointing to each other."""

from __future__ import annotations

from collections.abc import Mapping

from memmodel.frontends.c.alone.fields import Fields, Named, Part
from memmodel.frontends.c.alone.placing import Placed
from memmodel.frontends.c.alone.regions import ELEMENTS, Region
from memmodel.frontends.c.alone.shapes import Access, elements, shape
from memmodel.frontends.c.alone.sharing import Shared, Sharing
from memmodel.program.ir import Address, Constant, Object
from memmodel.program.types import StructType
from memmodel.records import dataclass, replace

STOOD_IN = "__alone_"
"""Before the name of a function that is not known: the object that its result points to."""


@dataclass(frozen=True, eq=False)
class _Laid:
    """An object as it lies in memory. `low`: the offset of its first byte, from where its regions count."""

    name: str
    low: int
    type: StructType
    whole: Part | None
    parts: tuple[Part, ...]


class World:
    """The objects of a program. `lowered`: those that it was lowered with; `labels`: what some of these are called;
    `used`: the fields that code names."""

    def __init__(
        self,
        lowered: Mapping[str, Object],
        sharing: Sharing,
        labels: Mapping[str, str],
        used: frozenset[tuple[str, str]],
    ) -> None:
        self._lowered = lowered
        self._sharing = sharing
        self._labels = labels
        self._used = used
        self._laid: dict[Shared, _Laid] = {}
        self._names: set[str] = set()
        self._beside: dict[str, Object] = {}
        self._fields: dict[str, Named] = {}
        for shared in sharing.objects:
            laid = self._lay(shared)
            self._laid[shared] = laid
            self._fields[laid.name] = self._named(shared, laid)

    def fields(self) -> Fields:
        """What places are called."""
        return Fields(self._fields, self._used)

    def objects(self) -> tuple[Object, ...]:
        """The objects, with what they hold at first."""
        found = [Object(x.name, x.type, self._initial(shared, x)) for shared, x in self._laid.items()]
        return (*found, *self._beside.values())

    def placed(self) -> Placed:
        """Where regions are."""
        return Placed(self._address, self._elements)

    def _address(self, region: Region, offset: int) -> Address:
        shared, shift = self._sharing.place[region]
        laid = self._laid[shared]
        return Address(laid.name, offset + shift - laid.low)

    def _elements(self, region: Region, offset: int, step: int) -> int | None:
        if region not in self._sharing.place:
            return None
        shared, shift = self._sharing.place[region]
        laid = self._laid[shared]
        return _room(laid.whole, laid.parts, offset + shift, step)

    # ── layout ──

    def _lay(self, shared: Shared) -> _Laid:
        declared = self._declared(shared)
        whole = declared
        if shared.whole is not None and declared is None:
            whole = Part(shared.whole.structure, shared.whole.offset)
        found: dict[tuple[object, int, int], Part] = {}
        for region, shift in shared.regions.items():
            for structure, offset, step in region.views:
                found.setdefault((structure, offset + shift, step), Part(structure, offset + shift, step))
        parts = tuple(sorted(found.values(), key=lambda part: -part.type.size))
        accesses = [
            Access(offset + shift + number * step, size)
            for region, shift in shared.regions.items()
            for offset, size, step in region.accesses
            for number in range(min(ELEMENTS, _room(whole, parts, offset + shift, step)) if step else 1)
        ]
        low, type_ = shape((whole, *parts) if whole is not None else parts, accesses)
        return _Laid(self._name(shared), low, type_, whole, parts)

    def _declared(self, shared: Shared) -> Part | None:
        """The type of an object that the program was lowered with, and that is one still."""
        for region, shift in shared.regions.items():
            if region.name in self._lowered and shift == 0 and (shared.name or shared.private):
                return Part(self._lowered[region.name].type, 0)
        return None

    # ── names ──

    def _name(self, shared: Shared) -> str:
        first = next(iter(shared.regions), None)
        if shared.name:
            wanted = shared.name
        elif shared.private and first is not None:
            wanted = self._label(first)
        elif shared.whole is not None:
            wanted = shared.whole.structure.name.removeprefix("struct ").removeprefix("union ")
        elif shared.parent is not None:
            wanted = f"{self._pointer(shared)}[]"
        else:
            wanted = self._label(first) if first is not None else "memory"
        name, number = wanted, 1
        while name in self._names:
            number += 1
            name = f"{wanted}#{number}"
        self._names.add(name)
        return name

    def _label(self, region: Region) -> str:
        """What an object is called that is known by no type: what a parameter points to, or what a function returns."""
        if region.name.startswith(STOOD_IN):
            return f"{region.name.removeprefix(STOOD_IN)}()"
        return self._labels.get(region.name, region.name or "memory")

    def _pointer(self, shared: Shared) -> str:
        """What the place is called that points to an object."""
        if shared.parent is None:
            return ""
        above, offset = shared.parent
        laid = self._laid[above]
        return Fields(self._fields, self._used).named(laid.name, offset - laid.low)

    def _named(self, shared: Shared, laid: _Laid) -> Named:
        def moved(part: Part) -> Part:
            return Part(part.type, part.offset - laid.low, part.step)

        whole = moved(laid.whole) if laid.whole is not None else None
        return Named(laid.name, whole, tuple(moved(part) for part in laid.parts), self._pointer(shared))

    # ── what they hold ──

    def _initial(self, shared: Shared, laid: _Laid) -> dict[int, Constant | Address]:
        found: dict[int, Constant | Address] = {}
        for region, shift in shared.regions.items():
            item = self._lowered.get(region.name)
            if item is None or not (shared.name or shared.private):
                continue
            for offset, value in item.initial.items():
                found[offset + shift - laid.low] = value if isinstance(value, Constant) else self._moved(value)
        steps = _steps(shared)
        for offset, (target, inside) in shared.pointees.items():
            other = self._laid[target]
            step = steps.get(offset, 0)
            rooms = min(ELEMENTS, _room(laid.whole, laid.parts, offset, step)) if step else 1
            for number in range(rooms):
                found.setdefault(offset + number * step - laid.low, Address(other.name, inside - other.low))
        return found

    def _moved(self, value: Address) -> Address:
        """An address that an object holds at first, where that object is now."""
        for region in self._sharing.place:
            if region.name == value.object:
                return self._address(region, value.offset)
        self._keep(value.object)
        return value

    def _keep(self, name: str) -> None:
        """An object that nobody accesses stays as it is, with those that it points to."""
        if name in self._beside or name not in self._lowered:
            return
        item = self._beside[name] = self._lowered[name]
        moved = {at: value if isinstance(value, Constant) else self._moved(value) for at, value in item.initial.items()}
        self._beside[name] = replace(item, initial=moved)


def _steps(shared: Shared) -> dict[int, int]:
    """The steps of accesses, by their offsets."""
    return {
        offset + shift: step
        for region, shift in shared.regions.items()
        for offset, _, step in sorted(region.accesses)
        if step
    }


def _room(whole: Part | None, parts: tuple[Part, ...], offset: int, step: int) -> int:
    """How many places there are, `step` bytes apart, from an offset on."""
    for part in (*parts[::-1], *([whole] if whole is not None else [])):
        if not part.step and 0 <= offset - part.offset < part.type.size:
            return elements(part.type, offset - part.offset, step)
    return ELEMENTS
