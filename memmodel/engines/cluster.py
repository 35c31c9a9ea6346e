"""The address of a distributed scheduler in, an executor out that has a cluster's workers do what local ones do.

Litmus tests are sent with their texts; C code, scenarios and models of the user's own are read by the workers, which
need to see the same files under the same paths. A worker runs this very version of the program, or is refused.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Generator
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from memmodel import diagnostic
from memmodel.engines import run, version
from memmodel.engines.isolate import Work
from memmodel.engines.programs import is_code
from memmodel.engines.run import Progress
from memmodel.engines.task import LARGEST_FILE, Task
from memmodel.errors import MemmodelError, UsageError
from memmodel.records import replace
from memmodel.result import FileReport, Outcome

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 5.0
"""Seconds to wait for the scheduler, and for a first worker."""

ABANDONED = 30.0
"""Seconds without any worker, or without the scheduler, after which a run ends: workers may be on their way."""

_LOOK = 1.0
"""Seconds between two looks at whether there are workers."""

_LOST = ("FutureCancelledError", "CancelledError")

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class OtherVersion(Exception):
    """A worker's program is not ours."""


# ── in this process ──────────────────────────────────────────────────────────────────────────────


class Cluster:
    """A cluster that is ready to work. `threads`: how many files it can be at."""

    def __init__(self, address: str, client: Client, threads: int) -> None:
        self._address = address
        self._client = client
        self.threads = threads
        self._lost: MemmodelError | None = None
        self._pending: set[Future[object]] = set()
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._look_after, daemon=True)
        self._watch.start()

    def executor(self, workers: int) -> Executor:
        """An executor for a part of the work; the cluster says itself how many of its workers are at it."""
        return _Executor(self, self._client.get_executor(pure=False))

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def promise(self, inner: Future[Result]) -> Future[Result]:
        """A future with the cluster's answer: it is broken when the task has killed workers again and again, and gives
        up when there is no cluster left."""
        outer: Future[Result] = Future()
        outer.set_running_or_notify_cancel()
        self._pending.add(outer)  # type: ignore[arg-type]

        def settle(inner: Future[Result]) -> None:
            self._pending.discard(outer)
            if outer.done():
                return
            if inner.cancelled() or type(inner.exception()).__name__ in _LOST:
                # Nobody but the scheduler's end cancels what this client does not: what it knew of is gone.
                self._give_up("the connection to the scheduler was lost")
                _fail(outer, self._lost or BrokenExecutor())
                return
            error = _cause(inner)
            with contextlib.suppress(Exception):  # given up in this very moment
                outer.set_exception(error) if error is not None else outer.set_result(inner.result())

        inner.add_done_callback(settle)
        if self._lost is not None:
            _fail(outer, self._lost)
        return outer

    def _look_after(self) -> None:
        """Give everything up when there has been no worker for a while."""
        last = time.monotonic()
        while not self._closing.wait(_LOOK):
            if _threads(self._client):
                last = time.monotonic()
            elif time.monotonic() - last > ABANDONED:
                self._give_up(f"no worker has answered for {ABANDONED:g} seconds")
                return

    def _give_up(self, why: str) -> None:
        """Nothing more will come, neither of what was asked nor of what will be."""
        hint = (
            "are its scheduler and workers still running? What was found is kept: the same command goes on from there"
        )
        self._lost = UsageError(f"--cluster {self._address}: {why}", hint=hint)
        for future in tuple(self._pending):
            _fail(future, self._lost)


class _Executor(Executor):
    """distributed's own executor, with the meaning of errors that `pool` knows."""

    def __init__(self, cluster: Cluster, inner: Executor) -> None:
        self._cluster = cluster
        self._inner = inner

    def submit(
        self, work: Callable[Parameters, Result], /, *arguments: Parameters.args, **named: Parameters.kwargs
    ) -> Future[Result]:
        guarded = partial(same_version, version.code(), work)
        return self._cluster.promise(self._inner.submit(guarded, *arguments, **named))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with contextlib.suppress(Exception):  # the scheduler may be gone, and then there is nothing to cancel
            self._inner.shutdown(wait=wait)


