"""The name of a macro or function in, what it does to the order of memory accesses out: from the tables of primitives.

What the package's own headers build from primitives (set_bit, smp_cond_load_acquire, mutex_lock …) counts as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from memmodel.analyses.review.definitions import Code, Part
from memmodel.frontends.c.alone.beginnings import Kind as Defined
from memmodel.frontends.c.atomic_functions import builtins
from memmodel.frontends.c.primitives import extended
from memmodel.frontends.c.text.includes import LIBRARY
from memmodel.program.ir import Flavour
from memmodel.program.primitives import DEFAULT, Action, Primitive, Reference, Step
from memmodel.program.strengths import MARKED, Form, Kind, Power, family
from memmodel.records import dataclass, replace
from memmodel.source import SourceFile


@dataclass(frozen=True)
class Ordering:
    """What a name does. `powers`: what it gives, as the lattice of strengths has it; None where that is not one thing:
    locks, functions of several steps. `like`: the documented primitives that it comes down to. `place`: which argument
    is the memory that it accesses, and how that is named."""

    name: str
    kind: Kind | None
    powers: frozenset[Power] | None
    like: frozenset[str]
    place: tuple[int, Reference] | None = None

    @property
    def orders(self) -> bool:
        """Whether it does more than keep the compiler from an access."""
        return self.powers is None or not self.powers <= MARKED

    def at_least(self, other: Ordering) -> bool | None:
        """Whether it gives all that another of its kind gives; None where the two do not compare."""
        if self.powers is None or other.powers is None or self.kind is not other.kind:
            return None
        return other.powers <= self.powers


def ordering(name: str) -> Ordering | None:
    """What `name` does; None if it does nothing to the order of accesses."""
    return _table().get(name)


_BY_TAG = {"once": "_relaxed", "noreturn": "_relaxed", "acquire": "_acquire", "release": "_release", "mb": ""}
_KINDS = {Action.LOAD: Kind.LOAD, Action.STORE: Kind.STORE, Action.FENCE: Kind.FENCE}


@cache
def _table() -> Mapping[str, Ordering]:
    found = {primitive.name: _of(primitive) for primitive in extended(DEFAULT)}
    found |= {name: Ordering(name, None, None, frozenset((name,))) for name in builtins() if name not in found}
    return found | {name: item for name, item in _built(found).items() if name not in found}


def _of(primitive: Primitive) -> Ordering:
    known = DEFAULT.find(primitive.name) or _documented().get(_meaning(primitive), primitive)
    form = _form(known)
    like = frozenset((known.name,))
    places = [step.place for step in primitive.steps if step.place is not None]
    place = (places[0].argument.index, places[0].reference) if places else None
    kind = _KINDS.get(primitive.steps[0].action, Kind.MODIFY)
    if primitive.steps[0].action is Action.LOCK:
        return Ordering(primitive.name, None, None, like, place)
    return Ordering(primitive.name, kind, form.powers if form is not None else None, like, place)


Meaning = tuple[tuple[Step, ...], object]


def _meaning(primitive: Primitive) -> Meaning:
    """What it is to the kernel's model, whatever architectures make of it."""
    return tuple(replace(step, flavour=Flavour.USUAL) for step in primitive.steps), primitive.test


@cache
def _documented() -> Mapping[Meaning, Primitive]:
    """The documented primitives, the first of each meaning."""
    found: dict[Meaning, Primitive] = {}
    for primitive in DEFAULT:
        found.setdefault(_meaning(primitive), primitive)
    return found


def _form(primitive: Primitive) -> Form | None:
    """The form that the lattice has for a primitive; of a read-modify-write that it lacks, one with the same tags."""
    known = family(primitive.name)
    if known is not None:
        return known.form(primitive.name)
    tags = {tag for step in primitive.steps for tag in (*step.tags.read, *step.tags.write)}
    exchanges = family("xchg")
    if len(tags) != 1 or exchanges is None or primitive.steps[0].action in (Action.FENCE, Action.LOCK):
        return None
    suffix = _BY_TAG.get(next(iter(tags)))
    return exchanges.form(f"xchg{suffix}") if suffix is not None else None


def _built(primitives: Mapping[str, Ordering]) -> dict[str, Ordering]:
    """What the package's headers define by way of primitives. Of what comes down to one of them, its powers."""
    parts: dict[str, Part] = {}
    for path in sorted((LIBRARY / "memmodel").glob("*.h")):
        code = Code(path.name, SourceFile(path.name, path.read_text(encoding="utf-8")))
        for part in code.parts:
            if part.kind in (Defined.FUNCTION, Defined.MACRO):
                parts.setdefault(part.name, part)
    uses = {name: _uses(part, parts, primitives, {name}) for name, part in parts.items()}
    return {name: _derived(name, [primitives[use] for use in sorted(found)]) for name, found in uses.items() if found}


def _uses(part: Part, parts: Mapping[str, Part], primitives: Mapping[str, Ordering], seen: set[str]) -> set[str]:
    """The primitives that a definition comes down to."""
    found: set[str] = set()
    for name in part.names - seen:
        if name in primitives:
            found.add(name)
        elif name in parts:
            found |= _uses(parts[name], parts, primitives, {*seen, name})
    return found


def _derived(name: str, uses: list[Ordering]) -> Ordering:
    first = uses[0]
    alike = all(use.kind is first.kind and use.powers == first.powers for use in uses)
    like = frozenset().union(*(use.like for use in uses))
    return Ordering(name, first.kind, first.powers, like) if alike else Ordering(name, None, None, like)
