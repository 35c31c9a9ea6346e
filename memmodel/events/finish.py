"""What runs alone after all threads becomes terms: its loads see final memory, and it makes no events."""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.errors import Unsupported
from memmodel.events.areas import Touch
from memmodel.events.builder import Builder
from memmodel.events.dependencies import NONE, Local
from memmodel.events.expressions import at_end
from memmodel.events.graph import Assertion
from memmodel.events.terms import FALSE, TRUE, Term, both, constant, either, final, member, negate, operation
from memmodel.events.values import ValueSets
from memmodel.events.walker import Walker
from memmodel.program import ir
from memmodel.program.ir import Operator
from memmodel.program.types import BOOL
from memmodel.source import Span


class Finish(Walker):
    """Runs `program.finish`. `touches` says which cells it looks at; `met` is where its assumptions hold."""

    def __init__(
        self, builder: Builder, program: ir.Program, addresses: dict[str, int], ends: Sequence[dict[str, Local]]
    ) -> None:
        super().__init__(builder, program, len(program.threads), addresses)
        self.touches: list[Touch] = []
        self.met: Term = TRUE
        self._cells = builder.cells
        self._sets: ValueSets | None = None
        for thread, locals_ in enumerate(ends):
            for name, held in locals_.items():
                self.locals[at_end(thread, name)] = Local(held.term)

    def finish(self) -> None:
        """Run it. Raises Unsupported for what is more than looking, and for loops that final values bound."""
        faults, cuts = len(self.builder.faults), len(self.builder.cuts)
        self.run(self.program.finish)
        for fault in self.builder.faults[faults:]:
            self._fail(fault.condition, fault.kind.value, fault.span)
        del self.builder.faults[faults:]
        if len(self.builder.cuts) > cuts:
            hint = "count up to a constant there, and leave the loop when the rest does not matter"
            span = self.builder.cuts[cuts].span
            raise Unsupported("after all threads, a loop that goes on for as long as final values say", span, hint)

    def step(self, instruction: ir.Instruction) -> None:
        match instruction:
            case ir.Load():
                self._load(instruction)
            case ir.Fence():
                pass
            case ir.Store() | ir.ReadModifyWrite() | ir.Lock():
                hint = "what runs after all threads can only look: compute in local variables"
                raise Unsupported("a write after all threads", instruction.span, hint)
            case _:
                super().step(instruction)

    def assume(self, condition: Term, span: Span, lock: bool = False) -> None:
        self.met = both(self.met, either(negate(self.counts), condition))

    def only_waits(self, loop: ir.Loop) -> bool:
        return False

    def _fail(self, condition: Term, message: str, span: Span) -> None:
        if condition is not FALSE:
            self.builder.assertions.append(Assertion(condition, f"{message} after all threads", self.thread, span))

    def _load(self, instruction: ir.Load) -> None:
        address = self.value(instruction.address, instruction.span).term
        places = self._places(address, instruction.span)
        self.touches.append(Touch(places, instruction.type, instruction.span))
        size = instruction.type.size
        exact = self.builder.exact
        cells = sorted(at for at in places if at in self._cells and (not exact or self._cells[at].type.size == size))
        if len(cells) < len(places):
            outside = negate(member(address, frozenset(cells))) if cells else TRUE
            self._fail(both(self.counts, outside), "access outside every object", instruction.span)
        found = constant(0, instruction.type)
        for number, cell in enumerate(cells):
            held = final(cell, instruction.type)
            here = operation(Operator.EQ, (address, constant(cell, address.type)), BOOL)
            found = held if number == 0 else operation(Operator.ITE, (here, held, found), instruction.type)
        self.assign(instruction.target, found, NONE)

    def _places(self, address: Term, span: Span) -> frozenset[int]:
        """The addresses that `address` may be, cells or not."""
        if address.value is not None:
            return frozenset((address.value,))
        self._sets = self._sets or self.builder.value_sets()
        found = self._sets.of(address)
        if found is None:
            raise Unsupported("after all threads, an access that may be anywhere", span, "index with less than that")
        return found
