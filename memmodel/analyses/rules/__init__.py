"""A decided program in, warnings with stable codes out: one module for each rule, whose docstring documents it."""

from __future__ import annotations

from memmodel.analyses.finding import Finding
from memmodel.analyses.rules import (
    acquire_without_release,
    barrier_without_lock,
    barrier_without_rmw,
    control_to_load,
    failed_operation,
    read_barrier_without_reads,
    release_without_acquire,
    write_barrier_without_writes,
)
from memmodel.analyses.rules.rule import Rule
from memmodel.analyses.rules.subject import Subject

RULES: tuple[Rule, ...] = (
    barrier_without_rmw.RULE,
    read_barrier_without_reads.RULE,
    write_barrier_without_writes.RULE,
    barrier_without_lock.RULE,
    release_without_acquire.RULE,
    acquire_without_release.RULE,
    control_to_load.RULE,
    failed_operation.RULE,
)
"""In the order of their codes."""


def find(code: str) -> Rule | None:
    """The rule with this code or name, in any case."""
    wanted = code.lower()
    return next((rule for rule in RULES if wanted in (rule.code.lower(), rule.name)), None)


def inspect(subject: Subject) -> tuple[Finding, ...]:
    """What the rules have to say, in the order of the text. Nothing under a model that is not the kernel's."""
    if not subject.speaks_of_kernel:
        return ()
    found = [finding for rule in RULES for finding in rule.check(subject)]
    return tuple(
        sorted(
            found,
            key=lambda item: (item.span.file.name if item.span else "", item.span.start if item.span else 0, item.code),
        )
    )
