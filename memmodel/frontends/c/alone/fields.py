"""A place in an object in, what people call it out: by the structure that code reaches it through."""

from __future__ import annotations

from memmodel.frontends.c.alone.regions import ELEMENTS
from memmodel.frontends.c.alone.sharing import GENERAL
from memmodel.program.types import ArrayType, Field, StructType, Type
from memmodel.records import dataclass, field


@dataclass(frozen=True, eq=False)
class Part:
    """A type that an object has at an offset, and again every `step` bytes where that is not 0."""

    type: Type
    offset: int
    step: int = 0

    @property
    def offsets(self) -> tuple[int, ...]:
        return tuple(self.offset + n * self.step for n in range(ELEMENTS if self.step else 1))


@dataclass(frozen=True, eq=False)
class Named:
    """An object: what it is as a whole, if that is known, all that code takes parts of it for, and what the place is
    called that points to it."""

    name: str
    whole: Part | None
    parts: tuple[Part, ...]
    pointer: str = ""


@dataclass(frozen=True, eq=False)
class Fields:
    """What the places in the objects of a program are called."""

    objects: dict[str, Named] = field(default_factory=dict)
    used: frozenset[tuple[str, str]] = frozenset()
    """The fields that code names: the names of the structure and of the field. Of several at a place these count."""

    def named(self, object_: str, offset: int) -> str:
        """The field at `offset` bytes into an object: "ptr_ring.consumer_head", "bpf_ringbuf.data[]"; of what is no
        structure the variable, or the place that points there."""
        found = self.objects.get(object_)
        if found is None:
            return object_
        reached = sorted((p for p in found.parts if _telling(p.type)), key=lambda p: p.type.size)
        for part in (*reached, *([found.whole] if found.whole is not None else [])):
            for start in part.offsets:
                if 0 <= offset - start < part.type.size:
                    return self._path(_base(part.type, found), part.type, offset - start)
        if found.whole is not None and isinstance(found.whole.type, StructType):
            beyond = _beyond(found.whole.type)
            return f"{_tag(found.whole.type)}.{beyond}[]" if beyond else f"{_tag(found.whole.type)}[]"
        return f"{found.pointer or found.name}[]"

    def _path(self, base: str, type_: Type, offset: int) -> str:
        """The fields on the way to an offset."""
        found = base
        while True:
            if isinstance(type_, ArrayType) and type_.element.size:
                found += "[]"
                offset %= type_.element.size
                type_ = type_.element
            elif isinstance(type_, StructType) and (single := _single(type_)) is None:
                inner = self._inner(type_, offset)
                if inner is None:
                    beyond = _beyond(type_)
                    return f"{found}.{beyond}[]" if beyond else found
                found += f".{inner.name}" if inner.name else ""
                offset -= inner.offset
                type_ = inner.type
            elif isinstance(type_, StructType) and single is not None and found == base and _telling(type_):
                return f"{found}.{single}"
            else:
                return found

    def _inner(self, type_: StructType, offset: int) -> Field | None:
        """The field that has the byte at an offset."""
        there = [f for f in type_.fields if f.offset <= offset < f.offset + f.type.size]
        return next((f for f in there if (type_.name, f.name) in self.used), there[0] if there else None)


def _base(type_: Type, found: Named) -> str:
    return _tag(type_) if isinstance(type_, StructType) else found.name


def _tag(type_: StructType) -> str:
    return type_.name.removeprefix("struct ").removeprefix("union ")


def _telling(type_: Type) -> bool:
    """Whether a structure says more than what is around it."""
    return isinstance(type_, StructType) and type_.name not in GENERAL and type_.name.startswith(("struct ", "union "))


def _single(type_: StructType) -> str | None:
    """The name of the only field of a structure with one: the structure is as good as that."""
    fields = type_.fields
    scalar = len(fields) == 1 and not isinstance(fields[0].type, (StructType, ArrayType))
    return fields[0].name if scalar else None


def _beyond(type_: StructType) -> str:
    """The field at the end of a structure that has no size of its own."""
    last = type_.fields[-1] if type_.fields else None
    return last.name if last is not None and last.type.size == 0 else ""
