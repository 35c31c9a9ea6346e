"""`memmodel check`: litmus tests, C files and scenarios in, a report on each and an exit status out."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from memmodel.cli import rulebook
from memmodel.cli.arguments import (
    NAME_SOMETHING,
    NOTHING,
    arch_argument,
    architectures,
    cache_arguments,
    code_arguments,
    cores,
    defines,
    given,
    natural,
    positive,
    seconds,
    selection_arguments,
    tree,
)
from memmodel.cli.configuration import excluded, selection_of
from memmodel.cli.output import Output
from memmodel.cli.paths import collect
from memmodel.cli.work import reports, unmodelled
from memmodel.engines.task import STDIN, Details, EngineChoice, Options
from memmodel.errors import MemmodelError, UsageError
from memmodel.reports import DOCUMENTS, WITH_PICTURE, WITH_STEPS, Format, Run, Verbosity, writer
from memmodel.reports.paths import project_root
from memmodel.reports.style import ColourChoice, choose
from memmodel.result import FileReport, worst

if TYPE_CHECKING:
    from memmodel.cli.against import Against
    from memmodel.cli.saving import Target

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

EPILOG = """\
A file may state its verdict in a header comment, as the kernel's own tests do:
  (* Result: Never *)    or Sometimes, Always, DEADLOCK, Maybe; then DATARACE if a race is expected

