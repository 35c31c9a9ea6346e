"""One file or variant in, a line of JSON with CPU seconds, peak memory and verdict out: run as a process of its own.

    python -m bench.worker REPEAT TIMEOUT FILE…

Several files are checked one after the other in the same process, as a long run does.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from memmodel.engines.programs import settled
from memmodel.engines.run import check_file, preload
from memmodel.engines.task import Options, Task

CHOSEN = frozenset(("timeout", "memory"))
"""What a scenario does not change."""


def main() -> None:
    repeat, timeout, files = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    options = Options(timeout=timeout, memory=None)
    preload(options)
    for file in files:
        seconds: list[float] = []
        for _ in range(repeat):
            start = time.process_time()
            report = check_file(Task(file, settled(options, file, CHOSEN)), lambda report: None)
            seconds.append(time.process_time() - start)
        found = {
            "file": file,
            "seconds": seconds,
            "verdict": report.observation.value if report.observation else report.outcome.value,
            "flags": list(report.flags),
            # Linux counts it in kilobytes.
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
