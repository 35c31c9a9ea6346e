"""The steps of an execution in, lines that tell them one after the other out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memmodel.diagnostic import Step
from memmodel.reports.review.printable import one_line


def step_lines(steps: Sequence[Step]) -> Iterator[str]:
    """`  2. P1, line 19: READ_ONCE(*y); reads y = 1`, in order; a `!` stands before what is made before its turn."""
    width = len(f"{len(steps)}")
    for number, step in enumerate(steps, 1):
        mark = "!" if step.reordered else " "
        where = f", line {step.place.line}" if step.place is not None else ""
        yield f"{mark} {number:>{width}}. {one_line(step.thread)}{where}: {one_line(step.text)}"
