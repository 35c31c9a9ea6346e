"""smp_mb__after_spinlock() and its like without the operation they are made for.

What it finds
    An smp_mb__after_spinlock() before which its thread takes no lock; an
    smp_mb__after_unlock_lock() before which it does not release one and then
    take one; an smp_mb__after_srcu_read_unlock() before which it leaves no
    sleepable critical section.

Why it is bad
    Each of these barriers completes the ordering of the operation that it is
    named for. Without it they order nothing, whatever machine instruction
    they become.

Example
    WRITE_ONCE(*x, 1);
    smp_mb__after_spinlock();
    r0 = READ_ONCE(*y);             // may be read before x is written

Write instead
    WRITE_ONCE(*x, 1);
    smp_mb();
    r0 = READ_ONCE(*y);

See Documentation/memory-barriers.txt and include/linux/spinlock.h in the
kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses import wording
from memmodel.analyses.effect import without_effect
from memmodel.analyses.finding import Finding, Level
from memmodel.analyses.rules.rule import Rule
from memmodel.analyses.rules.subject import Subject
from memmodel.events.graph import Event, EventKind

_NEEDS = (
    ("after-spinlock", ("LKW",), "its thread takes no lock before it"),
    ("after-unlock-lock", ("LKR", "UL"), "its thread does not release a lock and take one before it"),
    ("after-srcu-read-unlock", ("srcu-unlock",), "no srcu_read_unlock() comes before it"),
)
"""The tag of a fence; the tags that events before it must have; what is said where none has."""


def _check(subject: Subject) -> Iterator[Finding]:
    if not subject.seen_through:
        return
    for fences in subject.instructions:
        for tag, needed, reason in _NEEDS:
            if fences[0].kind is not EventKind.FENCE or tag not in fences[0].tags:
                continue
            if any(_preceded(subject, fence, needed) for fence in fences):
                continue
            if without_effect(subject.bounds, subject.model, fences):
                title = f"{wording.code(fences[0].span)} orders nothing here: {reason}"
                yield Finding("MM104", Level.WARNING, title, "use smp_mb() for a full barrier", fences[0].span)


def _preceded(subject: Subject, fence: Event, needed: tuple[str, ...]) -> bool:
    """Whether events with these tags come before the fence. The unlock of the last may be another thread's."""
    before = list(subject.before(fence))
    return any(needed[0] in event.tags for event in before) and (
        len(needed) == 1 or any(needed[1] in event.tags for event in before)
    )


RULE = Rule("MM104", "barrier-without-lock", __doc__ or "", _check)
