"""The name of an architecture in, the rows of its table out: cycles, and whether its own literature allows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memmodel.events.graph import EventGraph
from memmodel.events.unroll import unroll
from tests.machines.strength.cycles import Dialect, cycle, program

HERE = Path(__file__).parent
TABLES = ("x86", "arm64", "power", "riscv")

LOCKED, RESERVE = frozenset(("locked",)), frozenset(("reserve",))
DIALECTS = {
    "x86": Dialect(atomic=LOCKED),
    "arm64": Dialect(
        {"a": "acquire", "q": "acquire-pc", "n": "no-return"},
        {"l": "release"},
        frozenset(("amo",)),
        frozenset(("exclusive",)),
    ),
    "power": Dialect(atomic=RESERVE, exclusive=RESERVE),
    "riscv": Dialect(
        {"aq": "aq", "rl": "rl"}, {"aq": "aq", "rl": "rl"}, frozenset(("amo",)), frozenset(("exclusive",))
    ),
}

SHAPES = {
    "MP": "WW RR",
    "SB": "WR WR",
    "LB": "RW RW",
    "S": "WW RW",
    "R": "WW WR",
    "2+2W": "WW WW",
    "WRC": "W RW RR",
    "WWC": "W RW RW",
    "RWC": "W RR WR",
    "ISA2": "WW RW RR",
    "IRIW": "W RR W RR",
    "W+RWC": "WW RR WR",
    "Z6.0": "WW RW WR",
    "Z6.1": "WW WW RW",
    "Z6.2": "WW RW RW",
    "Z6.3": "WW WW RR",
    "Z6.4": "WW WR WR",
    "Z6.5": "WW WW WR",
    "3.SB": "WR WR WR",
    "3.LB": "RW RW RW",
}
"""The first and the last access of each thread; the names are those of TOPLAS 2014."""


@dataclass(frozen=True)
class Row:
    """`source`: where the literature says so, after the abbreviations at the head of the table."""

    architecture: str
    allowed: bool
    cycle: str
    source: str

    @property
    def shape(self) -> str:
        """As `SHAPES` has it."""
        found = cycle(self.cycle)
        ends = [dict.fromkeys((0, len(thread) - 1)) for thread in found.threads]
        return " ".join(
            "".join("W" if thread[i].write else "R" for i in places)
            for thread, places in zip(found.threads, ends, strict=True)
        )


@cache
def rows(architecture: str) -> tuple[Row, ...]:
    return tuple(_rows(architecture))


def _rows(architecture: str) -> Iterator[Row]:
    for line in (HERE / f"{architecture}.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            verdict, text, source = re.split(r" {2,}", line)
            yield Row(architecture, {"never": False, "allowed": True}[verdict], text, source)


@cache
def graph(row: Row) -> EventGraph:
    """The events of the row's program."""
    return unroll(program(row.cycle, DIALECTS[row.architecture]))
