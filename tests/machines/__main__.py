"""python -m tests.machines: hold the models of the machines against the kernel's, on generated programs or on files."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.machines.compare import Tally, of_files, of_seeds


def main() -> int:
    """Exit status: 0 no contradiction, 1 some, 3 more than one in fifty was not decided in time."""
    parser = argparse.ArgumentParser(prog="python -m tests.machines", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="PATH", help="tests, or folders of them, instead of programs")
    parser.add_argument("--count", type=int, default=500, help="programs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="number of the first program (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=20.0, help="seconds for each program and machine")
    arguments = parser.parse_args()
    start, total = time.perf_counter(), Tally()
    paths = [found for name in arguments.files for found in _tests(Path(name))]
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    parts = (
        of_files(paths, arguments.timeout, arguments.jobs)
        if paths
        else of_seeds(seeds, arguments.timeout, arguments.jobs)
    )
    for part in parts:
        total.add(part)
        for name, contradictions in part.contradictions:
            for item in contradictions:
                print(f"UNSOUND {name}: {item.machine} shows {item.state}", flush=True)
        if sys.stderr.isatty():
            print(f"\r{total.programs} programs, {len(total.contradictions)} unsound ", end="", file=sys.stderr)
    print(total.summary(), f"{time.perf_counter() - start:.0f} s")
    if total.contradictions:
        return 1
    return 3 if len(total.undecided) > total.programs / 50 else 0


def _tests(path: Path) -> list[Path]:
    return sorted(path.rglob("*.litmus")) if path.is_dir() else [path]


if __name__ == "__main__":
    sys.exit(main())
