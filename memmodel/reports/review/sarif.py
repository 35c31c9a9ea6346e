"""A review in, a SARIF 2.1.0 log out, for GitHub's code scanning and for editors.

There is one run, and a result for each remark; what the patches fix is no result, what was not looked at a
notification. Paths are relative to the top of the tree (`%SRCROOT%`), columns count code points. An execution is a code
flow with a thread flow for each of its threads, whose steps `executionOrder` puts in order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from memmodel import __version__
from memmodel.analyses.documented import Documented
from memmodel.analyses.finding import Edit, Finding, Level, Related, Step
from memmodel.analyses.review.result import PatchReview, Remark, Review, Skipped
from memmodel.reports.json import Json
from memmodel.reports.review.fingerprint import fingerprints
from memmodel.reports.review.json import dumps
from memmodel.reports.review.places import place, relative
from memmodel.reports.review.wording import called, instead, sentence
from memmodel.source import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "memmodelRemark/v1"
ROOT = "%SRCROOT%"

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}

_Object = Mapping[str, Json]


def render(review: Review) -> str:
    """The whole log."""
    driver: _Object = {
        "name": "memmodel",
        "version": __version__,
        "rules": [_rule(rule) for rule in review.rules],
    }
    skipped: list[Json] = [_notification(item, review) for patch in review.patches for item in patch.skipped]
    run: _Object = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": skipped}],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top directory of the tree."}}},
        "columnKind": "unicodeCodePoints",
        "results": [result for patch in review.patches for result in _results(patch, review)],
        "properties": {"model": review.model},
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Documented) -> _Object:
    text = rule.documentation.strip()
    found = re.search(r"(?s)What it finds\n(.*?)\n\n", f"{text}\n\n")
    full = " ".join(found.group(1).split()) if found else sentence(rule.summary)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": sentence(rule.summary)},
        "fullDescription": {"text": full},
        "help": {"text": text, "markdown": f"```text\n{text}\n```"},
        "properties": {"tags": ["concurrency", "memory-model"]},
    }


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


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


def _message(remark: Remark) -> _Object:
    finding = remark.finding
    said = [sentence(finding.title), *([finding.message] if finding.message else [])]
    head, lines = instead(remark)
    markdown = [_escaped(part, "\\`*_<>[]#|") for part in said]
    if finding.witness:
        markdown.append(_fenced("text", "\n".join(finding.witness)))
    if head:
        markdown.append("\n\n".join([head, *([_fenced("c", "\n".join(lines))] if lines else [])]))
    return {"text": _text(" ".join(said)), "markdown": "\n\n".join(markdown)}


def _text(text: str) -> str:
    """Plain text for a message, in which `[text](1)` would be a link."""
    return _escaped(text, "\\[]") if re.search(r"\]\(", text) else text


def _escaped(text: str, special: str) -> str:
    return "".join(f"\\{character}" if character in special else character for character in text)


def _fenced(language: str, text: str) -> str:
    """A block of code in a fence that is not in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


# ── where ────────────────────────────────────────────────────────────────────────────────────────


def _locations(remark: Remark, patch: PatchReview, review: Review) -> list[Json]:
    """The place of the finding; that of the patch's line where it has none; else the first file of the patch."""
    at = place(remark, patch.patch, review.tree)
    span = remark.finding.span
    if span is not None and at is not None and at[1] == span.line:
        return [_location(span, review)]
    if at is not None:
        return [{"physicalLocation": {"artifactLocation": _artifact(at[0]), "region": {"startLine": max(1, at[1])}}}]
    return [{"physicalLocation": {"artifactLocation": _artifact(c.path)}} for c in patch.patch.changes[:1]]


def _location(span: Span, review: Review) -> dict[str, Json]:
    path = relative(span.file.name, review.tree)
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": _region(span)}}


def _artifact(path: str) -> _Object:
    if path.startswith("/"):
        return {"uri": f"file://{_quoted(path)}"}
    return {"uri": _quoted(path), "uriBaseId": ROOT}


def _quoted(path: str) -> str:
    return quote(path, errors="replace")


def _region(span: Span) -> _Object:
    end_line, end_column = span.file.position(span.end)
    return {"startLine": span.line, "startColumn": span.column, "endLine": end_line, "endColumn": end_column}


def _related(other: Related, number: int, review: Review) -> Json:
    return {"id": number, **_location(other.span, review), "message": {"text": _text(other.label)}}


def _flow(finding: Finding, review: Review) -> Json:
    """A thread flow for each thread, in the order in which they first do something."""
    threads: dict[str, list[Json]] = {}
    for order, step in enumerate(finding.steps, 1):
        threads.setdefault(step.thread, []).append(_step(step, order, review))
    flows: list[Json] = [{"id": name, "locations": steps} for name, steps in threads.items()]
    return {"message": {"text": "An execution in which it happens."}, "threadFlows": flows}


def _step(step: Step, order: int, review: Review) -> Json:
    where = _location(step.span, review) if step.span is not None else {}
    return {"location": {**where, "message": {"text": _text(step.text)}}, "executionOrder": order}


def _fix(finding: Finding, review: Review) -> Json:
    files: dict[str, list[Edit]] = {}
    for edit in sorted(finding.edits, key=lambda edit: edit.span.start):
        files.setdefault(relative(edit.span.file.name, review.tree), []).append(edit)
    changes: list[Json] = [
        {"artifactLocation": _artifact(path), "replacements": _replacements(edits)} for path, edits in files.items()
    ]
    return {"description": {"text": "Write this instead."}, "artifactChanges": changes}


def _replacements(edits: Sequence[Edit]) -> list[Json]:
    return [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.replacement}} for edit in edits]


def _notification(item: Skipped, review: Review) -> Json:
    return {
        "level": "note",
        "message": {"text": _text(f"Not looked at: {item.what}: {item.why}")},
        **({"locations": [_location(item.span, review)]} if item.span is not None else {}),
    }
