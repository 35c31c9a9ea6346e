"""One concrete execution of an event graph, and its replay: the living definition of what graph terms mean.

A candidate is only choices (which events run, where reads read from, in which order writes reach each
cell); replaying it computes every value from those and says whether the choices fit the program.
"""

from __future__ import annotations

from memmodel.events.graph import INITIAL, EventGraph, EventKind
from memmodel.events.terms import Kind, Term, evaluate
from memmodel.records import dataclass, field


@dataclass(frozen=True)
class Execution:
    """One concrete candidate execution of an event graph, by event number."""

    executed: int
    """Bit set of events."""
    rf: tuple[tuple[int, int], ...]
    """(read, write) for every executed read, ascending by read."""
    co: tuple[tuple[int, ...], ...]
    """For each written cell, its executed writes from first (the initial one) to last."""
    choices: tuple[tuple[int, int], ...] = ()
    """(number, value) of each CHOICE that the execution took."""
    guesses: tuple[tuple[int, int], ...] = ()
    """(read, value) for reads that decide which of two merged values a local holds. Such a decision is control, not
    data flow: a cycle through it is no thin air, so a replay starts from the guess and verifies it."""


class NotAnExecution(Exception):
    """The candidate does not fit the program; `cycle` lists the reads whose values chase each other, if that is why."""

    def __init__(self, message: str, cycle: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.cycle = cycle


@dataclass(frozen=True)
class Replay:
    """What a candidate execution computes. `values[e]`: what event e read or wrote; `addresses[e]`: where;
    None for events not executed and for fences without an address."""

    graph: EventGraph
    execution: Execution
    values: tuple[int | None, ...]
    addresses: tuple[int | None, ...]
    final: dict[int, int]
    """Last value of each cell."""
    memo: dict[Term, int] = field(repr=False)

    def value(self, term: Term) -> int:
        """Any term of the graph (conditions included) in this execution; a read not executed counts as 0."""
        choices = dict(self.execution.choices)

        def leaf(term: Term) -> int:
            if term.kind is Kind.CHOICE:
                number, values = term.choice
                return choices.get(number, values[0])
            found = self.values[term.number] if term.kind is Kind.READ else self.final.get(term.number)
            return term.type.wrap(found or 0)

        return evaluate(term, leaf, self.memo)

    @property
    def complete(self) -> bool:
        """All assumptions met, no loop cut off, no fault, and the filter holds."""
        graph = self.graph
        return (
            all(self.value(a.condition) for a in graph.assumptions)
            and not any(self.value(c.condition) for c in graph.cuts)
            and not any(self.value(f.condition) for f in graph.faults)
            and bool(self.value(graph.filter))
        )


def replay(graph: EventGraph, execution: Execution) -> Replay:
    """Compute the values of `execution`. Raises NotAnExecution where guards, addresses, reads-from or coherence
    do not fit, or where values would come out of thin air (a cycle of data flow and reads-from)."""
    source = {read: write for write, read in execution.rf}
    choices = dict(execution.choices)
    events = graph.events
    values: dict[int, int] = {}
    guesses = dict(execution.guesses)
    memo: dict[Term, int] = {}
    visiting: list[int] = []

    def test(term: Term) -> int | None:
        """The value of an ITE's test, where the guesses give it."""
        if not all(t.kind is Kind.CHOICE or t.number in guesses for t in term.support):
            return None
        return evaluate(term, guess, guess_memo)

    guess_memo: dict[Term, int] = {}

    def guess(term: Term) -> int:
        if term.kind is Kind.CHOICE:
            number, allowed = term.choice
            return choices.get(number, allowed[0])
        return term.type.wrap(guesses[term.number])

    def leaf(term: Term) -> int:
        if term.kind is Kind.CHOICE:
            number, allowed = term.choice
            return choices.get(number, allowed[0])
        if term.kind is Kind.READ:
            return term.type.wrap(value_of(term.number))
        raise NotAnExecution("a final value inside the program")

    def value_of(event: int) -> int:
        """The value of a read or write; reads that are not executed give 0."""
        known = values.get(event)
        if known is not None:
            return known
        if not execution.executed >> event & 1:
            return 0
        if event in visiting:
            raise NotAnExecution("values out of thin air", tuple(visiting[visiting.index(event) :]))
        visiting.append(event)
        item = events[event]
        if item.kind is EventKind.READ:
            if event not in source:
                raise NotAnExecution(f"read {event} reads from nowhere")
            result = value_of(source[event])
            if item.type is not None:
                result = item.type.wrap(result)
        else:
            assert item.value is not None
            result = evaluate(item.value, leaf, memo, test)
        visiting.pop()
        values[event] = result
        return result

    executed = [e for e in events if execution.executed >> e.id & 1]
    for event in executed:
        if event.kind is not EventKind.FENCE:
            value_of(event.id)
    for read, guessed in execution.guesses:
        if value_of(read) != guessed:
            raise NotAnExecution(f"read {read} was guessed to give {guessed}")
    addresses: dict[int, int] = {}
    for event in events:
        if bool(evaluate(event.guard, leaf, memo)) != bool(execution.executed >> event.id & 1):
            raise NotAnExecution(f"the guard of event {event.id} says otherwise")
    for event in executed:
        if event.address is not None:
            addresses[event.id] = evaluate(event.address, leaf, memo)
    for read, write in source.items():
        fits = (
            events[write].kind is EventKind.WRITE
            and execution.executed >> write & 1
            and execution.executed >> read & 1
            and addresses[read] == addresses[write]
        )
        if not fits:
            raise NotAnExecution(f"read {read} cannot read from {write}")
    final = _final(graph, execution, values, addresses)
    count = range(len(events))
    return Replay(
        graph,
        execution,
        tuple(values.get(e) for e in count),
        tuple(addresses.get(e) for e in count),
        final,
        memo,
    )


def _final(
    graph: EventGraph, execution: Execution, values: dict[int, int], addresses: dict[int, int]
) -> dict[int, int]:
    """The last value of each cell, after a check that co orders exactly the executed writes."""
    seen: set[int] = set()
    final: dict[int, int] = {}
    for order in execution.co:
        places = {addresses.get(write) for write in order}
        if len(places) != 1 or graph.events[order[0]].thread != INITIAL:
            raise NotAnExecution("coherence orders the writes of one cell, the initial one first")
        seen.update(order)
        final[addresses[order[0]]] = values[order[-1]]
    writes = {e.id for e in graph.events if e.kind is EventKind.WRITE and execution.executed >> e.id & 1}
    if seen != writes or sum(map(len, execution.co)) != len(writes):
        raise NotAnExecution("coherence leaves out a write")
    return final
