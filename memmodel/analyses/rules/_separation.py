"""An access in, whether it parts a plain write from a marked access of the same variable out."""

from __future__ import annotations

from memmodel.analyses.rules.subject import Subject
from memmodel.events.graph import Event, EventKind


def separates(subject: Subject, event: Event) -> bool:
    """Whether some cell is accessed both before and after `event` in its thread, or by it and elsewhere, with a plain
    write among those accesses: then what `event` is tagged with decides whether a compiler may mix them."""
    before = [other for other in subject.before(event) if other.kind is not EventKind.FENCE]
    after = [other for other in subject.after(event) if other.kind is not EventKind.FENCE]
    shared = subject.cells((*before, event)) & subject.cells((*after, event)) - subject.cells((event,))
    shared |= subject.cells((event,)) & (subject.cells(before) | subject.cells(after))
    return any(
        not other.tags and other.kind is EventKind.WRITE and subject.ranges.addresses[other.id] & shared
        for other in (*before, event, *after)
    )
