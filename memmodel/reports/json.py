"""File reports in, one JSON object out: the format that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Mapping

from memmodel import __version__
from memmodel.diagnostic import Change, Diagnostic, Severity
from memmodel.reports import Run, machines
from memmodel.reports.diagnostic import render
from memmodel.reports.json_values import Json, dumps
from memmodel.result import FileReport, Mishap


class JsonWriter:
    """Everything at the end, so that the output is one valid document, also after an interruption."""

    def file(self, report: FileReport) -> str:
        return ""

    def complaints(self, report: FileReport) -> str:
        return complaints(report)

    def end(self, run: Run) -> str:
        results = ",\n  ".join(dumps(as_json(report)) for report in run.reports)
        head = f'{{"memmodel": {json.dumps(__version__)}, "results": ['
        return f"{head}\n  {results}]}}\n" if results else f"{head}]}}\n"


def complaints(report: FileReport) -> str:
    """Errors and warnings for whoever watches, since nobody reads JSON."""
    told = (item for item in report.diagnostics if item.severity is not Severity.NOTE and item.suppressed is None)
    return "".join(render(item) for item in told)


def as_json(report: FileReport) -> Mapping[str, Json]:
    """One entry of `results`. `states` and `witnesses` are there when they were asked for and found, `warnings` where
    a rule has something to say, `suppressed` where the text asks that it is not told, `suggestion` where a change was
    asked for and found, `assertions` and `faults` for C programs, `says` for variants of scenarios. `changed` is how it
    differs from a baseline."""
    entry: dict[str, Json] = {
        "file": report.file,
        "name": report.name,
        "model": report.model,
        "engine": report.engine,
        "quantifier": report.quantifier.value if report.quantifier else None,
        "observation": report.observation.value if report.observation else None,
        "expected": report.expected,
        "outcome": report.outcome.value,
        "flags": list(report.flags),
    }
    if report.states is not None:
        entry["states"] = [dict(state) for state in report.states]
    if report.positive is not None and report.negative is not None:
        entry["witnesses"] = {"positive": report.positive, "negative": report.negative}
    if report.says:
        entry["says"] = report.says
    if report.code:
        entry["assertions"] = [_mishap(item) for item in report.assertions]
        entry["faults"] = [_mishap(item) for item in report.faults]
    if report.changed:
        entry["changed"] = list(report.changed)
    entry["reason"] = report.reason
    coded = [item for item in report.diagnostics if item.code is not None]
    if warnings := [_warning(item) for item in coded if item.suppressed is None]:
        entry["warnings"] = warnings
    if suppressed := [{**_warning(item), "why": item.suppressed} for item in coded if item.suppressed is not None]:
        entry["suppressed"] = suppressed
    if report.remedy or report.changes:
        entry["suggestion"] = {"remedy": report.remedy, "edits": [_edit(change) for change in report.changes]}
    if report.machines:
        entry.update(machines.as_object(report))
    entry["seconds"] = round(report.seconds, 4)
    if report.cached:
        entry["cached"] = True
    return entry


def _mishap(item: Mishap) -> Mapping[str, Json]:
    place = item.place
    return {
        "message": item.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _warning(item: Diagnostic) -> Mapping[str, Json]:
    return {
        "code": item.code,
        "line": item.place.line if item.place else None,
        "column": item.place.column if item.place else None,
        "message": item.message,
        "hint": item.hint,
    }


def _edit(change: Change) -> Mapping[str, Json]:
    region = change.region
    place: Mapping[str, Json] = {
        "file": region.file,
        "line": region.line,
        "column": region.column,
        "end_line": region.end_line,
        "end_column": region.end_column,
    }
    return {"place": place, "replacement": change.replacement}
