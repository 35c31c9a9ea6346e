"""A release store whose readers order nothing after their read.

What it finds
    A store-release of a variable that other threads do read, but only with
    reads that order nothing after them: no acquire, no barrier, no
    dependency.

Why it is bad
    A release says that whoever sees the store also sees what came before it.
    That takes a reader that looks at the rest only after it has seen the
    store. If no reader does, the release costs a barrier on weakly ordered
    machines and gives nothing, and the ordering that was meant is missing.

Example
    WRITE_ONCE(*data, 1);           r0 = READ_ONCE(*ready);
    smp_store_release(ready, 1);    r1 = READ_ONCE(*data);  // may be read first

Write instead
    WRITE_ONCE(*data, 1);           r0 = smp_load_acquire(ready);
    smp_store_release(ready, 1);    r1 = READ_ONCE(*data);

What it does not say
    Nothing where another thread writes the variable too, where the storing
    thread writes it more than once, or where no other thread reads it: a
    release can order writes against writes as well, and the reader may be
    code that the test leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses import wording
from memmodel.analyses.finding import Finding, Level, Related
from memmodel.analyses.rules._separation import separates
from memmodel.analyses.rules.rule import Rule
from memmodel.analyses.rules.subject import Subject, is_lock, orders
from memmodel.events.graph import Event, EventKind


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.graph.cuts:
        return
    for stores in subject.instructions:
        store = stores[0]
        if store.kind is not EventKind.WRITE or "release" not in store.tags or "RMW" in store.tags:
            continue
        readers = _readers(subject, store) if len(stores) == 1 else ()
        if readers and not _passes_on(subject, store):
            yield _finding(subject, store, readers)


def _readers(subject: Subject, store: Event) -> tuple[Event, ...]:
    """The reads of other threads that may see the store, if they are all that else happens to the variable and none of
    them comes before anything.

    What is ordered before the store is of use only to whom the store leads: along reads-from to those readers, along
    coherence to other writes (there are none), or within its own thread (see `_passes_on`).
    """
    others = [other for other in subject.accesses(subject.cells((store,))) if other is not store]
    if any(o.thread == store.thread or o.kind is EventKind.WRITE or is_lock(o) for o in others):
        return ()
    if any(_leads_on(subject, read) for read in others):
        return ()
    return tuple(others)


def _leads_on(subject: Subject, read: Event) -> bool:
    """Whether anything of its thread may be ordered after the read."""
    if "acquire" in read.tags or "RMW" in read.tags or read.id in subject.dependencies_from:
        return True
    return any(orders(other) or "release" in other.tags or is_lock(other) for other in subject.after(read))


def _passes_on(subject: Subject, store: Event) -> bool:
    """Whether the order may be of use within the store's own thread: something after the store is ordered after it by
    other means, which need not order what comes before the store; or the store keeps a compiler from mixing
    accesses."""
    return separates(subject, store) or any(
        orders(other) or "release" in other.tags or is_lock(other) for other in subject.after(store)
    )


def _finding(subject: Subject, store: Event, readers: tuple[Event, ...]) -> Finding:
    name = wording.code(store.span)
    related = tuple(Related("read here, with nothing ordered after it", r.span) for r in readers if r.span is not None)
    line = f" ({related[0].span.where})" if len(related) == 1 else ""
    who = "its one reader orders" if len(readers) == 1 else f"none of its {len(readers)} readers orders"
    title = f"release without effect: {who} nothing after the read{line}"
    message = f"read with smp_load_acquire(), or store with WRITE_ONCE() if no order is meant; {name} has no partner"
    return Finding("MM105", Level.WARNING, title, message, store.span, related)


RULE = Rule("MM105", "release-without-acquire", __doc__ or "", _check)