In C (// Result: Never) the verdict is on whether an assertion fails; a file that states none
expects Never. A scenario is a folder with a scenario.toml, which names its variants and what
each of them does: scenarios/NAME checks all, scenarios/NAME:VARIANT one, a folder of
scenarios all below it (with --tree also those that need a kernel tree).

examples:
  # every test of a folder, two at a time
  memmodel check litmus/classic --jobs 2
  # one variant of a ring buffer in C, with all that is known of it
  memmodel check scenarios/circular-buffer:correct --verbose
  # another memory model; only what is not as expected
  memmodel check litmus/classic/SB.litmus --model sc --quiet

exit status:
  0  every file is as expected, or was decided where it expects nothing
  1  a finding: another verdict than expected, an unexpected data race, a deadlock,
     no execution at all, a failed assertion
  2  bad usage or input; also a fault that a litmus test can run into, such as a NULL
     dereference (in C that is a finding, unless the scenario announces it)
  3  not decided: out of time or memory, only up to a loop bound, or unsupported
  The worst of a run counts, in the order 2, 1, 3, 0.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "check",
        help="decide litmus tests, C programs and scenarios",
        description="Decide whether the condition of each litmus test is reachable under a memory model, and whether "
        "an assertion of each C program can fail.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    defaults = Options()
    model = (
        "a name (see `memmodel models`), a .cat file or a kernel's tools/memory-model; default: the scenario's, or lkmm"
    )
    engine = "smt (default), enumerate (slow and simple), or both, compared unless the scenario names one"
    paths = "a litmus test, a C file, a scenario, a directory of those, or - for a litmus test on standard input"
    add("paths", nargs="*", metavar="PATH", help=f"{paths}; default: the `paths` of the configuration")
    add("-m", "--model", metavar="M", help=model)
    add("--engine", choices=[e.value for e in EngineChoice], help=engine)
    add("--states", action="store_true", help="list every reachable final state")
    add("--count", action="store_true", help="count the executions with and without the condition")
    add("--unroll", type=natural, metavar="N", help="run loops at most N times; default: the file's own, else 2")
    code_arguments(parser)
    arch_argument(parser, "also say whether this architecture can show the outcome")
    selection_arguments(parser)
    add("-j", "--jobs", type=positive, default=cores(), metavar="N", help="files at a time; default: one for each core")
    limit = f"for each file; default: the scenario's, {defaults.timeout:g}"
    add("--timeout", type=seconds, metavar="S", help=limit)
    add("--memory", type=positive, default=defaults.memory, metavar="MB", help="for each file; default: %(default)s")
    cache_arguments(parser)
    formats = [f.value for f in Format]
    named = f"{', '.join(formats)}; default: %(default)s"
    add("-f", "--format", "--output-format", choices=formats, default=Format.TEXT.value, metavar="FORMAT", help=named)
    add("-o", "--output-file", metavar="FILE", help="where results go, all or nothing; default: standard output")
    add("--suggest", action="store_true", help="tell the cheapest change that would answer each finding")
    add(
        "--color", choices=[c.value for c in ColourChoice], default=ColourChoice.AUTO.value, help="default: %(default)s"
    )
    add("--baseline", metavar="FILE", help="fail on what is not as `memmodel baseline` recorded it")
    loud = parser.add_mutually_exclusive_group()
    loud.add_argument("-q", "--quiet", action="store_true", help="print only what is not as expected")
    loud.add_argument("-v", "--verbose", action="store_true", help="print the details of every file")


def run(arguments: argparse.Namespace) -> int:
    """Check what the arguments name. Raises MemmodelError where nothing can be checked at all."""
    held = _held(arguments)
    if not arguments.paths:
        raise UsageError(NOTHING, hint=NAME_SOMETHING)
    target = _target(arguments)
    options = options_of(arguments)
    format_ = Format(arguments.format)
    verbosity = Verbosity.QUIET if arguments.quiet else Verbosity.VERBOSE if arguments.verbose else Verbosity.NORMAL
    style = choose(ColourChoice(arguments.color), target is None and sys.stdout.isatty(), os.environ)
    signal.signal(signal.SIGTERM, _terminated)
    start = time.monotonic()
    items = tuple(collect(arguments.paths, options.tree is not None, excluded(arguments)))
    root = project_root(os.environ, os.getcwd())  # noqa: PTH109
    output = Output(writer(format_, verbosity, style, rulebook.find, root, given(arguments)), len(items), target)
    found: list[FileReport] = []
    interrupted = False
    wanted = held.options(options) if held is not None else options
    selection = selection_of(arguments)
    output.start()
    try:
        with contextlib.closing(reports(items, wanted, arguments, format_ is not Format.HERD)) as stream:
            for report in map(selection.of, held.compared(stream, options) if held is not None else stream):
                found.append(report)
                output.file(report)
    except KeyboardInterrupt:
        interrupted = True
    except MemmodelError as error:  # the model cannot be read
        if format_ in DOCUMENTS and not found:  # else it is said once, not for every file
            output.all([unmodelled(item, options, error) for item in items])
        raise
    output.end(Run(found, time.monotonic() - start, interrupted))
    return INTERRUPTED if interrupted else worst(report.outcome.status for report in found)


def options_of(arguments: argparse.Namespace) -> Options:
    """What the arguments ask for. Raises UsageError."""
    herd = arguments.format == Format.HERD.value  # its output has both, whether asked for or not
    defaults = Options()
    return Options(
        model=arguments.model or defaults.model,
        engine=EngineChoice(arguments.engine) if arguments.engine else defaults.engine,
        states=arguments.states or herd,
        count=arguments.count or herd,
        unroll=arguments.unroll,
        timeout=arguments.timeout or defaults.timeout,
        memory=arguments.memory,
        tree=tree(arguments),
        defines=defines(arguments),
        details=Details(
            steps=Format(arguments.format) in WITH_STEPS,
            picture=Format(arguments.format) in WITH_PICTURE,
            machines=architectures(arguments),
            changes=arguments.suggest,
        ),
    )


def _target(arguments: argparse.Namespace) -> Target | None:
    """The file that the results go to, if one is named. Raises UsageError where it cannot be written."""
    if arguments.output_file in (None, STDIN):
        return None
    from memmodel.cli.saving import Target

    target = Target(arguments.output_file, "--output-file")
    target.probe()
    return target


def _held(arguments: argparse.Namespace) -> Against | None:
    """The baseline that the run is held against, if one is named."""
    if arguments.baseline is None:
        return None
    from memmodel.cli.against import against

    return against(arguments)


def _terminated(number: int, frame: object) -> None:
    """A polite kill is a Ctrl-C from elsewhere: workers are ended and finished results printed."""
    raise KeyboardInterrupt
