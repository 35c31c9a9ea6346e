"""What the command line names in, a report on each out, in order: the tasks are made and handed to whoever works on
them."""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import sys
from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel import diagnostic
from memmodel.cli.configuration import options_for
from memmodel.cli.paths import Missing
from memmodel.diagnostic import Diagnostic, Severity
from memmodel.engines.programs import is_code
from memmodel.engines.run import check_file as run_file
from memmodel.engines.task import LARGEST_FILE, STDIN, Options, Task
from memmodel.errors import MemmodelError
from memmodel.records import replace
from memmodel.result import FileReport, Outcome

if TYPE_CHECKING:
    from memmodel.engines.cache import Store
    from memmodel.engines.isolate import Work

NO_CACHE, CACHE_DIR = "MEMMODEL_NO_CACHE", "MEMMODEL_CACHE_DIR"
"""Variables of the environment that stand for --no-cache and --cache-dir."""


def _task(path: str, options: Options, arguments: argparse.Namespace, stdin: bytes | None) -> Task:
    """A file or variant, with what its scenario says of how to check it."""
    if is_code(path):
        options = replace(options, states=arguments.states, count=arguments.count)
    return Task(path, options_for(path, options, arguments), stdin if path == STDIN else None)


def reports(
    items: Sequence[str | Missing], options: Options, arguments: argparse.Namespace, rules: bool
) -> Generator[FileReport, None, None]:
    """A report for each item, in order: files are checked, what is missing is said. `rules`: with their warnings.
    Raises MemmodelError if the model cannot be read."""
    stdin = sys.stdin.buffer.read(LARGEST_FILE + 1) if STDIN in items else None
    tasks = [_task(item, options, arguments, stdin) for item in items if not isinstance(item, Missing)]
    with contextlib.closing(checked(tasks, arguments, rules)) as stream:
        for item in items:
            yield _absent(item, options) if isinstance(item, Missing) else next(stream)


def checked(tasks: Sequence[Task], arguments: argparse.Namespace, rules: bool) -> Generator[FileReport, None, None]:
    """The reports of tasks: those that are kept from earlier runs, and those that are made now. Where all are kept
    nothing is loaded that a check needs."""
    store = _store(arguments, rules)
    if store is None:
        yield from _made(tasks, arguments, rules, None)
        return
    from memmodel.engines.cache import Disk, prune

    disk, done = Disk(), 0
    while done < len(tasks) and (known := store.fetch(tasks[done], disk)) is not None:
        yield known
        done += 1
    if done == len(tasks):
        return
    rest = deque([None, *(store.fetch(task, disk) for task in tasks[done + 1 :])])
    missing = [task for task, known in zip(tasks[done:], rest, strict=True) if known is None]
    with contextlib.closing(_made(missing, arguments, rules, store)) as made:
        while rest:
            yield rest.popleft() or next(made)
    prune(store.folder)


def _made(
    tasks: Sequence[Task], arguments: argparse.Namespace, rules: bool, store: Store | None
) -> Generator[FileReport, None, None]:
    """The reports of tasks, made now and kept as soon as they are there."""
    from memmodel.engines.pool import check_all

    work: Work = run_file
    if rules:
        from memmodel.analyses import checking

        work = checking.check_file
    if getattr(arguments, "cluster", None) is not None:
        yield from _afar(tasks, arguments.cluster, work, store)
        return
    if store is not None:
        from memmodel.engines.cache import keeping

        work = functools.partial(keeping, work, store)
    yield from check_all(tasks, arguments.jobs, work)


def _afar(tasks: Sequence[Task], address: str, work: Work, store: Store | None) -> Generator[FileReport, None, None]:
    """The reports of tasks, made by a cluster, and kept here."""
    from memmodel.engines.cluster import connected, packed, packed_work
    from memmodel.engines.pool import check_all

    with connected(address) as cluster:
        sent = [packed(task) for task in tasks]
        made = check_all(sent, cluster.threads, packed_work(work), cluster.executor)
        with contextlib.closing(made):
            for task, report in zip(sent, made, strict=True):
                if store is not None:
                    store.keep(task, report)
                yield report


def _store(arguments: argparse.Namespace, rules: bool) -> Store | None:
    """Where reports are kept, unless that is not wanted. Those with warnings are told from those without."""
    if not getattr(arguments, "cache", False) or os.environ.get(NO_CACHE):
        return None
    from memmodel.engines.cache import Store, directory

    try:
        folder = Path(arguments.cache_dir or os.environ.get(CACHE_DIR) or directory())
    except RuntimeError:  # there is no home
        return None
    return Store(str(folder.absolute()), "with warnings" if rules else "verdict")


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
