"""A witness of a data race in; both accesses as KCSAN words them, and what would order them, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from memmodel.analyses import wording
from memmodel.analyses.barriers import Spot, spot
from memmodel.analyses.explanation import Cure, Gap, Missing, Pair, Race, Side
from memmodel.analyses.story import Execution
from memmodel.analyses.trial import Trial, least
from memmodel.cat.relations import bits
from memmodel.cat.terms import Sort
from memmodel.engines.solver import OutOfTime
from memmodel.events.graph import INITIAL, Event, EventKind
from memmodel.program import ir
from memmodel.records import replace
from memmodel.result import RACE_FLAG

Races = Callable[[ir.Program], bool]
"""Whether a program like the one explained has a data race; raises OutOfTime."""

Trials = Callable[[Iterable[Spot]], Trial]
"""The program explained, with barriers there that can be switched on."""

ONCE = frozenset(("once",))


def find_race(program: ir.Program, shown: Execution, races: Races, trials: Trials) -> Race | None:
    """The race of the witness; None where the model does not flag races by a relation between accesses."""
    pairs = racing(shown)
    if not pairs:
        return None
    first, second = (shown.graph.events[e] for e in pairs[0])
    sides = _side(shown, first), _side(shown, second)
    try:
        involved = [shown.graph.events[e] for pair in pairs for e in pair]
        marking = not races(_marked(program, {_spot(event) for event in involved}))
        missing = _missing(shown, trials)
    except OutOfTime:
        marking, missing = False, Missing(Cure.UNKNOWN)
    return Race(*sides, marking, missing, len(pairs) - 1)


def racing(shown: Execution) -> list[tuple[int, int]]:
    """The pairs of events that race, those without initial writes; none where the flag is no relation of accesses."""
    check = next((check for check in shown.model.flags if check.name == RACE_FLAG), None)
    if check is None or check.term.sort is not Sort.RELATION:
        return []
    rows = shown.evaluation.relation(check.term)
    events = shown.graph.events
    pairs = [(min(a, b), max(a, b)) for a, row in enumerate(rows) for b in bits(row)]
    pairs = [(a, b) for a, b in pairs if INITIAL not in (events[a].thread, events[b].thread)]
    return sorted(dict.fromkeys(pairs))


def _side(shown: Execution, event: Event) -> Side:
    size = event.size or (event.type.size if event.type is not None else 0)
    bytes_ = f" of {size} {'byte' if size == 1 else 'bytes'}" if size else ""
    what = "write to" if event.kind is EventKind.WRITE else "read to"  # as KCSAN says it
    marked = f"{'marked ' if event.tags else ''}{what} {wording.cell(shown.done, event)}{bytes_}"
    return Side(wording.place(shown.done, event), marked, bool(event.tags))


def _spot(event: Event) -> Spot:
    assert event.span is not None
    return spot(event.thread, event.span)


# ── what would help ──────────────────────────────────────────────────────────────────────────────


def _marked(program: ir.Program, spots: set[Spot]) -> ir.Program:
    """The plain accesses at `spots` as READ_ONCE() and WRITE_ONCE()."""

    def body(items: tuple[ir.Instruction, ...], thread: int) -> tuple[ir.Instruction, ...]:
        return tuple(one(item, thread) for item in items)

    def one(item: ir.Instruction, thread: int) -> ir.Instruction:
        match item:
            case ir.Load() | ir.Store() if not item.tags and spot(thread, item.span) in spots:
                return replace(item, tags=ONCE)
            case ir.If():
                return replace(item, then=body(item.then, thread), otherwise=body(item.otherwise, thread))
            case ir.Block() | ir.Loop():
                return replace(item, body=body(item.body, thread))
        return item

    threads = tuple(replace(thread, body=body(thread.body, n)) for n, thread in enumerate(program.threads))
    return replace(program, threads=threads)


def _missing(shown: Execution, trials: Trials) -> Missing:
    """Full barriers without which there is a race, tried before every access; then as few of them as do."""
    nodes = [shown.graph.events[node.events[0]] for node in shown.nodes]
    before = {b: a for a, b in pairwise(nodes) if a.thread == b.thread}
    spots = {_spot(event): event for event in before if event.span is not None}
    trial = trials(spots)
    if trial.races(spots):
        return Missing(Cure.NONE)
    kept = least(sorted(spots, reverse=True), lambda some: not trial.races(some))
    gaps = tuple(_gap(shown, before[spots[item]], spots[item]) for item in sorted(kept))
    return Missing(Cure.PROVEN, gaps)


def _gap(shown: Execution, first: Event, second: Event) -> Gap:
    pair = Pair(wording.place(shown.done, first), wording.place(shown.done, second))
    because = f"nothing orders {wording.noun(second)} after {wording.noun(first)}"
    return Gap(pair, second.kind is EventKind.WRITE, because, pair.second)
