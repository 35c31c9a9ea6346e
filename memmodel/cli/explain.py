"""`memmodel explain`: one litmus test or C program in, why its outcome can happen or why it cannot out."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from memmodel.cli.arguments import arch_argument, architectures
from memmodel.cli.programs import program_of
from memmodel.cli.subjects import add_arguments, task_of, warn
from memmodel.engines.run import load_model, primitives_of
from memmodel.errors import MemmodelError
from memmodel.records import replace
from memmodel.result import ExitStatus, FileReport, Outcome

if TYPE_CHECKING:
    from memmodel.engines.run import Decided

LEAST = 0.05
"""Seconds that a search is given at least."""

EPILOG = """\
examples:
  # why two stores can be seen in the other order
  memmodel explain litmus/ring/drain-before-atomic.litmus
  # why an outcome is impossible, and which barriers it takes
  memmodel explain litmus/classic/MP+wmb+rmb.litmus
  # another outcome of the same test
  memmodel explain litmus/classic/SB.litmus --where '0:r0=1 /\\ 1:r0=1'
  # which machines show it, and by which instructions
  memmodel explain litmus/ring/drain-none.litmus --arch all

exit status:
  0  the verdict is as expected, or nothing is; with --where always
  1  another verdict than expected, a data race, a deadlock, a failed assertion
  2  bad usage or input
  3  not decided: out of time, or unsupported
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help="say why a test's outcome can happen, or why it cannot",
        description="Show the shortest execution with the outcome and what ordering is missing; or, where the "
        "outcome is impossible, what forbids each way to it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("path", metavar="FILE", help="a litmus test, a C file, scenarios/NAME:VARIANT, or - for standard input")
    add("--states", action="store_true", help="list every reachable final state")
    add("--where", metavar="COND", help=r"explain another outcome than the file's own: '0:r0=1 /\ x=2'")
    add_arguments(parser)
    arch_argument(parser, "also say whether this architecture can show it, and how in its instructions")
    add("-f", "--format", choices=["text", "json"], default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Explain the file. Raises MemmodelError for what cannot be read or decided."""
    from memmodel.analyses.explain import Question, explained
    from memmodel.engines.base import Request
    from memmodel.engines.run import Decided
    from memmodel.engines.smt import SmtEngine
    from memmodel.reports import machines
    from memmodel.reports.explanation import render
    from memmodel.reports.explanation_json import as_json

    start = time.monotonic()
    task = task_of(arguments.path, arguments)
    wanted = architectures(arguments, task.options.model)
    loaded = load_model(task.options.model)
    opened = program_of(task, primitives_of(task.options.model), arguments.where)
    deadline = start + task.options.timeout
    left = max(LEAST, deadline - time.monotonic())
    file = opened.source.name if task.data is not None else task.file
    question = Question(opened.lowered.program, loaded.model, time.monotonic() + left)
    result = SmtEngine().run(question.graph, question.model, Request(states=arguments.states, timeout=left))
    explanation = explained(question, result, file)
    warn(opened)
    until = max(deadline, time.monotonic() + LEAST)
    decided = Decided(task, opened, question.graph, question.model, result, until)
    on = _machines(decided, wanted) if wanted else None
    if arguments.format == "json":
        more = machines.as_object(on) if on is not None else {}
        print(json.dumps({**as_json(explanation), **more}, indent=1, ensure_ascii=False))
    else:
        sys.stdout.write(render(explanation) + (f"\n{machines.section(on)}" if on is not None else ""))
    return ExitStatus.OK if arguments.where else Outcome(explanation.outcome).status


def _machines(decided: Decided, wanted: tuple[str, ...]) -> FileReport:
    """What architectures make of the program. Raises MemmodelError."""
    from memmodel.analyses import machines
    from memmodel.engines.run import blank

    result = decided.result
    report = replace(
        blank(decided.task),
        model=decided.model.name,
        observation=result.observation,
        flags=tuple(sorted(result.flags)),
    )
    if result.observation is None:
        return machines.undecided(report, wanted)
    judged = machines.judge(decided, report, wanted)
    if judged.internal:
        raise MemmodelError(judged.reason or "")
    return judged
