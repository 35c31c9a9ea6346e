"""A litmus test in, the same with barriers taken away or weakened out: by hand-written substitutions, which share
nothing with the audit that they are held against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.events.graph import INITIAL, EventKind
from memmodel.events.unroll import unroll
from memmodel.program.ir import Quantifier
from memmodel.program.load import load
from memmodel.result import Observation, Result
from memmodel.source import SourceFile

_FENCE = re.compile(
    r"\b(smp_mb|smp_wmb|smp_rmb|barrier|smp_mb__before_atomic|smp_mb__after_atomic|smp_mb__after_spinlock"
    r"|smp_mb__after_unlock_lock|smp_mb__after_srcu_read_unlock)\s*\(\s*\)\s*;"
)
_ACQUIRE = re.compile(r"\bsmp_load_acquire\((&?)([^()]+)\)")
_RELEASE = re.compile(r"\bsmp_store_release\((&?)([^(),]+),")
_ASSIGN = re.compile(r"\brcu_assign_pointer\(")
_SUFFIXED = re.compile(
    r"\b((?:atomic(?:64|_long)?_)?(?:try_)?(?:cmp)?xchg|atomic_(?:fetch_)?(?:add|sub|inc|dec)_return"
    r"|atomic_fetch_(?:add|sub|inc|dec|or|and|xor))(_acquire|_release)?\("
)
_ATOMIC = re.compile(r"\b(atomic_(?:long_|64_)?(?:read_acquire|set_release))\(")


@dataclass(frozen=True)
class Weakening:
    """What stands from `start` to `end` becomes `text`."""

    start: int
    end: int
    line: int
    text: str


def weakenings(text: str) -> list[Weakening]:
    """Each ordering primitive in its weakest form that leaves accesses marked, in the order of the text."""
    body = re.search(r"^P0\s*\(", text, re.MULTILINE)
    assert body is not None
    found = [Weakening(start, end, text.count("\n", 0, start) + 1, new) for start, end, new in _all(text, body.start())]
    return sorted(found, key=lambda item: item.start)


def _all(text: str, first: int) -> Iterator[tuple[int, int, str]]:
    for m in _FENCE.finditer(text, first):
        yield m.start(), m.end(), ";"
    for m in _ACQUIRE.finditer(text, first):
        yield m.start(), m.end(), f"READ_ONCE({m[2]})" if m[1] else f"READ_ONCE(*{m[2]})"
    for m in _RELEASE.finditer(text, first):
        yield m.start(), m.end(), f"WRITE_ONCE({m[2]}," if m[1] else f"WRITE_ONCE(*{m[2]},"
    for m in _ASSIGN.finditer(text, first):
        yield m.start(), m.end(), "WRITE_ONCE("
    for m in _SUFFIXED.finditer(text, first):
        yield m.start(), m.end(), f"{m[1]}_relaxed("
    for m in _ATOMIC.finditer(text, first):
        yield m.start(), m.end(), m[1].rsplit("_", 1)[0] + "("


def weakened(text: str, *items: Weakening) -> str:
    for item in sorted(items, key=lambda w: w.start, reverse=True):
        text = text[: item.start] + item.text + text[item.end :]
    return text


def decided(text: str, name: str = "test") -> Result:
    graph = unroll(load(SourceFile(name, text)).program)
    return SmtEngine().run(graph, models.load("lkmm").model, Request(timeout=60))


def accesses(text: str) -> int:
    """Reads and writes of the threads, a read-modify-write counted as two."""
    graph = unroll(load(SourceFile("test", text)).program)
    return sum(e.thread != INITIAL and e.kind is not EventKind.FENCE for e in graph.events)


def as_good(text: str, before: Result) -> bool:
    """Whether the text's verdict is the wanted one, with no flag and no fault that `before` does not have."""
    result = decided(text)
    quantifier = load(SourceFile("test", text)).program.quantifier
    wanted = Observation.ALWAYS if quantifier is Quantifier.FORALL else Observation.NEVER
    return (
        result.observation is wanted
        and result.flags <= before.flags
        and len(result.faults) <= len(before.faults)
        and len(result.failed_assertions) <= len(before.failed_assertions)
        and (before.cut or not result.cut)
    )
