"""What `memmodel review` takes for a patch and for a series, from the shell: time and memory."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.measure import ROOT
from bench.results import Measurement

TREES = ROOT / "tests" / "review" / "trees"
PATCHES = ROOT / "tests" / "review" / "patches"
ONE_PATCH, SERIES_OF_20, MOST_MB = 10.0, 60.0, 500.0

EDITS: tuple[tuple[str, str, str], ...] = (
    # path, what stands there, what a patch makes of it
    ("lib/spsc.c", "smp_store_release(&ring->head, head + 1)", "WRITE_ONCE(ring->head, head + 1)"),
    ("lib/spsc.c", "smp_store_release(&ring->tail, tail + 1)", "WRITE_ONCE(ring->tail, tail + 1)"),
    ("lib/spsc.c", "head = smp_load_acquire(&ring->head)", "head = READ_ONCE(ring->head)"),
    ("include/linux/ring_barrier.h", "\tsmp_store_release(p, v)", "\tWRITE_ONCE(*(p), v)"),
    ("lib/flagbuf.c", "\tsmp_wmb();\n", ""),
    ("lib/flagbuf.c", "\tsmp_rmb();\n", ""),
    ("lib/flagbuf.c", "\tsmp_mb();\n", "\tsmp_wmb();\n"),
    ("include/linux/ptrslots.h", "\tsmp_wmb();\n", ""),
    ("kernel/uring/userring.c", "filled = smp_load_acquire", "filled = 0 + smp_load_acquire"),
    ("lib/mailbox.c", "\tWRITE_ONCE(box->stamp", "\tsmp_wmb();\n\tWRITE_ONCE(box->stamp"),
)


def one_tree(folder: Path) -> Path:
    """All trees of the tests in one."""
    tree = folder / "tree"
    for part in sorted(TREES.iterdir()):
        shutil.copytree(part, tree, dirs_exist_ok=True)
    return tree


def series(tree: Path, length: int) -> str:
    """A mailbox of that many patches: each edit, and then the same taken back."""
    mails = []
    for number in range(length):
        path, old, new = EDITS[number // 2 % len(EDITS)]
        before = (tree / path).read_text()
        after = before.replace(old, new, 1)
        assert after != before, path
        if number % 2:
            before, after = after, before
        lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path}", f"b/{path}")
        head = f"From {number:040x} Mon Sep 17 00:00:00 2001\nFrom: Ada Ringer <ada@example.org>\n"
        head += f"Subject: [PATCH {number + 1}/{length}] {path}: edit {number + 1}\n\n---\n"
        mails.append(head + "".join(lines) + "-- \n2.39.2\n\n")
    return "".join(mails)


def measurements(repeat: int) -> Iterator[Measurement]:
    """Wall times, the start of Python included."""
    with tempfile.TemporaryDirectory() as folder:
        tree = one_tree(Path(folder))
        for name in ("userring-drain-posted", "spsc-weak-release"):
            yield _measured(f"review {name}", 0, [PATCHES / f"{name}.patch"], tree, repeat, ONE_PATCH)
        for length in (2, 20):
            mailbox = Path(folder) / f"{length}.mbox"
            mailbox.write_text(series(tree, length))
            yield _measured("review series", length, [mailbox], tree, 1, SERIES_OF_20 * length / 20)


def _measured(
    name: str, size: int, patches: Sequence[Path], tree: Path, repeat: int, limit: float, status: int = 1
) -> Measurement:
    runs: list[float] = []
    peak, got = 0.0, 0
    while len(runs) < repeat and sum(runs) < 5:
        start = time.perf_counter()
        got, megabytes = _run([sys.executable, "-m", "memmodel", "review", *map(str, patches), "--tree", str(tree)])
        runs.append(time.perf_counter() - start)
        peak = max(peak, megabytes)
    problem = "" if got == status else f"exit status {got}"
    return Measurement(name, size, min(runs), tuple(runs), peak, "", limit, problem, MOST_MB)


def _run(command: Sequence[str]) -> tuple[int, float]:
    """Exit status, and the memory of the largest of its processes, in megabytes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss / 1024  # Linux counts it in kilobytes
