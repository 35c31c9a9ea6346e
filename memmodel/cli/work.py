"""What the command line names in, a report on each out, in order: the tasks are made and handed to whoever works on
them."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from memmodel import diagnostic
from memmodel.cli.paths import Missing
from memmodel.diagnostic import Diagnostic, Severity
from memmodel.engines.programs import is_code, settled
from memmodel.engines.run import check_file as run_file
from memmodel.engines.task import LARGEST_FILE, STDIN, Options, Task
from memmodel.errors import MemmodelError
from memmodel.records import replace
from memmodel.result import FileReport, Outcome

if TYPE_CHECKING:
    from memmodel.engines.isolate import Work


def _task(path: str, options: Options, arguments: argparse.Namespace, stdin: bytes | None) -> Task:
    """A file or variant, with what its scenario says of how to check it."""
    if is_code(path):
        chosen = frozenset(name for name in ("model", "engine", "timeout") if getattr(arguments, name) is not None)
        options = settled(replace(options, states=arguments.states, count=arguments.count), path, chosen)
    return Task(path, options, stdin if path == STDIN else None)


def reports(
    items: Sequence[str | Missing], options: Options, arguments: argparse.Namespace, rules: bool
) -> Generator[FileReport, None, None]:
    """A report for each item, in order: files are checked, what is missing is said. `rules`: with their warnings."""
    from memmodel.engines.pool import check_all

    check: Work = run_file
    if rules:
        from memmodel.analyses import checking

        check = checking.check_file
    stdin = sys.stdin.buffer.read(LARGEST_FILE + 1) if STDIN in items else None
    tasks = [_task(item, options, arguments, stdin) for item in items if not isinstance(item, Missing)]
    with contextlib.closing(check_all(tasks, arguments.jobs, check)) as checked:
        for item in items:
            yield _absent(item, options) if isinstance(item, Missing) else next(checked)


def _absent(item: Missing, options: Options) -> FileReport:
    if item.error is not None:
        return _error(item.path, options, diagnostic.from_error(item.error))
    found = Diagnostic(Severity.ERROR, f"{item.path}: {item.reason}")
    return _error(item.path, options, found)


def unmodelled(item: str | Missing, options: Options, error: MemmodelError) -> FileReport:
    return _error(item.path if isinstance(item, Missing) else item, options, diagnostic.from_error(error))


def _error(file: str, options: Options, found: Diagnostic) -> FileReport:
    return FileReport(
        file,
        "",
        options.model,
        options.engine.value,
        Outcome.ERROR,
        reason=found.sentence(),
        diagnostics=(found,),
    )
