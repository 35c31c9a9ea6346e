"""An operation that failed, leaned on as if it were ordered.

What it finds
    A cmpxchg(), atomic_add_unless(), spin_trylock() or the like that fails in
    the outcome that the test asks about, and accesses around it that come out
    of order. With the ordering that the operation has when it succeeds, this
    execution would be forbidden.

Why it is bad
    A conditional operation that fails gives no ordering, whatever its name
    promises: a failed cmpxchg() or cmpxchg_acquire() is one relaxed read, a
    failed spin_trylock() too.

Example
    r0 = cmpxchg_acquire(owner, 0, 1);
    if (r0 != 0) {                  // failed
            r1 = READ_ONCE(*data);  // may be read before owner
    }

Write instead
    r0 = cmpxchg_acquire(owner, 0, 1);
    if (r0 != 0) {
            smp_rmb();              // or smp_mb(), before a store
            r1 = READ_ONCE(*data);
    }

See Documentation/atomic_t.txt in the kernel: operations that fail are
unordered.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses import wording
from memmodel.analyses.finding import Finding, Level, Related
from memmodel.analyses.rules._orders import Orders, forbidding
from memmodel.analyses.rules.rule import Rule
from memmodel.analyses.rules.subject import Subject
from memmodel.events.graph import Event, EventKind


def _check(subject: Subject) -> Iterator[Finding]:
    failed = _failed(subject)
    orders = forbidding(subject) if failed else None
    if orders is None:
        return
    reported: set[object] = set()
    for read in failed:
        if read.span in reported:
            continue
        pair = _unordered(subject, read, orders)
        if pair is not None:
            reported.add(read.span)
            yield _finding(read, *pair)


def _failed(subject: Subject) -> list[Event]:
    """The reads of conditional operations that did not write in the bad execution."""
    if subject.bad is None:
        return []
    executed = subject.bad.execution.executed
    succeeded = {read for read, write in subject.graph.rmw if executed >> write & 1}
    return [
        event
        for event in subject.graph.events
        if event.kind is EventKind.READ
        and executed >> event.id & 1
        and event.id not in succeeded
        and not event.tags.isdisjoint(("RMW", "LF"))
    ]


def _unordered(subject: Subject, read: Event, orders: Orders) -> tuple[Event, Event] | None:
    """Two accesses that the operation would have ordered in a way that forbids the execution."""
    assert subject.bad is not None
    executed = subject.bad.execution.executed
    siblings = [e for e in subject.graph.events if e.span == read.span and e.thread == read.thread]
    tags = frozenset().union(*(event.tags for event in siblings))
    own = {event.id for event in siblings}

    def accesses(side: Iterator[Event]) -> list[Event]:
        # Only marked ones: what the compiler does with plain accesses is another story.
        found = (e for e in side if e.kind is not EventKind.FENCE and e.tags and e.id not in own)
        return [event for event in found if executed >> event.id & 1]

    after = accesses(subject.after(read))
    if not tags.isdisjoint(("acquire", "mb", "LKR")):
        for second in after:
            if orders.happens_before(second.id, read.id):
                return read, second
    if "mb" in tags:
        for first in accesses(subject.before(read)):
            for second in (read, *after):
                if orders.happens_before(second.id, first.id) or orders.propagates(second.id, first.id):
                    return first, second
    return None


def _finding(read: Event, first: Event, second: Event) -> Finding:
    name = wording.code(read.span)
    line = second.span.where if second.span else ""
    if first is read:
        title = f"a failed {_call(read)} orders nothing: {wording.code(second.span)} ({line}) can come first"
    elif second is read:
        title = f"a failed {_call(read)} orders nothing: it can come before {wording.code(first.span)}"
    else:
        title = f"a failed {_call(read)} is no barrier between {_at(first)} and {_at(second)}"
    related = tuple(
        Related(label, event.span)
        for label, event in (("the earlier access", first), ("the later access", second))
        if event is not read and event.span is not None
    )
    message = f"add smp_rmb() or smp_mb() on the path where {name} fails"
    return Finding("MM108", Level.WARNING, title, message, read.span, related)


def _call(read: Event) -> str:
    called = wording.macro(read.span)
    return f"{called}()" if called else wording.code(read.span)


def _at(event: Event) -> str:
    return event.span.where if event.span else "an access"


RULE = Rule("MM108", "failed-operation-as-barrier", __doc__ or "", _check)
