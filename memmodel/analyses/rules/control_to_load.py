"""A branch leaned on to order a load before a later load.

What it finds
    A read that decides a branch, and in that branch a read of another
    variable that the outcome needs to come after it; and an execution in
    which it came first. With an ordering between the two this execution would
    be forbidden.

Why it is bad
    A control dependency orders a read before later writes, not before later
    reads: the processor predicts the branch and reads ahead, and the compiler
    may do so too.

Example
    r0 = READ_ONCE(*ready);
    if (r0) {
            r1 = READ_ONCE(*data);  // may be read before ready
    }

Write instead
    r0 = smp_load_acquire(ready);   // or smp_rmb() inside the branch
    if (r0) {
            r1 = READ_ONCE(*data);
    }

See the section on control dependencies of Documentation/memory-barriers.txt
in the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses import wording
from memmodel.analyses.finding import Finding, Level, Related
from memmodel.analyses.rules._orders import forbidding
from memmodel.analyses.rules.rule import Rule
from memmodel.analyses.rules.subject import Subject, is_lock
from memmodel.events.graph import Event, EventKind


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.bad is None or not subject.graph.ctrl:
        return
    events, executed = subject.graph.events, subject.bad.execution.executed
    pairs = [
        (events[item.source], events[item.target])
        for item in subject.graph.ctrl
        if executed >> item.source & 1 and executed >> item.target & 1
    ]
    pairs = [pair for pair in pairs if _loads(*pair)]
    orders = forbidding(subject) if pairs else None
    if orders is None:
        return
    reported: set[tuple[object, object]] = set()
    for first, second in pairs:
        key = (first.span, second.span)
        if key not in reported and orders.happens_before(second.id, first.id):
            reported.add(key)
            yield _finding(first, second)


def _loads(first: Event, second: Event) -> bool:
    """Whether both are marked reads that the primitives themselves leave unordered."""
    if second.kind is not EventKind.READ or is_lock(second) or is_lock(first):
        return False
    return bool(first.tags and second.tags)


def _finding(first: Event, second: Event) -> Finding:
    branch = f"the branch on {wording.code(first.span)}"
    line = f" ({first.span.where})" if first.span else ""
    title = f"{wording.code(second.span)} can be read first: {branch}{line} orders no loads"
    message = "use smp_load_acquire() for the first, or smp_rmb() between the two"
    related = (Related("the read that decides the branch", first.span),) if first.span else ()
    return Finding("MM107", Level.WARNING, title, message, second.span, related)


RULE = Rule("MM107", "control-dependency-to-load", __doc__ or "", _check)
