"""`memmodel export`: one litmus test, C file or variant of a scenario in, the equivalent test for another tool out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from memmodel import diagnostic
from memmodel.cli.arguments import code_arguments, natural
from memmodel.cli.subjects import task_of, warn
from memmodel.engines.task import STDIN
from memmodel.errors import UsageError
from memmodel.result import ExitStatus

EPILOG = """\
Loops are unrolled as far as their bounds say, and executions that would go on
are filtered out. What herd7's dialect cannot express is an error that says what
it is and where.

examples:
  # a variant of a ring buffer in C as a litmus test
  memmodel export scenarios/circular-buffer:correct
  # into a file that `memmodel check` reads again
  memmodel export scenarios/circular-buffer:correct -o correct.litmus

exit status:
  0  written
  2  bad usage or input, or nothing that herd7's dialect can express
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "export",
        help="write a test, C file or scenario as a litmus test for herd7",
        description="Write the litmus test that is equivalent to a program, in the dialect that herd7 reads.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("path", metavar="PATH", help="a litmus test, a C file, SCENARIO:VARIANT, or - for standard input")
    add("--to", choices=["litmus"], default="litmus", help="the language to write; default: %(default)s")
    add("-o", "--output", metavar="FILE", help="write to FILE; default: standard output")
    add("--unroll", type=natural, metavar="N", help="run loops at most N times; default: the file's own, else 2")
    code_arguments(parser)
    parser.set_defaults(model=None)


def run(arguments: argparse.Namespace) -> int:
    """Export the program. Raises MemmodelError for what cannot be read or exported."""
    from memmodel.engines.programs import program_of
    from memmodel.program.primitives import DEFAULT
    from memmodel.reports.diagnostic import render
    from memmodel.reports.litmus import litmus

    path: str = arguments.path
    opened = program_of(task_of(path, arguments), DEFAULT)
    warn(opened)
    exported = litmus(opened.lowered.program, f"Exported from {opened.source.name if path == STDIN else path}")
    for note in exported.notes:
        sys.stderr.write(render(diagnostic.warning(note, None)))
    if arguments.output is None:
        sys.stdout.write(exported.text)
        return ExitStatus.OK
    try:
        Path(arguments.output).write_text(exported.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{arguments.output}: cannot be written: {error.strerror or error}") from None
    return ExitStatus.OK
