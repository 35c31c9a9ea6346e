"""A function as it is written in, out the barriers of atomic operations that stand beside something else.

smp_mb__before_atomic() orders what comes before it with the next read-modify-write and what comes after that;
smp_mb__after_atomic() is its mirror image. The access right beside the barrier, on the side that it speaks about, is
what it was written for. If that is an atomic_set() or another mere load or store, it is not ordered by the barrier,
whatever comes before and after, here or in callers: in the model every pair that these barriers give goes through a
read-modify-write on their far side of which the access would have to be the far end, and the access is nearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from memmodel.analyses.finding import Edit
from memmodel.analyses.review.calls import calls
from memmodel.analyses.review.definitions import Part
from memmodel.analyses.review.edits import removal, renaming
from memmodel.analyses.review.ordering import Ordering, ordering
from memmodel.analyses.review.statements import Statement, runs
from memmodel.frontends.c.alone.beginnings import Kind as Defined
from memmodel.program.primitives import DEFAULT
from memmodel.program.strengths import Kind
from memmodel.records import dataclass

_BEFORE, _AFTER = "smp_mb__before_atomic", "smp_mb__after_atomic"


@dataclass(frozen=True, eq=False)
class Beside:
    """A barrier, and the load or store that it does not order. `before`: the barrier comes first."""

    barrier: Statement
    access: Statement
    before: bool

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same while lines move."""
        return self.barrier.text, self.access.text

    @property
    def name(self) -> str:
        """The access, as one speaks of it."""
        if self.access.call is not None:
            return f"{self.access.call.name}()"
        return "a plain store"


def beside(part: Part) -> tuple[Beside, ...]:
    """The barriers whose next statement (or the one before) is a load or store and calls nothing else."""
    return tuple(found for run in runs(part) for found in _in_run(run))


def _in_run(run: tuple[Statement, ...]) -> Iterator[Beside]:
    for at, statement in enumerate(run):
        name = next(iter(statement.fence.like), "") if statement.fence is not None else ""
        if name == _BEFORE and at + 1 < len(run) and _accesses(run[at + 1], Kind.STORE):
            yield Beside(statement, run[at + 1], True)
        elif name == _AFTER and at > 0 and (_accesses(run[at - 1], Kind.STORE) or _accesses(run[at - 1], Kind.LOAD)):
            yield Beside(statement, run[at - 1], False)


def _accesses(statement: Statement, kind: Kind) -> bool:
    """Whether a statement is a mere load or store of memory."""
    call = statement.call
    if call is not None:
        one = len(call.like) == 1 and next(iter(call.like)) != "smp_store_mb" and DEFAULT.find(*call.like) is not None
        return statement.bare and call.kind is kind and one and call.place is not None
    if kind is not Kind.STORE or statement.calls or statement.words.count("=") != 1:
        return False
    left = statement.words[: statement.words.index("=")]
    return "->" in left or left[:1] == ("*",)


def by_text(part: Part, found: Iterable[Beside]) -> frozenset[int]:
    """Where those barriers begin on whose side no read-modify-write is called in the text of the function, nor in the
    macros and functions of its file that it calls."""
    known = {other.name: other for other in part.code.parts if other.kind in (Defined.FUNCTION, Defined.MACRO)}
    operations = [call.at for call in calls(part, known) if _modifies(call.ordering)]
    return frozenset(
        one.barrier.span.start
        for one in found
        if not any((at > one.barrier.span.start) == one.before for at in operations)
    )


def _modifies(does: Ordering) -> bool:
    like = (ordering(name) for name in does.like)
    return does.kind is Kind.MODIFY or any(one is not None and one.kind is Kind.MODIFY for one in like)


def edits(found: Beside) -> tuple[Edit, ...]:
    """What to write instead: a release store or acquire load without the barrier, where there is one by that name;
    else a full barrier."""
    name = _ordered(found)
    if name is None or found.access.call_span is None:
        return (Edit(found.barrier.span, "smp_mb()"),)
    return (*removal(found.barrier.span), *renaming(found.access, name))


def _ordered(found: Beside) -> str | None:
    """The form of the access that orders on the side on which the barrier does not."""
    call = found.access.call
    if call is None or (found.before != (call.kind is Kind.STORE)):
        return None
    if call.name in ("WRITE_ONCE", "READ_ONCE"):
        return "smp_store_release" if found.before else "smp_load_acquire"
    name = call.name + ("_release" if found.before else "_acquire")
    return name if DEFAULT.find(name) is not None else None


def instead(found: Beside) -> str:
    """The same in words."""
    name = _ordered(found)
    if name is None:
        return "write smp_mb() for a full barrier"
    side, other = ("before", "after") if found.before else ("after", "before")
    return f"write {name}() for the order with what comes {side} it, or smp_mb() if what comes {other} it counts too"


def orders_itself(found: Beside) -> bool:
    """Whether the access orders on the barrier's side what the barrier does not."""
    call = found.access.call
    tail = "_release" if found.before else "_acquire"
    return call is not None and call.name.endswith(tail)
