"""Tasks in, their reports out in order, each made in a child process that may crash, hang or eat memory alone.

A child checks file after file and sends each report through a pipe as soon as it has it. When it dies or
overruns, the file it was at is marked and a new child goes on with the next: isolation costs one fork for a run
of files, not one for each file.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import pickle
import resource
import select
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from enum import Enum
from pathlib import Path
from typing import NoReturn

from memmodel.engines import run
from memmodel.engines.run import Progress
from memmodel.engines.task import Task
from memmodel.records import dataclass, replace
from memmodel.result import FileReport, Outcome

GRACE = 2.0
"""Seconds past a file's time limit before its process is killed. Engines stop by themselves, and keep what they
found."""

PATIENCE = 0.2
"""Seconds of the longest wait in one go. Python notices a signal between two instructions, so that one which comes just
before a wait, or to another thread, is noticed only after it."""

GARBAGE_THRESHOLD = 20_000
"""Allocations between two looks for garbage: searches make many small objects and few cycles."""

FRESH_START = 75
"""Exit status of a child that ran out of time or memory and told so: what native code left behind is not to be trusted
with the next file."""

Work = Callable[[Task, Progress], FileReport]
"""What is done with a task: a function of a module, so that an executor can name it to another process."""

_HEADER = struct.Struct("<?Q")  # finished or not, length
FORKING = threading.Lock()
"""Held while a child is forked, so that it starts with nothing half done by other threads of its parent; a cluster's
workers have several."""

_running: set[int] = set()
"""Children of this process, to be killed when it is told to end."""


def run_isolated(tasks: Sequence[Task], work: Work = run.check_file) -> Generator[FileReport, None, None]:
    """The reports of `tasks`, in their order, each as soon as it is there. Never raises for what a task does."""
    done = 0
    while done < len(tasks):
        for report in _one_child(tasks[done:], work):
            done += 1
            yield report


def kill_children() -> None:
    """Kill the children at work: for signal handlers, which then end this process."""
    for child in tuple(_running):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def die_with_parent(signal_number: int) -> None:
    """Ask Linux to send this process a signal when the one that started it ends, however that comes about."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(signal_number))


# ── the parent's side ────────────────────────────────────────────────────────────────────────────


def _one_child(tasks: Sequence[Task], work: Work) -> Generator[FileReport, None, None]:
    """Reports of the first tasks, at least of one: up to and with the first one that its child does not survive."""
    sys.stdout.flush()
    sys.stderr.flush()
    reader, writer = os.pipe()
    with FORKING:
        child = os.fork()
    if child == 0:
        os.close(reader)
        _work_through(tasks, work, writer)
    _running.add(child)
    os.close(writer)
    frames = _Frames(reader)
    exit_ = None
    try:
        for task in tasks:
            start = time.monotonic()
            report, silence = _await_report(task, frames)
            if silence is None:
                yield report
                continue
            exit_ = _reap(child)
            if exit_.status == FRESH_START:
                return
            report = replace(report, seconds=time.monotonic() - start)
            yield _late(task, report) if silence is _Silence.LATE else _died(task, report, exit_)
            return
    finally:
        os.close(reader)
        if exit_ is None:
            _reap(child)


def _await_report(task: Task, frames: _Frames) -> tuple[FileReport, _Silence | None]:
    """The finished report of the task that the child is at, and None; or what was known, and why there is no more."""
    deadline = time.monotonic() + task.options.timeout + GRACE
    known = run.blank(task)
    while True:
        frame = frames.next(deadline)
        if isinstance(frame, _Silence):
            return known, frame
        known = frame.report
        if frame.finished:
            return known, None


def _late(task: Task, known: FileReport) -> FileReport:
    if known.incomplete:  # the verdict was there, and only what goes with it was not
        return known
    reason = f"the time limit of {task.options.timeout:g} s was reached"
    return replace(known, outcome=Outcome.TIMEOUT, reason=reason)


