"""What `memmodel audit` and `memmodel fix` take on rings and on the founding case, from the shell."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.measure import LIBRARY
from bench.results import Measurement
from bench.rings import Barrier, spsc


@dataclass(frozen=True)
class Work:
    """`status`: the exit status that the command must have."""

    command: str
    size: int
    text: str
    limit: float
    status: int = 1


def works() -> list[Work]:
    """All that is measured."""
    found = []
    for size, limit in ((2, 5.0), (4, 5.0), (8, 20.0)):
        found.append(Work("audit", size, spsc(2, size), limit))
        found.append(Work("fix", size, spsc(2, size, Barrier.PRODUCER_RELEASE), limit))
    drain = (LIBRARY / "ring" / "drain-before-atomic.litmus").read_text()
    return [*found, Work("audit drain", 0, drain, 0.5), Work("fix drain", 0, drain, 0.5)]


def measurements(repeat: int) -> Iterator[Measurement]:
    """Wall times, the start of Python included (0.2 s)."""
    with tempfile.TemporaryDirectory() as folder:
        for work in works():
            path = Path(folder) / "case.litmus"
            path.write_text(work.text)
            runs: list[float] = []
            status = 0
            while len(runs) < repeat and sum(runs) < 5:
                start = time.perf_counter()
                command = [sys.executable, "-m", "memmodel", work.command.split()[0], str(path)]
                status = subprocess.run(command, capture_output=True).returncode
                runs.append(time.perf_counter() - start)
            problem = "" if status == work.status else f"exit status {status}"
            yield Measurement(work.command, work.size, min(runs), tuple(runs), 0, "", work.limit, problem)