@contextlib.contextmanager
def connected(address: str) -> Generator[Cluster, None, None]:
    """The cluster whose scheduler is at the address. Raises UsageError if it cannot be used: distributed is not
    installed, nobody answers, there is no worker, or one has another version of this program."""
    client = _client(address)
    cluster = None
    try:
        cluster = Cluster(address, client, _ready(address, client))
        yield cluster
    finally:
        if cluster is not None:
            cluster.close()
        else:
            with contextlib.suppress(Exception):
                client.close(timeout=2)


def _client(address: str) -> Client:
    logging.disable()  # only its libraries log, also long after it has ended; what matters is told as an error
    warnings.filterwarnings("ignore", module="distributed")
    try:
        from distributed import Client
    except ImportError as error:
        hint = "pip install 'memmodel[cluster]'"
        raise UsageError(f"--cluster needs the library distributed: {error}", hint=hint) from None
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # whatever its transports raise: OSError, ValueError, RuntimeError …
        what = f"--cluster {address}: no scheduler answers there: {_first_line(error)}"
        raise UsageError(what, hint="`dask scheduler` prints its address, as in tcp://host:8786") from None


def _ready(address: str, client: Client) -> int:
    """How many files the workers can be at. Raises UsageError."""
    end = time.monotonic() + PATIENCE
    while not (threads := _threads(client)):
        if time.monotonic() > end:
            hint = f"`dask worker {address} --nworkers N --nthreads 1` starts some"
            raise UsageError(f"--cluster {address}: the scheduler has no workers", hint=hint)
        time.sleep(0.1)
    try:
        found = client.run(version.code, on_error="return")
    except Exception as error:
        found = {address: error}
    for worker, code in found.items():
        if isinstance(code, Exception):
            what = f"--cluster {address}: the worker {worker} cannot run memmodel: {_first_line(code)}"
            raise UsageError(what, hint="install this version there, with the same versions of Python and libraries")
        if code != version.code():
            what = f"--cluster {address}: the worker {worker} has another version of memmodel or of its libraries"
            raise UsageError(what, hint="install this version there, and start its workers again")
    return threads


def _threads(client: Client) -> int:
    """The threads of all workers; 0 where nobody answers."""
    try:
        return sum(client.sync(client.scheduler.ncores, callback_timeout=PATIENCE).values())
    except Exception:
        return 0


def _cause(inner: Future[Result]) -> BaseException | None:
    """What a future raises, in our words; None for one with a result."""
    error = inner.exception()
    return BrokenExecutor("several workers died of it") if type(error).__name__ == "KilledWorker" else error


def _fail(future: Future[Result], error: BaseException) -> None:
    with contextlib.suppress(Exception):  # it has just been settled
        future.set_exception(error)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────


def packed(task: Task) -> Task:
    """A litmus test with its text, so that workers need not see the file. One that cannot be read stays as it is: a
    worker will say so."""
    if task.data is not None or is_code(task.file):
        return task
    try:
        with Path(task.file).open("rb") as file:
            return replace(task, data=file.read(LARGEST_FILE + 1))
    except OSError:
        return task


def packed_work(work: Work) -> Work:
    """The work as done elsewhere: in the folder that paths are meant from."""
    return partial(there, str(Path.cwd()), work)


# ── in a worker ──────────────────────────────────────────────────────────────────────────────────


def same_version(code: str, work: Callable[..., Result], *arguments: object, **named: object) -> Result:
    """Do the work if this is the program that asks for it. Raises OtherVersion."""
    if version.code() != code:
        raise OtherVersion("this worker has another version of memmodel")
    return work(*arguments, **named)


def there(folder: str, work: Work, task: Task, progress: Progress) -> FileReport:
    """Do the work in a folder: in a child process, where this changes nothing for others."""
    try:
        os.chdir(folder)
    except OSError as error:
        if task.data is None or not _is_name(task.options.model):
            what = f"{task.file}: the cluster's worker has no folder {folder}: {error.strerror}"
            hint = "workers read C code, scenarios and models from a file system that they share with this machine"
            found = diagnostic.from_error(UsageError(what, hint=hint))
            return replace(run.blank(task), outcome=Outcome.ERROR, reason=found.sentence(), diagnostics=(found,))
    return work(task, progress)


def _is_name(model: str) -> bool:
    from memmodel.cat.models import is_built_in

    return is_built_in(model)
