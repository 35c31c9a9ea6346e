"""File reports in, one JSON object out: the format that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from memmodel import __version__
from memmodel.diagnostic import Diagnostic, Severity
from memmodel.reports import Run
from memmodel.reports.diagnostic import render
from memmodel.result import FileReport, Mishap

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class JsonWriter:
    """Everything at the end, so that the output is one valid document, also after an interruption."""

    def file(self, report: FileReport) -> str:
        return ""

    def complaints(self, report: FileReport) -> str:
        return "".join(render(item) for item in report.diagnostics if item.severity is not Severity.NOTE)

    def end(self, run: Run) -> str:
        results = ",\n  ".join(json.dumps(as_json(report), ensure_ascii=False) for report in run.reports)
        head = f'{{"memmodel": {json.dumps(__version__)}, "results": ['
        return f"{head}\n  {results}]}}\n" if results else f"{head}]}}\n"


def as_json(report: FileReport) -> Mapping[str, Json]:
    """One entry of `results`. `states` and `witnesses` are there when they were asked for and found, `warnings` where
    a rule has something to say, `assertions` and `faults` for C programs, `says` for variants of scenarios."""
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
    entry["reason"] = report.reason
    warnings = [_warning(item) for item in report.diagnostics if item.code is not None]
    if warnings:
        entry["warnings"] = warnings
    entry["seconds"] = round(report.seconds, 4)
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
