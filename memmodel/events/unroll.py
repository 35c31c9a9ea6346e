"""A program becomes its event graph: loops unrolled to their bounds, branches merged, no path enumerated."""

from __future__ import annotations

from memmodel.errors import Unsupported
from memmodel.events import terms
from memmodel.events.areas import Areas, Cell, Touch, cells_of
from memmodel.events.builder import Builder
from memmodel.events.dependencies import Locals
from memmodel.events.expressions import End, as_condition, finally_
from memmodel.events.finish import Finish
from memmodel.events.graph import EventGraph, Observation
from memmodel.events.terms import FALSE, Term, both, either
from memmodel.events.walker import Walker
from memmodel.program import ir

ROUNDS = 8
"""Most attempts at finding the cells of byte areas: each follows values one cell further."""


def unroll(program: ir.Program, most: int | None = None) -> EventGraph:
    """The events of `program`, linear in its size; `program.unroll` bounds loops that name no bound.

    There is one initial write for each cell that some access may touch or that a final value speaks of. An
    access whose address may be no cell is guarded to be one, and a Fault says when it is not. What follows a loop
    that was cut off is there too, but faults, assumptions and assertions no longer count there. Raises
    Unsupported for what grows past all limits: also past `most` terms, if that is given.
    """
    terms.forget(most)
    try:
        return _unrolled(program)
    except terms.TooManyTerms:
        hint = "look at less code at a time, or with fewer turns of its loops"
        raise Unsupported("the conditions of this code grow too large", program.threads[0].span, hint) from None
    finally:
        terms.unlimited()


def _unrolled(program: ir.Program) -> EventGraph:
    addresses = ir.layout(program.objects)
    if program.exact:
        return _cut(program, addresses)
    cells = cells_of(program.objects, addresses)
    every = frozenset(cells)
    draft = _Draft(program, addresses, cells, every)
    needed = draft.needed()
    if needed >= every:
        return draft.graph()
    return _final(draft, addresses, needed)


def _final(draft: _Draft, addresses: dict[str, int], needed: frozenset[int]) -> EventGraph:
    """The same events with initial writes to the cells that need one."""
    final = _Draft(draft.program, addresses, draft.cells, needed, draft.areas)
    final.builder.settle(draft.builder.places)
    return final.graph()


def _cut(program: ir.Program, addresses: dict[str, int]) -> EventGraph:
    """The graph of a program whose accesses say where the cells of its byte areas lie: what is read there leads to
    further accesses, so that cells and accesses are found in turn."""
    areas = Areas(program.objects, addresses)
    cells = areas.declared
    for _ in range(ROUNDS):
        draft = _Draft(program, addresses, cells, frozenset(), areas)
        found = areas.recut(draft.touches())
        if found == cells:
            return _final(draft, addresses, draft.needed())
        cells = found
    hint = "where a pointer into a byte area is read from that area, give its offset bounds"
    raise Unsupported("the accesses to byte areas do not settle on cells", program.threads[0].span, hint)


class _Draft:
    """The events of a program with the cells as they are known, initial writes to those in `written`."""

    def __init__(
        self,
        program: ir.Program,
        addresses: dict[str, int],
        cells: dict[int, Cell],
        written: frozenset[int],
        areas: Areas | None = None,
    ) -> None:
        self.program = program
        self.cells = cells
        self.areas = areas
        self.builder = Builder(cells, written, areas)
        ends: list[Locals] = []
        for number, thread in enumerate(program.threads):
            walker = Walker(self.builder, program, number, addresses)
            walker.run(thread.body)
            ends.append(walker.locals)
        self._finish = Finish(self.builder, program, addresses, ends)
        if program.finish:
            self._finish.finish()
        self._end = End(ends, addresses, self._failed(), set())
        end = self._end
        self.condition = as_condition(finally_(program.condition, end))
        self.filter = both(as_condition(finally_(program.filter, end)), self._finish.met)
        self.observations = tuple(
            Observation(o.label, finally_(o.value, end), o.pointer, o.whole) for o in program.observables
        )

    def _failed(self) -> Term:
        """BOOL: some assertion failed."""
        failed = FALSE
        for assertion in self.builder.assertions:
            failed = either(failed, assertion.failed)
        return failed

    def touches(self) -> list[Touch]:
        """Where the program accesses memory, and how much of it."""
        return [*self.builder.touches(), *self._finish.touches]

    def needed(self) -> frozenset[int]:
        """The cells that need an initial write. Afterwards every access keeps to cells."""
        mentioned = self._end.seen.union(*(touch.places for touch in self._finish.touches))
        return self.builder.settle() | (mentioned & frozenset(self.cells))

    def graph(self) -> EventGraph:
        """The graph, once every access keeps to cells."""
        builder = self.builder
        return EventGraph(
            program=self.program,
            events=tuple(builder.events),
            rmw=tuple(builder.rmw),
            addr=tuple(builder.addr),
            data=tuple(builder.data),
            ctrl=tuple(builder.ctrl),
            assumptions=tuple(builder.assumptions),
            cuts=tuple(builder.cuts),
            faults=tuple(builder.faults),
            assertions=tuple(builder.assertions),
            observations=self.observations,
            condition=self.condition,
            filter=self.filter,
            cells={address: cell.name for address, cell in self.cells.items()},
            cell_types={address: cell.type for address, cell in self.cells.items()},
        )
