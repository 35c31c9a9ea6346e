"""The pairing tables of files in, text for people at a terminal or JSON out.

The JSON object
    memmodel   the version of memmodel
    model      the name of the memory model
    tree       the top directory of the tree
    files      a list, in the order in which they were named

A file
    file       its path from the top of the tree
    remarks    findings, as in the JSON of a review: what one would say if all of the file were new
    pairs      [{functions, rows, opaque, why}]: two functions, the rows of their table as in the JSON of a review, the
               calls of which nothing is known, and what stood in the way, "" where nothing did
    seconds    the time that it took
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from memmodel import __version__
from memmodel.analyses.review.file_result import Whole
from memmodel.analyses.review.result import Remark, Review
from memmodel.reports.json_values import Json
from memmodel.reports.review import Options
from memmodel.reports.review.json import dumps, finding_object, row_object
from memmodel.reports.review.pairing import Detail, counts, pair_called, table
from memmodel.reports.review.places import relative
from memmodel.reports.review.printable import WIDTH, one_line, wrap
from memmodel.reports.review.text import COLOURS, line_of, remark_parts
from memmodel.reports.review.wording import counted
from memmodel.reports.style import Colour, Style


def render(files: Sequence[Whole], series: Review, options: Options) -> str:
    """The whole text, ended by a newline. `series`: of the model, the tree and the rules."""
    blocks = ["\n\n".join(_file(file, series, options)) + "\n" for file in files]
    return "\n".join([*blocks, _summary(files, series, options.style)])


def render_json(files: Sequence[Whole], series: Review) -> str:
    """The whole document."""
    return dumps(
        {
            "memmodel": __version__,
            "model": series.model,
            "tree": series.tree,
            "files": [_object(file, series) for file in files],
        }
    )


def _object(file: Whole, series: Review) -> Mapping[str, Json]:
    return {
        "file": file.path,
        "remarks": [finding_object(finding, series) for finding in file.remarks],
        "pairs": [
            {
                "functions": list(pair.functions),
                "rows": [row_object(row, series.tree) for row in pair.rows],
                "opaque": list(pair.opaque),
                "why": pair.why,
            }
            for pair in file.pairs
        ],
        "seconds": round(file.seconds, 3),
    }


def _file(file: Whole, series: Review, options: Options) -> list[str]:
    """The paragraphs about one file: what is wrong first, then the table, then what was not looked at."""
    style = options.style
    parts = ["\n".join(style.paint(line, Colour.BOLD) for line in wrap(file.path, WIDTH))]
    for finding in file.remarks:
        span = finding.span
        where = [f"  --> {relative(span.file.name, series.tree)}:{span.line}", line_of(span)] if span else []
        parts += remark_parts(Remark(finding, None), where, series.tree, style)
    rows = [row for pair in file.pairs for row in pair.rows]
    if rows:
        parts.append("\n".join(table(rows, series.tree, style, Detail.FULL if options.full else Detail.COMPACT)))
    parts += [part for part in ("\n".join(_rest(file, bool(rows))), "\n".join(_unknown(file, style))) if part]
    return parts


def _rest(file: Whole, more: bool) -> list[str]:
    """How many pairs of functions have no row."""
    empty = sum(not pair.rows and not pair.why for pair in file.pairs)
    if not file.pairs:
        return wrap("No function in it has a barrier or an access that orders.", WIDTH, "  ")
    if not empty:
        return []
    what = f"{empty} more {'pair' if empty == 1 else 'pairs'}" if more else counted(empty, "pair")
    return wrap(f"{what} of functions: nothing in common that has an order.", WIDTH, "  ")


def _unknown(file: Whole, style: Style) -> Iterator[str]:
    """What could not be examined."""
    skipped: dict[str, list[str]] = {}
    for pair in file.pairs:
        if pair.why:
            skipped.setdefault(pair.why, []).append(pair_called(*pair.functions))
    opaque = dict.fromkeys(name for pair in file.pairs for name in pair.opaque)
    if skipped or opaque:
        yield style.paint("Not all was looked at:", Colour.BOLD)
    for why, pairs in skipped.items():
        yield from wrap(f"{why}: {', '.join(pairs)}", WIDTH, "  ", "    ")
    if opaque:
        calls = ", ".join(one_line(name) for name in sorted(opaque))
        yield from wrap(f"calls that may do anything: {calls}", WIDTH, "  ", "    ")


def _summary(files: Sequence[Whole], series: Review, style: Style) -> str:
    levels = Counter(finding.level for file in files for finding in file.remarks)
    told = [style.paint(counted(levels[level], level.value), COLOURS[level]) for level in levels]
    rows = [row for file in files for pair in file.pairs for row in pair.rows]
    pairs = counted(sum(len(file.pairs) for file in files), "pair", "pairs")
    seconds = sum(file.seconds for file in files)
    head = f"{counted(len(files), 'file')}, {pairs} of functions: {', '.join(told) or 'nothing to remark'}"
    return (
        "\n".join(wrap(f"{head}; {counts(rows)} ({one_line(series.model)}, {seconds:.1f} s)", WIDTH, "", "  ")) + "\n"
    )
