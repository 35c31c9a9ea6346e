"""The remarks of a patch in, what tells each from the others out, the same wherever its lines have moved to."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from memmodel.analyses.review.result import PatchReview, Remark
from memmodel.frontends.patch.patch import Patch
from memmodel.reports.review.places import place, spot

_HEADING = re.compile(r"[A-Za-z_]\w*(?=\s*\()")
"""A name that stands before a parenthesis."""


def fingerprints(review: PatchReview, tree: str | None) -> list[str]:
    """One for each remark: a hash of the rule, the path, the function and the text of the line, and which of those
    alike it is."""
    seen: Counter[str] = Counter()
    found = []
    for remark in review.remarks:
        at = place(remark, review.patch, tree)
        parts = (
            remark.finding.code,
            at[0] if at else "",
            _function(remark, review.patch),
            " ".join(_line(remark, review.patch).split()),
        )
        text = hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
        seen[text] += 1
        found.append(f"{text}:{seen[text]}")
    return found


def _line(remark: Remark, patch: Patch) -> str:
    span = remark.finding.span
    if span is not None:
        return span.file.line(span.line)
    at = spot(patch, remark.line)
    return at.line.text if at else remark.finding.title


def _function(remark: Remark, patch: Patch) -> str:
    """The function, as diff -p finds it: named in the nearest line above that begins in the first column."""
    span = remark.finding.span
    above = [span.file.line(number) for number in range(span.line, 0, -1)] if span is not None else []
    at = spot(patch, remark.line)
    if at is not None:
        own = [line.text for line in at.hunk.lines if line.number <= at.line.number]
        above += [*reversed(own), at.hunk.section]
    for line in above:
        if re.match(r"[A-Za-z_]", line) and not line.rstrip().endswith(":"):
            names = _HEADING.findall(line)
            return names[0] if names else line.strip()
    return ""
