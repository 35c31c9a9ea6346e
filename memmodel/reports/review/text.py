"""A review in, text for people at a terminal out: 80 columns, a patch after the other, what is wrong first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from memmodel.analyses.finding import Finding, Level
from memmodel.analyses.review.result import PatchReview, Remark, Review, Skipped
from memmodel.frontends.patch.patch import Line, LineKind
from memmodel.reports.review import Options
from memmodel.reports.review.pairing import Detail, pair_called, table
from memmodel.reports.review.places import place, quoted, relative, shows, spot
from memmodel.reports.review.printable import WIDTH, clip, code, one_line, paragraphs, width, wrap
from memmodel.reports.review.wording import called, counted, execution, instead, told
from memmodel.reports.style import Colour, Style
from memmodel.source import Span

COLOURS = {Level.ERROR: Colour.RED, Level.WARNING: Colour.YELLOW, Level.NOTE: Colour.BLUE}

_GUTTER = 7
"""Columns of a line's number and what parts it from the line."""


def render(review: Review, options: Options) -> str:
    """The whole text, ended by a newline."""
    blocks = [_patch(patch, review, options) for patch in review.patches]
    return "\n".join(["\n\n".join(block) + "\n" for block in blocks] + [_summary(review, options.style)])


def _patch(review: PatchReview, series: Review, options: Options) -> list[str]:
    """The paragraphs about one patch."""
    style = options.style
    parts = [_heading(review, style)]
    for remark in review.remarks:
        parts += _remark(remark, review, series, style)
    if not review.remarks:
        parts.append("  Nothing to remark.")
    if review.fixes:
        parts.append("\n".join([style.paint("This does fix:", Colour.GREEN, Colour.BOLD), *_fixes(review, series)]))
    if review.rows:
        detail = Detail.FULL if options.full else Detail.BRIEF
        parts.append("\n".join(table(review.rows, series.tree, style, detail, review.opened)))
    known = {pair_called(*pair) for row in review.rows for pair in _both(row.first.function, row.sees.function)}
    looked = [(one_line(item.what), one_line(item.result)) for item in review.looked if item.what not in known]
    skipped = [(one_line(_located(item, series)), one_line(item.why)) for item in review.skipped]
    for head, items in (("Looked at:", looked), ("Not looked at:", skipped)):
        if items:
            lines = [line for what, result in items for line in wrap(f"{what}: {result}", WIDTH, "  ", "    ")]
            parts.append("\n".join([style.paint(head, Colour.BOLD), *lines]))
    return parts


def _both(one: str, other: str) -> tuple[tuple[str, str], ...]:
    return (one, other), (other, one)


def _located(item: Skipped, series: Review) -> str:
    return f"{item.what} ({relative(item.span.file.name, series.tree)}:{item.span.line})" if item.span else item.what


def _heading(review: PatchReview, style: Style) -> str:
    patch = review.patch
    lines = wrap(called(review), WIDTH, "", "  ")
    about = ", ".join(part for part in (patch.author, patch.date) if part)
    lines = [style.paint(line, Colour.BOLD) for line in lines]
    return "\n".join([*lines, *(wrap(about, WIDTH, "  ") if about else [])])


# ── a remark ─────────────────────────────────────────────────────────────────────────────────────


def _remark(remark: Remark, review: PatchReview, series: Review, style: Style) -> list[str]:
    """The paragraphs about one remark: what, where, the execution, what is missing, the line to write, other places."""
    return remark_parts(remark, _where(remark, review, series, style), series.tree, style)


def remark_parts(remark: Remark, where: list[str], tree: str | None, style: Style) -> list[str]:
    """The same, with the lines that say where it is."""
    finding = remark.finding
    parts = ["\n".join([*_title(finding, style), *where])]
    if finding.witness:
        parts.append("\n".join(execution(finding, WIDTH, 2)))
    if finding.message:
        parts.append("\n".join(paragraphs(told(finding.message), WIDTH, "  ")))
    head, lines = instead(remark)
    if head:
        parts.append("\n".join([f"  {head}", *(style.paint(code(f"\t{line}"), Colour.GREEN) for line in lines)]))
    if finding.related:
        parts.append("\n".join(["  See:", *_related(finding, tree)]))
    return parts


