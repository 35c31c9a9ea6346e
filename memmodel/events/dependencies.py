"""Which reads a value or a branch rests on: from operands and conditions, sets of (read, when) come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from memmodel.events.terms import FALSE, TRUE, Term, both, conjunction, either, negate, operation
from memmodel.program.ir import Operator
from memmodel.program.types import IntType
from memmodel.records import dataclass, field

Sources = Mapping[int, Term]
"""Read event → the condition (BOOL) under which it is a source. Never changed in place."""

NONE: Sources = {}


def union(*parts: Sources) -> Sources:
    """All sources of `parts`."""
    filled = [part for part in parts if part]
    if not filled:
        return NONE
    result = filled[0]
    for part in filled[1:]:
        if part is result or part.items() <= result.items():
            continue
        merged = dict(result)
        for event, condition in part.items():
            known = merged.get(event)
            merged[event] = condition if known is None else either(known, condition)
        result = merged
    return result


def under(condition: Term, sources: Sources) -> Sources:
    """`sources`, where `condition` holds besides."""
    if condition is TRUE or not sources:
        return sources
    return {event: both(condition, when) for event, when in sources.items()}


Literals = Sequence[frozenset[Term]]
"""For each event, BOOLs that hold wherever it is executed."""


def merge(condition: Term, then: Sources, otherwise: Sources, implied: Literals) -> Sources:
    """The sources where control comes together again: those of `then` under `condition`, those of `otherwise` under
    its negation. What a read's own execution implies is not said again."""
    if then is otherwise or then == otherwise:
        return then
    opposite = negate(condition)
    merged: dict[int, Term] = {}
    for event in {**then, **otherwise}:
        one, other = then.get(event), otherwise.get(event)
        if one is not None and one is other:
            merged[event] = one
            continue
        known = implied[event]
        when = _limited(condition, one, known)
        if other is not None:
            also = _limited(opposite, other, known)
            when = also if one is None else either(when, also)
        merged[event] = when
    return merged


def _limited(literal: Term, part: Term | None, known: frozenset[Term]) -> Term:
    """`part` where `literal` holds besides, unless it is known to."""
    if part is None:
        return FALSE
    if literal in known or part is literal:
        return part
    return literal if part is TRUE else both(literal, part)


@dataclass(frozen=True)
class Local:
    """What a local variable holds: its value, the reads that it was computed from, and the reads that decided whether
    it was assigned. The latter make no data or address dependency, but what branches on the local is controlled by
    them too: `if (a) b = 1; if (b) …` lets a control the last arm when it was a that set b."""

    term: Term
    data: Sources = field(default_factory=dict)
    control: Sources = field(default_factory=dict)


Locals = dict[str, Local]
"""A thread's local variables by name."""


def merge_locals(condition: Term, then: Local, otherwise: Local, implied: Literals) -> Local:
    """The local where control comes together again: `then` under `condition`, else `otherwise`."""
    if then == otherwise:
        return then
    one, other = same_type(then.term, otherwise.term)
    return Local(
        operation(Operator.ITE, (condition, one, other), one.type),
        merge(condition, then.data, otherwise.data, implied),
        merge(condition, then.control, otherwise.control, implied),
    )


def same_type(one: Term, other: Term) -> tuple[Term, Term]:
    """Both terms in the wider of their types, so that they fit into one ITE."""
    if one.type == other.type:
        return one, other
    wide: IntType = max(one.type, other.type, key=lambda t: (t.width, t.signed))
    return operation(Operator.CAST, (one,), wide), operation(Operator.CAST, (other,), wide)


@dataclass(frozen=True)
class Step:
    """One decision on the way to an instruction: `literal` (BOOL) must hold, and `sources` decided it."""

    literal: Term
    sources: Sources = field(default_factory=dict)


Path = tuple[Step, ...]
"""The decisions that lead to an instruction, outermost first: it is executed where all their literals hold."""


def guard_of(path: Path) -> Term:
    """The conjunction of the path's literals."""
    return conjunction(step.literal for step in path)


def control_of(path: Path) -> Sources:
    """The reads that control what lies at the end of `path`."""
    return union(*(step.sources for step in path))


def control_beside(paths: Iterable[Path]) -> Sources:
    """The reads that control what is executed only where none of `paths` was taken: each decision counts where it
    was reached."""
    parts: list[Sources] = []
    for path in paths:
        reached = TRUE
        for step in path:
            parts.append(under(reached, step.sources))
            reached = both(reached, step.literal)
    return union(*parts)
