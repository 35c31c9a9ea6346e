"""A finding in, the same as a diagnostic out: without spans, fit to leave the process and for any format to print."""

from __future__ import annotations

from memmodel.analyses.finding import Edit, Finding, Level, Step
from memmodel.diagnostic import Change, Diagnostic, Related, Severity, place, region
from memmodel.diagnostic import Step as PlacedStep

_SEVERITIES = {Level.ERROR: Severity.ERROR, Level.WARNING: Severity.WARNING, Level.NOTE: Severity.NOTE}


def as_diagnostic(finding: Finding) -> Diagnostic:
    """What a rule of `check` found. None of them changes an outcome, so that none is an error."""
    severity = _SEVERITIES[finding.level]
    related = ((one.label, place(one.span)) for one in finding.related)
    return Diagnostic(
        Severity.WARNING if severity is Severity.ERROR else severity,
        finding.title,
        place(finding.span),
        finding.message,
        finding.code,
        tuple(Related(label, where) for label, where in related if where is not None),
        tuple(as_placed(step) for step in finding.steps),
        as_changes(finding.edits),
    )


def as_placed(step: Step) -> PlacedStep:
    return PlacedStep(step.thread, step.text, place(step.span))


def as_changes(edits: tuple[Edit, ...]) -> tuple[Change, ...]:
    return tuple(Change(region(edit.span), edit.replacement) for edit in edits)