def _title(finding: Finding, style: Style) -> list[str]:
    level = finding.level.value
    lines = wrap(f"{level}: {finding.title} [{finding.code}]", WIDTH, "", "  ")
    painted = style.paint(f"{level}:", COLOURS[finding.level], Colour.BOLD)
    return [lines[0].replace(f"{level}:", painted, 1), *lines[1:]]


def _where(remark: Remark, review: PatchReview, series: Review, style: Style) -> list[str]:
    """The place, and the lines that the patch has there; the file's own where it shows none."""
    at = place(remark, review.patch, series.tree)
    if at is None:
        return []
    lines = quoted(remark, review.patch)
    shown = wrap(_located_in(f"{at[0]}:{at[1]}", remark, review), WIDTH, "  --> ")
    if lines:
        return [*shown, *(_line(line, style) for line in lines)]
    span = remark.finding.span
    return [*shown, line_of(span)] if span is not None else shown


def _located_in(where: str, remark: Remark, review: PatchReview) -> str:
    """Where it is, with the line of the patch; that may be another one than it is about, which is named first then."""
    at, span = spot(review.patch, remark.line), remark.finding.span
    if at is None:
        return f"{where}, which the patch does not show"
    line = f"line {at.line.number} of the patch"
    if span is None or shows(at.line, span):
        return f"{where}, {line}"
    return f"{at.change.path}:{at.line.new or at.line.old}, {line}, about {where}"


def line_of(span: Span) -> str:
    """The line in which a place begins, with its number; without its indentation where it is too long with it."""
    text = span.file.line(span.line)
    fits = _GUTTER + 1 + width(code(text)) <= WIDTH
    return _numbered(span.line, " ", text if fits else text.strip())


def _line(line: Line, style: Style) -> str:
    number = line.new if line.new is not None else line.old
    text = _numbered(number or 0, line.kind.value, line.text)
    match line.kind:
        case LineKind.ADDED:
            return style.paint(text, Colour.GREEN)
        case LineKind.REMOVED:
            return style.paint(text, Colour.RED)
    return text


def _numbered(number: int, sign: str, text: str) -> str:
    return clip(f"{number:>{_GUTTER - 2}} |{code(sign + text)}", WIDTH).rstrip()


def _related(finding: Finding, tree: str | None) -> Iterable[str]:
    for other in finding.related:
        name = relative(other.span.file.name, tree)
        yield from wrap(f"{name}:{other.span.line}: {other.label}", WIDTH, "  --> ")
        yield line_of(other.span)


def _fixes(review: PatchReview, series: Review) -> Iterable[str]:
    for finding in review.fixes:
        where = f"{relative(finding.span.file.name, series.tree)}:{finding.span.line}: " if finding.span else ""
        yield from wrap(f"{where}{finding.title} [{finding.code}]", WIDTH, "  ", "    ")
        yield from paragraphs(told(finding.message), WIDTH, "    ") if finding.message else ()


# ── the end ──────────────────────────────────────────────────────────────────────────────────────


def _summary(review: Review, style: Style) -> str:
    counts = Counter(remark.finding.level for patch in review.patches for remark in patch.remarks)
    parts = [style.paint(counted(counts[level], level.value), COLOURS[level]) for level in Level if counts[level]]
    fixed = sum(len(patch.fixes) for patch in review.patches)
    parts += [style.paint(f"{fixed} fixed", Colour.GREEN)] if fixed else []
    seconds = sum(patch.seconds for patch in review.patches)
    skipped = sum(len(patch.skipped) for patch in review.patches)
    parts += [f"{skipped} not looked at"] if skipped else []
    patches = counted(len(review.patches), "patch", "patches")
    return f"{patches}: {', '.join(parts) or 'nothing to remark'} ({one_line(review.model)}, {seconds:.1f} s)\n"
