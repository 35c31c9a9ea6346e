"""A review in, lines as the kernel's checkpatch.pl prints them out, for whoever already reads those.

An error is an ERROR, a warning a WARNING, a note a CHECK. The types are the names of the rules: LOST_ORDER. What is
said of a line that the patch does not show has no `#` line; its place stands in the message.
"""

from __future__ import annotations

from collections import Counter

from memmodel.analyses.finding import Level
from memmodel.analyses.review.result import PatchReview, Remark, Review
from memmodel.frontends.patch.patch import Patch
from memmodel.reports.review.codes import rule_name
from memmodel.reports.review.places import place, spot
from memmodel.reports.review.printable import one_line, printable
from memmodel.reports.review.wording import called

LEVELS = {Level.ERROR: "ERROR", Level.WARNING: "WARNING", Level.NOTE: "CHECK"}


def render(review: Review) -> str:
    """As without options but --show-types: each remark in three lines, a total for each patch."""
    return _patches(review, terse=False)


def terse(review: Review) -> str:
    """As with --terse: a line for each remark."""
    return _patches(review, terse=True)


def _patches(review: Review, terse: bool) -> str:
    text = ""
    for patch in review.patches:
        if len(review.patches) > 1:
            name = called(patch)
            text += f"{'-' * len(name)}\n{name}\n{'-' * len(name)}\n"
        text += "".join((_line if terse else _lines)(remark, patch.patch, review) for remark in patch.remarks)
        text += f"{_total(patch)}\n"
    return text


def _lines(remark: Remark, patch: Patch, review: Review) -> str:
    kind = rule_name(remark.finding.code, review).upper().replace("-", "_")
    head = f"{LEVELS[remark.finding.level]}:{kind}: {_message(remark, patch, review)}\n"
    at, where = spot(patch, remark.line), place(remark, patch, review.tree)
    if at is None or where is None:
        return f"{head}\n"
    line = printable(f"{at.line.kind.value}{at.line.text}").replace("\n", " ")
    return f"{head}#{at.line.number}: FILE: {one_line(where[0])}:{where[1]}:\n{line}\n\n"


def _line(remark: Remark, patch: Patch, review: Review) -> str:
    level = LEVELS[remark.finding.level]
    return (
        f"{one_line(patch.source.name)}:{_number(remark, patch, review)}: {level}: {_message(remark, patch, review)}\n"
    )


def _number(remark: Remark, patch: Patch, review: Review) -> int:
    """The line of the patch; where the patch does not show it, that at which it begins to change the file."""
    if spot(patch, remark.line) is not None and remark.line is not None:
        return remark.line
    where = place(remark, patch, review.tree)
    begins = [change.number for change in patch.changes if where is not None and change.path == where[0]]
    return begins[0] if begins else 1


def _message(remark: Remark, patch: Patch, review: Review) -> str:
    finding = remark.finding
    title = one_line(f"{finding.title}; {finding.observable}" if finding.observable else finding.title)
    where = place(remark, patch, review.tree)
    if where is None or spot(patch, remark.line) is not None:
        return title
    return f"{one_line(where[0])}:{where[1]}: {title}"


def _total(review: PatchReview) -> str:
    counts = Counter(remark.finding.level for remark in review.remarks)
    checks = f"{counts[Level.NOTE]} checks, " if counts[Level.NOTE] else ""
    lines = sum(len(hunk.lines) for change in review.patch.changes for hunk in change.hunks)
    return f"total: {counts[Level.ERROR]} errors, {counts[Level.WARNING]} warnings, {checks}{lines} lines checked"
