"""`memmodel check`: litmus tests, C files and scenarios in, a report on each and an exit status out."""

from __future__ import annotations

import argparse
import signal

from memmodel.cli import rounds
from memmodel.cli.arguments import (
    NAME_SOMETHING,
    NOTHING,
    arch_argument,
    cache_arguments,
    cluster_arguments,
    code_arguments,
    cores,
    natural,
    positive,
    seconds,
    selection_arguments,
)
from memmodel.cli.ending import INTERRUPTED
from memmodel.engines.task import EngineChoice, Options
from memmodel.errors import UsageError
from memmodel.reports import Format
from memmodel.reports.style import ColourChoice

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
  # which machines of today show it as well, and by which instructions
  memmodel check litmus/ring/drain-none.litmus --arch all --verbose

With --arch there is a column for each architecture: yes where it shows the outcome that the
condition is about, no where it does not, ? where that was not decided in time. A star: there
are plain accesses with which the compiler may do more. The exit status is the same as without.

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
    cluster_arguments(parser)
    formats = [f.value for f in Format]
    named = f"{', '.join(formats)}; default: %(default)s"
    add("-f", "--format", "--output-format", choices=formats, default=Format.TEXT.value, metavar="FORMAT", help=named)
    add("-o", "--output-file", metavar="FILE", help="where results go, all or nothing; default: standard output")
    add("--suggest", action="store_true", help="tell the cheapest change that would answer each finding")
    add(
        "--color", choices=[c.value for c in ColourChoice], default=ColourChoice.AUTO.value, help="default: %(default)s"
    )
    add("--baseline", metavar="FILE", help="fail on what is not as `memmodel baseline` recorded it")
    add("--statistics", action="store_true", help="print how often each code came up, instead of the findings")
    add(
        "--exit-zero",
        action="store_true",
        help="exit 0 whatever is found (1) or not decided (3); not for bad input (2)",
    )
    add("--watch", action="store_true", help="go on: check again whatever changes, until Ctrl-C")
    loud = parser.add_mutually_exclusive_group()
    loud.add_argument("-q", "--quiet", action="store_true", help="print only what is not as expected")
    loud.add_argument("-v", "--verbose", action="store_true", help="print the details of every file")


def run(arguments: argparse.Namespace) -> int:
    """Check what the arguments name. Raises MemmodelError where nothing can be checked at all."""
    held = rounds.held_against(arguments)
    if not arguments.paths:
        raise UsageError(NOTHING, hint=NAME_SOMETHING)
    target = rounds.target_of(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    if arguments.watch:
        from memmodel.cli.watch import watch

        return watch(arguments, held, target)
    items = rounds.items_of(arguments)
    found = rounds.checked(arguments, held, items, rounds.output_of(arguments, len(items), target))
    return INTERRUPTED if found.interrupted else rounds.status_of(arguments, found.reports)


def _terminated(number: int, frame: object) -> None:
    """A polite kill is a Ctrl-C from elsewhere: workers are ended and finished results printed."""
    raise KeyboardInterrupt
