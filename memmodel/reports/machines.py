"""What architectures make of a program in, columns of a table and an execution in instructions out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from memmodel.diagnostic import Step
from memmodel.reports.json import Json
from memmodel.result import RACE_FLAG, FileReport, MachineVerdict

WIDTH = 80
_CELL = 6
_WORDS = {True: "yes", False: "no", None: "?"}
_CODE = 44
"""Columns of the C code in an execution; what is longer has its instructions on the next line."""


def header(verdicts: Sequence[MachineVerdict]) -> str:
    """The names of the columns that `cells` fills."""
    return " ".join(f"{item.architecture:<{_CELL}}" for item in verdicts)


def cells(verdicts: Sequence[MachineVerdict], racy: bool) -> str:
    """`no     yes    yes`. A star: the program has a data race, so that the compiler may do what no machine does."""
    star = "*" if racy else ""
    return " ".join(f"{_WORDS[item.reachable] + star:<{_CELL}}" for item in verdicts)


def notes(verdicts: Sequence[MachineVerdict]) -> list[str]:
    """What the columns leave out: which variants of an architecture, and why something is not known."""
    told = []
    for item in verdicts:
        if item.variants:
            told.append(f"{item.architecture}: {' and '.join(item.variants)} only")
        if item.reason:
            told.append(f"{item.architecture}: {item.reason}")
    return told


def execution(verdicts: Sequence[MachineVerdict]) -> list[str]:
    """Lines that show the outcome on the weakest architecture, C and instructions side by side; none if none does."""
    shown = next((item for item in verdicts if item.steps), None)
    if shown is None:
        return []
    way = f" ({shown.variants[0]})" if shown.variants else ""
    names = [step.thread for step in shown.steps]
    width = max(map(len, names))
    lines = [f"On {shown.architecture}{way}, in the order in which things become visible:", ""]
    for step in shown.steps:
        lines += _step(step, width)
    return lines


def _step(step: Step, width: int) -> list[str]:
    mark = "!" if step.reordered else " "
    code, *effects = step.text.split("; ")
    head = f"{mark} {step.thread:<{width}}  "
    lines = [f"{head}{code:<{_CODE}} {step.instructions}".rstrip()]
    if len(code) > _CODE or len(lines[0]) > WIDTH:
        lines = [f"{head}{code}", *textwrap.wrap(step.instructions, WIDTH, initial_indent=" " * 12)]
    return lines + [f"{'':<{len(head) + 2}}{effect}" for effect in effects]


def section(report: FileReport) -> str:
    """What an explanation says of architectures: the table, the words for it, an execution."""
    racy = RACE_FLAG in report.flags
    lines = [header(report.machines), cells(report.machines, racy), "", *textwrap.wrap(report.observable, WIDTH)]
    lines += [line for note in notes(report.machines) for line in textwrap.wrap(note, WIDTH)]
    shown = execution(report.machines)
    lines += ["", *shown] if shown else []
    return "".join(f"{line.rstrip()}\n" for line in lines)


def as_object(report: FileReport) -> Mapping[str, Json]:
    """The keys that a JSON object has for architectures."""
    return {"machines": as_json(report.machines), "observable": report.observable}


def as_json(verdicts: Sequence[MachineVerdict]) -> list[Mapping[str, Json]]:
    """One object for each architecture."""
    return [
        {
            "arch": item.architecture,
            "observable": item.reachable,
            "variants": list(item.variants),
            "reason": item.reason,
        }
        for item in verdicts
    ]
