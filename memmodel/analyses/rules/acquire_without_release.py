"""An acquire load whose writers order nothing before their store.

What it finds
    A load-acquire of a variable that other threads do write, but only with
    stores that nothing is ordered before: no release, no barrier, no
    dependency.

Why it is bad
    An acquire says that what follows happens after the store that was seen.
    That helps only if what the storing thread did earlier is ordered before
    its store. If no writer sees to that, the acquire costs a barrier on
    weakly ordered machines and gives nothing, and the ordering that was meant
    is missing.

Example
    WRITE_ONCE(*data, 1);           r0 = smp_load_acquire(ready);
    WRITE_ONCE(*ready, 1);          r1 = READ_ONCE(*data);  // may read the old

Write instead
    WRITE_ONCE(*data, 1);           r0 = smp_load_acquire(ready);
    smp_store_release(ready, 1);    r1 = READ_ONCE(*data);

What it does not say
    Nothing where the loading thread accesses the variable elsewhere, or where
    no other thread writes it: the writer may be code that the test leaves
    out.
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
    for loads in subject.instructions:
        load = loads[0]
        if load.kind is not EventKind.READ or "acquire" not in load.tags or "RMW" in load.tags:
            continue
        writers = _writers(subject, load) if len(loads) == 1 else ()
        if writers and not _passes_on(subject, load):
            yield _finding(load, writers)


def _writers(subject: Subject, load: Event) -> tuple[Event, ...]:
    """The writes of other threads that the load may see, if nothing is ordered before any of them.

    What the load is ordered before is of use only to what leads to the load: along reads-from from those writes,
    or within its own thread (see `_passes_on`).
    """
    cells = subject.cells((load,))
    others = [other for other in subject.accesses(cells) if other is not load]
    if any(other.thread == load.thread or is_lock(other) for other in others):
        return ()
    writers = tuple(other for other in others if other.kind is EventKind.WRITE)
    return () if any(_led_to(subject, write, cells) for write in writers) else writers


def _led_to(subject: Subject, write: Event, cells: frozenset[int]) -> bool:
    """Whether anything of its thread may be ordered before the write."""
    if "release" in write.tags or "RMW" in write.tags or write.id in subject.dependencies_to:
        return True
    return any(
        orders(other) or "acquire" in other.tags or is_lock(other) or subject.ranges.addresses[other.id] & cells
        for other in subject.before(write)
    )


def _passes_on(subject: Subject, load: Event) -> bool:
    """Whether the order may be of use within the load's own thread: something before the load is ordered before it by
    other means, which need not order what comes after the load; or the load keeps a compiler from mixing accesses."""
    if load.id in subject.dependencies_to or separates(subject, load):
        return True
    return any(orders(other) or "acquire" in other.tags or is_lock(other) for other in subject.before(load))


def _finding(load: Event, writers: tuple[Event, ...]) -> Finding:
    name = wording.code(load.span)
    related = tuple(Related("written here, with nothing ordered before it", w.span) for w in writers if w.span)
    line = f" ({related[0].span.where})" if len(related) == 1 else ""
    who = "its one writer orders" if len(writers) == 1 else f"none of its {len(writers)} writers orders"
    title = f"acquire without effect: {who} nothing before the store{line}"
    message = f"store with smp_store_release(), or load with READ_ONCE() if no order is meant; {name} has no partner"
    return Finding("MM106", Level.WARNING, title, message, load.span, related)


RULE = Rule("MM106", "acquire-without-release", __doc__ or "", _check)