def _died(task: Task, known: FileReport, exit_: _Exit) -> FileReport:
    """A report for a file that took its process with it. Native code that gets no memory aborts: then what the process
    had taken tells."""
    limit = task.options.memory
    if exit_.signal == signal.SIGKILL or (limit is not None and exit_.peak > 0.8 * limit):
        if known.incomplete:
            return known
        return run.out_of_memory(known, task.options)
    how = signal.Signals(exit_.signal).name if exit_.signal else f"exit status {exit_.status}"
    return run.internal(task, known, f"the process ended with {how}")


@dataclass(frozen=True)
class _Exit:
    status: int
    signal: int
    peak: float
    """Megabytes of memory at the most."""


def _reap(child: int) -> _Exit:
    """Kill the child if it still lives, and wait for it. (One that is dead already keeps its own exit status.)"""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    _running.discard(child)
    code = os.waitstatus_to_exitcode(status)
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return _Exit(max(code, 0), max(-code, 0), usage.ru_maxrss / unit)


class _Silence(Enum):
    LATE = "nothing came in time"
    CLOSED = "the child is gone"


@dataclass(frozen=True)
class _Frame:
    finished: bool
    report: FileReport


class _Frames:
    """The messages of one child, read from its pipe without ever waiting past a deadline."""

    def __init__(self, reader: int) -> None:
        self._reader = reader
        self._buffer = bytearray()

    def next(self, deadline: float) -> _Frame | _Silence:
        while True:
            frame = self._take()
            if frame is not None:
                return frame
            left = deadline - time.monotonic()
            if left <= 0:
                return _Silence.LATE
            if not select.select([self._reader], [], [], min(left, PATIENCE))[0]:
                continue
            data = os.read(self._reader, 1 << 16)
            if not data:
                return _Silence.CLOSED
            self._buffer += data

    def _take(self) -> _Frame | None:
        if len(self._buffer) < _HEADER.size:
            return None
        finished, length = _HEADER.unpack_from(self._buffer)
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        report = pickle.loads(bytes(self._buffer[_HEADER.size : end]))
        del self._buffer[:end]
        return _Frame(finished, report)


# ── the child's side ─────────────────────────────────────────────────────────────────────────────


def _work_through(tasks: Sequence[Task], work: Work, writer: int) -> NoReturn:
    """The whole life of a child. It leaves by _exit: what the parent has open and buffered is not its own."""
    status = 1
    try:
        _settle_in()
        for task in tasks:
            _limit(task)
            report = work(task, lambda known: _send(writer, False, known))
            _send(writer, True, report)
            if report.outcome is Outcome.TIMEOUT:
                os._exit(FRESH_START)
        status = 0
    except BrokenPipeError:
        status = 0  # the parent has gone, or wants no more
    finally:
        os._exit(status)


def _settle_in() -> None:
    """Ctrl-C is the parent's affair; native code writes nothing between the parent's lines."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
    if os.environ.get("MEMMODEL_DEBUG") != "1":
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        faulthandler.disable()  # a crash is told by the parent, not by a dump
    gc.freeze()  # what was there before the fork stays shared: collecting it would copy its pages
    gc.enable()
    gc.set_threshold(GARBAGE_THRESHOLD)


def _limit(task: Task) -> None:
    """The kernel's own time and memory limits: they hold even if the parent is gone and in native code."""
    signal.setitimer(signal.ITIMER_REAL, task.options.timeout + 2 * GRACE)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if task.options.memory is None:
        return
    limit = _size_now() + (task.options.memory << 20)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _size_now() -> int:
    """Bytes of address space that this process has; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _send(writer: int, finished: bool, report: FileReport) -> None:
    data = pickle.dumps(report, pickle.HIGHEST_PROTOCOL)
    message = memoryview(_HEADER.pack(finished, len(data)) + data)
    while message:
        message = message[os.write(writer, message) :]
