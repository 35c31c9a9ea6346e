"""Cases in, measurements out: each case in a process of its own, so that its memory is its own too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.cases import Case
from bench.results import Measurement

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "litmus"
SCENARIOS = ROOT / "scenarios"
CORPUS = ROOT.parent / "shared" / "corpus" / "lkmm"
STARTUP_LIMIT, SMALL_FILE_LIMIT, CORPUS_LIMIT = 0.35, 0.025, 60.0
MACHINES_LIMIT = 3.0
"""Times the time that the kernel's model takes by itself."""


def generated(case: Case, repeat: int, timeout: float) -> Measurement:
    """One case; one that takes long is not repeated."""
    with tempfile.TemporaryDirectory() as folder:
        path = SCENARIOS / case.scenario
        if not case.scenario:
            path = Path(folder) / f"case{case.suffix}"
            path.write_text(case.text)
        found = _worker([path], 1, timeout)
        if found and repeat > 1 and sum(found[0].runs) < 5:
            found = _worker([path], repeat, timeout) or found
    if not found:
        return Measurement(case.series, case.size, timeout, (), 0, "", case.limit, "no answer", case.most_mb)
    got = found[0]
    problem = ""
    if got.verdict != case.verdict:
        problem = f"expected {case.verdict}"
    elif ("data-race" in got.flags) != case.race:
        problem = "data race" if "data-race" in got.flags else "no data race"
    return Measurement(
        case.series,
        case.size,
        median(got.runs),
        got.runs,
        got.peak_mb,
        got.verdict,
        case.limit,
        problem,
        case.most_mb,
    )


class _Answer:
    """A line of the worker's output."""

    def __init__(self, line: str) -> None:
        found = json.loads(line)
        self.file: str = found["file"]
        self.runs: tuple[float, ...] = tuple(found["seconds"])
        self.verdict: str = found["verdict"]
        self.flags: list[str] = found["flags"]
        self.peak_mb: float = found["peak_mb"]


def _worker(files: Sequence[Path], repeat: int, timeout: float) -> list[_Answer]:
    command = [sys.executable, "-m", "bench.worker", str(repeat), str(timeout), *map(str, files)]
    allowed = (timeout * repeat + 10) * len(files)
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=allowed)
    except subprocess.TimeoutExpired:
        return []
    if run.returncode:
        print(run.stderr, file=sys.stderr)
    return [_Answer(line) for line in run.stdout.splitlines() if line.startswith("{")]


def small_files(timeout: float) -> Iterator[Measurement]:
    """What a small file costs once the process runs: the library, file after file, the better of two runs each."""
    answers = _worker(sorted(LIBRARY.rglob("*.litmus")), 2, timeout)
    if not answers:
        yield Measurement("library", 0, 0, (), 0, "", SMALL_FILE_LIMIT, "no answer")
        return
    times = {Path(answer.file).stem: min(answer.runs) for answer in answers}
    slowest = max(times, key=lambda name: times[name])
    peak = answers[-1].peak_mb
    yield Measurement(
        f"median of {len(times)} library files", 0, median(times.values()), (), peak, "", SMALL_FILE_LIMIT
    )
    yield Measurement(f"slowest library file: {slowest}", 0, times[slowest], (), peak, "", SMALL_FILE_LIMIT)


def start_up(repeat: int) -> Measurement:
    """A lone small file, from the shell, process start included."""
    file = LIBRARY / "classic" / "SB+mb+mb.litmus"
    runs, status = _command([str(file)], max(repeat, 5))
    problem = "" if status == 0 else f"exit status {status}"
    return Measurement("lone small file from the shell", 0, median(runs), tuple(runs), 0, "", STARTUP_LIMIT, problem)


def corpus(jobs: int) -> Iterator[Measurement]:
    """The wall time of the whole corpus, and that with every architecture, which is to be three times as long at the
    most; nothing where the corpus is not there. No run takes from another what that kept."""
    if not CORPUS.is_dir():
        return
    options = [str(CORPUS), "--jobs", str(jobs), "--timeout", "30", "--format", "json", "--no-cache"]
    alone, _ = _command(options, 1)
    yield Measurement(f"corpus, {jobs} jobs", 0, alone[0], tuple(alone), 0, "", CORPUS_LIMIT)
    machines, _ = _command([*options, "--arch", "all"], 1)
    limit = MACHINES_LIMIT * alone[0]
    yield Measurement(f"corpus --arch all, {jobs} jobs", 0, machines[0], tuple(machines), 0, "", limit)


def _command(arguments: Sequence[str], repeat: int) -> tuple[list[float], int]:
    """Wall times of `memmodel check` and its last exit status."""
    runs: list[float] = []
    status = 0
    # Measured is what a user has: modules compiled by an earlier run, or when they were installed.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(repeat):
        start = time.perf_counter()
        command = [str(Path(sys.executable).with_name("memmodel")), "check", *arguments]
        status = subprocess.run(command, cwd=ROOT, capture_output=True, env=environment).returncode
        runs.append(time.perf_counter() - start)
    return runs, status
