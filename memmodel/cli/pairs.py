"""`memmodel pairs`: C files in, which accesses of their functions other CPUs see in order, and by what, out."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel.cli.arguments import cores, positive, seconds, tree
from memmodel.errors import UsageError
from memmodel.reports.style import ColourChoice, choose
from memmodel.result import ExitStatus

if TYPE_CHECKING:
    from memmodel.files import Files
    from memmodel.source import SourceFile

SECONDS = 10.0
LARGEST = 4_000_000
"""Bytes of a file."""

EPILOG = """\
A row of the table: one function does two accesses, another sees the second and
then does its own to what the first accessed. It is ordered if no execution,
from whatever memory holds, has them the other way round; not ordered if one
does, and it is shown; open if neither could be shown.

examples:
  # which accesses of a ring's functions are seen in order, and by what
  memmodel pairs --tree tests/review/trees/spsc lib/spsc.c
  # only the pairs with one function, every row of them
  memmodel pairs --tree tests/review/trees/spsc lib/spsc.c --function spsc_put --full

exit status:
  0  nothing to remark
  1  a remark: a barrier on one side has none on the other
  2  bad usage or input
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "pairs",
        help="list which accesses of a C file's functions are seen in order, and by what",
        description="Take each two functions of a C file as two CPUs, and say which accesses of the one the other sees "
        "in order, and which barriers make it so.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", metavar="FILE", nargs="+", help="a C file or header, as it is called in the tree or from here")
    add("--tree", metavar="DIR", help="the sources that it belongs to; default: this directory, or one above the file")
    add("--function", metavar="NAME", action="append", default=[], help="only pairs with it; may be repeated")
    add("-m", "--model", metavar="M", help="a name (see `memmodel models`), a .cat file or a kernel's; default: lkmm")
    add(
        "--timeout", type=seconds, default=SECONDS, metavar="S", help="for each pair of functions; default: %(default)g"
    )
    add("-j", "--jobs", type=positive, default=cores(), metavar="N", help="pairs at a time; default: one for each core")
    add("--color", choices=[c.value for c in ColourChoice], default="auto", help="default: %(default)s")
    add("--full", action="store_true", help="print every row, with its lines of code and its execution")
    add("-f", "--format", choices=("text", "json"), default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Print the tables. Raises MemmodelError for what cannot be read."""
    from memmodel.analyses.pairs.table import Tables
    from memmodel.analyses.review import rules
    from memmodel.analyses.review.result import Review
    from memmodel.analyses.review.whole import Settings, whole
    from memmodel.engines.run import load_model
    from memmodel.engines.task import Options
    from memmodel.frontends.c.alone.index import Headers
    from memmodel.reports import pairs
    from memmodel.reports.review import Options as ReportOptions

    found = [_read(word, tree(arguments)) for word in arguments.files]
    model = load_model(arguments.model or Options().model).model
    settings = Settings(arguments.timeout, arguments.jobs, arguments.full)
    tables = {files.root: Tables(Headers(files), model) for files, _ in found}
    said = []
    for files, source in found:
        table = tables[files.root].table(source, source.name)
        said.append(whole(table, tables[files.root].headers.files, arguments.function, settings, _progress))
    _progress(0, 0)
    about = Review((), model.name, arguments.tree, rules.RULES)
    if arguments.format == "json":
        sys.stdout.write(pairs.render_json(said, about))
    else:
        style = choose(ColourChoice(arguments.color), sys.stdout.isatty(), os.environ)
        sys.stdout.write(pairs.render(said, about, ReportOptions(style, arguments.full)))
    return ExitStatus.FINDING if any(item.remarks for item in said) else ExitStatus.OK


def _progress(done: int, of: int) -> None:
    """How far it is, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{f'{done} of {of} pairs of functions' if of else ''}")
        sys.stderr.flush()


def _top(path: Path) -> Path:
    """The folder above a file that looks like the top of a tree; the file's own if none does."""
    found = (folder for folder in path.parents if (folder / "include").is_dir() and folder.name != "include")
    return next(found, path.parent)


def _read(word: str, named: str | None) -> tuple[Files, SourceFile]:
    """The tree of a file, and the file by its name there."""
    from memmodel.files import Files
    from memmodel.source import SourceFile

    if not word.endswith((".c", ".h")):
        raise UsageError(f"{word}: not a C file", hint="expected a name that ends in .c or .h")
    here = Files(Path(named or "."))
    path = here.name(word)
    if Path(path).is_absolute():
        if named is not None:
            raise UsageError(f"{word}: is not in {named}", hint="name a file of the tree, or leave --tree out")
        here = Files(_top(Path(word)))
        path = here.name(word)
    text = here.read(here.root / path, LARGEST)
    if text is None:
        where = f" in {named}" if named is not None else ""
        raise UsageError(f"{word}: no file{where} that can be read, of at most {LARGEST // 1_000_000} MB")
    return here, SourceFile(path, text)
