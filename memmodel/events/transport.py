"""An execution of one graph in, the same execution of another out: where both are of one program with other annotations
and fences, so that they have the same accesses in the same order."""

from __future__ import annotations

from memmodel.events.execution import Execution, Replay
from memmodel.events.graph import EventGraph, EventKind
from memmodel.events.terms import Kind, Term, evaluate
from memmodel.records import dataclass


@dataclass(frozen=True)
class Twins:
    """Two such graphs: `there[e]` is what the access e of the first is in the second."""

    first: EventGraph
    second: EventGraph
    there: dict[int, int]

    def execution(self, done: Replay) -> Execution:
        """The execution of the first graph, as one of the second; a replay tells whether it fits."""
        execution, there = done.execution, self.there
        values = {new: done.values[old] for old, new in there.items()}
        choices = dict(execution.choices)
        memo: dict[Term, int] = {}

        def leaf(term: Term) -> int:
            if term.kind is Kind.CHOICE:
                number, allowed = term.choice
                return choices.get(number, allowed[0])
            return term.type.wrap(values.get(term.number) or 0)

        executed = 0
        for event in self.second.events:
            if evaluate(event.guard, leaf, memo):
                executed |= 1 << event.id
        return Execution(
            executed,
            tuple(sorted(((there[w], there[r]) for w, r in execution.rf), key=lambda pair: pair[1])),
            tuple(tuple(there[write] for write in order) for order in execution.co),
            execution.choices,
            tuple((there[read], value) for read, value in execution.guesses),
        )


def twins(first: EventGraph, second: EventGraph) -> Twins | None:
    """The two graphs with their accesses matched; None where they are not of one program."""
    ours, theirs = ([event for event in graph.events if event.kind is not EventKind.FENCE] for graph in (first, second))
    if [(e.thread, e.kind) for e in ours] != [(e.thread, e.kind) for e in theirs]:
        return None
    return Twins(first, second, {old.id: new.id for old, new in zip(ours, theirs, strict=True)})
