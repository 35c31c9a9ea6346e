"""What there is to say of a whole file: remarks, and the pairing tables of its functions."""

from __future__ import annotations

from memmodel.analyses.finding import Finding
from memmodel.analyses.pairs.row import Row
from memmodel.records import dataclass


@dataclass(frozen=True)
class Pair:
    """Two functions and their rows. `opaque`: the calls in them of which nothing is known; `why`: what stood in the
    way, "" where nothing did."""

    functions: tuple[str, str]
    rows: tuple[Row, ...]
    opaque: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Whole:
    """What was found of a file."""

    path: str
    remarks: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    seconds: float
