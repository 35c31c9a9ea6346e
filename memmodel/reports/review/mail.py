"""A review in, replies to the mails that the patches came in out: the patch quoted, each remark under its line.

There is a mail for each patch that there is something to say of; for a clean patch there is none. One mail is given as
it is, to be sent; several as a mailbox. A mail has no From and no To: whoever sends it knows both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.header import Header

from memmodel import __version__
from memmodel.analyses.finding import Finding
from memmodel.analyses.review.result import PatchReview, Remark, Review
from memmodel.frontends.patch.patch import Hunk, Patch
from memmodel.reports.review import Options
from memmodel.reports.review.places import place, relative, spot
from memmodel.reports.review.printable import clip, one_line, paragraphs, printable, wrap
from memmodel.reports.review.wording import command, execution, instead, model, sentence, told
from memmodel.source import Span

WIDTH = 72
"""Columns of what is written; code and executions may have 80."""
MOST = 5
"""Lines that are quoted before the one that a remark is about."""
LONGEST = 500
"""Columns of a line that is quoted: a mail may have 998 octets in a line."""
GAP = "> [...]"

_SEPARATOR = "From memmodel Mon Sep 17 00:00:00 2001"
"""The date that git writes where a mailbox wants one and there is none."""
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+>")
_SUBJECT_WIDTH = 76


def render(review: Review, options: Options) -> str:
    """The mails; '' if there is nothing to say."""
    mails = [_mail(patch, review, options) for patch in review.patches if patch.remarks or patch.fixes]
    if len(mails) < 2:
        return "".join(mails)
    return "\n".join(f"{_SEPARATOR}\n{_kept_apart(mail)}" for mail in mails)


def _kept_apart(mail: str) -> str:
    """No line of a mail may look like the beginning of another."""
    return re.sub(r"(?m)^(>*From )", r">\1", mail)


def _mail(review: PatchReview, series: Review, options: Options) -> str:
    quotes = list(_quotes(review, series))
    body = [*(_opening(review.patch) if quotes else ()), *quotes]
    unseen = [remark for remark in review.remarks if spot(review.patch, remark.line) is None]
    for remark in unseen:
        body += [*_elsewhere(remark, review.patch, series), ""]
    if review.fixes:
        body += [*wrap(f"This does fix: {'; '.join(_title(finding) for finding in review.fixes)}.", WIDTH), ""]
    again = command(series, options.command)
    body += [*wrap(f"Checked against {model(series.model)} with memmodel {__version__}; reproduce with:", WIDTH)]
    body += [f"  {again}"]
    return "\n".join([*_headers(review.patch), "", *body]) + "\n"


def _headers(patch: Patch) -> list[str]:
    subject = one_line(patch.subject) or "your patch"
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    if not subject.isascii():
        subject = Header(subject, "utf-8", maxlinelen=_SUBJECT_WIDTH, header_name="Subject").encode()
    lines = [f"Subject: {subject}"]
    if _MESSAGE_ID.fullmatch(patch.message_id):
        lines += [f"In-Reply-To: {patch.message_id}", f"References: {patch.message_id}"]
    return [*lines, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]


def _opening(patch: Patch) -> list[str]:
    if not patch.author:
        return []
    date = f"On {one_line(patch.date)}, " if patch.date else ""
    return [f"{date}{one_line(patch.author)} wrote:"]


# ── the patch, and what stands under its lines ───────────────────────────────────────────────────


def _quotes(review: PatchReview, series: Review) -> Iterator[str]:
    """The hunks that something is said of, as far as one needs them."""
    quoted = False
    for change in review.patch.changes:
        named = False
        for hunk in change.hunks:
            remarks = _of(review, hunk)
            if not remarks:
                continue
            yield GAP
            if not named:
                yield _quote(review.patch, change.number)
            named = quoted = True
            yield _quote(review.patch, hunk.number)
            yield from _hunk(hunk, remarks, review, series)
    if quoted:
        yield GAP
        yield ""


def _of(review: PatchReview, hunk: Hunk) -> dict[int, list[Remark]]:
    """The remarks on the lines of a hunk, by the line of the patch."""
    own = {line.number for line in hunk.lines}
    found: dict[int, list[Remark]] = {}
    for remark in review.remarks:
        if remark.line in own:
            assert remark.line is not None
            found.setdefault(remark.line, []).append(remark)
    return dict(sorted(found.items()))


def _hunk(hunk: Hunk, remarks: dict[int, list[Remark]], review: PatchReview, series: Review) -> Iterator[str]:
    """The lines before each line that is spoken of, and under it what is said."""
    numbers = [line.number for line in hunk.lines]
    done = 0
    for number, own in remarks.items():
        at = numbers.index(number)
        first = max(done, at - MOST)
        if first > done:
            yield GAP
        yield from (_quote(review.patch, one) for one in numbers[first : at + 1])
        done = at + 1
        yield ""
        for remark in own:
            yield from _remark(remark, series)
            yield ""


def _quote(patch: Patch, number: int) -> str:
    return clip(f"> {printable(patch.source.line(number))}".rstrip(), LONGEST)


def _code(span: Span) -> str:
    """The line in which a span begins."""
    return clip(printable(span.file.line(span.line).strip()), LONGEST)


def _title(finding: Finding) -> str:
    return one_line(finding.title).rstrip(".")


def _remark(remark: Remark, series: Review) -> Iterator[str]:
    """What is said: the title, the execution, what is missing, the line to write."""
    finding = remark.finding
    yield from wrap(f"{sentence(finding.title)} [{finding.code}]", WIDTH)
    if finding.witness:
        yield ""
        yield from execution(finding, 80, 4)
    if finding.message:
        yield ""
        yield from paragraphs(told(finding.message), WIDTH)
    if finding.related:
        yield ""
        for other in finding.related:
            where = f"{relative(other.span.file.name, series.tree)}:{other.span.line}"
            yield from wrap(f"{where}: {other.label}:", WIDTH, "  ", "    ")
            yield f"\t{_code(other.span)}"
    head, lines = instead(remark)
    if head:
        yield from ["", head]
    if lines:
        yield ""
        yield from (f"\t{clip(printable(line), LONGEST)}".rstrip() for line in lines)


def _elsewhere(remark: Remark, patch: Patch, series: Review) -> Iterator[str]:
    """A remark on what the patch does not show."""
    at = place(remark, patch, series.tree)
    if at is not None:
        yield from wrap(f"In {at[0]}, line {at[1]}, which the patch does not show:", WIDTH)
        yield ""
        span = remark.finding.span
        if span is not None:
            yield f"\t{_code(span)}"
            yield ""
    yield from _remark(remark, series)
