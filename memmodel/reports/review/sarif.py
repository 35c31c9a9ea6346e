"""A review in, a SARIF 2.1.0 log out, for GitHub's code scanning and for editors.

There is one run, and a result for each remark; what the patches fix is no result, what was not looked at a
notification. Paths are relative to the top of the tree (`%SRCROOT%`), columns count code points. An execution is a code
flow with a thread flow for each of its threads, whose steps `executionOrder` puts in order.
"""

from __future__ import annotations

from collections.abc import Mapping

from memmodel.analyses.finding import Finding, Level, Related, Step
from memmodel.analyses.review.result import PatchReview, Remark, Review, Skipped
from memmodel.reports import sarif_parts as parts
from memmodel.reports.json_values import Json
from memmodel.reports.review.fingerprint import fingerprints
from memmodel.reports.review.json import dumps
from memmodel.reports.review.places import place, relative
from memmodel.reports.review.wording import called, instead, sentence
from memmodel.source import Span

FINGERPRINT = "memmodelRemark/v1"

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}

_Object = Mapping[str, Json]


def render(review: Review) -> str:
    """The whole log."""
    skipped: list[Json] = [_notification(item, review) for patch in review.patches for item in patch.skipped]
    run: _Object = {
        "tool": {"driver": parts.driver(review.rules)},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": skipped}],
        "originalUriBaseIds": {parts.ROOT: {"description": {"text": "The top directory of the tree."}}},
        "columnKind": parts.COLUMNS,
        "results": [result for patch in review.patches for result in _results(patch, review)],
        "properties": {"model": review.model},
    }
    return dumps(parts.log(run))


def _results(patch: PatchReview, review: Review) -> list[_Object]:
    prints = fingerprints(patch, review.tree)
    return [_result(remark, print_, patch, review) for remark, print_ in zip(patch.remarks, prints, strict=True)]


def _result(remark: Remark, print_: str, patch: PatchReview, review: Review) -> _Object:
    finding = remark.finding
    index = next((i for i, rule in enumerate(review.rules) if rule.code == finding.code), None)
    result: dict[str, Json] = {
        "ruleId": finding.code,
        **({"ruleIndex": index} if index is not None else {}),
        "level": _LEVELS[finding.level],
        "message": _message(remark),
        "locations": _locations(remark, patch, review),
        "partialFingerprints": {FINGERPRINT: print_},
        "properties": {"patch": called(patch), "patchLine": remark.line},
    }
    if finding.related:
        result["relatedLocations"] = [_related(other, i, review) for i, other in enumerate(finding.related, 1)]
    if finding.steps:
        result["codeFlows"] = [_flow(finding, review)]
    if finding.edits:
        result["fixes"] = [_fix(finding, review)]
    return result


def _message(remark: Remark) -> _Object:
    finding = remark.finding
    said = [sentence(finding.title), *([finding.message] if finding.message else [])]
    head, lines = instead(remark)
    markdown = [parts.markdown(part) for part in said]
    if finding.witness:
        markdown.append(parts.fenced("text", "\n".join(finding.witness)))
    if head:
        markdown.append("\n\n".join([head, *([parts.fenced("c", "\n".join(lines))] if lines else [])]))
    return {"text": parts.plain(" ".join(said)), "markdown": "\n\n".join(markdown)}


def _locations(remark: Remark, patch: PatchReview, review: Review) -> list[Json]:
    """The place of the finding; that of the patch's line where it has none; else the first file of the patch."""
    at = place(remark, patch.patch, review.tree)
    span = remark.finding.span
    if span is not None and at is not None and at[1] == span.line:
        return [_location(span, review)]
    if at is not None:
        return [parts.location(at[0], {"startLine": max(1, at[1])})]
    return [parts.location(change.path) for change in patch.patch.changes[:1]]


def _location(span: Span, review: Review) -> dict[str, Json]:
    return parts.location(relative(span.file.name, review.tree), _region(span))


def _region(span: Span) -> _Object:
    return parts.region(span.line, span.column, *span.file.position(span.end))


def _related(other: Related, number: int, review: Review) -> Json:
    return parts.related(number, _location(other.span, review), other.label)


def _flow(finding: Finding, review: Review) -> Json:
    return parts.flow(_step(step, review) for step in finding.steps)


def _step(step: Step, review: Review) -> parts.Flowing:
    return parts.Flowing(step.thread, step.text, _location(step.span, review) if step.span is not None else {})


def _fix(finding: Finding, review: Review) -> Json:
    edits = sorted(finding.edits, key=lambda edit: edit.span.start)
    changes = [
        parts.Replacing(relative(edit.span.file.name, review.tree), _region(edit.span), edit.replacement)
        for edit in edits
    ]
    return parts.fix("Write this instead.", changes)


def _notification(item: Skipped, review: Review) -> Json:
    return {
        "level": "note",
        "message": {"text": parts.plain(f"Not looked at: {item.what}: {item.why}")},
        **({"locations": [_location(item.span, review)]} if item.span is not None else {}),
    }
