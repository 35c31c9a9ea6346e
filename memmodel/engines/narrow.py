"""A model made ready for one graph: bounds of base relations, narrowed checks, and which axioms are said at once."""

from __future__ import annotations

from memmodel.cat.bounds import Bounds, narrow_model
from memmodel.cat.facts import Fixed
from memmodel.cat.frame import Tables, dependency_rows, tables
from memmodel.cat.relations import Rows
from memmodel.cat.terms import Check, CheckKind, Model, Op, Term
from memmodel.engines.ranges import Ranges
from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind
from memmodel.records import dataclass, replace


def _leaves(term: Term) -> list[Term]:
    """The operands of a union, nested unions opened."""
    if term.op is not Op.UNION:
        return [term]
    return [leaf for arg in term.args for leaf in _leaves(arg)]


def _shape(term: Term) -> str:
    """A spelling of small terms in which the order of & does not matter."""
    if term.op is Op.INTER:
        return "&".join(sorted(_shape(arg) for arg in term.args))
    if term.op is Op.SEQ:
        return "(" + ";".join(_shape(arg) for arg in term.args) + ")"
    return term.name if term.op is Op.BASE else term.op.value


def is_coherence(check: Check) -> bool:
    """acyclic (po & loc) | rf | co | fr."""
    return (
        check.kind is CheckKind.ACYCLIC
        and not check.negated
        and not check.flag
        and {_shape(leaf) for leaf in _leaves(check.term)} == {"loc&po", "rf", "co", "fr"}
    )


def is_atomicity(check: Check) -> bool:
    """empty rmw & ((fr & ext) ; (co & ext))."""
    return (
        check.kind is CheckKind.EMPTY
        and not check.negated
        and not check.flag
        and _shape(check.term) == "(ext&fr;co&ext)&rmw"
    )


@dataclass(frozen=True)
class Narrowed:
    tables: Tables
    bounds: Bounds
    fixed: Fixed
    axioms: tuple[Check, ...]
    """Those to check on each proposed execution, the cheap ones first."""
    flags: tuple[Check, ...]


def narrow(graph: EventGraph, model: Model, ranges: Ranges, coherent: bool) -> Narrowed:
    """The model for this graph. What `is_coherence` and `is_atomicity` recognise is left to the encoding."""
    items = tables(graph)
    single = all(len(a) <= 1 for a in ranges.addresses)
    steady = {
        name: all(d.condition.value == 1 for d in dependencies) for name, dependencies in items.dependencies.items()
    }
    always = sum(1 << e.id for e in graph.events if e.guard.value == 1)
    may = _upper_bounds(graph, ranges, coherent)
    for name, dependencies in items.dependencies.items():
        may[name] = dependency_rows(dependencies, -1, items.size)
    fixed_names = {name for name, is_steady in steady.items() if is_steady} | ({"loc"} if single else set())
    everything = (1 << items.size) - 1
    bounds = Bounds(items, may, frozenset(fixed_names), always == everything)
    rest = tuple(c for c in model.checks if not (is_coherence(c) or is_atomicity(c)))
    narrowed = narrow_model(replace(model, checks=rest), bounds)
    fixed = Fixed(always, single, all(steady.values()) and not graph.marks)
    return Narrowed(items, bounds, fixed, narrowed.axioms, narrowed.flags)


def _upper_bounds(graph: EventGraph, ranges: Ranges, coherent: bool) -> dict[str, Rows]:
    """Rows of what rf, co, fr and loc may hold."""
    size = len(graph.events)
    cells: dict[int, int] = {}
    for event in graph.events:
        for cell in ranges.addresses[event.id]:
            cells[cell] = cells.get(cell, 0) | 1 << event.id
    loc = [0] * size
    for event in graph.events:
        for cell in ranges.addresses[event.id]:
            loc[event.id] |= cells[cell]
    writes = sum(1 << e.id for e in graph.events if e.kind is EventKind.WRITE)
    initial = sum(1 << e.id for e in graph.events if e.thread == INITIAL)
    rf, co, fr = [0] * size, [0] * size, [0] * size
    for event in graph.events:
        if event.kind is EventKind.FENCE:
            continue
        after = loc[event.id] & writes & ~initial & ~(1 << event.id)
        if coherent:
            after &= ~_known_before(graph, ranges, event)
        if event.kind is EventKind.WRITE:
            co[event.id] = after
        else:
            fr[event.id] = after
            for source in ranges.sources[event.id]:
                rf[source] |= 1 << event.id
    return {"rf": rf, "co": co, "fr": fr, "loc": loc}


def _known_before(graph: EventGraph, ranges: Ranges, event: Event) -> int:
    """Writes of the event's own thread before it, to the same one cell."""
    place = ranges.addresses[event.id]
    if len(place) != 1 or event.thread == INITIAL:
        return 0
    return sum(
        1 << other.id
        for other in graph.by_thread[event.thread]
        if other.id < event.id and other.kind is EventKind.WRITE and ranges.addresses[other.id] == place
    )
