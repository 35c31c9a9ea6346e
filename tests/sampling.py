"""Sets too large for CI in, the part of them that it looks at out: all of it is for the thorough set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest
from _pytest.mark.structures import ParameterSet

Item = TypeVar("Item")


def one_in(every: int, items: Iterable[Item], name: Callable[[Item], str] = str) -> list[ParameterSet]:
    """A parameter for each item: the first and every `every`-th after it for CI, the others for `make test-thorough`.
    `name`: what the test of an item is called."""
    return [
        pytest.param(item, id=name(item), marks=() if number % every == 0 else pytest.mark.thorough)
        for number, item in enumerate(items)
    ]


def in_parts(seeds: range, size: int) -> list[range]:
    """The seeds, so many at a time."""
    return [seeds[first : first + size] for first in range(0, len(seeds), size)]
