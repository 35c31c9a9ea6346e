"""One litmus file in, a line of JSON with times, peak memory and verdict out: run as a process of its own.

    python -m bench.worker REPEAT TIMEOUT FILE…

Several files are checked one after the other in the same process, as a long run does.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from memmodel.engines.run import check_file, preload
from memmodel.engines.task import Options, Task


def main() -> None:
    repeat, timeout, files = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    options = Options(timeout=timeout, memory=None)
    preload(options)
    for file in files:
        seconds: list[float] = []
        for _ in range(repeat):
            start = time.perf_counter()
            report = check_file(Task(file, options), lambda report: None)
            seconds.append(time.perf_counter() - start)
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
