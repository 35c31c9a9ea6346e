"""An execution that answers a question out of order in, lines that show it out: the accesses that matter, in the order
in which they take effect."""

from __future__ import annotations

import textwrap

from memmodel.analyses import story
from memmodel.analyses.finding import Step
from memmodel.analyses.pairs.question import Quartet
from memmodel.cat.terms import Model
from memmodel.events.graph import EventGraph
from memmodel.result import Witness

WIDTH = 78


def steps_of(
    graph: EventGraph,
    model: Model,
    witness: Witness,
    quartet: Quartet,
    fields: dict[int, str],
    functions: tuple[str, str],
) -> tuple[Step, ...]:
    """The four instructions in an order in which each reads what those before it left. `fields`: the names of the
    places of the quartet's events; `functions`: what the threads run."""
    execution = story.Execution(graph, model, witness)
    order, _ = story.sequence(execution)
    wanted = {execution.number[event] for event in (quartet.first, quartet.second, quartet.sees, quartet.then)}
    found = []
    for node in order:
        if node in wanted:
            place = execution.place(node)
            said = "; ".join(_effects(execution, node, fields))
            thread = f"CPU {place.thread}: {functions[place.thread]}()"
            found.append(Step(thread, f"{place.code}: {said}" if said else place.code, place.span))
    return tuple(found)


def _effects(execution: story.Execution, node: int, fields: dict[int, str]) -> list[str]:
    found = []
    events = execution.nodes[node].events
    for event, said in zip(events, story.effects(execution, execution.nodes[node]), strict=True):
        cell = execution.graph.cells.get(execution.done.addresses[event] or 0, "")
        name = fields.get(event) or fields.get(events[0]) or cell
        found.append(said.replace(f" {cell} = ", f" {name.rpartition('.')[2] or name} = ", 1))
    return found


def lines(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The steps for people, the thread's name before each."""
    found = []
    for step in steps:
        code, _, said = step.text.rpartition(": ")
        where = f", {step.span.where}" if step.span is not None else ""
        found.append(f"{step.thread}{where}")
        found += _wrapped(code or said)
        found += _wrapped(f"-> {said}") if code else []
    return tuple(found)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="    ", subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )
