"""The remarks of a patch in, what tells each from the others out, the same wherever its lines have moved to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memmodel.analyses.review.result import PatchReview, Remark
from memmodel.frontends.patch.patch import Patch
from memmodel.reports.fingerprints import Fingerprints
from memmodel.reports.review.places import place, spot

_HEADING = re.compile(r"[A-Za-z_]\w*(?=\s*\()")
"""A name that stands before a parenthesis."""
_FIRST_COLUMN = re.compile(r"[A-Za-z_]")


def fingerprints(review: PatchReview, tree: str | None) -> list[str]:
    """One for each remark: a hash of the rule, the path, the function and the text of the line, and which of those
    alike it is."""
    seen = Fingerprints()
    found = []
    for remark in review.remarks:
        at = place(remark, review.patch, tree)
        path = at[0] if at else ""
        found.append(seen.of(remark.finding.code, path, _function(remark, review.patch), _line(remark, review.patch)))
    return found


def _line(remark: Remark, patch: Patch) -> str:
    span = remark.finding.span
    if span is not None:
        return span.file.line(span.line)
    at = spot(patch, remark.line)
    return at.line.text if at else remark.finding.title


def _function(remark: Remark, patch: Patch) -> str:
    """The function, as diff -p finds it: named in the nearest line above that begins in the first column."""
    for line in _above(remark, patch):
        if _FIRST_COLUMN.match(line) and not line.rstrip().endswith(":"):
            names = _HEADING.findall(line)
            return names[0] if names else line.strip()
    return ""


def _above(remark: Remark, patch: Patch) -> Iterator[str]:
    """The line that the remark is about and those above it, upwards: of the file, then of the hunk."""
    span = remark.finding.span
    if span is not None:
        yield from (span.file.line(number) for number in range(span.line, 0, -1))
    at = spot(patch, remark.line)
    if at is not None:
        yield from reversed([line.text for line in at.hunk.lines if line.number <= at.line.number])
        yield at.hunk.section
