"""Tasks in, their reports out in the same order, worked on by any concurrent.futures executor.

The executor is handed small batches: a module-level function and plain data, so that the same call works with a pool of
local processes and with a cluster. Whatever a file does to the process that checks it stays there (see
`isolate`); a worker that dies all the same costs its batch a second try in a fresh pool, one file at a time.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from typing import TypeVar, cast

from memmodel.engines import run
from memmodel.engines.isolate import FORKING, PATIENCE, Work, die_with_parent, kill_children, run_isolated
from memmodel.engines.task import Task
from memmodel.errors import MemmodelError
from memmodel.result import FileReport

LARGEST_BATCH = 8
"""Files for one fork. A fork costs 3 to 8 ms: eight files share it for 1 ms each, and a slow batch holds up little."""

Item = TypeVar("Item")
Result = TypeVar("Result")

ExecutorFactory = Callable[[int], Executor]
"""Makes an executor with so many workers. Its futures raise BrokenExecutor where a worker died of what it was given,
and MemmodelError where there is nothing left to work with."""


def check_all(
    tasks: Sequence[Task], jobs: int, work: Work = run.check_file, executor: ExecutorFactory | None = None
) -> Generator[FileReport, None, None]:
    """The reports of `tasks` in their order, as they become available, with `jobs` at work at a time. Nothing that a
    file does keeps another's report from coming. Raises MemmodelError if the model cannot be read."""
    if not tasks:
        return
    run.preload(tasks[0].options)
    workers = min(jobs, len(tasks))
    if workers == 1 and executor is None:
        yield from run_isolated(tasks, work)
        return
    size = max(1, min(LARGEST_BATCH, len(tasks) // (4 * workers)))
    batches = [tuple(tasks[i : i + size]) for i in range(0, len(tasks), size)]
    yield from _run(batches, workers, work, executor or local_executor)


def mapped(work: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Generator[Result | None, None, None]:
    """What `work` makes of each item, in their order, with `jobs` processes at it. They are forked from this one: what
    it has read they need not read again. None for an item at which a process died."""
    if min(jobs, len(items)) < 2:
        yield from map(work, items)
        return
    done = 0
    while done < len(items):
        pool = _forked(work, min(jobs, len(items) - done))
        try:
            futures = [pool.submit(_work_of_this_process, item) for item in items[done:]]
            for future in futures:
                found = cast(Result, _result(future))
                done += 1
                yield found
        except BrokenExecutor:
            done += 1
            yield None
        except BaseException:
            _abandon(pool)
            raise
        pool.shutdown(wait=False, cancel_futures=True)


_forked_work: list[Callable[..., object]] = []
"""What a worker of `mapped` does: known to it because it is a copy of the process that wants it done."""


def _forked(work: Callable[..., object], workers: int) -> Executor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_with, initargs=(os.getpid(), work))


def _start_with(parent: int, work: Callable[..., object]) -> None:
    _start_worker(parent)
    _forked_work[:] = [work]


def _work_of_this_process(item: object) -> object:
    return _forked_work[0](item)


def run_batch(tasks: tuple[Task, ...], work: Work) -> tuple[FileReport, ...]:
    """What a worker does: the reports of a few tasks, in order."""
    with FORKING:
        run.prepare(tasks[0].options)
    return tuple(run_isolated(tasks, work))


def local_executor(workers: int) -> Executor:
    """Processes on this machine, forked from this one with everything imported."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))


def _start_worker(parent: int) -> None:
    """Ctrl-C is for the main process, which then ends its workers; they take their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end_worker)
    die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we could ask to be told
        os._exit(1)


def _end_worker(number: int, frame: object) -> None:
    kill_children()
    os._exit(128 + number)


def _run(
    batches: Sequence[tuple[Task, ...]], workers: int, work: Work, factory: ExecutorFactory
) -> Generator[FileReport, None, None]:
    pool = factory(workers)
    try:
        waiting = deque((batch, pool.submit(run_batch, batch, work)) for batch in batches)
        while waiting:
            batch, future = waiting.popleft()  # a report that was handed on is not held here
            try:
                reports = _result(future)
            except BrokenExecutor:
                yield from _one_by_one(batch, work, factory)
                continue
            except MemmodelError:  # nothing can be checked any more
                raise
            except Exception as error:  # the executor's own trouble, such as a report that cannot be sent
                reports = tuple(run.internal(task, run.blank(task), f"worker: {error}") for task in batch)
            yield from reports
    except BaseException:
        _abandon(pool)
        raise
    pool.shutdown(wait=True)


def _result(future: Future[Result]) -> Result:
    """What the future comes to, without a wait so long that Ctrl-C could be lost in it."""
    while not wait([future], PATIENCE).done:
        pass
    return future.result()


def _one_by_one(batch: tuple[Task, ...], work: Work, factory: ExecutorFactory) -> Generator[FileReport, None, None]:
    """A worker died of this batch, or together with its whole pool: every file gets a pool of its own, so that the one
    that kills workers is known."""
    for task in batch:
        pool = factory(1)
        try:
            yield from _result(pool.submit(run_batch, (task,), work))
        except BrokenExecutor as error:
            yield run.internal(task, run.blank(task), f"the worker process died: {error}")
        except BaseException:
            _abandon(pool)
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _abandon(pool: Executor) -> None:
    """End the pool at once: what it is working on is not wanted any more."""
    import multiprocessing

    for process in multiprocessing.active_children():
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)
