"""smp_wmb() without a write on both sides.

What it finds
    An smp_wmb() that no write of its thread precedes, or that none follows.

Why it is bad
    smp_wmb() orders writes before it against writes after it, and nothing
    else. With only reads on one side it orders nothing: the ordering that was
    meant is missing.

Example
    r0 = READ_ONCE(*data);
    smp_wmb();
    WRITE_ONCE(*done, 1);           // may become visible before data is read

Write instead
    r0 = READ_ONCE(*data);
    smp_store_release(done, 1);     // or smp_mb() in the place of smp_wmb()

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
    advice = "a release store or smp_mb() orders a read before a write"
    yield from one_sided(subject, "MM103", "wmb", _write, "write", advice)


def _write(event: Event) -> bool:
    return event.kind is EventKind.WRITE


RULE = Rule("MM103", "write-barrier-without-writes", __doc__ or "", _check)
