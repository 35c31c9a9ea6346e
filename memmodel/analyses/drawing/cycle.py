"""An execution in, the cycle out that makes it surprising: communication from thread to thread, and within threads the
pairs that would have to be out of order, or are not."""

from __future__ import annotations

from memmodel.analyses.story import LOOK, Execution, sequence
from memmodel.cat.relations import bits
from memmodel.cat.terms import Sort, base
from memmodel.records import dataclass

ORDER = "order"
"""What a link within a thread is called before it is known what makes it."""


@dataclass(frozen=True)
class Link:
    """From one event to another: rf, co, fr, ORDER, or what else a model relates events by."""

    relation: str
    first: int
    second: int


@dataclass(frozen=True)
class Surprise:
    """What is out of order in an execution. `order`: its nodes as things become visible; `moved`: those of them that
    are not where their program has them; `links`: a cycle through one such pair, which `pair` is, by node."""

    order: tuple[int, ...]
    moved: frozenset[int]
    links: tuple[Link, ...]
    pair: tuple[int, int] | None


def surprise(execution: Execution, look: int = LOOK) -> Surprise:
    """What an allowed execution has that no interleaving of its threads has; no links where there is nothing. `look`:
    orders that are tried for the one that departs least from the program."""
    order, broken = sequence(execution, look=look)
    ways = [(pair, way) for pair in broken if (way := _around(execution, *pair)) is not None]
    if broken and not ways:  # the order departs from the program where it need not: no pair in it tells anything
        every = [(a, b) for a, row in enumerate(execution.order) for b in bits(row)]
        ways = [(pair, way) for pair in every if (way := _around(execution, *pair)) is not None]
    if not ways:
        return Surprise(tuple(order), frozenset(), (), None)

    def key(way: tuple[tuple[int, int], tuple[int, ...]]) -> tuple[bool, int, int]:
        (a, b), around = way
        kept = any(execution.kept[x] >> y & 1 for x in execution.nodes[a].events for y in execution.nodes[b].events)
        return kept, len(around), b - a

    pair, around = min(ways, key=key)
    moved = frozenset(node for a_pair, _ in ways for node in a_pair if a_pair in broken) or frozenset(pair)
    return Surprise(tuple(order), moved, tuple(_links(execution, (pair[0], *around[:-1]))), pair)


def _around(execution: Execution, a: int, b: int) -> tuple[int, ...] | None:
    """The nodes of a shortest way from b back to a, by communication and program order; by communication where there
    is a choice. None where there is no way."""
    parent = {b: b}
    queue = [b]
    for node in queue:
        for rows in (execution.communication, execution.order):
            for following in bits(rows[node]):
                if following not in parent:
                    parent[following] = node
                    queue.append(following)
        if a in parent:
            break
    else:
        return None
    way = [a]
    while way[-1] != b:
        way.append(parent[way[-1]])
    return tuple(reversed(way))


def _links(execution: Execution, nodes: tuple[int, ...]) -> list[Link]:
    """The links of a cycle through `nodes`; within a thread from the event where the cycle comes in to the one where it
    goes out."""
    steps = list(zip(nodes, (*nodes[1:], nodes[0]), strict=True))
    talk = [_communication(execution, a, b) if i else None for i, (a, b) in enumerate(steps)]
    links: list[Link] = []
    for i, (a, b) in enumerate(steps):
        found = talk[i]
        if found is None:
            before, after = talk[i - 1], talk[(i + 1) % len(steps)]
            first = before.second if before is not None else execution.nodes[a].events[0]
            second = after.first if after is not None else execution.nodes[b].events[0]
            found = Link(ORDER, first, second)
        links.append(found)
    return links


def _communication(execution: Execution, a: int, b: int) -> Link | None:
    """How node b comes after node a in a cell; None where only program order leads there."""
    for name in ("rf", "fr", "co"):
        rows = execution.evaluation.relation(base(name, Sort.RELATION))
        for x in execution.nodes[a].events:
            for y in execution.nodes[b].events:
                if rows[x] >> y & 1:
                    return Link(name, x, y)
    return None
