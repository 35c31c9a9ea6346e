"""smp_mb__before_atomic() or __after_atomic() with no read-modify-write to order.

What it finds
    An smp_mb__before_atomic() that no read-modify-write operation follows in
    its thread, or an smp_mb__after_atomic() that none precedes, and that
    therefore orders nothing at all.

Why it is bad
    These two barriers make a read-modify-write that orders nothing by itself,
    such as atomic_inc(), into a full barrier on one side. They say nothing
    about other accesses. atomic_set() and atomic_read() are no
    read-modify-writes: they are WRITE_ONCE() and READ_ONCE() of an atomic_t.
    On some machines the barrier is a full one all the same, which hides the
    mistake; on others it is not even an instruction.

Example
    smp_store_release(cons, 1);
    smp_mb__before_atomic();
    atomic_set(busy, 0);            // may be visible before the release store

Write instead
    smp_store_release(cons, 1);
    atomic_set_release(busy, 0);    // or smp_wmb() and an atomic_set()

See Documentation/atomic_t.txt and Documentation/memory-barriers.txt in the
kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses import wording
from memmodel.analyses.effect import without_effect
from memmodel.analyses.finding import Finding, Level, Related
from memmodel.analyses.rules.rule import Rule
from memmodel.analyses.rules.subject import Subject
from memmodel.events.graph import Event, EventKind

_BEFORE, _AFTER = "before-atomic", "after-atomic"


def _check(subject: Subject) -> Iterator[Finding]:
    if not subject.seen_through:
        return
    for fences in subject.instructions:
        tags = fences[0].tags
        if fences[0].kind is not EventKind.FENCE or tags.isdisjoint((_BEFORE, _AFTER)):
            continue
        if any(_operations(subject, fence) for fence in fences):
            continue
        if without_effect(subject.bounds, subject.model, fences):
            yield _finding(subject, fences[0])


def _operations(subject: Subject, fence: Event) -> bool:
    """Whether there is a read-modify-write on the side that the fence speaks about."""
    side = subject.after(fence) if _BEFORE in fence.tags else subject.before(fence)
    return any("RMW" in event.tags for event in side)


def _finding(subject: Subject, fence: Event) -> Finding:
    before = _BEFORE in fence.tags
    side = subject.after(fence) if before else subject.before(fence)
    beside = next((event for event in side if event.kind is not EventKind.FENCE), None)
    name = wording.code(fence.span)
    where = "after" if before else "before"
    title = f"{name} orders nothing here: no read-modify-write comes {where} it"
    related: tuple[Related, ...] = ()
    instead = "use smp_mb(), smp_wmb(), or a release or acquire access"
    if beside is not None and beside.span is not None:
        related = (Related(f"this is {wording.noun(beside)}, not a read-modify-write", beside.span),)
        title = f"{name} orders nothing here: {wording.noun(beside)} is not a read-modify-write"
        if before and beside.kind is EventKind.WRITE:
            called = wording.macro(beside.span) or ""
            release = f"{called}_release()" if called.endswith("_set") else "a release store"
            instead = f"use {release}, or smp_wmb() or smp_mb()"
        elif not before and beside.kind is EventKind.READ:
            instead = "use an acquire load, or smp_rmb() or smp_mb()"
    return Finding("MM101", Level.WARNING, title, instead, fence.span, related)


RULE = Rule("MM101", "barrier-without-rmw", __doc__ or "", _check)
