"""A witness in, the places where ordering is missing out: those where full barriers, tried out, make the outcome
impossible while fewer of them do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from memmodel.analyses import wording
from memmodel.analyses.barriers import Spot, spot
from memmodel.analyses.explanation import Cure, Gap, Missing, Pair
from memmodel.analyses.nothing import describe
from memmodel.analyses.story import Execution, sequence
from memmodel.analyses.trial import Trial, least
from memmodel.cat.relations import bits, closure
from memmodel.engines.solver import OutOfTime
from memmodel.events.graph import EventKind
from memmodel.records import dataclass, replace

Trials = Callable[[Iterable[Spot]], Trial]
"""The program explained, with barriers there that can be switched on."""

ROUNDS = 40
"""Times that barriers are added against yet another witness."""


@dataclass(frozen=True)
class Segment:
    """Part of a cycle of communication and program order: two nodes of one thread, and how far it is around."""

    first: int
    second: int
    around: tuple[int, ...]
    """The nodes from `second` back to `first`."""
    entries: tuple[int, ...]
    exits: tuple[int, ...]
    """The events of `first` where the cycle comes in, and of `second` where it leaves."""


def find_missing(shown: Execution, trials: Trials) -> tuple[Missing, Execution]:
    """The gaps that a least set of barriers closes, and the witness that shows them best: `shown`, unless there is
    one in which nothing is out of order."""
    origins: dict[Spot, Execution] = {}
    trial: Trial | None = None
    try:
        found: Execution | None = shown
        for _ in range(ROUNDS):
            if found is None:
                break
            candidates = _candidates(found)
            if not candidates:
                return Missing(Cure.INTERLEAVING), found
            if candidates <= origins.keys():
                return Missing(Cure.NONE), shown
            origins = dict.fromkeys(candidates, found) | origins
            trial = trials(origins)
            found = trial.outcome(origins)
        if found is not None:
            return Missing(Cure.UNKNOWN), shown
        assert trial is not None
        spots = _least(set(origins), shown, trial)
    except OutOfTime:
        return Missing(Cure.UNKNOWN), shown
    return Missing(Cure.PROVEN, _gaps(shown, spots, origins)), shown


def _least(spots: set[Spot], shown: Execution, trial: Trial) -> set[Spot]:
    """A subset none of which can be left out. What the story shows as reordered is kept if it can be."""
    _, broken = sequence(shown)
    mine = {_spot(shown, b) for _, b in broken}
    wanted = sorted(spots, key=lambda s: (s in mine, s), reverse=True)
    return least(wanted, lambda kept: trial.outcome(kept) is None)


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


def _gaps(shown: Execution, spots: Iterable[Spot], origins: Mapping[Spot, Execution]) -> tuple[Gap, ...]:
    """A gap for each barrier, those of the shown witness first; one that it does not need is told by a witness that
    does."""
    told: list[tuple[bool, int, Gap]] = []
    _, broken = sequence(shown)
    for item in sorted(spots):
        segment = _segment(shown, item)
        if segment is not None:
            out = (segment.first, segment.second) not in broken
            told.append((out, len(told), _gap(shown, segment, item)))
            continue
        segment = _segment(origins[item], item)
        assert segment is not None, "a barrier stands before an access that ends a segment"
        told.append((True, len(told), replace(_gap(origins[item], segment, item), elsewhere=True)))
    return tuple(gap for _, _, gap in sorted(told, key=lambda entry: entry[:2]))


def _segment(execution: Execution, item: Spot) -> Segment | None:
    """The pair that a barrier orders: on the shortest cycle through it, pairs that the model leaves open first."""
    _, broken = sequence(execution)
    ways = [_cycle(execution, a, b) for a, b in _segments(execution) if _separates(execution, item, a, b)]

    def key(way: Segment) -> tuple[bool, bool, int, int]:
        return _kept(execution, way), (way.first, way.second) not in broken, len(way.around), way.second - way.first

    return min(ways, key=key, default=None)


def _cycle(execution: Execution, a: int, b: int) -> Segment:
    """The shortest cycle through a pair."""
    way = _way(execution, b, a)
    entries = {y for _, y in execution.communicates(way[-2], a)} or set(execution.nodes[a].events)
    exits = {x for x, _ in execution.communicates(b, way[1])} or set(execution.nodes[b].events)
    return Segment(a, b, way, tuple(sorted(entries)), tuple(sorted(exits)))


def _kept(execution: Execution, segment: Segment) -> bool:
    """Whether the model keeps the two in order, where the cycle touches them."""
    return any(execution.kept[x] >> y & 1 for x in segment.entries for y in segment.exits)


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


def _gap(execution: Execution, segment: Segment, item: Spot) -> Gap:
    kept = _kept(execution, segment)
    pair = Pair(execution.place(segment.first), execution.place(segment.second), kept)
    because, remarks = describe(execution, segment.entries[-1], segment.exits[0], kept)
    nodes = range(segment.first + 1, segment.second + 1)
    before = next(execution.place(node) for node in nodes if _spot(execution, node) == item)
    return Gap(pair, _writes(execution, segment), because, before, remarks, _around(execution, segment))


def _writes(execution: Execution, segment: Segment) -> bool:
    """Whether it is the second access's write that others see, and not its read that comes too early."""
    return execution.graph.events[segment.exits[0]].kind is EventKind.WRITE


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
        if any(done.addresses[e] == here and graph.events[e].kind is EventKind.WRITE for e in theirs):
            shown = wording.value(done, graph.events[read])
            return f"{early}'s {first} still reads {shown}, which {wording.the(second)} overwrites"
    return f"{wording.the(first)} is overwritten by {reader}'s {second}"
