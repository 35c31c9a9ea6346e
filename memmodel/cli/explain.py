"""`memmodel explain`: one litmus file in, why its outcome can happen or why it cannot out."""

from __future__ import annotations

import argparse
import json
import sys
import time

from memmodel import diagnostic
from memmodel.cli.arguments import natural, seconds
from memmodel.cli.programs import program_of
from memmodel.engines.run import load_model
from memmodel.engines.task import LARGEST_FILE, STDIN, Options, Task, read
from memmodel.result import ExitStatus, Outcome

EPILOG = """\
exit status: as `memmodel check` has it for the file; with --where 0
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help="say why a litmus test's outcome can happen, or why it cannot",
        description="Show the shortest execution with the outcome and what ordering is missing; or, where the "
        "outcome is impossible, what forbids each way to it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    defaults = Options()
    model = "a name (see `memmodel models`), a .cat file or a kernel's tools/memory-model; default: %(default)s"
    add("path", metavar="FILE", help="a litmus test, or - for standard input")
    add("-m", "--model", default=defaults.model, metavar="M", help=model)
    add("--states", action="store_true", help="list every reachable final state")
    add("--where", metavar="COND", help=r"explain another outcome than the file's own: '0:r0=1 /\ x=2'")
    add("--unroll", type=natural, metavar="N", help="run loops at most N times; default: the file's Unroll=, else 2")
    add("--timeout", type=seconds, default=defaults.timeout, metavar="S", help="default: %(default)g")
    add("-f", "--format", choices=["text", "json"], default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Explain the file. Raises MemmodelError for what cannot be read or decided."""
    from memmodel.analyses.explain import explain
    from memmodel.reports.diagnostic import render as render_diagnostic
    from memmodel.reports.explanation import render
    from memmodel.reports.explanation_json import as_json

    start = time.monotonic()
    path: str = arguments.path
    data = sys.stdin.buffer.read(LARGEST_FILE + 1) if path == STDIN else None
    loaded = load_model(arguments.model)
    source = read(Task(path, Options(model=arguments.model), data))
    lowered = program_of(source, loaded, arguments.unroll, arguments.where)
    left = arguments.timeout - (time.monotonic() - start)
    explanation = explain(lowered.program, loaded.model, source.name, max(left, 0.05), arguments.states)
    for warning in lowered.warnings:
        sys.stderr.write(render_diagnostic(diagnostic.warning(warning.message, warning.span)))
    if arguments.format == "json":
        print(json.dumps(as_json(explanation), indent=1, ensure_ascii=False))
    else:
        sys.stdout.write(render(explanation))
    return ExitStatus.OK if arguments.where else Outcome(explanation.outcome).status
