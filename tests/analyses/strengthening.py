"""A litmus test's text in, every single edit that could strengthen it out: by hand-written substitutions, which share
nothing with the search for fixes that they are held against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STATEMENT = re.compile(r"^\t+(?=[^\s}].*(?:;|\{)\s*$)(?!int |\} |else)", re.MULTILINE)
_STRONGER = (
    (re.compile(r"\bREAD_ONCE\(\*([^()]+)\)"), "smp_load_acquire({0})", "READ_ONCE", "smp_load_acquire"),
    (re.compile(r"\bWRITE_ONCE\(\*([^(),]+),"), "smp_store_release({0},", "WRITE_ONCE", "smp_store_release"),
    (re.compile(r"\batomic_set\("), "atomic_set_release(", "atomic_set", "atomic_set_release"),
    (re.compile(r"\batomic_read\("), "atomic_read_acquire(", "atomic_read", "atomic_read_acquire"),
    (re.compile(r"\bsmp_wmb\("), "smp_mb(", "smp_wmb", "smp_mb"),
    (re.compile(r"\bsmp_rmb\("), "smp_mb(", "smp_rmb", "smp_mb"),
    (re.compile(r"\bbarrier\("), "smp_wmb(", "barrier", "smp_wmb"),
    (re.compile(r"\bbarrier\("), "smp_rmb(", "barrier", "smp_rmb"),
    (re.compile(r"\bbarrier\("), "smp_mb(", "barrier", "smp_mb"),
    (re.compile(r"\bsmp_mb__before_atomic\("), "smp_mb(", "smp_mb__before_atomic", "smp_mb"),
    (re.compile(r"\bsmp_mb__after_atomic\("), "smp_mb(", "smp_mb__after_atomic", "smp_mb"),
)
_MODIFY = re.compile(r"\b((?:atomic_)?(?:cmp)?xchg)_(relaxed|acquire|release)\(")


@dataclass(frozen=True)
class Strengthening:
    """`before` and `after` name the forms; `before` is empty where a barrier is inserted."""

    text: str
    before: str
    after: str


def strengthenings(text: str) -> Iterator[Strengthening]:
    """Each barrier before each statement, and each primitive one step stronger or more."""
    first = re.search(r"^P0\s*\(", text, re.MULTILINE)
    last = re.search(r"^(exists|forall|~exists|locations)", text, re.MULTILINE)
    assert first is not None and last is not None
    for place in _STATEMENT.finditer(text, first.start(), last.start()):
        for barrier in ("smp_mb", "smp_wmb", "smp_rmb"):
            new = f"{text[: place.start()]}\t{barrier}();\n{text[place.start() :]}"
            yield Strengthening(new, "", barrier)
    for pattern, replacement, before, after in _STRONGER:
        for m in pattern.finditer(text, first.start(), last.start()):
            new = text[: m.start()] + replacement.format(*m.groups()) + text[m.end() :]
            yield Strengthening(new, before, after)
    for m in _MODIFY.finditer(text, first.start(), last.start()):
        for suffix in {"relaxed": ("_acquire", "_release", "")}.get(m[2], ("",)):
            new = f"{text[: m.start()]}{m[1]}{suffix}({text[m.end() :]}"
            yield Strengthening(new, f"{m[1]}_{m[2]}", f"{m[1]}{suffix}")
