"""A program becomes its event graph: loops unrolled to their bounds, branches merged, no path enumerated."""

from __future__ import annotations

from memmodel.events import terms
from memmodel.events.builder import Builder, cells_of
from memmodel.events.expressions import as_condition, finally_
from memmodel.events.graph import EventGraph, Observation
from memmodel.events.walker import Walker
from memmodel.program import ir


def unroll(program: ir.Program) -> EventGraph:
    """The events of `program`, linear in its size; `program.unroll` bounds loops that name no bound.

    There is one initial write for each cell that some access may touch or that a final value speaks of. An
    access whose address may be no cell is guarded to be one, and a Fault says when it is not. What follows a loop
    that was cut off is there too, but faults, assumptions and assertions no longer count there. Raises
    Unsupported for what grows past all limits.
    """
    terms.forget()
    addresses = ir.layout(program.objects)
    cells = cells_of(program.objects, addresses)
    every = frozenset(cells)
    graph, needed = _build(program, addresses, every)
    return graph if needed >= every else _build(program, addresses, needed)[0]


def _build(
    program: ir.Program, addresses: dict[str, int], written: frozenset[int]
) -> tuple[EventGraph, frozenset[int]]:
    """The graph with initial writes to the cells `written`, and the cells that need one."""
    cells = cells_of(program.objects, addresses)
    builder = Builder(cells, written)
    ends = []
    for number, thread in enumerate(program.threads):
        walker = Walker(builder, program, number, addresses)
        walker.run(thread.body)
        ends.append(walker.locals)
    mentioned: set[int] = set()
    condition = as_condition(finally_(program.condition, ends, addresses, mentioned))
    filter_ = as_condition(finally_(program.filter, ends, addresses, mentioned))
    observations = tuple(
        Observation(o.label, finally_(o.value, ends, addresses, mentioned), o.pointer, o.whole)
        for o in program.observables
    )
    needed = builder.settle() | (mentioned & frozenset(cells))
    graph = EventGraph(
        program=program,
        events=tuple(builder.events),
        rmw=tuple(builder.rmw),
        addr=tuple(builder.addr),
        data=tuple(builder.data),
        ctrl=tuple(builder.ctrl),
        assumptions=tuple(builder.assumptions),
        cuts=tuple(builder.cuts),
        faults=tuple(builder.faults),
        assertions=tuple(builder.assertions),
        observations=observations,
        condition=condition,
        filter=filter_,
        cells={address: cell.name for address, cell in cells.items()},
        cell_types={address: cell.type for address, cell in cells.items()},
    )
    return graph, needed
