"""A witness of a data race in, the two accesses that race out, with their places in the text."""

from __future__ import annotations

from memmodel.cat.evaluate import evaluation_of
from memmodel.cat.relations import bits
from memmodel.cat.terms import Model, Sort
from memmodel.diagnostic import Diagnostic, Severity, place
from memmodel.events.execution import Replay, replay
from memmodel.events.graph import Event, EventGraph, EventKind
from memmodel.records import dataclass
from memmodel.result import RACE_FLAG, Witness
from memmodel.source import Span


@dataclass(frozen=True)
class Access:
    """One side of a race. `text`: `P0's plain write of x`."""

    text: str
    span: Span | None


@dataclass(frozen=True)
class Race:
    first: Access
    second: Access

    def sentence(self) -> str:
        where = f"{self.first.span.start_label}: " if self.first.span else ""
        with_ = f" at {self.second.span.start_label}" if self.second.span else ""
        return f"{where}data race: {self.first.text} with {self.second.text}{with_}"

    def notes(self) -> tuple[Diagnostic, ...]:
        """The two source lines, to be shown."""
        unannounced = f"data race, which the file does not announce: {self.first.text}"
        sides = ((unannounced, self.first.span), (f"with {self.second.text}", self.second.span))
        return tuple(Diagnostic(Severity.NOTE, text, place(span)) for text, span in sides if span)


def find_race(graph: EventGraph, model: Model, witness: Witness) -> Race | None:
    """A pair that the model's own data-race relation holds in the witness; None where the model does not flag races by
    a relation, so that no pair stands for them."""
    check = next((check for check in model.flags if check.name == RACE_FLAG), None)
    if check is None or check.term.sort is not Sort.RELATION:
        return None
    done = replay(graph, witness.execution)
    rows = evaluation_of(done).relation(check.term)
    pairs = [(a, b) for a, row in enumerate(rows) for b in bits(row)]
    # Initial writes have no place in the text: prefer a pair without one.
    pairs.sort(key=lambda pair: (graph.events[pair[0]].span is None or graph.events[pair[1]].span is None, pair))
    if not pairs:
        return None
    first, second = sorted(pairs[0])
    return Race(_access(graph, done, graph.events[first]), _access(graph, done, graph.events[second]))


def _access(graph: EventGraph, done: Replay, event: Event) -> Access:
    kind = "write" if event.kind is EventKind.WRITE else "read"
    how = "marked" if event.tags else "plain"
    address = done.addresses[event.id]
    cell = graph.cells.get(address, "memory") if address is not None else "memory"
    return Access(f"P{event.thread}'s {how} {kind} of {cell}", event.span)
