"""Measurements, their file, and the tables that people read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """`seconds` is the median of `runs`. `problem` says what is wrong: a verdict, a flag, no answer; else ''."""

    series: str
    size: int
    seconds: float
    runs: tuple[float, ...]
    peak_mb: float
    verdict: str
    limit: float | None = None
    problem: str = ""
    most_mb: float | None = None

    @property
    def name(self) -> str:
        return f"{self.series} {self.size}" if self.size else self.series


@dataclass(frozen=True)
class Results:
    commit: str
    date: str
    python: str
    measurements: tuple[Measurement, ...]

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


def read(path: Path) -> Results:
    """Results from their file. Raises OSError, ValueError, KeyError or TypeError where it is no such file."""
    found = json.loads(path.read_text())
    measurements = tuple(Measurement(**{**m, "runs": tuple(m["runs"])}) for m in found["measurements"])
    return Results(found["commit"], found["date"], found["python"], measurements)


def table(measurements: Sequence[Measurement]) -> str:
    """A line for each measurement, with the growth since the size before: the exponent of time over size."""
    rows = [("case", "size", "median", "spread", "growth", "peak", "verdict", "")]
    before: Measurement | None = None
    for item in measurements:
        growth = _growth(before, item) if before is not None and before.series == item.series else ""
        spread = f"±{100 * (max(item.runs) - min(item.runs)) / 2 / item.seconds:.0f} %" if len(item.runs) > 1 else ""
        peak = f"{item.peak_mb:.0f} MB" if item.peak_mb else ""
        size = str(item.size) if item.size else ""
        rows.append((item.series, size, _time(item.seconds), spread, growth, peak, item.verdict, _remark(item)))
        before = item
    return _aligned(rows)


def comparison(old: Results, new: Results) -> str:
    """A line for each case that both hold: times, and how the second compares with the first."""
    rows = [("case", "size", old.commit, new.commit, "ratio", "")]
    known = {item.name: item for item in old.measurements}
    for item in new.measurements:
        other = known.get(item.name)
        if other is None:
            continue
        ratio = item.seconds / other.seconds if other.seconds else math.inf
        # Overlapping runs say nothing: only a median outside all runs of the other is called a change.
        changed = min(item.runs) > max(other.runs) or max(item.runs) < min(other.runs)
        remark = ("slower" if ratio > 1 else "faster") if changed and abs(ratio - 1) > 0.05 else ""
        if item.verdict != other.verdict:
            remark = f"verdict was {other.verdict}, is {item.verdict}"
        size = str(item.size) if item.size else ""
        rows.append((item.series, size, _time(other.seconds), _time(item.seconds), f"x{ratio:.2f}", remark))
    return _aligned(rows)


def _growth(before: Measurement, item: Measurement) -> str:
    if min(before.seconds, item.seconds, before.size) <= 0 or item.size == before.size:
        return ""
    exponent = math.log(item.seconds / before.seconds) / math.log(item.size / before.size)
    return f"n^{exponent:.1f}"


def _remark(item: Measurement) -> str:
    if item.problem:
        return item.problem
    remarks = [f"over {item.limit:.3g} s"] if item.limit is not None and item.seconds > item.limit else []
    if item.most_mb is not None and item.peak_mb > item.most_mb:
        remarks.append(f"over {item.most_mb:g} MB")
    return ", ".join(remarks)


def _time(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _aligned(rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return "\n".join(lines)
