"""What of an execution reads-from and coherence do not touch: the sets and static relations of its events.

An event graph gives Tables, once; which events run, where they access and which dependencies are active
give a Frame, shared by all executions that agree on these.
"""

from __future__ import annotations

from functools import lru_cache

from memmodel.cat.relations import Rows
from memmodel.cat.terms import Sort, Term
from memmodel.events.graph import INITIAL, Dependency, EventGraph, EventKind

Value = int | Rows
"""A set of events (a bit mask) or a relation (rows)."""

MARKS = "marks"
"""Where a Frame's active marks stand, beside its active dependencies."""


class Tables:
    """What a graph alone determines, as masks and rows over all its events."""

    def __init__(self, graph: EventGraph) -> None:
        self.graph = graph
        self.size = len(graph.events)
        self.sets: dict[str, int] = {}
        threads: dict[int, int] = {}
        reads = writes = fences = initial = 0
        for event in graph.events:
            bit = 1 << event.id
            if event.kind is EventKind.READ:
                reads |= bit
            elif event.kind is EventKind.WRITE:
                writes |= bit
            else:
                fences |= bit
            if event.thread == INITIAL:
                initial |= bit
            else:
                threads[event.thread] = threads.get(event.thread, 0) | bit
            for tag in event.tags:
                name = set_of(tag)
                self.sets[name] = self.sets.get(name, 0) | bit
        self.sets.update({"R": reads, "W": writes, "F": fences, "M": reads | writes, "IW": initial})
        self.same_thread = [
            threads.get(e.thread, 1 << e.id) if e.thread != INITIAL else 1 << e.id for e in graph.events
        ]
        self.po = [self.same_thread[e.id] & ~((2 << e.id) - 1) for e in graph.events]
        self.rmw = [0] * self.size
        for read, write in graph.rmw:
            self.rmw[read] |= 1 << write
        self.dependencies = {"addr": graph.addr, "data": graph.data, "ctrl": graph.ctrl}
        self.marks: dict[str, list[tuple[int, int]]] = {}
        """For each set that annotations under a condition belong to: their numbers and events."""
        for number, mark in enumerate(graph.marks):
            self.marks.setdefault(set_of(mark.tag), []).append((number, mark.event))


@lru_cache(maxsize=8)
def tables(graph: EventGraph) -> Tables:
    """The Tables of a graph, made once."""
    return Tables(graph)


def set_of(tag: str) -> str:
    """The set that a tag names: first letter capital ('rcu-lock' gives Rcu-lock)."""
    return tag[:1].upper() + tag[1:]


def dependency_rows(dependencies: tuple[Dependency, ...], active: int, size: int) -> Rows:
    """Rows of those dependencies whose bit in `active` (by position) is set."""
    rows = [0] * size
    for i, item in enumerate(dependencies):
        if active >> i & 1:
            rows[item.source] |= 1 << item.target
    return rows


class Frame:
    """The part of an execution that reads-from and coherence do not touch: which events run, where they access, which
    dependencies are active. Terms without rf, co and fr are evaluated here, once for all executions that share it.

    `addresses[e]` is None for events without one; `active` gives a bit set of active dependencies for each of addr,
    data and ctrl, and of the marks (needed only where the graph has some).
    """

    def __init__(
        self, tables: Tables, executed: int, addresses: tuple[int | None, ...], active: dict[str, int]
    ) -> None:
        self.tables = tables
        self.executed = executed
        self.size = tables.size
        self.addresses = addresses
        self.active = active
        self.memo: dict[Term, Value] = {}
        self.stages: dict[str, list[tuple[Value, ...]]] = {}
        self._bases: dict[str, Value] = {}
        cells: dict[int, int] = {}
        for event, address in enumerate(addresses):
            if address is not None and executed >> event & 1:
                cells[address] = cells.get(address, 0) | 1 << event
        self.cells = cells

    def restrict(self, rows: Rows) -> Rows:
        executed = self.executed
        return [row & executed if executed >> i & 1 else 0 for i, row in enumerate(rows)]

    def base(self, name: str, sort: Sort) -> Value:
        known = self._bases.get(name)
        if known is None:
            known = self._bases[name] = self._make_base(name, sort)
        return known

    def _make_base(self, name: str, sort: Sort) -> Value:
        tables = self.tables
        if sort is Sort.SET:
            members = tables.sets.get(name, 0)
            for number, event in tables.marks.get(name, ()):
                members |= (self.active.get(MARKS, 0) >> number & 1) << event
            return members & self.executed
        match name:
            case "po":
                return self.restrict(tables.po)
            case "int":
                return self.restrict(tables.same_thread)
            case "ext":
                return self.restrict([~row for row in tables.same_thread])
            case "rmw":
                return self.restrict(tables.rmw)
            case "loc":
                return [
                    self.cells[a] if a is not None and self.executed >> i & 1 else 0
                    for i, a in enumerate(self.addresses)
                ]
            case "addr" | "data" | "ctrl":
                rows = dependency_rows(tables.dependencies[name], self.active[name], self.size)
                return self.restrict(rows)
        raise KeyError(name)
