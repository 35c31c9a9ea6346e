"""An execution that answers a question out of order in, lines that show it out: the accesses that matter, in the order
in which they take effect."""

from __future__ import annotations

import re
import textwrap

from memmodel.analyses import story
from memmodel.analyses.finding import Step
from memmodel.analyses.pairs.question import Quartet
from memmodel.analyses.pairs.row import Access
from memmodel.cat.terms import Model
from memmodel.events.graph import EventGraph
from memmodel.result import Witness

WIDTH = 78


def steps_of(
    graph: EventGraph,
    model: Model,
    witness: Witness,
    quartet: Quartet,
    roles: dict[int, Access],
) -> tuple[Step, ...]:
    """The four instructions in an order in which each reads what those before it left. `roles`: the
    quartet's events as the table has them."""
    execution = story.Execution(graph, model, witness)
    order, _ = story.sequence(execution)
    wanted = {execution.number[event] for event in (quartet.first, quartet.second, quartet.sees, quartet.then)}
    role_of = {execution.number[event]: access for event, access in roles.items()}
    found = []
    for node in order:
        if node in wanted:
            place, access = execution.place(node), role_of[node]
            said = "; ".join(_effects(execution, node, roles))
            thread = f"CPU {place.thread}: {access.function}()"
            code = access.code if access.caller else place.code
            found.append(Step(thread, f"{code}: {said}" if said else code, access.span))
    return tuple(found)


def _effects(execution: story.Execution, node: int, roles: dict[int, Access]) -> list[str]:
    found = []
    events = execution.nodes[node].events
    access = next(roles[event] for event in events if event in roles)
    for event, said in zip(events, story.effects(execution, execution.nodes[node]), strict=True):
        cell = execution.graph.cells.get(execution.done.addresses[event] or 0, "")
        text = said.replace(f" {cell} = ", f" {access.field.rpartition('.')[2]} = ", 1)
        found.append(_CALL.sub("a caller", text))
    return found


_CALL = re.compile(r"<call of \w+>(?::\d+)?|line \d+ of <call of \w+>")


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
