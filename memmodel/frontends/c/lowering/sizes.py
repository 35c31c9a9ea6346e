"""Types and initial values in, sizes out: also of arrays whose length the initial value says."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.types import Environment
from memmodel.program.types import ArrayType, Field, StructType, Type
from memmodel.source import Span
from memmodel.syntax import tree


def size_of(type_: Type, span: Span) -> int:
    """The size of a type; what is wrong with it is said at `span`, where it has no place of its own."""
    try:
        return type_.size
    except (SyntaxError, Unsupported) as error:
        if error.span is not None:
            raise
        raise type(error)(error.message, span, error.hint) from None


def sized(type_: Type | None, declarator: tree.Declarator, types: Environment) -> Type | None:
    """The type of a variable, with a length that its initial value gives: of an array, or of the last field."""
    if isinstance(type_, ArrayType) and type_.length == 0:
        length = _length(declarator.initial, types)
        return ArrayType(type_.element, length) if length else type_
    if not isinstance(type_, StructType) or not isinstance(declarator.initial, tree.Braces):
        return type_
    size_of(type_, declarator.span)
    last = type_.fields[-1] if type_.fields else None
    if last is None or not isinstance(last.type, ArrayType) or last.type.length:
        return type_
    length = _length(_last(declarator.initial, type_, last.name), types)
    if not length:
        return type_
    whole = ArrayType(last.type.element, length)
    size = max(type_.size, last.offset + whole.size)
    return StructType(type_.name, (*type_.fields[:-1], Field(last.name, whole, last.offset)), size)


def _last(value: tree.Braces, type_: StructType, name: str) -> tree.Expression | None:
    """What `{…}` gives the last field."""
    for item in value.items:
        if isinstance(item, tree.Designated) and item.path[0] == name and len(item.path) == 1:
            return item.value
    plain = [item for item in value.items if not isinstance(item, tree.Designated)]
    return plain[-1] if len(plain) == len(value.items) == len(type_.fields) else None


def _length(value: tree.Expression | None, types: Environment) -> int:
    """The elements that an initial value gives an array."""
    if isinstance(value, tree.Text):
        return len(value.value) + 1
    if not isinstance(value, tree.Braces):
        return 0
    position = longest = 0
    for item in value.items:
        if isinstance(item, tree.Designated) and not isinstance(item.path[0], str):
            position = types.constant(item.path[0])
        position += 1
        longest = max(longest, position)
    return longest
