"""Nodes of an execution in, the boxes that are drawn for them out, with the initial values that they use and the source
that they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memmodel.analyses import wording
from memmodel.analyses.story import Execution, Node, effects
from memmodel.events.graph import Event, EventKind
from memmodel.picture import INITIAL, Box, BoxKind, Source
from memmodel.records import dataclass
from memmodel.source import SourceFile

NEARBY = 4
"""Lines of a long file that are shown around those that run."""

SHORT = 120
"""Lines of a file that is shown whole."""

_UNSAID = frozenset(("RMW",))


@dataclass(frozen=True)
class Turn:
    """When a node takes effect: its place in the order, 0 for none, and whether that is not the program's."""

    step: int
    reordered: bool


def initial_box(execution: Execution, number: int, event: int) -> Box:
    """The box of an initial write."""
    item = execution.graph.events[event]
    said = f"{wording.cell(execution.done, item)} = {wording.value(execution.done, item)}"
    return Box(number, INITIAL, BoxKind.WRITE, said, ("initial value",))


def box(execution: Execution, number: int, node: Node, turn: Turn) -> Box:
    """The box of an instruction that ran."""
    events = [execution.graph.events[e] for e in node.events]
    first = events[0]
    span = first.span
    return Box(
        number,
        node.thread,
        _kind(events),
        wording.code(span),
        effects(execution, node),
        ", ".join(_event(execution, event) for event in events),
        span.file.name if span is not None else "",
        span.line if span is not None else 0,
        turn.step,
        turn.reordered,
    )


def _kind(events: Sequence[Event]) -> BoxKind:
    if len(events) == 2:
        return BoxKind.UPDATE
    kinds = {EventKind.READ: BoxKind.READ, EventKind.WRITE: BoxKind.WRITE, EventKind.FENCE: BoxKind.FENCE}
    return kinds[events[0].kind]


def _event(execution: Execution, event: Event) -> str:
    """`R[acquire] cons=0`."""
    tags = ",".join(sorted(event.tags - _UNSAID))
    head = f"{event.kind.value}[{tags}]" if tags else event.kind.value
    if event.kind is EventKind.FENCE:
        return head
    return f"{head} {wording.cell(execution.done, event)}={wording.value(execution.done, event)}"


def sources(execution: Execution, nodes: Iterable[Node]) -> tuple[Source, ...]:
    """The texts that nodes come from: short ones whole, of others the part that runs."""
    lines: dict[SourceFile, list[int]] = {}
    for node in nodes:
        span = execution.graph.events[node.events[0]].span
        if span is not None:
            lines.setdefault(span.file, []).append(span.line)
    found: list[Source] = []
    for file, numbers in lines.items():
        count = file.text.count("\n") + (not file.text.endswith("\n"))
        first, last = 1, count
        if count > SHORT:
            first, last = max(1, min(numbers) - NEARBY), min(count, max(numbers) + NEARBY)
        found.append(Source(file.name, tuple(file.line(n) for n in range(first, last + 1)), first))
    return tuple(found)
