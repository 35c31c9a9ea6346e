"""A real scheduler and real workers, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""The longest that anything may take to start."""


@dataclass
class Processes:
    """A scheduler, and workers in folders of their own."""

    folder: Path
    allowed_failures: int = 3
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        file = self.folder / "scheduler.json"
        self.scheduler = self._run("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        until(file.exists)
        until(lambda: bool(file.read_text()))
        self.address = json.loads(file.read_text())["address"]

    def worker(self, *, nanny: bool = False, threads: int = 1, program: Path | None = ROOT) -> subprocess.Popen[bytes]:
        """One more worker. Without a nanny it is the process itself, and nobody starts it again. `program`: the folder
        that holds the package; None: it is not installed there."""
        number = len(self.workers)
        place = self.folder / f"worker{number}"
        place.mkdir()
        words = ["--nthreads", str(threads), "--nworkers", "1", "--local-directory", str(place), "--name", str(number)]
        self.workers.append(
            self._run("worker", self.address, *words, "--nanny" if nanny else "--no-nanny", at=place, program=program)
        )
        return self.workers[-1]

    def stop(self) -> None:
        for process in [*self.workers, *filter(None, [self.scheduler])]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(SECONDS)

    def _run(
        self, what: str, *words: str, at: Path | None = None, program: Path | None = ROOT
    ) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(program or _without(self.folder)),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(self.allowed_failures),
        }
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, *words, "--no-dashboard"],
                stdout=log,
                stderr=log,
                cwd=at or self.folder,
                env=environment,
                start_new_session=True,
            )


@contextlib.contextmanager
def cluster(folder: Path, workers: int, *, nanny: bool = False, allowed_failures: int = 3) -> Iterator[Processes]:
    """A cluster with so many workers, of one thread each."""
    folder.mkdir(exist_ok=True)
    found = Processes(folder, allowed_failures)
    try:
        found.start()
        for _ in range(workers):
            found.worker(nanny=nanny)
        yield found
    finally:
        found.stop()


def until(condition: object, seconds: float = SECONDS) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    assert callable(condition)
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


def _without(folder: Path) -> Path:
    """A place to import from where the program is broken, as if it were not installed."""
    broken = folder / "broken" / "memmodel"
    broken.mkdir(parents=True, exist_ok=True)
    (broken / "__init__.py").write_text("raise ImportError('no module named memmodel')\n")
    return broken.parent
