"""Records in, lists and texts fit for JSON out, and back: what comes back is checked against the fields' types, so that
what nobody wrote like this is refused."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Hashable
from enum import Enum
from functools import cache
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints

Record = TypeVar("Record")

_SIMPLE = (str, int, bool, float, type(None))


class Misshapen(Exception):
    """What is to be read is not what such a record is written as."""


def to_plain(value: object) -> object:
    """A record as a list of its fields, an enum's member as its value, a tuple as a list; simple values as they are."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, _SIMPLE):
        return value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return [to_plain(getattr(value, name)) for name in _names(cast(Hashable, type(value)))]


def from_plain(kind: type[Record], value: object) -> Record:
    """The record of this class that `to_plain` made `value` of. Raises Misshapen."""
    return cast(Record, _reader(cast(Hashable, kind))(value))


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(cast(type, kind)))


_Reader = Callable[[object], object]


@cache
def _reader(kind: Hashable) -> _Reader:
    """What reads a value of a type."""
    if kind is float:
        return lambda value: float(cast(float, _simple((int, float), value)))
    if isinstance(kind, type) and kind in _SIMPLE:
        return lambda value: _simple((kind,), value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value: _member(kind, value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _record(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return _optional([part for part in get_args(kind) if part is not type(None)])
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind))
    raise TypeError(f"no way to keep a {kind}")


def _simple(kinds: tuple[type, ...], value: object) -> object:
    if type(value) not in kinds:  # a bool is no int here
        raise Misshapen
    return value


def _member(kind: type[Enum], value: object) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise Misshapen from None


def _record(kind: type) -> _Reader:
    hints = get_type_hints(kind)
    readers = [_reader(hints[name]) for name in _names(kind)]

    def read(value: object) -> object:
        if type(value) is not list or len(value) != len(readers):
            raise Misshapen
        return kind(*[reader(item) for reader, item in zip(readers, value, strict=True)])

    return read


def _optional(parts: list[Hashable]) -> _Reader:
    if len(parts) != 1:
        raise TypeError(f"no way to tell which of {parts} was kept")
    reader = _reader(parts[0])
    return lambda value: None if value is None else reader(value)


def _tuple(parts: tuple[Hashable, ...]) -> _Reader:
    if len(parts) == 2 and parts[1] is Ellipsis:
        reader = _reader(parts[0])

        def read_all(value: object) -> object:
            if type(value) is not list:
                raise Misshapen
            return tuple([reader(item) for item in value])

        return read_all
    readers = [_reader(part) for part in parts]

    def read(value: object) -> object:
        if type(value) is not list or len(value) != len(readers):
            raise Misshapen
        return tuple([reader(item) for reader, item in zip(readers, value, strict=True)])

    return read
