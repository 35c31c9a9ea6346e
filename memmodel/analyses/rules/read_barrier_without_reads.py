"""smp_rmb() without a read on both sides.

What it finds
    An smp_rmb() that no read of its thread precedes, or that none follows.

Why it is bad
    smp_rmb() orders reads before it against reads after it, and nothing else.
    With a store on either side it orders nothing: the ordering that was meant
    is missing. The read of a read-modify-write that returns no value, such as
    atomic_inc(), does not count.

Example
    r0 = READ_ONCE(*ready);
    smp_rmb();
    WRITE_ONCE(*ack, 1);            // may become visible before ready is read

Write instead
    r0 = smp_load_acquire(ready);
    WRITE_ONCE(*ack, 1);            // or smp_mb() in the place of smp_rmb()

See Documentation/memory-barriers.txt in the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses.finding import Finding
from memmodel.analyses.rules._sides import one_sided
from memmodel.analyses.rules.rule import Rule
from memmodel.analyses.rules.subject import Subject
from memmodel.events.graph import Event, EventKind


def _check(subject: Subject) -> Iterator[Finding]:
    advice = "an acquire load or smp_mb() orders a read before a write"
    yield from one_sided(subject, "MM102", "rmb", _read, "read", advice)


def _read(event: Event) -> bool:
    return event.kind is EventKind.READ and "noreturn" not in event.tags


RULE = Rule("MM102", "read-barrier-without-reads", __doc__ or "", _check)
