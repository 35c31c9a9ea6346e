"""A chain of steps in, edges that people can follow out: communication between threads, and order within one with the
barrier, annotation or dependency that makes it."""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.analyses import wording
from memmodel.analyses.derivation import Step
from memmodel.analyses.explanation import Cause, Edge, Pairing, Place, Reason
from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind
from memmodel.records import dataclass

_SETS = {
    "Acquire": "an acquire",
    "Release": "a release",
    "Mb": "a full barrier",
    "LKR": "an acquire",
    "LKW": "an acquire",
    "UL": "a release",
}
"""Sets of the model that make order, in words."""

_LEADING = frozenset(("Acquire", "LKR", "LKW", "Mb"))
"""Those whose member orders what follows it …"""

_TRAILING = frozenset(("Release", "UL", "Mb"))
"""… and those whose member orders what precedes it."""

_DEPENDENCIES = {"addr": "an address dependency", "data": "a data dependency", "ctrl": "a control dependency"}
_SECTIONS = {"rcu-rscs", "srcu-rscs"}


@dataclass
class _Piece:
    """Steps that become one edge. `name`: rf, co, fr between threads, else `order`."""

    name: str
    steps: list[Step]
    before: list[Step]
    after: list[Step]
    """Tests on its first and last event."""

    @property
    def first(self) -> int:
        return self.steps[0].first

    @property
    def second(self) -> int:
        return self.steps[-1].second


class Narrator:
    """Words for the chains of one execution: `addresses` says where each event accesses memory."""

    def __init__(self, graph: EventGraph, addresses: Sequence[int | None]) -> None:
        self._graph = graph
        self._addresses = addresses

    def reason(self, axiom: str, steps: tuple[Step, ...], by_itself: bool) -> Reason:
        """The chain as a Reason; a cycle is turned so that it begins with a thread's first ordered access."""
        moves = [step for step in steps if not step.is_test]
        closed = bool(moves) and moves[0].first == moves[-1].second
        pieces = self._merged(self._pieces(steps, closed), closed)
        edges = [self._edge(piece) for piece in pieces]
        if closed:
            edges = _rotated(edges)
        return Reason(axiom, tuple(edges), closed, _pairings(edges, closed), by_itself)

    # ── cutting ──────────────────────────────────────────────────────────────────────────────────

    def _pieces(self, steps: tuple[Step, ...], closed: bool) -> list[_Piece]:
        pieces: list[_Piece] = []
        tests: list[Step] = []
        leading: list[Step] = []
        for step in steps:
            if step.is_test:
                tests.append(step)
                continue
            if pieces:
                pieces[-1].after = tests
            else:
                leading = tests
            pieces.append(_Piece(self._kind(step), [step], tests, []))
            tests = []
        if pieces:
            ends = tests + leading if closed else tests
            pieces[-1].after = ends
            if closed:
                pieces[0].before = ends
        return pieces

    def _kind(self, step: Step) -> str:
        first, second = (self._graph.events[e] for e in (step.first, step.second))
        if step.name in ("rf", "co", "fr"):
            return step.name
        return "order" if first.thread == second.thread != INITIAL else step.name

    def _merged(self, pieces: list[_Piece], closed: bool) -> list[_Piece]:
        """Neighbours within a thread as one, where what is between them is a fence or the same operation, or one of
        them says nothing by itself."""
        result: list[_Piece] = []
        for piece in pieces:
            if result and self._belong(result[-1], piece):
                result[-1] = _joined(result[-1], piece)
            else:
                result.append(piece)
        while closed and len(result) > 1 and self._belong(result[-1], result[0]):
            result[0] = _joined(result.pop(), result[0])
        kept = [p for p in result if p.name != "order" or not self._same(p.first, p.second) or len(result) == 1]
        return kept or result

    def _belong(self, one: _Piece, other: _Piece) -> bool:
        if one.name != "order" or other.name != "order":
            return False
        between = self._graph.events[one.second]
        if between.kind is EventKind.FENCE:
            return True
        if self._same(one.first, one.second) or self._same(other.first, other.second):
            return not self._is_operation(one) and not self._is_operation(other)
        return not self._causes(one) or not self._causes(other)

    def _is_operation(self, piece: _Piece) -> bool:
        """Whether it is only there to say that a read-modify-write is one operation."""
        return piece.steps[0].name == "rmw^-1"

    def _same(self, a: int, b: int) -> bool:
        """Whether two events are of one instruction."""
        first, second = self._graph.events[a], self._graph.events[b]
        return (
            first.thread == second.thread != INITIAL
            and first.span == second.span
            and (a == b or ((min(a, b), max(a, b)) in self._graph.rmw))
        )

    # ── causes ───────────────────────────────────────────────────────────────────────────────────

    def _causes(self, piece: _Piece) -> list[Cause]:
        found: dict[Cause, None] = {}
        sections = [step for step in piece.steps if step.name.removesuffix("^-1") in _SECTIONS]
        brackets = {e for step in sections for e in (step.first, step.second)}
        for step in piece.steps:
            event = self._graph.events[step.first]
            if event.kind is EventKind.FENCE and event.id not in brackets:
                found[self._fence(event)] = None
            if step in sections:
                found[self._section(step)] = None
            for cause in self._step(step):
                found[cause] = None
        for test in piece.before:
            if test.name in _LEADING:
                found[self._annotated(test)] = None
        for test in piece.after:
            if test.name in _TRAILING:
                found[self._annotated(test)] = None
        last = self._graph.events[piece.second]
        if last.kind is EventKind.FENCE and last.id not in brackets:
            found[self._fence(last)] = None
        if found:
            found |= dict.fromkeys(self._also(piece))
        return list(found)

    def _also(self, piece: _Piece) -> list[Cause]:
        """An acquire load at the start and a release store at the end order the two as well, whichever of several
        causes a derivation came upon. Read-modify-writes are left out: whether they order depends on their success."""
        first, last = (self._graph.events[e] for e in (piece.first, piece.second))
        if any(step.name not in ("po", *_DEPENDENCIES) for step in piece.steps) or first.id >= last.id:
            return []
        also: list[Cause] = []
        if first.kind is EventKind.READ and "acquire" in first.tags and "RMW" not in first.tags:
            also.append(self._annotated(Step("Acquire", first.id, first.id)))
        if last.kind is EventKind.WRITE and "release" in last.tags and "RMW" not in last.tags:
            also.append(self._annotated(Step("Release", last.id, last.id)))
        return also

    def _step(self, step: Step) -> list[Cause]:
        if step.name in _DEPENDENCIES:
            source, target = self._place(step.first), self._place(step.second)
            return [Cause(f"{_DEPENDENCIES[step.name]}, {wording.lines(source.span, target.span, 'to')}", target)]
        return [Cause("both are of the same variable")] if step.name == "po-loc" else []

    def _annotated(self, test: Step) -> Cause:
        place = self._place(test.first)
        if self._graph.events[test.first].kind is EventKind.FENCE:
            return self._fence(self._graph.events[test.first])
        return Cause(f"{place} is {_SETS[test.name]}", place, True)

    def _fence(self, event: Event) -> Cause:
        place = self._place(event.id)
        return Cause(str(place), place)

    def _section(self, step: Step) -> Cause:
        ends = sorted((step.first, step.second))
        lock, unlock = (self._graph.events[e] for e in ends)
        kind = "SRCU" if "srcu" in step.name else "RCU"
        lines = f", {wording.lines(lock.span, unlock.span, 'to')}" if lock.span and unlock.span else ""
        return Cause(f"an {kind} read-side critical section{lines}", self._place(lock.id))

    # ── sentences ────────────────────────────────────────────────────────────────────────────────

    def _place(self, event: int) -> Place:
        return wording.place_at(self._graph, self._addresses, self._graph.events[event])

    def _edge(self, piece: _Piece) -> Edge:
        first, second = self._place(piece.first), self._place(piece.second)
        match piece.name:
            case "rf":
                sentence = f"{second} reads from {first}"
            case "co":
                sentence = f"{second} overwrites {first}"
            case "fr":
                sentence = f"{first} reads an older value than {second} writes"
            case "order":
                causes = tuple(self._causes(piece)) or (Cause("program order"),)
                if piece.steps[0].name == "rmw^-1":
                    return Edge(first, second, f"both halves of {second} are one operation", "order")
                section = any(step.name.removesuffix("^-1") in _SECTIONS for step in piece.steps)
                verb = "cannot be as late as" if section and piece.first > piece.second else "comes before"
                return Edge(first, second, f"{first} {verb} {second}", "order", causes)
            case _:
                sentence = f"{first} is related to {second} ({piece.name})"
        return Edge(first, second, sentence, piece.name)


