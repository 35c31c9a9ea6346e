"""Final states in, the lines that list them out, in herd7's order and notation."""

from __future__ import annotations

from collections.abc import Iterable

from memmodel.result import State

_LabelKey = tuple[int, int, str]
_ValueKey = tuple[int, int, str]


def ordered(states: Iterable[State]) -> list[State]:
    """The states with their registers first, by thread and name, then their locations; sorted by values, numbers as
    numbers and before names."""
    arranged = [tuple(sorted(state, key=lambda item: _label_key(item[0]))) for state in states]
    return sorted(arranged, key=lambda state: [_value_key(value) for _, value in state])


def line(state: State) -> str:
    """`1:r0=0; [x]=1;`"""
    return " ".join(f"{label if is_register(label) else f'[{label}]'}={value};" for label, value in state)


def is_register(label: str) -> bool:
    """Whether a label is `thread:register`, not a location."""
    thread, colon, _ = label.partition(":")
    return bool(colon) and thread.isdigit()


def _label_key(label: str) -> _LabelKey:
    if is_register(label):
        thread, _, name = label.partition(":")
        return (0, int(thread), name)
    return (1, 0, label)


def _value_key(value: str) -> _ValueKey:
    try:
        return (0, int(value, 0), "")
    except ValueError:
        return (1, 0, value)
