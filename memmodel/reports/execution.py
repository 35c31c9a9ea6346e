"""The steps of an execution in, lines that tell them one after the other out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from memmodel.diagnostic import Place, Step
from memmodel.reports.review.printable import one_line
from memmodel.reports.told import path_text


def step_lines(steps: Sequence[Step], file: str) -> Iterator[str]:
    """`  2. P1, line 19: READ_ONCE(*y); reads y = 1`, in order, a line of another file as `ring.c:19`. A `!` stands
    before what is not made where the program has it."""
    width = len(f"{len(steps)}")
    for number, step in enumerate(steps, 1):
        mark = "!" if step.reordered else " "
        where = f", {_where(step.place, file)}" if step.place is not None else ""
        yield f"{mark} {number:>{width}}. {one_line(step.thread)}{where}: {one_line(step.text)}"


def _where(place: Place, file: str) -> str:
    if place.file == file:
        return f"line {place.line}"
    return f"{path_text(PurePosixPath(place.file).name)}:{place.line}"
