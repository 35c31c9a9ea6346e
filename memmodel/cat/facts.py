"""The base facts of an execution that a reason is made of."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from memmodel.cat.terms import Term


class FactKind(IntEnum):
    EXECUTED = 0  # event first runs
    SAME = 1  # first and second access one cell
    RF = 2  # second reads from first
    ORDER = 3  # write first comes before write second in their cell's order
    FROM_READ = 4  # what first reads from comes before write second
    ADDR = 5  # dependency number first is active
    DATA = 6
    CTRL = 7
    MARK = 8  # mark number first is active
    EQUAL = 9  # first and second have the same value
    PATH = 10  # all guards, addresses and dependencies are as in this execution
    FULL = 11  # and all of rf and co too


class Fact(NamedTuple):
    kind: FactKind
    first: int = 0
    second: int = 0
    holds: bool = True


Facts = frozenset[Fact]

NONE: Facts = frozenset()
PATH: Facts = frozenset((Fact(FactKind.PATH),))
FULL: Facts = frozenset((Fact(FactKind.PATH), Fact(FactKind.FULL)))

DEPENDENCIES = {"addr": FactKind.ADDR, "data": FactKind.DATA, "ctrl": FactKind.CTRL}


class Fixed(NamedTuple):
    """What never varies in a program, so that no reason needs to mention it."""

    always: int
    """Events always executed."""
    addresses: bool
    """Every access has one possible cell."""
    dependencies: bool
    """Every dependency is active whenever its events run, and no annotation depends on a condition."""


Derived = dict[tuple[Term, int, int], Facts]
"""Reasons for pairs of static terms: all executions of one frame share them."""
