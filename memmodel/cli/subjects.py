"""A path and options in, what the analyses of barriers work on out."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from memmodel import diagnostic
from memmodel.cli.arguments import natural, seconds
from memmodel.engines.task import LARGEST_FILE, STDIN, Options, Task, read

if TYPE_CHECKING:
    from memmodel.analyses.subject import Subject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say how a file is read and decided."""
    add = parser.add_argument
    defaults = Options()
    model = "a name (see `memmodel models`), a .cat file or a kernel's tools/memory-model; default: %(default)s"
    add("-m", "--model", default=defaults.model, metavar="M", help=model)
    add("--unroll", type=natural, metavar="N", help="run loops at most N times; default: the file's Unroll=, else 2")
    add("--timeout", type=seconds, default=defaults.timeout, metavar="S", help="for each file; default: %(default)g")


def subject_of(path: str, arguments: argparse.Namespace) -> Subject:
    """Read and lower a file; warnings are printed. Raises MemmodelError."""
    from memmodel.analyses.subject import Subject
    from memmodel.engines.run import load_model
    from memmodel.program.definitions import read as read_definitions
    from memmodel.program.load import load
    from memmodel.program.primitives import DEFAULT
    from memmodel.reports.diagnostic import render

    deadline = time.monotonic() + arguments.timeout
    data = sys.stdin.buffer.read(LARGEST_FILE + 1) if path == STDIN else None
    loaded = load_model(arguments.model)
    source = read(Task(path, Options(model=arguments.model), data))
    primitives = DEFAULT
    if loaded.definitions is not None:
        primitives = read_definitions(loaded.definitions, loaded.version)
    lowered = load(source, primitives, arguments.unroll)
    for warning in lowered.warnings:
        sys.stderr.write(render(diagnostic.warning(warning.message, warning.span)))
    return Subject(source, lowered.program, primitives, loaded.model, arguments.unroll, deadline)
