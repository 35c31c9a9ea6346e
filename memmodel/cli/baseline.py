"""`memmodel baseline`: files in, one file with their verdicts, final states and flags out, to be held against later."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import TYPE_CHECKING

from memmodel.cli.arguments import (
    NAME_SOMETHING,
    NOTHING,
    cache_arguments,
    code_arguments,
    cores,
    deciding,
    natural,
    positive,
    seconds,
)
from memmodel.cli.configuration import excluded
from memmodel.cli.ending import INTERRUPTED
from memmodel.cli.paths import Missing, collect
from memmodel.cli.saving import Target
from memmodel.cli.work import reports
from memmodel.engines.run import load_model, preload
from memmodel.engines.task import STDIN, EngineChoice, Options
from memmodel.errors import UsageError
from memmodel.records import replace
from memmodel.result import ExitStatus, FileReport, Outcome

if TYPE_CHECKING:
    from memmodel.analyses.baseline_file import Baseline

DEFAULT = "memmodel-baseline.json"

EPILOG = """\
`memmodel check --baseline FILE` then fails on whatever is not as it was, and says how:
another verdict, flags or final states gained or lost, files that are gone. What fails as
it did is no finding there, so that a project may begin with failures that it knows.

The file is JSON, sorted, and the same for the same findings: keep it in git beside the
tests. Paths in it are relative to it.

examples:
  # record what holds today
  memmodel baseline litmus/ring -o litmus/baseline.json
  # later: is it still so?
  memmodel check --baseline litmus/baseline.json
  # under another model, and verdicts only
  memmodel baseline litmus/classic -m tso --no-states -o litmus/tso.json

exit status:
  0  recorded, whatever the verdicts are
  2  bad usage or input, or memmodel itself went wrong
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "baseline",
        help="record verdicts, final states and flags for `check --baseline`",
        description="Record what is found of each file, so that a later check fails on what has changed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    defaults = Options()
    add("paths", nargs="*", metavar="PATH", help="a litmus test, a C file, a scenario, or a directory of those")
    add("-o", "--output", default=DEFAULT, metavar="FILE", help="default: %(default)s")
    add("--no-states", dest="states", action="store_false", help="record verdicts and flags only, which is faster")
    add("-m", "--model", metavar="M", help="a name (see `memmodel models`), a .cat file or a kernel's; default: lkmm")
    add("--engine", choices=[e.value for e in EngineChoice], help="smt (default), enumerate, or both, compared")
    add("--unroll", type=natural, metavar="N", help="run loops at most N times; default: the file's own, else 2")
    code_arguments(parser)
    add("-j", "--jobs", type=positive, default=cores(), metavar="N", help="files at a time; default: one for each core")
    add("--timeout", type=seconds, metavar="S", help=f"for each file; default: the scenario's, {defaults.timeout:g}")
    add("--memory", type=positive, default=defaults.memory, metavar="MB", help="for each file; default: %(default)s")
    cache_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check what the arguments name and record it. Raises MemmodelError where nothing can be recorded."""
    from memmodel.analyses.baseline_file import text

    options = replace(deciding(arguments), states=arguments.states)
    if not arguments.paths:
        raise UsageError(NOTHING, hint=NAME_SOMETHING)
    if STDIN in arguments.paths:
        raise UsageError("standard input has no name in a baseline", hint="name files or directories")
    items = list(collect(arguments.paths, options.tree is not None, excluded(arguments)))
    missing = next((item for item in items if isinstance(item, Missing)), None)
    if missing is not None:
        raise missing.error or UsageError(f"{missing.path}: {missing.reason}")
    target = Target(arguments.output, "--output")
    target.probe()
    preload(options)
    arguments.states = arguments.count = False  # of C programs, which have none
    found: list[FileReport] = []
    try:
        with contextlib.closing(reports(items, options, arguments, False)) as stream:
            for report in stream:
                found.append(report)
    except KeyboardInterrupt:
        print("memmodel: interrupted; no baseline was written", file=sys.stderr)
        return INTERRUPTED
    target.write(text(_baseline(arguments, options, found)))
    _tell(found, arguments.output, options.states)
    return ExitStatus.BAD_INPUT if any(report.internal for report in found) else ExitStatus.OK


def _baseline(arguments: argparse.Namespace, options: Options, found: list[FileReport]) -> Baseline:
    from memmodel.analyses.baseline import entry
    from memmodel.analyses.baseline_file import Baseline, folder_of, relative

    path: str = arguments.output
    folder = folder_of(path)
    model = load_model(options.model)
    asked: str | None = arguments.model
    if asked is not None and os.path.exists(asked):  # noqa: PTH110  (never raises, whatever the name)
        asked = f"./{relative(asked, folder)}"
    return Baseline(
        path,
        asked,
        model.name,
        options.unroll,
        options.defines,
        options.states,
        tuple(sorted({relative(word, folder) for word in arguments.paths})),
        {relative(report.file, folder): entry(report, model.name) for report in found},
    )


def _tell(found: list[FileReport], path: str, states: bool) -> None:
    """What was recorded, and of what there was no verdict to record."""
    for report in found:
        if report.observation is None:
            print(f"{report.file}: recorded without a verdict: {report.reason}", file=sys.stderr)
    if states and any(report.outcome is Outcome.TIMEOUT for report in found):
        print("Verdicts alone take less time than all final states: --no-states", file=sys.stderr)
    print(f"{path}: {'1 file' if len(found) == 1 else f'{len(found)} files'}")
