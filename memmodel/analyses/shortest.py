"""A search and what to look for in; the witness that is easiest to follow out: fewest events, fewest surprises."""

from __future__ import annotations

from memmodel.analyses import story
from memmodel.engines.literals import FALSE, TRUE
from memmodel.engines.search import Search
from memmodel.engines.solver import OutOfTime
from memmodel.result import Witness

LOOK = 12
"""Witnesses of the same least size that are compared."""


def shortest(search: Search, *goal: int, look: int = LOOK) -> Witness | None:
    """A confirmed execution in which the literals hold, with as few events as possible, and among `look` of those the
    one closest to program order: to compare them may take longer than to find them. When time runs out, the best one so
    far; raises OutOfTime if there is none yet."""
    best = search.first(*goal)
    if best is None:
        return None
    try:
        bounds = _at_most(search, _optional(search, best))
        while bounds:
            smaller = search.first(*goal, bounds[-1])
            if smaller is None:
                break
            best = smaller
            bounds = bounds[: _optional(search, best)]
        return _plainest(search, best, look, *goal) if look else best
    except OutOfTime:
        return best


def _optional(search: Search, witness: Witness) -> int:
    """How many of the events that need not run do."""
    return sum(witness.execution.executed >> e & 1 for e, guard in enumerate(search.encoding.guards) if guard != TRUE)


def _at_most(search: Search, size: int) -> list[int]:
    """Literals: at most 0, 1, … size-1 of the optional events run. A sequential counter (Sinz, CP 2005), one way."""
    literals = search.literals
    counts = [FALSE] * size
    for guard in search.encoding.guards:
        if guard == TRUE:
            continue
        following: list[int] = []
        for i, count in enumerate(counts):
            reached = literals.fresh()  # more than i so far
            literals.clause((reached, -count))
            literals.clause((reached, -guard, *(() if i == 0 else (-counts[i - 1],))))
            following.append(reached)
        counts = following
    return [-count for count in counts]


def _plainest(search: Search, best: Witness, look: int, *goal: int) -> Witness:
    """The least surprising witness of the size of `best`."""
    size = _optional(search, best)
    least = [_at_most(search, size + 1)[-1]]
    cost = story.cost(story.Execution(search.graph, search.model, best))
    listing = search.literals.fresh()  # what was looked at is barred only while this holds
    for _ in range(look):
        candidate = search.find(*goal, *least, listing)
        if candidate is None or cost[0] <= 1:
            break
        barred = [-listing, *(-literal for literal in search.whole(candidate))]
        witness = search.confirm(candidate)
        if witness is not None:
            price = story.cost(story.Execution(search.graph, search.model, witness))
            if price < cost:
                best, cost = witness, price
        search.literals.clause(barred)
    return best
