"""python -m bench: measure, and write bench-results/; python -m bench compare A.json B.json: two runs side by side."""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench import barriers, measure, review
from bench.cases import cases
from bench.results import Measurement, Results, comparison, read, table


def main() -> int:
    """Exit status: 1 if a verdict was wrong or missing, else 0; being slow is only said."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default="", help="only cases whose name holds this")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each case of less than 5 s (default: 3)")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one run of one case (default: 60)")
    parser.add_argument("--jobs", type=int, default=2, help="for the corpus (default: 2)")
    parser.add_argument("--name", default="", help="name of the file in bench-results/ (default: the commit)")
    actions = parser.add_subparsers(dest="action")
    two = actions.add_parser("compare", help="compare two result files")
    two.add_argument("old", type=Path)
    two.add_argument("new", type=Path)
    arguments = parser.parse_args()
    if arguments.action == "compare":
        return compare(arguments.old, arguments.new)
    found: list[Measurement] = []
    for item in measurements(arguments.only, arguments.repeat, arguments.timeout, arguments.jobs):
        found.append(item)
        if sys.stderr.isatty():
            print(f"\r\033[K{item.name} {item.seconds:.2f} s", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(table(found))
    commit = current_commit()
    results = Results(commit, datetime.now(UTC).isoformat(timespec="seconds"), platform.python_version(), tuple(found))
    path = Path("bench-results") / f"{arguments.name or commit}.json"
    results.write(path)
    print(f"written to {path}")
    return int(any(item.problem for item in found))


def measurements(only: str, repeat: int, timeout: float, jobs: int) -> Iterator[Measurement]:
    for case in cases():
        if only in case.name:
            yield measure.generated(case, repeat, timeout)
    if only in "library":
        yield from measure.small_files(timeout)
    if only in "start-up":
        yield measure.start_up(repeat)
    if only in "barriers":
        yield from barriers.measurements(repeat)
    if only in "review":
        yield from review.measurements(repeat)
    if only in "corpus":
        yield from measure.corpus(jobs)


def compare(old: Path, new: Path) -> int:
    try:
        print(comparison(read(old), read(new)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"cannot compare: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


def current_commit() -> str:
    """The short name of the commit, with a + where the tree has changes."""
    run = subprocess.run(["git", "describe", "--always", "--dirty=+"], cwd=measure.ROOT, capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
