"""A review in, one JSON object out: the format that other programs rely on.

The object
    memmodel   the version of memmodel
    model      the name of the memory model
    tree       the top directory of the tree; null without one
    patches    a list, in the order of the series

A patch
    name, subject, author, date, message_id    what it is called; "" where it does not say
    position   [1, 5] for the first of five; null if it stands alone
    files      the paths that it changes
    remarks    what is wrong or worth knowing, in order
    fixes      findings: what went wrong before the patch, and does not after it
    pairs      the pairing table of the functions that it touches, as it leaves them
    looked     [{what, result}]: what was examined
    skipped    [{what, why, place}]: what was touched but could not be examined
    seconds    the time that it took

A finding
    code       the stable code of the rule, MM201; `memmodel rule MM201` explains it
    rule       the rule's name, lost-order
    level      error, warning or note
    title      one line that does alone
    message    the rest, in plain words
    place      {file, line, column, end_line, end_column}; null if it has none
    related    [{label, place}]: other places that it speaks about
    witness    lines that show an execution, made for 80 columns
    steps      [{thread, text, place}]: the same execution as data, in the order in which things become visible
    edits      [{place, replacement}]: changes that, made together, answer it

A remark: a finding, and
    patch_line   the line of the patch under which it stands, from 1; null if the patch shows no line of it
    suggestion   lines of code as they should read; [] if there is none

A row of pairs
    standing   "ordered", "not ordered" or "open"
    shape      "handover" or "crossing"
    first, second, sees, then    {function, field, does, code, plain, caller, place}: first and second are accesses of
               one function, in program order; sees and then of another. A handover: sees reads what second wrote;
               in order, then comes after first. A crossing: first and sees are writes, second and then read what the
               other side wrote; in order, not both of them miss it. caller: what a caller does before or after
    first_to_second, sees_to_then    {by, places}: what keeps the two in order; "" where nothing does
    witness    where not ordered: lines that show an execution
    why        where open: what stood in the way
    was_ordered    where open: whether it was ordered before the patch

Lines and columns count from 1; an end column is past the last character. Paths are from the top of the tree.
"""

from __future__ import annotations

from collections.abc import Mapping

from memmodel import __version__
from memmodel.analyses.finding import Finding
from memmodel.analyses.pairs.row import Access, Order, Row
from memmodel.analyses.review.result import PatchReview, Remark, Review, Skipped
from memmodel.reports import json_values
from memmodel.reports.json_values import Json
from memmodel.reports.review.codes import rule_name
from memmodel.reports.review.places import relative, suggestion
from memmodel.source import Span


def dumps(value: Json) -> str:
    """The value as JSON, indented, ended by a newline, with nothing that steers a terminal."""
    return f"{json_values.dumps(value, indent=1)}\n"


def render(review: Review) -> str:
    """The whole document."""
    return dumps(
        {
            "memmodel": __version__,
            "model": review.model,
            "tree": review.tree,
            "patches": [_patch(patch, review) for patch in review.patches],
        }
    )


def _patch(review: PatchReview, series: Review) -> Json:
    patch, tree = review.patch, series.tree
    return {
        "name": patch.source.name,
        "subject": patch.subject,
        "author": patch.author,
        "date": patch.date,
        "message_id": patch.message_id,
        "position": list(patch.position) if patch.position else None,
        "files": [change.path for change in patch.changes],
        "remarks": [_remark(remark, series) for remark in review.remarks],
        "fixes": [finding_object(finding, series) for finding in review.fixes],
        "pairs": [{**row_object(row, tree), "was_ordered": row in review.opened} for row in review.rows],
        "looked": [{"what": item.what, "result": item.result} for item in review.looked],
        "skipped": [_skipped(item, tree) for item in review.skipped],
        "seconds": round(review.seconds, 3),
    }


def _skipped(item: Skipped, tree: str | None) -> Json:
    return {"what": item.what, "why": item.why, "place": _place(item.span, tree)}


def _remark(remark: Remark, series: Review) -> Json:
    return {
        **finding_object(remark.finding, series),
        "patch_line": remark.line,
        "suggestion": list(suggestion(remark)),
    }


def finding_object(finding: Finding, series: Review) -> Mapping[str, Json]:
    """A finding. `series`: of its tree and rules."""
    tree = series.tree
    return {
        "code": finding.code,
        "rule": rule_name(finding.code, series),
        "level": finding.level.value,
        "title": finding.title,
        "message": finding.message,
        "place": _place(finding.span, tree),
        "related": [{"label": other.label, "place": _place(other.span, tree)} for other in finding.related],
        "witness": list(finding.witness),
        "steps": [
            {"thread": step.thread, "text": step.text, "place": _place(step.span, tree)} for step in finding.steps
        ],
        "edits": [{"place": _place(edit.span, tree), "replacement": edit.replacement} for edit in finding.edits],
    }


def row_object(row: Row, tree: str | None) -> Mapping[str, Json]:
    """A row of a pairing table."""
    return {
        "standing": row.standing.value,
        "shape": row.shape.value,
        "first": _access(row.first, tree),
        "second": _access(row.second, tree),
        "sees": _access(row.sees, tree),
        "then": _access(row.then, tree),
        "first_to_second": _order(row.one, tree),
        "sees_to_then": _order(row.other, tree),
        "witness": list(row.witness),
        "why": row.why,
    }


def _access(access: Access, tree: str | None) -> Json:
    return {
        "function": access.function,
        "field": access.field,
        "does": access.does,
        "code": access.code,
        "plain": access.plain,
        "caller": access.caller,
        "place": _place(access.span, tree),
    }


def _order(order: Order, tree: str | None) -> Json:
    return {"by": order.by, "places": [_place(span, tree) for span in order.spans]}


def _place(span: Span | None, tree: str | None) -> Json:
    if span is None:
        return None
    end_line, end_column = span.file.position(span.end)
    return {
        "file": relative(span.file.name, tree),
        "line": span.line,
        "column": span.column,
        "end_line": end_line,
        "end_column": end_column,
    }
