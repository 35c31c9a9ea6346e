"""A decided file with an unexpected verdict in, the cheapest change that would answer it out."""

from __future__ import annotations

import time
from collections.abc import Mapping

from memmodel.analyses.advice import Fix
from memmodel.analyses.as_diagnostic import as_changes
from memmodel.analyses.costs import Architecture
from memmodel.analyses.fix import fix
from memmodel.analyses.subject import Subject
from memmodel.diagnostic import Change
from memmodel.engines.programs import program_of
from memmodel.engines.run import Decided, primitives_of
from memmodel.program.ir import Program

_RECHECK = 2.0
"""Seconds for the second engine on the changed text."""


def of(decided: Decided) -> tuple[tuple[Change, ...], str]:
    """The changes, verified, and what they are in a sentence; nothing where no barrier helps. Raises OutOfTime, and
    Unsupported for what cannot be searched."""
    task = decided.task
    primitives = primitives_of(task.options.model)

    def again(texts: Mapping[str, str]) -> Program:
        return program_of(task, primitives, texts).lowered.program

    subject = Subject(
        decided.opened.source,
        decided.opened.lowered.program,
        primitives,
        decided.model,
        task.options.unroll,
        min(decided.deadline, time.monotonic() + task.options.timeout),
        again,
    )
    report = fix(subject, Architecture.ARM64, 1, _RECHECK)
    if not report.fixes:
        return (), ""
    return as_changes(report.fixes[0].edits), _sentence(report.fixes[0])


def _sentence(found: Fix) -> str:
    """`smp_wmb() before line 20; and line 19: atomic_set_release() instead of atomic_set()`."""
    said = []
    for change in found.changes:
        site, name = change.site, change.form.name
        where = site.span.where if site.span is not None else "the access"
        if site.insertion:
            said.append(f"{name}() before {where}")
        else:
            said.append(f"{where}: {name}() instead of {f'{site.form.name}()' if site.form.name else 'a plain access'}")
    return "; and ".join(said)
