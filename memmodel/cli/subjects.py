"""A path and options in, what the analyses of barriers work on out."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from memmodel import diagnostic
from memmodel.cli.arguments import code_arguments, defines, natural, seconds, tree
from memmodel.cli.configuration import options_for
from memmodel.cli.paths import single
from memmodel.engines.programs import Opened
from memmodel.engines.task import LARGEST_FILE, STDIN, Options, Task
from memmodel.errors import UsageError

if TYPE_CHECKING:
    from memmodel.analyses.subject import Subject
    from memmodel.program.ir import Program


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say how a file is read and decided."""
    add = parser.add_argument
    defaults = Options()
    model = "a name (see `memmodel models`), a .cat file or a kernel's tools/memory-model; default: the scenario's, or "
    add("-m", "--model", metavar="M", help=model + defaults.model)
    add("--unroll", type=natural, metavar="N", help="run loops at most N times; default: the file's own, else 2")
    code_arguments(parser)
    add("--timeout", type=seconds, default=defaults.timeout, metavar="S", help="for each file; default: %(default)g")


def subject_of(path: str, arguments: argparse.Namespace) -> Subject:
    """Read and lower a test; warnings are printed. Raises MemmodelError."""
    from memmodel.analyses.subject import Subject
    from memmodel.engines.programs import program_of
    from memmodel.engines.run import load_model, primitives_of
    from memmodel.machines import registry

    start = time.monotonic()
    task = task_of(path, arguments)
    if registry.find(task.options.model) is not None:
        raise UsageError(
            f"--model {task.options.model}: which barriers it takes is asked of the kernel's model, "
            "not of instructions",
            hint="--arch counts what they cost on an architecture",
        )
    deadline = start + task.options.timeout
    loaded, primitives = load_model(task.options.model), primitives_of(task.options.model)
    opened = program_of(task, primitives)
    warn(opened)

    def again(texts: Mapping[str, str]) -> Program:
        return program_of(task, primitives, texts).lowered.program

    program = opened.lowered.program
    return Subject(opened.source, program, primitives, loaded.model, arguments.unroll, deadline, again)


def task_of(path: str, arguments: argparse.Namespace) -> Task:
    """What a path and the options ask for; standard input is read. Raises MemmodelError."""
    path = single(path)
    data = sys.stdin.buffer.read(LARGEST_FILE + 1) if path == STDIN else None
    options = Options(
        model=arguments.model or Options().model,
        unroll=arguments.unroll,
        timeout=getattr(arguments, "timeout", None) or Options().timeout,
        tree=tree(arguments),
        defines=defines(arguments),
    )
    return Task(path, options_for(path, options, arguments), data)


def limit(path: str, arguments: argparse.Namespace) -> float:
    """Seconds that there are for a path that was read before."""
    return options_for(path, Options(timeout=arguments.timeout), arguments).timeout


def warn(opened: Opened) -> None:
    """Print what there is to say about a text."""
    from memmodel.reports.diagnostic import render

    for warning in opened.lowered.warnings:
        sys.stderr.write(render(diagnostic.warning(warning.message, warning.span)))
