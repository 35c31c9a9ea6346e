"""A decided program in, what several rules ask about it out: its events by instruction, bounds, a bad execution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from memmodel.cat.bounds import Bounds
from memmodel.cat.evaluate import Evaluation, evaluation_of
from memmodel.cat.terms import Model, Sort, Term
from memmodel.engines.narrow import is_coherence, narrow
from memmodel.engines.ranges import Ranges
from memmodel.events.execution import replay
from memmodel.events.graph import INITIAL, LOCK_TAGS, Event, EventGraph, EventKind
from memmodel.program.ir import Quantifier
from memmodel.records import dataclass
from memmodel.result import RACE_FLAG, Result, Witness
from memmodel.source import Span

HARMLESS_FENCES = frozenset(("barrier",))
"""Fences that order nothing but what the compiler does."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A program's graph, the model, and what the engine found."""

    graph: EventGraph
    model: Model
    result: Result

    @property
    def speaks_of_kernel(self) -> bool:
        """Whether the model is a kernel's: others, which know no data races, give the kernel's barriers no or another
        meaning, and advice on them is not for the kernel."""
        return any(check.name == RACE_FLAG for check in self.model.flags)

    @property
    def seen_through(self) -> bool:
        """Whether loops that were cut off show at least what two rounds, one after the other, do."""
        return not self.graph.cuts or self.graph.program.unroll >= 2

    @cached_property
    def instructions(self) -> tuple[tuple[Event, ...], ...]:
        """The threads' events by the piece of text that they come from: a loop's body or a helper function makes events
        of one instruction in several places, and advice must be right for all of them."""
        groups: dict[tuple[Span, frozenset[str]], list[Event]] = {}
        for event in self.graph.events:
            if event.thread != INITIAL and event.span is not None:
                groups.setdefault((event.span, event.tags), []).append(event)
        return tuple(tuple(group) for group in groups.values())

    def before(self, event: Event) -> Iterator[Event]:
        """The events of its thread before `event`, the nearest first."""
        return (other for other in reversed(self.graph.by_thread[event.thread]) if other.id < event.id)

    def after(self, event: Event) -> Iterator[Event]:
        """The events of its thread after `event`, the nearest first."""
        return (other for other in self.graph.by_thread[event.thread] if other.id > event.id)

    # ── where accesses may go ────────────────────────────────────────────────────────────────────

    @cached_property
    def ranges(self) -> Ranges:
        return Ranges(self.graph, any(is_coherence(check) for check in self.model.axioms))

    @cached_property
    def bounds(self) -> Bounds:
        coherent = any(is_coherence(check) for check in self.model.axioms)
        return narrow(self.graph, self.model, self.ranges, coherent).bounds

    def cells(self, events: Iterable[Event]) -> frozenset[int]:
        """The addresses that some of the events may access."""
        return frozenset().union(*(self.ranges.addresses[event.id] for event in events))

    def accesses(self, cells: frozenset[int]) -> tuple[Event, ...]:
        """The threads' accesses that may be to one of the cells."""
        return tuple(
            event
            for event in self.graph.events
            if event.thread != INITIAL and event.kind is not EventKind.FENCE and self.ranges.addresses[event.id] & cells
        )

    @cached_property
    def dependencies_from(self) -> frozenset[int]:
        """Reads on which an address, a value or a branch before an access depends."""
        graph = self.graph
        return frozenset(item.source for item in (*graph.addr, *graph.data, *graph.ctrl))

    @cached_property
    def dependencies_to(self) -> frozenset[int]:
        """Events whose address or value, or whether they are executed, depends on a read."""
        graph = self.graph
        return frozenset(item.target for item in (*graph.addr, *graph.data, *graph.ctrl))

    # ── an execution to look at ──────────────────────────────────────────────────────────────────

    @property
    def bad(self) -> Witness | None:
        """The execution that the test asks about, where there is one: against a `forall`, else with the condition."""
        if self.graph.program.quantifier is Quantifier.FORALL:
            return self.result.counterexample
        return self.result.witness

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """The relations of the bad execution."""
        return None if self.bad is None else evaluation_of(replay(self.graph, self.bad.execution))

    def defined(self, name: str) -> Term | None:
        """The relation that the model calls `name`, as it finally defines it."""
        found = [item.term for item in self.model.definitions if item.name == name]
        return found[-1] if found and found[-1].sort is Sort.RELATION else None


def orders(event: Event) -> bool:
    """Whether `event` is a fence that may order accesses."""
    return event.kind is EventKind.FENCE and not event.tags <= HARMLESS_FENCES


def is_lock(event: Event) -> bool:
    """Whether `event` is of a spinlock primitive."""
    return not event.tags.isdisjoint(LOCK_TAGS)
