"""Work for the pool's tests: what a task does stands in its file name."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

from memmodel.engines import run
from memmodel.engines.run import Progress
from memmodel.engines.task import Options, Task
from memmodel.result import FileReport, Outcome


def task(name: str, **options: object) -> Task:
    return Task(name, Options(**options))  # type: ignore[arg-type]


def misbehave(task: Task, progress: Progress) -> FileReport:
    """Do what the name's first word says, then report that it went well."""
    report = replace(run.blank(task), name=f"read by {os.getpid()}")
    progress(report)
    what = task.file.split("-")[0]
    if what == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif what == "abort":
        os.abort()
    elif what == "leave":
        os._exit(7)
    elif what == "hang":
        time.sleep(600)
    elif what == "stubborn":
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
        time.sleep(600)
    elif what == "eat":
        return _eat(task, report)
    elif what == "interrupt":
        os.kill(os.getpid(), signal.SIGINT)
    elif what == "chatter":
        os.write(1, b"noise")
    elif what == "worker":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)
    elif what == "nap":
        time.sleep(0.1)
        report = replace(report, reason=str(os.getppid()))
    elif what == "which":
        report = replace(report, reason=report.name)
    elif what == "large":
        report = replace(report, reason="x" * 5_000_000)
    return replace(report, outcome=Outcome.PASS)


def _eat(task: Task, report: FileReport) -> FileReport:
    """Take memory until there is none; the engine's own way of running out of it."""
    hoard = []
    try:
        while True:
            hoard.append(bytearray(10 << 20))
    except MemoryError:
        hoard.clear()
        return run.out_of_memory(report, task.options)
