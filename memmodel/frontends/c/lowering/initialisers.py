"""`{ … }` and the type that it initialises in, what is written to which offset out: C's rules for braces left out."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.structures import Structure
from memmodel.frontends.c.lowering.types import Environment, is_bytes
from memmodel.program.objects import follow
from memmodel.program.types import INT, ArrayType, IntType, PointerType, StructType, Type
from memmodel.records import dataclass
from memmodel.syntax import tree


@dataclass(frozen=True)
class Item:
    """An initial value: of a single cell, or, where `type` is a structure, of all of it."""

    offset: int
    type: Type
    value: tree.Expression


def items(type_: Type, value: tree.Expression, types: Environment) -> list[Item]:
    """The cells that an initial value mentions, in the order written; what it does not mention is 0.

    Raises SyntaxError where there is no room for a value.
    """
    return _Spread(types).whole(type_, value, 0)


class _Spread:
    def __init__(self, types: Environment) -> None:
        self.types = types

    def whole(self, type_: Type, value: tree.Expression, at: int) -> list[Item]:
        """An object and its own initial value."""
        if isinstance(value, tree.Text) and isinstance(type_, ArrayType):
            return self._text(type_, value, at)
        if not isinstance(value, tree.Braces):
            return [Item(at, type_, value)]
        only = value.items[0] if len(value.items) == 1 else None
        if isinstance(type_, ArrayType) and is_bytes(type_.element) and isinstance(only, tree.Text):
            return self._text(type_, only, at)
        if isinstance(type_, (IntType, PointerType)):
            if len(value.items) > 1:
                raise SyntaxError("too many values", value.items[1].span, "there is room for one")
            return [item for inner in value.items for item in self.whole(type_, inner, at)]
        return self._list(type_, value, at)

    def _text(self, type_: ArrayType, value: tree.Text, at: int) -> list[Item]:
        if not isinstance(type_.element, IntType) or type_.element.size != 1:
            raise Unsupported("a string of wide characters", value.span)
        codes = [*value.value.encode("latin-1", "replace"), 0][: type_.length]
        return [Item(at + i, type_.element, tree.Number(code, "", value.span)) for i, code in enumerate(codes)]

    def _list(self, type_: Type, value: tree.Braces, at: int) -> list[Item]:
        """The values between braces, for the parts of an array or a structure in turn."""
        parts = _parts(type_)
        found: list[Item] = []
        waiting = list(reversed(value.items))
        position = 0
        while waiting:
            item = waiting[-1]
            if isinstance(item, tree.Designated):
                waiting.pop()
                position = self._designated(type_, item, at, found)
                continue
            if position >= len(parts):
                raise SyntaxError("too many values", item.span, f"there is room for {len(parts)}")
            part, offset = parts[position]
            self._fill(part, at + offset, waiting, found)
            position += 1
            if isinstance(type_, Structure) and type_.union:
                position = len(parts)
        return _last_of_each(found)

    def _designated(self, type_: Type, item: tree.Designated, at: int, found: list[Item]) -> int:
        """`.x[2] = value`; the position of the part after the one it names."""
        path = tuple(step if isinstance(step, str) else self.types.constant(step) for step in item.path)
        offset, inner = follow(type_, path, item.span)
        found.extend(self.whole(inner, item.value, at + offset))
        first = path[0]
        if isinstance(first, int):
            return first + 1
        assert isinstance(type_, StructType)
        if isinstance(type_, Structure) and type_.union:
            return len(type_.fields)
        begin = type_.by_name[first].offset
        ends = [offset + part.size for part, offset in _parts(type_)]
        return next((i for i, end in enumerate(ends) if begin < end), len(ends) - 1) + 1

    def _fill(self, part: Type, at: int, waiting: list[tree.Expression], found: list[Item]) -> None:
        """Give a part its value: one of its own, or, where its braces are left out, the next ones."""
        if not waiting or isinstance(waiting[-1], tree.Designated):
            return
        item = waiting[-1]
        text = isinstance(item, tree.Text) and isinstance(part, ArrayType)
        if isinstance(item, tree.Braces) or text or isinstance(part, (IntType, PointerType)):
            waiting.pop()
            found.extend(self.whole(part, item, at))
        elif isinstance(part, StructType) and isinstance(self.types.type_of(item), StructType):
            waiting.pop()
            found.append(Item(at, part, item))
        else:
            for inner, offset in _parts(part):
                self._fill(inner, at + offset, waiting, found)
                if isinstance(part, Structure) and part.union:
                    return


def _last_of_each(found: list[Item]) -> list[Item]:
    """Of several values for one place the last, which is the one that C keeps."""
    return list({item.offset: item for item in found}.values())


def _parts(type_: Type) -> list[tuple[Type, int]]:
    if isinstance(type_, ArrayType):
        return [(type_.element, index * type_.element.size) for index in range(type_.length)]
    if isinstance(type_, Structure):
        return [(field.type, field.offset) for field in type_.layout.members]
    if isinstance(type_, StructType):
        return [(field.type, field.offset) for field in type_.fields]
    return [(type_ if isinstance(type_, IntType) else INT, 0)]
