"""Barriers that order accesses of one kind in, those that lack such accesses on a side out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from memmodel.analyses import wording
from memmodel.analyses.effect import without_effect
from memmodel.analyses.finding import Finding, Level, Related
from memmodel.analyses.rules.subject import Subject
from memmodel.events.graph import Event, EventKind


def one_sided(
    subject: Subject, code: str, tag: str, counts: Callable[[Event], bool], kind: str, advice: str
) -> Iterator[Finding]:
    """A finding for each fence with this tag that has accesses which count on one side at most and is without
    effect."""
    if not subject.seen_through:
        return
    for fences in subject.instructions:
        if fences[0].kind is not EventKind.FENCE or tag not in fences[0].tags:
            continue
        before = any(counts(other) for fence in fences for other in subject.before(fence))
        after = any(counts(other) for fence in fences for other in subject.after(fence))
        if (before and after) or not without_effect(subject.bounds, subject.model, fences):
            continue
        sides = "before or after" if not before and not after else "after" if before else "before"
        title = f"{wording.code(fences[0].span)} orders nothing here: no {kind} comes {sides} it"
        yield Finding(code, Level.WARNING, title, advice, fences[0].span, _neighbour(subject, fences[0], not after))


def _neighbour(subject: Subject, fence: Event, after: bool) -> tuple[Related, ...]:
    """The access on the side where another kind was needed, if there is one."""
    side = subject.after(fence) if after else subject.before(fence)
    other = next((event for event in side if event.kind is not EventKind.FENCE and event.span is not None), None)
    if other is None or other.span is None:
        return ()
    return (Related(f"this is {wording.noun(other)}", other.span),)
