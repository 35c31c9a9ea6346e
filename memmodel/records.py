"""A class with annotated fields in, a dataclass out: the standard library's, without its price at start-up.

`dataclasses.dataclass` writes, compiles and runs up to six functions for each class. For the classes of this program
that was a quarter of the time that a small file takes from the shell. Here the methods of all classes are the same few
functions. Only `__init__` is compiled for its class, at the first instance: most classes of a run have none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, field, replace
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING

__all__ = ["dataclass", "field", "replace"]

_Fields = tuple["dataclasses.Field[object]", ...]


def _dataclass(
    cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, repr: bool = True
) -> type | Callable[[type], type]:
    """The decorator of the standard library, for these three of its arguments. What it makes has the library's
    `fields`, `replace` and pattern matching; only inheritance between a class of this one and a frozen one of the
    library's is refused."""

    def make(cls: type) -> type:
        own = vars(cls)
        if own.get("__doc__") is None:
            cls.__doc__ = cls.__name__  # or else the library composes a signature, which takes longer than all the rest
        dataclasses.dataclass(init=False, repr=False, eq=False)(cls)  # collects the fields and compiles nothing
        methods: dict[str, object] = {"__init__": _first_init(cls, frozen)}
        if repr:
            methods["__repr__"] = _repr
        if eq:
            methods |= _comparison(dataclasses.fields(cls), frozen)
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        for name, method in methods.items():
            # Python puts a __hash__ of None beside an __eq__ that a class defines.
            if name not in own or (name == "__hash__" and own[name] is None):
                setattr(cls, name, method)
        return cls

    return make if cls is None else make(cls)


if TYPE_CHECKING:
    from dataclasses import dataclass  # checkers of types know it by this name, and what it does is the same
else:
    dataclass = _dataclass


def _first_init(cls: type, frozen: bool) -> Callable[..., None]:
    """An `__init__` that first puts the real one in its place."""

    def __init__(self: object, /, *arguments: object, **named: object) -> None:
        init = _init(cls, frozen)
        type.__setattr__(cls, "__init__", init)
        init(self, *arguments, **named)

    return __init__


def _init(cls: type, frozen: bool) -> Callable[..., None]:
    """The `__init__` of a class. Its text holds the names of the fields, and numbers for all else."""
    scope: dict[str, object] = {"_missing": MISSING, "_set": object.__setattr__}
    parameters, lines = ["self"], ["pass"]
    for number, one in enumerate(dataclasses.fields(cls)):
        value = one.name
        parameter = value
        if one.default is not MISSING:
            scope[f"_{number}"] = one.default
            parameter, value = f"{value}=_{number}", value if one.init else f"_{number}"
        elif one.default_factory is not MISSING:
            scope[f"_{number}"] = one.default_factory
            parameter = f"{value}=_missing"
            value = f"_{number}() if {value} is _missing else {value}" if one.init else f"_{number}()"
        elif not one.init:
            continue  # __post_init__ has to give it a value
        if one.init:
            parameters.append(parameter)
        lines.append(f"_set(self, {one.name!r}, {value})" if frozen else f"self.{one.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n  " + "\n  ".join(lines), scope)
    init: Callable[..., None] = scope["__init__"]  # type: ignore[assignment]
    return init


def _comparison(all_fields: _Fields, frozen: bool) -> dict[str, object]:
    """`__eq__` and `__hash__` over the fields that are compared."""
    names = [one.name for one in all_fields if one.compare]
    values: Callable[[object], object] = lambda record: ()  # noqa: E731
    if names:
        values = attrgetter(*names, *names[: len(names) == 1])  # of two names or more it makes a tuple

    def __eq__(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(values(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}


@recursive_repr()
def _repr(self: object) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in self.__dataclass_fields__.values() if one.repr)  # type: ignore[attr-defined]
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
