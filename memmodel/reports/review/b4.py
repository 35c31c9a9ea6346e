"""A review in, what b4 expects of a program that checks patches out.

For `b4.review-perpatch-check-cmd`, which hands over one mail: a JSON array with an object for each remark and for each
thing that the patch fixes, `[]` where there is nothing to say. `status` is "fail" for an error, "warn" for a warning
and "pass" for a note or a fix. `url` is empty: there is no page to show.

For `b4.am-perpatch-check-cmd`: nothing where all is well, `ERROR: …` for an error, and `WARNING: …`, which b4 takes for
a warning like any line that does not begin so; notes and fixes are therefore left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from memmodel.analyses.finding import Finding, Level
from memmodel.analyses.review.result import PatchReview, Remark, Review
from memmodel.reports.json_values import Json
from memmodel.reports.review.json import dumps
from memmodel.reports.review.places import place, relative
from memmodel.reports.review.printable import one_line, printable
from memmodel.reports.review.wording import called, instead

TOOL = "memmodel"
STATUS = {Level.ERROR: "fail", Level.WARNING: "warn", Level.NOTE: "pass"}


def render(review: Review) -> str:
    """The array. The summaries say which patch they are about where there is more than one."""
    return dumps([entry for patch in review.patches for entry in _entries(patch, review)])


def lines(review: Review) -> str:
    """The lines for `am`; '' where there is nothing to warn of."""
    text = ""
    for patch in review.patches:
        for remark in patch.remarks:
            if remark.finding.level is not Level.NOTE:
                level = remark.finding.level.value.upper()
                text += f"{level}: {_which(patch, review)}{_summary(remark, patch, review)}\n"
    return text


def _entries(patch: PatchReview, review: Review) -> list[Mapping[str, Json]]:
    which = _which(patch, review)
    remarks = [
        _entry(STATUS[item.finding.level], f"{which}{_summary(item, patch, review)}", _details(item.finding, item))
        for item in patch.remarks
    ]
    fixes = [
        _entry("pass", f"{which}{_where(finding, review)}fixes: {one_line(finding.title)}", _details(finding))
        for finding in patch.fixes
    ]
    return remarks + fixes


def _entry(status: str, summary: str, details: str) -> Mapping[str, Json]:
    return {"tool": TOOL, "status": status, "summary": summary, "url": "", "details": details}


def _which(patch: PatchReview, review: Review) -> str:
    return f"{called(patch)}: " if len(review.patches) > 1 else ""


def _where(finding: Finding, review: Review) -> str:
    span = finding.span
    return f"{one_line(relative(span.file.name, review.tree))}:{span.line}: " if span else ""


def _summary(remark: Remark, patch: PatchReview, review: Review) -> str:
    at = place(remark, patch.patch, review.tree)
    where = f"{one_line(at[0])}:{at[1]}: " if at else ""
    return f"{where}{one_line(remark.finding.title)} [{remark.finding.code}]"


def _details(finding: Finding, remark: Remark | None = None) -> str:
    """The rest, as plain text."""
    parts = ["\n".join(finding.witness), finding.message]
    if remark is not None:
        head, code = instead(remark)
        parts.append("\n".join([head, *(f"\t{line}" for line in code)]))
    return printable("\n\n".join(part for part in parts if part))