def _joined(one: _Piece, other: _Piece) -> _Piece:
    return _Piece("order", one.steps + other.steps, one.before + one.after, other.before + other.after)


def _rotated(edges: list[Edge]) -> list[Edge]:
    """The same cycle, begun at an order edge that a read of an old value, or else an overwriting, leads to; among
    several at the one highest up in the source."""

    def key(i: int) -> tuple[bool, bool, int, int]:
        edge, before = edges[i], edges[i - 1]
        return edge.relation != "order", before.relation not in ("fr", "co"), edge.first.thread, edge.first.line or 0

    start = min(range(len(edges)), key=key)
    return edges[start:] + edges[:start]


def _pairings(edges: list[Edge], closed: bool) -> tuple[Pairing, ...]:
    """What orders the accesses on either side of each reading from another thread; in a cycle without, of each
    communication."""
    wanted = {"rf"} if any(edge.relation == "rf" for edge in edges) else {"co", "fr"}
    found: dict[Pairing, None] = {}
    for i, edge in enumerate(edges):
        if edge.relation not in wanted or (not closed and not 0 < i < len(edges) - 1):
            continue
        one = _side(edges[i - 1], edges[i - 1].second)
        other = _side(edges[(i + 1) % len(edges)], edges[(i + 1) % len(edges)].first)
        if one is None or other is None or one.place is None or other.place is None:
            continue
        if one.place.thread != other.place.thread and Pairing(other, one) not in found:
            found[Pairing(one, other)] = None
    return tuple(found)


def _side(edge: Edge, near: Place) -> Cause | None:
    """What orders an access that takes part in communication: its own annotation rather than a barrier, that rather
    than the annotation of the other end, and a dependency last."""
    causes = [cause for cause in edge.causes if cause.place is not None]
    own = [cause for cause in causes if cause.place == near and cause.annotation]
    barriers = [cause for cause in causes if cause.place not in (edge.first, edge.second)]
    annotated = [cause for cause in causes if cause.annotation]
    return next(iter([*own, *barriers, *annotated, *causes]), None)
