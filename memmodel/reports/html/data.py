"""A file's report in, what the page shows of it out: a line of the index, and the details, as plain JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from memmodel.analyses.outcomes import diagnostics
from memmodel.diagnostic import Diagnostic, Place, Step
from memmodel.picture import Box, Edge, Picture
from memmodel.reports import machines
from memmodel.reports.graph import svg
from memmodel.reports.html.changed import changed_lines
from memmodel.reports.json_values import Json
from memmodel.reports.states import ordered
from memmodel.result import FileReport, State

Object = Mapping[str, Json]


def summary(report: FileReport) -> Object:
    """What the index shows, sorts and searches."""
    return {
        "file": report.file,
        "name": report.name,
        "model": report.model,
        "outcome": report.outcome.value,
        "observation": report.observation.value if report.observation else "",
        "codes": sorted({item.code for item in diagnostics(report) if item.code is not None}),
        "flags": list(report.flags),
        "reason": report.reason or report.says,
        "seconds": round(report.seconds, 3),
        "cached": report.cached,
    }


def details(report: FileReport, commands: Sequence[str]) -> Object:
    """All that the page shows of one file. `commands`: what to type to see it again."""
    told = diagnostics(report)
    picture = report.picture
    return {
        "expected": _expected(report),
        "condition": report.condition,
        "engine": report.engine,
        "digest": report.digest,
        "says": report.says,
        "changed": list(report.changed),
        "bounded": report.bounded,
        "diagnostics": [_diagnostic(item) for item in told],
        "states": _states(report.states),
        "witness": _state(report.witness),
        "counterexample": _state(report.counterexample),
        "executions": None if report.positive is None else [report.positive, report.negative],
        "remedy": report.remedy,
        "diff": [
            {"sign": line.sign, "file": line.file, "line": line.number, "text": line.text}
            for line in changed_lines(report.changes, picture.sources if picture else ())
        ],
        "steps": [_step(step) for step in report.steps],
        "picture": drawn(picture) if picture is not None else None,
        "commands": list(commands),
        **({"machines": _machines(report)} if report.machines else {}),
    }


def _machines(report: FileReport) -> Object:
    """Columns as the table of `check --arch` has them, what they mean, and an execution, as lines."""
    names = [item.architecture for item in report.machines]
    where, _ = machines.shown_on(report.machines)
    return {
        "cells": [list(pair) for pair in zip(names, machines.cells(report).split(), strict=True)],
        "observable": report.observable,
        "notes": list(machines.notes(report.machines)),
        "where": where,
        "execution": list(machines.execution(report.machines)[2:]),
    }


def drawn(picture: Picture) -> Object:
    """A picture: drawn already, and the data that the viewer needs to speak about it."""
    return {
        "graph": svg.fragment(picture),
        "caption": picture.caption,
        "allowed": picture.allowed,
        "axiom": picture.axiom,
        "threads": list(picture.threads),
        "boxes": [_box(box) for box in picture.boxes],
        "edges": [_edge(edge) for edge in picture.edges],
        "sources": [{"file": one.file, "first": one.first, "lines": list(one.lines)} for one in picture.sources],
        "state": _state(picture.state),
    }


def _expected(report: FileReport) -> str:
    return f"{report.expected or ''}{' with a data race' if report.race_expected else ''}".strip()


def _box(box: Box) -> Object:
    return {
        "thread": box.thread,
        "code": box.code,
        "effects": list(box.effects),
        "event": box.event,
        "file": box.file,
        "line": box.line,
        "step": box.step,
        "reordered": box.reordered,
    }


def _edge(edge: Edge) -> Object:
    return {
        "relation": edge.relation,
        "first": edge.first,
        "second": edge.second,
        "rule": edge.rule,
        "cycle": edge.cycle,
    }


def _diagnostic(item: Diagnostic) -> Object:
    return {
        "severity": item.severity.value,
        "code": item.code or "",
        "message": item.message,
        "hint": item.hint or "",
        "place": _place(item.place),
        "related": [{"label": one.label, "place": _place(one.place)} for one in item.related],
        "suppressed": item.suppressed,
    }


def _step(step: Step) -> Object:
    return {
        "thread": step.thread,
        "text": step.text,
        "place": _place(step.place),
        "reordered": step.reordered,
    }


def _place(place: Place | None) -> Json:
    if place is None:
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "excerpt": place.excerpt,
        "caret": place.caret,
    }


def _states(states: Iterable[State] | None) -> Json:
    """Each state as pairs of label and value; None where nobody asked for them."""
    return None if states is None else [_pairs(state) for state in ordered(states)]


def _state(state: State | None) -> Json:
    return None if state is None else _pairs(ordered([state])[0])


def _pairs(state: State) -> Json:
    return [[label, value] for label, value in state]
