"""Final states in, the lines that list them out, in herd7's order and notation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from memmodel.result import State

_LabelKey = tuple[int, int, str, tuple[int, ...]]
_ValueKey = tuple[int, int, str]

_INDEX = re.compile(r"\[(\d+)\]")


def ordered(states: Iterable[State]) -> list[State]:
    """The states with their registers first, by thread and name, then their locations, then elements and fields;
    sorted by values, numbers as numbers and before names."""
    arranged = [tuple(sorted(state, key=lambda item: _label_key(item[0]))) for state in states]
    return sorted(arranged, key=lambda state: [_value_key(part) for _, value in state for part in _parts(value)])


def line(state: State) -> str:
    """`1:r0=0; [x]=1; a={1,2}; a[1]=2;`"""
    return " ".join(f"{label if _stands_alone(label, value) else f'[{label}]'}={value};" for label, value in state)


def _stands_alone(label: str, value: str) -> bool:
    """Whether a label has no brackets around it: only that of a location with a single value has."""
    return is_register(label) or not label.isidentifier() or value.startswith("{")


def _parts(value: str) -> list[str]:
    """The values in `{1,2}`; a single value alone."""
    return value[1:-1].split(",") if value.startswith("{") else [value]


def is_register(label: str) -> bool:
    """Whether a label is `thread:register`, not a location."""
    thread, colon, _ = label.partition(":")
    return bool(colon) and thread.isdigit()


def _label_key(label: str) -> _LabelKey:
    if is_register(label):
        thread, _, name = label.partition(":")
        return (0, int(thread), name, ())
    if label.isidentifier():
        return (1, 0, label, ())
    return (2, 0, _INDEX.sub("[]", label), tuple(int(index) for index in _INDEX.findall(label)))


def _value_key(value: str) -> _ValueKey:
    try:
        return (0, int(value, 0), "")
    except ValueError:
        return (1, 0, value)
