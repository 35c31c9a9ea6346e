"""A witness in, the places where ordering is missing out: those where full barriers, tried out, make the outcome
impossible while fewer of them do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from memmodel.analyses import wording
from memmodel.analyses.barriers import Spot, spot, with_barriers
from memmodel.analyses.explanation import Cure, Gap, Missing
from memmodel.analyses.nothing import describe
from memmodel.analyses.story import Execution, sequence
from memmodel.cat.relations import bits, closure
from memmodel.engines.solver import OutOfTime
from memmodel.program import ir
from memmodel.records import dataclass

Ask = Callable[[ir.Program], Execution | None]
"""Whether the outcome is possible in a program like the one explained; raises OutOfTime."""

ROUNDS = 12
"""Times that barriers are added against yet another witness."""


@dataclass(frozen=True)
class Segment:
    """Part of a cycle of communication and program order: two nodes of one thread, and how far it is around."""

    first: int
    second: int
    around: tuple[int, ...]
    """The nodes from `second` back to `first`."""


def find_missing(program: ir.Program, shown: Execution, ask: Ask) -> Missing:
    """The gaps of the shown witness that a least set of barriers closes."""
    spots: set[Spot] = set()
    try:
        found: Execution | None = shown
        for _ in range(ROUNDS):
            if found is None:
                break
            candidates = _candidates(found)
            more = candidates - spots
            if not more:
                return Missing(Cure.NONE if candidates else Cure.INTERLEAVING)
            spots |= more
            found = ask(with_barriers(program, spots))
        if found is not None:
            return Missing(Cure.UNKNOWN)
        spots = _least(program, spots, shown, ask)
    except OutOfTime:
        return Missing(Cure.UNKNOWN)
    return Missing(Cure.PROVEN, _gaps(shown, spots))


def _least(program: ir.Program, spots: set[Spot], shown: Execution, ask: Ask) -> set[Spot]:
    """A subset none of which can be left out. What the story shows as reordered is kept if it can be."""
    _, broken = sequence(shown)
    mine = {_spot(shown, b) for _, b in broken}
    kept = set(spots)
    for item in sorted(spots, key=lambda s: (s in mine, s)):
        if ask(with_barriers(program, kept - {item})) is None:
            kept.discard(item)
    return kept


def _candidates(execution: Execution) -> set[Spot]:
    """Before every access that lies on a cycle of communication and program order, if one on the cycle precedes it."""
    return {_spot(execution, b) for a, b in _segments(execution)}


def _spot(execution: Execution, node: int) -> Spot:
    event = execution.graph.events[execution.nodes[node].events[0]]
    assert event.span is not None
    return spot(event.thread, event.span)


def _segments(execution: Execution) -> list[tuple[int, int]]:
    """Pairs in program order from which a way of communication and program order leads back."""
    steps = [a | b for a, b in zip(execution.communication, execution.order, strict=True)]
    reach = closure(steps)
    return [(a, b) for a, row in enumerate(execution.order) for b in bits(row) if reach[b] >> a & 1]


def _gaps(execution: Execution, spots: Iterable[Spot]) -> tuple[Gap, ...]:
    """The pair that each barrier orders: the shortest cycle through it, pairs that the model leaves open first."""
    segments = _segments(execution)
    _, broken = sequence(execution)
    gaps: list[Gap] = []
    for item in sorted(spots):
        across = [(a, b) for a, b in segments if _separates(execution, item, a, b)]
        ways = [Segment(a, b, _way(execution, b, a)) for a, b in across]
        ways.sort(
            key=lambda s: (
                execution.preserved[s.first] >> s.second & 1,
                (s.first, s.second) not in broken,
                len(s.around),
                s.second - s.first,
            )
        )
        if ways:
            gaps.append(_gap(execution, ways[0]))
    order = {(a, b): i for i, (a, b) in enumerate(broken)}
    names = {execution.pair(a, b): i for (a, b), i in order.items()}
    return tuple(sorted(gaps, key=lambda gap: names.get(gap.pair, len(names))))


def _separates(execution: Execution, item: Spot, a: int, b: int) -> bool:
    """Whether a barrier at the spot lies between the two accesses."""
    if execution.nodes[a].thread != item.thread:
        return False
    between = range(a + 1, b + 1)
    return any(_spot(execution, node) == item for node in between)


def _way(execution: Execution, start: int, goal: int) -> tuple[int, ...]:
    """A shortest way of communication and program order; communication is preferred."""
    parent = {start: start}
    queue = [start]
    for node in queue:
        if node == goal:
            break
        for rows in (execution.communication, execution.order):
            for following in bits(rows[node]):
                if following not in parent:
                    parent[following] = node
                    queue.append(following)
    way = [goal]
    while way[-1] != start:
        way.append(parent[way[-1]])
    return tuple(reversed(way))


def _gap(execution: Execution, segment: Segment) -> Gap:
    pair = execution.pair(segment.first, segment.second)
    because, remarks = describe(execution, segment.first, segment.second)
    return Gap(pair, _writes(execution, segment), because, remarks, _around(execution, segment))


def _writes(execution: Execution, segment: Segment) -> bool:
    """Whether it is the second access's write that others see, and not its read that comes too early."""
    events = [execution.graph.events[e] for e in execution.nodes[segment.second].events]
    return events[-1].kind.value == "W" and (len(events) == 1 or len(segment.around) < 2 or _seen(execution, segment))


def _seen(execution: Execution, segment: Segment) -> bool:
    write = execution.nodes[segment.second].events[-1]
    following = set(execution.nodes[segment.around[1]].events)
    order = execution.witness.execution
    reads = any(w == write and r in following for w, r in order.rf)
    return reads or any(write in co and following & set(co[co.index(write) :]) for co in order.co)


def _around(execution: Execution, segment: Segment) -> tuple[str, ...]:
    """What leads from the second access back to the first, step by step."""
    said: list[str] = []
    for a, b in zip(segment.around, segment.around[1:], strict=False):
        if execution.nodes[a].thread == execution.nodes[b].thread and not execution.communication[a] >> b & 1:
            continue
        said.append(_communicates(execution, a, b))
    return tuple(said)


def _communicates(execution: Execution, a: int, b: int) -> str:
    """How node b comes after node a in a cell's order."""
    graph, done = execution.graph, execution.done
    mine, theirs = set(execution.nodes[a].events), set(execution.nodes[b].events)
    first, second = (wording.place(done, graph.events[execution.nodes[n].events[0]]) for n in (a, b))
    threads = graph.program.threads
    reader = threads[execution.nodes[b].thread].name
    source = {r: w for w, r in execution.witness.execution.rf}
    for read in sorted(theirs & set(source)):
        if source[read] in mine:
            return f"{reader}'s {second} reads {wording.value(done, graph.events[read])} from {wording.the(first)}"
    early = threads[execution.nodes[a].thread].name
    for read in sorted(mine & set(source)):
        here = done.addresses[read]
        if any(done.addresses[e] == here and graph.events[e].kind.value == "W" for e in theirs):
            shown = wording.value(done, graph.events[read])
            return f"{early}'s {first} still reads {shown}, which {wording.the(second)} overwrites"
    return f"{wording.the(first)} is overwritten by {reader}'s {second}"
