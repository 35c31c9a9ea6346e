"""What architectures make of a program in, columns of a table and an execution in instructions out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from memmodel.diagnostic import Step
from memmodel.reports.json_values import Json
from memmodel.result import FileReport, MachineVerdict

WIDTH = 80
_CELL = 6
_WORDS = {True: "yes", False: "no", None: "?"}
_CODE = 36
"""Columns of the C code in an execution, at most; what is longer has its instructions on the next line."""
_INSTRUCTIONS = 24
"""Columns for them, at least."""


def header(verdicts: Sequence[MachineVerdict]) -> str:
    """The names of the columns that `cells` fills."""
    return " ".join(f"{item.architecture:<{_CELL}}" for item in verdicts)


def cells(report: FileReport) -> str:
    """`no     yes    yes`. A star: the compiler may do with plain accesses what no machine does."""
    star = "*" if report.compiler else ""
    return " ".join(f"{_WORDS[item.reachable] + star:<{_CELL}}" for item in report.machines)


def blanks(number: int) -> str:
    """The same columns of a file for which nothing was asked."""
    return f"{'-':<{_CELL}} " * number


def notes(verdicts: Sequence[MachineVerdict]) -> list[str]:
    """What the columns leave out: which variants of an architecture, and why something is not known."""
    told = [f"{item.architecture}: {' and '.join(item.variants)} only" for item in verdicts if item.variants]
    reasons: dict[str, list[str]] = {}
    for item in verdicts:
        if item.reason:
            reasons.setdefault(item.reason, []).append(item.architecture)
    return told + [f"{', '.join(names)}: not known: {reason}" for reason, names in reasons.items()]


def shown_on(verdicts: Sequence[MachineVerdict]) -> tuple[str, tuple[Step, ...]]:
    """The weakest architecture that shows the outcome, and how; nothing if none does."""
    shown = next((item for item in verdicts if item.steps), None)
    if shown is None:
        return "", ()
    way = f" ({shown.variants[0]})" if shown.variants else ""
    return f"{shown.architecture}{way}", shown.steps


def execution(verdicts: Sequence[MachineVerdict], width: int = WIDTH) -> list[str]:
    """Lines that show the outcome on the weakest architecture, C and instructions side by side; none if none does."""
    where, steps = shown_on(verdicts)
    if not steps:
        return []
    names = max(len(step.thread) for step in steps)
    head = names + len("! ") + len("  ")
    room = min(_CODE, width - head - _INSTRUCTIONS)
    code = max([len(text) for step in steps if len(text := _code(step)) <= room], default=room)
    lines = [f"On {where}, in the order in which things become visible:", ""]
    for step in steps:
        lines += _step(step, names, code, width)
    return lines


def _code(step: Step) -> str:
    return step.text.partition("; ")[0]


def _step(step: Step, names: int, code: int, width: int) -> list[str]:
    mark = "!" if step.reordered else " "
    head = f"{mark} {step.thread:<{names}}  "
    column = len(head) + code + 2
    text, *effects = step.text.split("; ")
    made = textwrap.wrap(step.instructions, width - column, break_long_words=False, break_on_hyphens=False)
    lines = [f"{head}{text}"]
    if made and len(text) <= code:
        lines[0] = f"{lines[0]:<{column}}{made.pop(0)}"
    lines += [f"{'':<{column}}{line}" for line in made]
    indent = " " * (len(head) + 2)
    for effect in effects:
        lines += textwrap.wrap(
            effect, width, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False
        )
    return lines


def section(report: FileReport) -> str:
    """What an explanation says of architectures: the table, the words for it, an execution."""
    if not report.machines:
        return ""
    lines = [header(report.machines), cells(report), "", *_wrapped(report.observable)]
    lines += [line for note in notes(report.machines) for line in _wrapped(note)]
    shown = execution(report.machines)
    lines += ["", *shown] if shown else []
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def as_object(report: FileReport) -> Mapping[str, Json]:
    """The keys that a JSON object has for architectures."""
    return {"machines": as_json(report.machines), "observable": report.observable, "compiler": report.compiler}


def as_json(verdicts: Sequence[MachineVerdict]) -> list[Mapping[str, Json]]:
    """One object for each architecture; `execution` where one was kept."""
    return [
        {
            "arch": item.architecture,
            "observable": item.reachable,
            "variants": list(item.variants),
            "reason": item.reason,
            **({"execution": [_step_json(step) for step in item.steps]} if item.steps else {}),
        }
        for item in verdicts
    ]


def _step_json(step: Step) -> Mapping[str, Json]:
    code, *effects = step.text.split("; ")
    return {
        "thread": step.thread,
        "code": code,
        "instructions": step.instructions,
        "effects": effects,
        "line": step.place.line if step.place else None,
        "reordered": step.reordered,
    }
