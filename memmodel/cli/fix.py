"""`memmodel fix`: one litmus test or C program in, the cheapest changes that make its bad outcome impossible out."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel import __version__
from memmodel.cli.arguments import positive, seconds
from memmodel.cli.saving import Target
from memmodel.cli.subjects import add_arguments, limit, subject_of
from memmodel.engines.task import STDIN, decode
from memmodel.errors import Unsupported, UsageError
from memmodel.result import ExitStatus

if TYPE_CHECKING:
    from memmodel.analyses.advice import Fix, FixReport
    from memmodel.source import SourceFile

EPILOG = """\
Every fix is read again from its text and decided by both engines before it is shown.
The table of costs is in docs/audit-and-fix.md.

examples:
  # the cheapest ways to repair a ring's hand-over, for arm64 (status 1)
  memmodel fix litmus/ring/drain-none.litmus --arch arm64
  # the first of them as a patch, for `patch -p1` (status 1)
  memmodel fix litmus/ring/drain-none.litmus --diff

exit status:
  0  nothing to fix, or --write has fixed it
  1  the bad outcome, a race or another flag is possible
  2  bad usage or input
  3  not decided: out of time, or unsupported
"""

ARCHITECTURES = ("x86", "arm64", "riscv", "power", "all")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "fix",
        help="propose the cheapest barriers that make a bad outcome impossible",
        description="Find the cheapest changes (a stronger access, another primitive, a barrier) that make the bad "
        "outcome of a litmus test, or the failure of an assertion in C, impossible and add no race.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("path", metavar="FILE", help="a litmus test, a C file, scenarios/NAME:VARIANT, or - for standard input")
    add("--arch", choices=ARCHITECTURES, default="all", help="rank by the costs on this one; default: all together")
    add("--alternatives", type=positive, default=3, metavar="N", help="show at most N; default: %(default)s")
    add("--recheck", type=seconds, default=2.0, metavar="S", help="seconds for the second engine; default: %(default)g")
    add_arguments(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="print the first fix as a patch for `patch -p1`, and no more")
    how.add_argument("--write", action="store_true", help="make the first fix in the files")
    how.add_argument("-f", "--format", choices=["text", "json"], default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Find fixes. Raises MemmodelError for what cannot be read."""
    from memmodel.analyses.costs import Architecture
    from memmodel.analyses.fix import fix
    from memmodel.diagnostic import from_error
    from memmodel.engines.solver import OutOfTime
    from memmodel.reports.diagnostic import render

    path: str = arguments.path
    if arguments.write and path == STDIN:
        raise UsageError("--write needs a file: standard input cannot be written to", hint="use --diff")
    wanted = 1 if arguments.write or arguments.diff else arguments.alternatives
    try:
        subject = subject_of(path, arguments)
        report = fix(subject, Architecture(arguments.arch), wanted, arguments.recheck)
    except OutOfTime:
        print(f"{path}: no answer within {limit(path, arguments):g} s; --timeout allows more", file=sys.stderr)
        return ExitStatus.UNDECIDED
    except Unsupported as error:
        sys.stderr.write(render(from_error(error)))
        return ExitStatus.UNDECIDED
    from memmodel.analyses.edits import diff

    diffs = [
        "".join(diff(file, text, _named(file, path, arguments.tree)) for file, text in item.texts)
        for item in report.fixes
    ]
    if arguments.diff and diffs:
        sys.stdout.write(diffs[0])
        return ExitStatus.FINDING
    if arguments.write and report.fixes:
        written = _write(report.fixes[0], path)
        sys.stdout.write(_written(report, path, written, arguments.arch, diffs))
        return ExitStatus.OK
    _print(report, path, arguments, diffs)
    return ExitStatus.OK if report.bad is None else ExitStatus.FINDING


def _print(report: FixReport, path: str, arguments: argparse.Namespace, diffs: list[str]) -> None:
    from memmodel.reports.barriers import fix_json, fix_text

    stream = sys.stderr if arguments.diff else sys.stdout
    if arguments.format == "json":
        document = {"memmodel": __version__, **fix_json(report, path, arguments.arch, diffs)}
        print(json.dumps(document, indent=1, ensure_ascii=False))
    else:
        stream.write(fix_text(report, path, arguments.arch, diffs))


def _written(report: FixReport, path: str, written: list[str], architecture: str, diffs: list[str]) -> str:
    from memmodel.reports.barriers import fix_text

    return f"{fix_text(report, path, architecture, diffs)}\nWritten to {', '.join(written)}.\n"


def _write(found: Fix, path: str) -> list[str]:
    """Change the files, and say which. Raises UsageError where a scenario's variant is not what is in the file, and for
    what cannot be written."""
    for file, _ in found.texts:
        if decode(file.name, Path(file.name).read_bytes()) != file.text:
            hint = "--diff prints the change of what the variant reads"
            raise UsageError(f"{path}: the variant replaces text of {file.name}, so that --write cannot", hint=hint)
    for file, text in found.texts:
        Target(file.name, "--write").write(encoded(text, Path(file.name).read_bytes()))
    return [file.name for file, _ in found.texts]


def _named(file: SourceFile, path: str, tree: str | None) -> str:
    """How a patch names a file of the test at `path`: one of a kernel tree as the tree does."""
    name = path if path == STDIN else file.name
    if tree is not None and Path(name).is_relative_to(tree):
        return str(Path(name).relative_to(tree))
    return _relative(name)


def _relative(path: str) -> str:
    """The path as a patch names it: relative to where `patch -p1` is run."""
    if path == STDIN:
        return "stdin.litmus"
    plain = os.path.normpath(path)
    return str(Path(plain).resolve()) if plain.startswith("..") else plain


def encoded(text: str, before: bytes) -> bytes:
    """`text` in the encoding of the bytes that it is to replace: UTF-8, or Latin-1 where they are not that."""
    try:
        before.decode("utf-8")
    except UnicodeDecodeError:
        return text.encode("latin-1")
    return text.encode("utf-8-sig" if before.startswith(b"\xef\xbb\xbf") else "utf-8")
