"""Comparisons in, text for people or one JSON object out."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence

from memmodel import __version__
from memmodel.analyses.compare import Change, Comparison, bad
from memmodel.diagnostic import Diagnostic, Place
from memmodel.records import dataclass
from memmodel.reports.json_values import Json
from memmodel.reports.states import line, ordered
from memmodel.result import FileReport, State

WIDTH = 80
_INDENT = " " * 4

SHOWN = 12
"""States listed of each kind; the JSON has all."""


@dataclass(frozen=True)
class Compared:
    """All of a run: the pairs, and the files that only one side has."""

    comparisons: Sequence[Comparison]
    only_old: Sequence[str]
    only_new: Sequence[str]
    seconds: float


def text(run: Compared) -> str:
    """A block for each pair that differs, a line for each that does not, and a summary."""
    lines: list[str] = []
    for item in run.comparisons:
        lines += _comparison(item)
    lines += [f"only in OLD  {path}" for path in run.only_old]
    lines += [f"only in NEW  {path}" for path in run.only_new]
    counts = Counter(item.change for item in run.comparisons)
    parts = ", ".join(f"{counts[change]} {change.value}" for change in Change if counts[change])
    tests = "1 test" if len(run.comparisons) == 1 else f"{len(run.comparisons)} tests"
    lines.append(f"{tests} compared: {parts} in {run.seconds:.2f} s")
    return "".join(f"{item.rstrip()}\n" for item in lines)


def _comparison(item: Comparison) -> list[str]:
    lines = [f"{item.change.value:<11} {_verdicts(item):<22} {item.name}"]
    if item.change is Change.SAME:
        return lines
    if item.new.condition and not item.new.code:
        lines += _wrapped(item.new.condition)
    lines += [part for sentence in item.worse for part in _wrapped(f"NEW is worse: {sentence}")]
    reached = bad(item.new)
    if reached and bad(item.old) is None and item.worse:
        lines += _wrapped(f"for example {line(ordered([reached])[0])}", 2)
    lines += [part for sentence in item.better for part in _wrapped(f"no longer in NEW: {sentence}")]
    lines += _states("gained", item.gained) + _states("lost", item.lost)
    lines += [part for found in item.warnings_gained for part in _warning("new", found)]
    lines += [part for found in item.warnings_lost for part in _warning("gone", found)]
    lines += [part for sentence in item.redundant for part in _wrapped(sentence)]
    lines += [part for note in item.notes for part in _wrapped(note)]
    return lines


def _verdicts(item: Comparison) -> str:
    old, new = _verdict(item.old), _verdict(item.new)
    return old if old == new else f"{old} → {new}"


def _verdict(report: FileReport) -> str:
    return report.observation.value if report.observation else report.outcome.value


def _states(how: str, states: tuple[State, ...] | None) -> list[str]:
    if not states:
        return []
    lines = [f"{_INDENT}{len(states)} {'state' if len(states) == 1 else 'states'} {how}:"]
    lines += [f"{_INDENT}  {line(state)}" for state in ordered(states)[:SHOWN]]
    if len(states) > SHOWN:
        lines.append(f"{_INDENT}  and {len(states) - SHOWN} more")
    return lines


def _warning(how: str, found: Diagnostic) -> list[str]:
    where = f"{_line(found.place)}: " if found.place else ""
    return _wrapped(f"{how} warning: {where}{found.message} [{found.code}]")


def _line(place: Place) -> str:
    """The line; in C, where a program has several files, the file too."""
    if place.file.endswith((".c", ".h")):
        return f"{place.file.rpartition('/')[2]}:{place.line}"
    return f"line {place.line}"


def _wrapped(words: str, more: int = 0) -> list[str]:
    indent = _INDENT + " " * more
    return textwrap.wrap(
        words, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def as_json(run: Compared) -> str:
    """One object: `comparisons`, and the files that have no partner."""
    return json.dumps(
        {
            "memmodel": __version__,
            "comparisons": [_entry(item) for item in run.comparisons],
            "only_old": list(run.only_old),
            "only_new": list(run.only_new),
        },
        indent=1,
        ensure_ascii=False,
    )


def _entry(item: Comparison) -> Mapping[str, Json]:
    return {
        "name": item.name,
        "change": item.change.value,
        "old": _version(item.old),
        "new": _version(item.new),
        "worse": list(item.worse),
        "better": list(item.better),
        "states_gained": _listed(item.gained),
        "states_lost": _listed(item.lost),
        "flags_gained": list(item.flags_gained),
        "flags_lost": list(item.flags_lost),
        "warnings_gained": [f"{found.code}: {found.message}" for found in item.warnings_gained],
        "warnings_lost": [f"{found.code}: {found.message}" for found in item.warnings_lost],
        "redundant": list(item.redundant),
        "notes": list(item.notes),
    }


def _listed(states: tuple[State, ...] | None) -> Json:
    return None if states is None else [dict(state) for state in ordered(states)]


def _version(report: FileReport) -> Mapping[str, Json]:
    reached = bad(report)
    return {
        "file": report.file,
        "observation": report.observation.value if report.observation else None,
        "outcome": report.outcome.value,
        "flags": list(report.flags),
        "bad": dict(reached) if reached is not None else None,
        "reason": report.reason,
    }
