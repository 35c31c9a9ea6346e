"""`memmodel show`: one litmus test or C program in, a picture of the execution behind its verdict out."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from memmodel.cli.programs import program_of
from memmodel.cli.saving import Target
from memmodel.cli.subjects import add_arguments, task_of, warn
from memmodel.engines.run import load_model, primitives_of
from memmodel.errors import Unsupported, UsageError
from memmodel.records import dataclass
from memmodel.result import ExitStatus

if TYPE_CHECKING:
    from memmodel.analyses.explain import Question
    from memmodel.picture import Picture
    from memmodel.reports.graph.colours import Theme
    from memmodel.result import Result

FORMATS = ("svg", "dot", "html", "png")
STDOUT = "-"

EPILOG = """\
examples:
  # why the outcome can happen, for a page or a mail
  memmodel show litmus/ring/drain-none.litmus -o drain.svg
  # what forbids it, for a slide and for Graphviz
  memmodel show litmus/ring/drain-wmb.litmus -o drain.png -o drain.dot
  # to another program
  memmodel show litmus/classic/MP.litmus -o - --format dot | dot -Tpdf > mp.pdf

exit status:
  0  the picture was made, whatever the verdict
  1  there is nothing to draw: a deadlock, or a program without executions
  2  bad usage or input
  3  there is nothing to draw yet: out of time, or unsupported
"""


@dataclass(frozen=True)
class Output:
    target: Target
    format: str


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "show",
        help="draw the execution behind a verdict",
        description="Draw the shortest execution with the outcome, a column for each thread, what is out of order in "
        "bold; or, where the outcome is impossible, an execution with it and the cycle that forbids it; or a race.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("path", metavar="FILE", help="a litmus test, a C file, scenarios/NAME:VARIANT, or - for standard input")
    add(
        "-o",
        "--output",
        dest="outputs",
        metavar="OUT",
        action="append",
        default=[],
        help="the picture: NAME.svg, NAME.dot, NAME.html or NAME.png, or - for standard output; several may be given",
    )
    add("-f", "--format", choices=FORMATS, help="what to write; default: as the suffix of the file has it")
    add("--theme", choices=["auto", "light", "dark"], default="auto", help="default: as the reader's screen has it")
    add("--where", metavar="COND", help=r"draw another outcome than the file's own: '0:r0=1 /\ x=2'")
    add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Draw the file. Raises MemmodelError for what cannot be read or written."""
    from memmodel.diagnostic import from_error
    from memmodel.reports.diagnostic import render
    from memmodel.reports.graph.colours import Theme

    outputs = [_output(path, arguments.format) for path in arguments.outputs]
    if not outputs:
        raise UsageError("show: no file to write to", hint="name one: -o picture.svg (or .dot, .html, .png)")
    for output in outputs:
        if output.target.path != STDOUT:
            output.target.probe()
    try:
        drawn = _drawn(arguments)
    except Unsupported as error:
        sys.stderr.write(render(from_error(error)))
        return ExitStatus.UNDECIDED
    if isinstance(drawn, ExitStatus):
        return drawn
    written = [(output, _rendered(drawn, output.format, Theme(arguments.theme))) for output in outputs]
    for output, data in written:
        _write(output, data)
    return ExitStatus.OK


def _drawn(arguments: argparse.Namespace) -> Picture | ExitStatus:
    """The picture, or the exit status where there is none, and why was said."""
    from memmodel.analyses.drawing import best_picture
    from memmodel.analyses.explain import Question
    from memmodel.engines.base import Request
    from memmodel.engines.smt import SmtEngine

    start = time.monotonic()
    task = task_of(arguments.path, arguments)
    model = load_model(task.options.model).model
    opened = program_of(task, primitives_of(task.options.model), arguments.where)
    warn(opened)
    question = Question(opened.lowered.program, model, start + task.options.timeout)
    left = max(0.05, question.deadline - time.monotonic())
    result = SmtEngine().run(question.graph, model, Request(timeout=left))
    file = opened.source.name if task.data is not None else task.file
    return best_picture(question, result, file) or _nothing(question, result, file)


def _output(path: str, asked: str | None) -> Output:
    """Where to write, and in which format. Raises UsageError."""
    suffix = path.rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
    if asked is None and path == STDOUT:
        raise UsageError("show: -o - needs a --format", hint=f"one of {', '.join(FORMATS)}")
    if asked is None and suffix not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UsageError(f"-o {path}: the name does not say which format to write", hint=f"end it in {known}")
    return Output(Target(path, "-o"), asked or suffix)


def _rendered(picture: Picture, format: str, theme: Theme) -> bytes:
    """The picture as the contents of a file."""
    if format == "png":
        from memmodel.reports.graph import png

        return png.render(picture, theme)
    if format == "dot":
        from memmodel.reports.graph import dot

        return dot.render(picture, theme).encode()
    if format == "html":
        from memmodel.reports.html.single import page

        return page(picture).encode()
    from memmodel.reports.graph import svg

    return svg.render(picture, theme).encode()


def _write(output: Output, data: bytes) -> None:
    if output.target.path == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        output.target.write(data)


def _nothing(question: Question, result: Result, file: str) -> ExitStatus:
    """Say why there is no picture."""
    from memmodel.analyses import remarks
    from memmodel.engines.run import judge

    judged = judge(result, question.graph, question.model)
    why = remarks.no_executions(result) if result.no_executions else judged.reason or result.reason or "no verdict"
    print(f"memmodel: {file}: nothing to draw: {why}", file=sys.stderr)
    return judged.outcome.status or ExitStatus.FINDING
