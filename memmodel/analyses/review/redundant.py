"""A function as it is written in, its barriers that order nothing which a neighbour does not order as well, out.

What is said holds for every execution of every caller, so it leans on nothing but neighbours: statements that are
always executed together, with no other access between. Say F is the barrier and G its neighbour, a is any access before
both and b any one after both, in this function or around it. There are five cases, and in each the model puts into its
relations without F every pair that it puts there because of F (the names are those of lkmm.cat):

1.  G is a barrier at least as strong, before or after F. What F orders is some a before F with some b after F. Nothing
    is accessed between F and G, so a comes before G too and b after it, and G orders whatever F does: if F gives a pair
    to `wmb` or `rmb`, G gives it to the same or to `mb`; if F gives it to `mb`, alone or together with a
    read-modify-write before or after it, then so does a G that is smp_mb(); and both part accesses for the compiler.

2.  G is a fully ordered read-modify-write that always writes (atomic_fetch_add(), xchg(), not cmpxchg()), before or
    after F, that reads no other memory to find its place or its operand. `mb` has the pairs of what precedes G with
    what follows it, of what precedes it with its read (po ; [Mb & R]) and, as its read precedes it, with its write; and
    of its write (and, through that, its read) with what follows. These are all that F can order there.

3.  G is smp_store_mb(), before F: it ends with a full barrier, which is case 1.

4.  F is smp_wmb(), G is a barrier at least as strong after it, and between them are release stores only. F orders
    earlier writes with the release stores, which `po-rel` does as well, wherever the model has wmb; and with later
    writes, which G does.

5.  F is a release store right behind a G that is a full barrier or as in case 2, or an acquire load right before one,
    and works out its place and its value without reading memory. All that `po-rel` orders before the store, and that
    `acq-po` orders behind the load, G orders with it in `mb`. The access itself stays, as WRITE_ONCE() or READ_ONCE().

An smp_wmb() before a release store alone is in none of these: the writes after the store, the caller's for one, are
ordered by the barrier and not by the release. For the same reason nothing is said of a barrier whose neighbour is
weaker, or is not executed on every path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from memmodel.analyses.review.definitions import Part
from memmodel.analyses.review.statements import Statement, runs
from memmodel.frontends.c.primitives import extended
from memmodel.program.primitives import DEFAULT, Action
from memmodel.program.strengths import Kind, Power
from memmodel.records import dataclass

BARRIERS = frozenset(
    ("smp_mb", "smp_rmb", "smp_wmb", "smp_mb__before_atomic", "smp_mb__after_atomic", "smp_mb__after_spinlock")
)
"""The barriers that may be called redundant: they order accesses to memory and do nothing else. mb() and dma_wmb()
speak to devices, too."""

RELAXED = {"smp_store_release": "WRITE_ONCE", "smp_load_acquire": "READ_ONCE"} | {
    f"{prefix}_{name}_{suffix}": f"{prefix}_{name}"
    for prefix in ("atomic", "atomic64", "atomic_long")
    for name, suffix in (("set", "release"), ("read", "acquire"))
}
"""The ordered accesses that may be called redundant, and what they would be without their order."""

_MB = frozenset(("mb",))
_ALWAYS = (Action.EXCHANGE, Action.OPERATE_RETURN, Action.FETCH_OPERATE)


@dataclass(frozen=True, eq=False)
class Redundant:
    """A barrier, or an ordered access, and the neighbour that orders all that it does."""

    barrier: Statement
    neighbour: Statement

    @property
    def access(self) -> bool:
        """Whether it is no barrier but an access that could be a relaxed one."""
        return self.barrier.fence is None

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same while lines move."""
        return self.barrier.text, self.neighbour.text


def redundant(part: Part) -> tuple[Redundant, ...]:
    """The redundant barriers of a function, each with the nearest such neighbour, in the order of the text. Of two
    that are equally strong it is the second."""
    return tuple(found for run in runs(part) for found in _in_run(run))


def _in_run(run: tuple[Statement, ...]) -> Iterator[Redundant]:
    for at, statement in enumerate(run):
        if statement.fence is None or statement.fence.name not in BARRIERS:
            yield from _access(run, at)
            continue
        before = next(_covering(statement, reversed(run[:at]), False), None)
        after = next(_covering(statement, run[at + 1 :], True), None) if before is None else None
        neighbour = before or after
        if neighbour is not None:
            yield Redundant(statement, neighbour)


def _covering(statement: Statement, others: Iterable[Statement], after: bool) -> Iterator[Statement]:
    """The nearest statement that orders all that a fence does, of those on one side of it, the nearest first."""
    fence = statement.fence
    assert fence is not None
    crossed = False
    for other in others:
        if other.fence is not None:
            stronger, equal = other.fence.at_least(fence), fence.at_least(other.fence)
            if stronger and not (after and equal and not crossed):
                yield other
                return
        elif not crossed and (_always_full(other) or (not after and _ends_full(other))):
            yield other
            return
        elif after and fence.name == "smp_wmb" and _releases(other):
            crossed = True
        else:
            return


def _access(run: tuple[Statement, ...], at: int) -> Iterator[Redundant]:
    """The statement as a release store behind a full barrier, or an acquire load before one."""
    statement = run[at]
    call = statement.call
    if call is None or call.name not in RELAXED or not statement.bare:
        return
    store = call.kind is Kind.STORE
    beside = run[at - 1 : at] if store else run[at + 1 : at + 2]
    reads = any(statement.touches_memory(number) for number in range(len(statement.arguments)))
    for other in beside:
        full = other.fence is not None and other.fence.powers is not None and Power.EVERYTHING in other.fence.powers
        if (full or _always_full(other) or (store and _ends_full(other))) and not (store and reads):
            yield Redundant(statement, other)


def _always_full(statement: Statement) -> bool:
    """Whether it is a fully ordered read-modify-write that cannot fail, and no other access."""
    if statement.call is None or not statement.bare or statement.call.kind is not Kind.MODIFY:
        return False
    primitive = extended(DEFAULT).find(statement.call.name)
    if primitive is None or len(primitive.steps) != 1:
        return False
    step = primitive.steps[0]
    if step.action not in _ALWAYS or step.guard is not None or step.tags.read != _MB or step.tags.write != _MB:
        return False
    return not any(statement.touches_memory(number) for number in range(len(statement.arguments)))


def _ends_full(statement: Statement) -> bool:
    """Whether its last step is a full barrier."""
    primitive = extended(DEFAULT).find(statement.call.name) if statement.call is not None else None
    if primitive is None or not statement.bare or statement.target:
        return False
    last = primitive.steps[-1]
    return len(primitive.steps) > 1 and last.action is Action.FENCE and last.tags.write == _MB


def _releases(statement: Statement) -> bool:
    """Whether it is a release store and no other write. rcu_assign_pointer() of NULL is a mere store."""
    call = statement.call
    if call is None or not statement.bare or call.kind is not Kind.STORE or call.powers is None:
        return False
    writes = any(statement.writes_in(number) for number in range(len(statement.arguments)))
    return Power.RELEASE in call.powers and call.like != {"rcu_assign_pointer"} and not writes
