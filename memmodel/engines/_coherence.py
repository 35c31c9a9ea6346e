"""One cell at a time: the accesses to it go in, the ways to choose rf and co among them come out.

Where the model has the axioms, only coherent and atomic ways come out; else every way there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product

from memmodel.cat.terms import Check, CheckKind, Model, Op, Term
from memmodel.engines._traces import Access, Alive

Way = tuple[tuple[tuple[int, int], ...], tuple[int, ...]]
"""(rf as (write, read) pairs, co from the initial write on)."""


def is_coherent(model: Model) -> bool:
    """Whether an axiom of the model is acyclic(po-loc | rf | co | fr), or a stronger one of that form."""
    return any(c.kind is CheckKind.ACYCLIC and _has_coherence(_members(c.term)) for c in model.axioms if not c.negated)


def is_atomic(model: Model) -> bool:
    """Whether an axiom of the model is empty(rmw & (fre ; coe))."""
    return any(c.kind is CheckKind.EMPTY and _is_atomicity(c) for c in model.axioms if not c.negated)


def _members(term: Term) -> list[Term]:
    """The relations whose union `term` is."""
    return [m for arg in term.args for m in _members(arg)] if term.op is Op.UNION else [term]


def _names(term: Term) -> frozenset[str]:
    """The base relations whose intersection `term` is; empty if it is something else."""
    if term.op is Op.BASE:
        return frozenset((term.name,))
    if term.op is Op.INTER:
        parts = [_names(arg) for arg in term.args]
        return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset()


def _has_coherence(members: list[Term]) -> bool:
    names = {_names(member) for member in members}
    program_order = frozenset(("po",)) in names or frozenset(("po", "loc")) in names
    return program_order and all(frozenset((name,)) in names for name in ("rf", "co", "fr"))


def _is_atomicity(check: Check) -> bool:
    if check.term.op is not Op.INTER or len(check.term.args) != 2:
        return False
    pair, path = check.term.args
    if path.op is not Op.SEQ:
        pair, path = path, pair
    steps = [_names(step) for step in path.args]
    return _names(pair) == {"rmw"} and path.op is Op.SEQ and steps == [{"fr", "ext"}, {"co", "ext"}]


def ways(
    initial: Access, threads: Sequence[tuple[Access, ...]], coherent: bool, atomic: bool, alive: Alive
) -> list[Way]:
    """All ways to order the writes of one cell, `initial` first, and to say where each read reads from. `threads` holds
    each thread's accesses to the cell in program order."""
    found: list[Way] = []
    for order in _coherent_orders(initial, threads, atomic) if coherent else _orders(initial, threads):
        alive()
        place = {write.event: position for position, write in enumerate(order)}
        if coherent:
            choices = [list(_coherent_reads(thread, order, place, atomic)) for thread in threads]
        else:
            choices = [list(_reads(thread, order)) for thread in threads]
        co = tuple(write.event for write in order)
        for choice in product(*choices):
            found.append((tuple(pair for part in choice for pair in part), co))
    return found


def _orders(initial: Access, threads: Sequence[tuple[Access, ...]]) -> Iterator[tuple[Access, ...]]:
    """Every order of the writes."""
    for order in permutations(a for thread in threads for a in thread if a.write):
        yield (initial, *order)


def _reads(thread: tuple[Access, ...], order: Sequence[Access]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every choice of a write with the right value for each read of a thread."""
    sources = [[(write.event, a.event) for write in order if _fits(write, a)] for a in thread if not a.write]
    return product(*sources)


def _fits(write: Access, read: Access) -> bool:
    return read.type.wrap(write.value) == read.value


def _coherent_orders(
    initial: Access, threads: Sequence[tuple[Access, ...]], atomic: bool
) -> Iterator[tuple[Access, ...]]:
    """The orders of the writes that keep each thread's own order; a read-modify-write's write stands right behind a
    write that its read could have read."""
    reads = {a.event: a for thread in threads for a in thread if not a.write}
    writes = [[a for a in thread if a.write] for thread in threads]

    def go_on(order: list[Access], taken: list[int]) -> Iterator[tuple[Access, ...]]:
        done = True
        for number, own in enumerate(writes):
            if taken[number] == len(own):
                continue
            done = False
            write = own[taken[number]]
            # Between the halves of a read-modify-write no write of another thread may come, and none of its own can.
            read = reads.get(write.partner) if atomic and write.partner is not None else None
            if read is not None and not _fits(order[-1], read):
                continue
            taken[number] += 1
            order.append(write)
            yield from go_on(order, taken)
            order.pop()
            taken[number] -= 1
        if done:
            yield tuple(order)

    return go_on([initial], [0] * len(writes))


def _coherent_reads(
    thread: tuple[Access, ...], order: Sequence[Access], place: dict[int, int], atomic: bool
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Where a thread's reads may read from under coherence: never from before what the thread wrote or read earlier,
    and never from its own next write or later."""
    limit = len(order)
    limits: list[int] = []
    for access in reversed(thread):
        if access.write:
            limit = place[access.event]
        limits.append(limit)
    limits.reverse()

    def go_on(number: int, low: int, chosen: tuple[tuple[int, int], ...]) -> Iterator[tuple[tuple[int, int], ...]]:
        if number == len(thread):
            yield chosen
            return
        access = thread[number]
        if access.write:
            yield from go_on(number + 1, place[access.event], chosen)
            return
        if atomic and access.partner is not None:
            low = max(low, limits[number] - 1)
        for position in range(low, limits[number]):
            if _fits(order[position], access):
                yield from go_on(number + 1, position, (*chosen, (order[position].event, access.event)))

    return go_on(0, 0, ())
