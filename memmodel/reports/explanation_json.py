"""An explanation in, JSON values out: the same names as the text's, with lines and columns."""

from __future__ import annotations

from collections.abc import Mapping

from memmodel.analyses.explanation import Cause, Explanation, Gap, Missing, Place, Race, Reason, Refutation, Side, Story
from memmodel.reports.json_values import Json


def as_json(explanation: Explanation) -> Mapping[str, Json]:
    """One object. What was not found or not asked for is null."""
    return {
        "file": explanation.file,
        "name": explanation.name,
        "model": explanation.model,
        "condition": explanation.condition,
        "observation": explanation.observation or None,
        "outcome": explanation.outcome,
        "flags": list(explanation.flags),
        "title": explanation.title,
        "paragraphs": list(explanation.paragraphs),
        "witness": story_json(explanation.story) if explanation.story else None,
        "missing": _missing(explanation.missing) if explanation.missing else None,
        "refutation": _refutation(explanation.refutation) if explanation.refutation else None,
        "race": _race(explanation.race) if explanation.race else None,
        "states": [dict(state) for state in explanation.states] if explanation.states is not None else None,
    }


def _place(place: Place) -> Mapping[str, Json]:
    return {
        "thread": place.thread,
        "name": place.name,
        "code": place.code,
        **({"file": place.span.file.name} if place.span is not None and place.span.where[:5] != "line " else {}),
        "line": place.line,
        "column": place.span.column if place.span is not None and place.line is not None else None,
    }


def story_json(story: Story) -> Mapping[str, Json]:
    """An execution as data: its rows in order, the reordered pairs, the final state."""
    return {
        "steps": [
            {**_place(row.place), "effects": list(row.effects), "reordered": row.reordered} for row in story.rows
        ],
        "reordered": [
            {"first": _place(pair.first), "second": _place(pair.second), "kept": pair.kept} for pair in story.reordered
        ],
        "state": dict(story.state),
    }


def _missing(missing: Missing) -> Mapping[str, Json]:
    return {"cure": missing.cure.value, "gaps": [_gap(gap) for gap in missing.gaps]}


def _gap(gap: Gap) -> Mapping[str, Json]:
    return {
        "first": _place(gap.pair.first),
        "second": _place(gap.pair.second),
        "before": _place(gap.before),
        "elsewhere": gap.elsewhere,
        "because": gap.because,
        "remarks": list(gap.remarks),
        "seen": list(gap.around),
    }


def _refutation(refutation: Refutation) -> Mapping[str, Json]:
    return {
        "complete": refutation.complete,
        "thin_air": refutation.thin_air,
        "reasons": [_reason(reason) for reason in refutation.reasons],
    }


def _reason(reason: Reason) -> Mapping[str, Json]:
    return {
        "axiom": reason.axiom,
        "cycle": reason.closed,
        "single_variable": reason.by_itself,
        "edges": [
            {
                "first": _place(edge.first),
                "second": _place(edge.second),
                "relation": edge.relation,
                "sentence": edge.sentence,
                "causes": [_cause(cause) for cause in edge.causes],
            }
            for edge in reason.edges
        ],
        "pairings": [{"left": _cause(pair.left), "right": _cause(pair.right)} for pair in reason.pairings],
    }


def _cause(cause: Cause) -> Mapping[str, Json]:
    return {"text": cause.text, "place": _place(cause.place) if cause.place is not None else None}


def _race(race: Race) -> Mapping[str, Json]:
    return {
        "accesses": [_side(side) for side in (race.first, race.second)],
        "others": race.others,
        "marking_helps": race.marking,
        "missing": _missing(race.missing),
    }


def _side(side: Side) -> Mapping[str, Json]:
    return {**_place(side.place), "kind": side.kind, "marked": side.marked}
