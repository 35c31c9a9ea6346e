"""`memmodel kbuild`: called by `make C=1` with gcc's flags and a C file, warnings in gcc's form out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel.cli.arguments import positive, seconds, selection_arguments
from memmodel.cli.configuration import selection_of
from memmodel.cli.parser import Parser
from memmodel.diagnostic import Diagnostic, Place
from memmodel.engines.task import Options, Task
from memmodel.records import replace
from memmodel.result import ExitStatus, Outcome

if TYPE_CHECKING:
    from memmodel.files import Files

SECONDS = 10.0

_FOLDERS = ("-I", "-isystem", "-idirafter", "-iquote")

EPILOG = """\
The last word is the file, and what is before it are the compiler's flags. Of those, -I says where
the kernel's headers are; the others make no difference. The options above come before them.

What can be said of a file by itself: barriers that order nothing where they stand (MM101), and
orders of which a barrier makes only half, between two functions of the file (MM202). Both are
warnings. What cannot be read, or takes too long, is left alone.

examples:
  # one file by itself
  memmodel kbuild -Itests/review/trees/spsc/include tests/review/trees/spsc/lib/spsc.c

in a kernel tree:
  # check what is compiled
  make C=1 CHECK='memmodel kbuild' kernel/bpf/
  # check all files, with more time for each, and fail where there is a warning
  make C=2 CHECK='memmodel kbuild --timeout 60 --werror' kernel/bpf/
  # one file, from the top of the tree
  memmodel kbuild -I./include kernel/bpf/ringbuf.c

exit status:
  0  done, whatever was found: a checker does not stop a build
  1  with --werror: there is a warning
  2  bad usage
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "kbuild",
        help="check a file of the kernel as it is compiled: make C=1 CHECK='memmodel kbuild'",
        description="Check one C file by itself, called as the kernel's Makefiles call a checker.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    assert isinstance(parser, Parser)
    parser.foreign = True
    add = parser.add_argument
    limit = "stop looking after so long, and tell what was found; default: %(default)g"
    add("--timeout", dest="limit", type=seconds, default=SECONDS, metavar="S", help=limit)
    add("--memory", dest="most", type=positive, default=Options().memory, metavar="MB", help="default: %(default)s")
    add("--model", dest="model_named", metavar="M", help="a name, a .cat file or a kernel's; default: lkmm")
    selection_arguments(parser)
    add("--werror", action="store_true", help="exit with 1 if there is a warning")
    add("--verbose", action="store_true", help="say what could not be read or was not finished")
    add("words", nargs="+", metavar="FLAG... FILE", help="gcc's flags, and the file last")


def run(arguments: argparse.Namespace) -> int:
    """Check the file. Raises MemmodelError for a model that cannot be read."""
    from memmodel.analyses import rulebook
    from memmodel.analyses.review.unpatched import inspect
    from memmodel.engines.isolate import run_isolated
    from memmodel.engines.run import load_model
    from memmodel.reports.concise import ConciseWriter

    *flags, path = arguments.words
    if not path.endswith(".c"):
        return _left(arguments, f"{path}: not a C file")
    options = Options(model=arguments.model_named or Options().model, timeout=arguments.limit, memory=arguments.most)
    load_model(options.model)
    files = tree_of(flags, path)
    (report,) = run_isolated((Task(path, options, files=files),), inspect)
    if report.reason is not None:
        _left(arguments, report.reason)
    told = replace(report, outcome=Outcome.PASS, reason=None)  # that there was no time is nothing to warn of
    respelled = tuple(_respelled(item, files, path) for item in selection_of(arguments).of(told).diagnostics)
    sys.stderr.write(ConciseWriter(rulebook.find).file(replace(told, diagnostics=respelled)))
    return ExitStatus.FINDING if respelled and arguments.werror else ExitStatus.OK


def tree_of(flags: Sequence[str], path: str) -> Files:
    """The tree that a file is in: the one whose include/linux the compiler looks into; else the file's own folder."""
    from memmodel.files import Files

    for folder in _folders(flags):
        top = Path(folder).parent
        if Path(folder).name == "include" and os.path.isdir(os.path.join(folder, "linux")):  # noqa: PTH112, PTH118
            files = Files(top)
            if not Path(files.name(path)).is_absolute():
                return files
    return Files(Path(path).parent)


def _folders(flags: Sequence[str]) -> Iterator[str]:
    """Where headers are looked for."""
    for flag, following in zip(flags, (*flags[1:], ""), strict=False):  # without flags, the second is the longer
        for option in _FOLDERS:
            if flag == option:
                yield following
            elif flag.startswith(option):
                yield flag.removeprefix(option)


def _left(arguments: argparse.Namespace, why: str) -> int:
    """Leave a file alone; say so to whoever wants to know."""
    if arguments.verbose:
        print(f"memmodel: {why}", file=sys.stderr)
    return ExitStatus.OK


def _respelled(item: Diagnostic, files: Files, path: str) -> Diagnostic:
    """A diagnostic with the names of files as they are from here."""

    def respelled(place: Place) -> Place:
        inside = os.path.normpath(os.path.join(files.root, place.file))  # noqa: PTH118
        return replace(place, file=path if place.file == files.name(path) else inside)

    return replace(
        item,
        place=respelled(item.place) if item.place is not None else None,
        related=tuple(replace(one, place=respelled(one.place)) for one in item.related),
    )
