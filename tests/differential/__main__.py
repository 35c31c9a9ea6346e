"""python -m tests.differential: compare the engines, and herd7 with --herd, on generated programs."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.differential.compare import Settings
from tests.differential.generate import generate
from tests.differential.run import Tally, run


def main() -> int:
    """Exit status: 0 all agree, 1 some differ, 3 more than one in fifty was not decided in time."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="programs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="number of the first program (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--executions", action="store_true", help="compare the numbers of executions too")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds for each engine and program")
    parser.add_argument("--herd", default="", metavar="CMD", help="command that runs herd7 on a file: a third opinion")
    parser.add_argument("--model", default="lkmm", help="model for the engines (default: %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the reproducers there")
    parser.add_argument("--show", action="store_true", help="print the program of --seed and stop")
    arguments = parser.parse_args()
    if arguments.show:
        print(generate(arguments.seed).render())
        return 0
    settings = Settings(arguments.executions, arguments.timeout, arguments.herd, arguments.model)
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    total, start = Tally(), time.perf_counter()
    for tally in run(seeds, settings, arguments.jobs):
        total.add(tally)
        for failure in tally.failures:
            print(f"DIFFERS seed {failure.seed}\n{failure.description}\n{failure.text}", flush=True)
            if arguments.keep:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                (arguments.keep / f"seed-{failure.seed}.litmus").write_text(failure.text)
        if sys.stderr.isatty():
            print(f"\r{total.programs}/{arguments.count}, {len(total.failures)} differ ", end="", file=sys.stderr)
    _summary(total, time.perf_counter() - start)
    if total.failures:
        return 1
    return 3 if len(total.undecided) > total.programs / 50 else 0


def _summary(total: Tally, wall: float) -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in total.kinds.most_common())
    print(f"{total.programs} programs: {kinds}")
    print(
        f"{len(total.failures)} differ, {len(total.undecided)} undecided {total.undecided[:10]}; "
        f"{wall:.1f} s, {1000 * total.seconds / max(1, total.programs):.1f} ms a program"
    )


if __name__ == "__main__":
    sys.exit(main())
