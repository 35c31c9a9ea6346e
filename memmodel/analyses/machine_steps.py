"""An execution on a machine in, its steps out: each line of C with the instructions that it becomes there."""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.analyses.story import SHOWN_FENCES, Execution, tell
from memmodel.analyses.wording import code
from memmodel.diagnostic import Step, place
from memmodel.events.execution import replay
from memmodel.events.graph import Event, EventGraph, EventKind
from memmodel.events.transport import twins
from memmodel.machines.machine import Machine
from memmodel.machines.translate import instructions
from memmodel.program.ir import Program
from memmodel.source import Span

_NOTHING = "no instruction"

Compiled = dict[tuple[str, int], str]


def steps_of(program: Program, machine: Machine, execution: Execution, kernel: EventGraph) -> tuple[Step, ...]:
    """`program`: as the kernel has it, and `kernel` its graph; the execution is of the machine's own graph. A barrier
    is told with the access that comes after it in program order."""
    story = tell(execution)
    compiled = instructions(program, machine)
    behind = _barriers(execution, kernel, compiled)
    steps = []
    for row in story.rows:
        span = row.place.span
        said = "; ".join([row.place.code, *behind.get((row.place.thread, span), ()), *row.effects])
        steps.append(Step(story.threads[row.place.thread], said, place(span), row.reordered, _text(compiled, span)))
    return tuple(steps)


def _text(compiled: Compiled, span: Span | None) -> str:
    return compiled.get((span.file.name, span.start), "") if span is not None else ""


def _barriers(
    execution: Execution, kernel: EventGraph, compiled: Compiled
) -> dict[tuple[int, Span | None], tuple[str, ...]]:
    """By the thread and the place of an access, the barriers between the access before it and itself. (What runs more
    than once has the same each time.)"""
    matched = twins(execution.graph, kernel)
    if matched is None:
        return {}
    executed = matched.execution(replay(execution.graph, execution.witness.execution)).executed
    found: dict[tuple[int, Span | None], tuple[str, ...]] = {}
    for thread, events in kernel.by_thread.items():
        accesses = {event.span for event in events if event.kind is not EventKind.FENCE}
        waiting: list[Event] = []
        for event in events:
            if not executed >> event.id & 1:
                continue
            if event.kind is EventKind.FENCE:
                if event.span not in accesses and event.tags.isdisjoint(SHOWN_FENCES):  # else it has a line of its own
                    waiting.append(event)
            else:
                found.setdefault((thread, event.span), _behind(waiting, compiled))
                waiting = []
    return found


def _behind(barriers: Sequence[Event], compiled: Compiled) -> tuple[str, ...]:
    spans = dict.fromkeys(event.span for event in barriers if event.span is not None)
    return tuple(f"behind {code(span)}: {_spelt(_text(compiled, span))}" for span in spans)


def _spelt(text: str) -> str:
    return text.replace("; ", ", ") or _NOTHING
