"""A loop becomes so many copies of its body, the last one up to the test that would leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memmodel.errors import Unsupported
from memmodel.events.dependencies import Locals, Step
from memmodel.events.expressions import locals_in
from memmodel.events.graph import Cut
from memmodel.events.terms import FALSE, TRUE, Term, both, either, negate
from memmodel.program import ir

if TYPE_CHECKING:
    from memmodel.events.walker import Walker

MOST_ITERATIONS = 4096
"""Of a loop that counts: its condition is constant in each iteration, so that no bound cuts it."""


class Unrolling:
    """One loop on its way: so many iterations, then a last one up to the test that would leave the loop."""

    def __init__(self, walker: Walker, loop: ir.Loop) -> None:
        self.walker = walker
        self.loop = loop
        self.bound = walker.bound if loop.bound is None else loop.bound
        self.awaits = self.bound >= 1 and walker.only_waits(loop)
        self.before: Locals | None = None
        """The locals when the previous iteration began."""
        self.now: Locals = {}
        self.counting = False
        """This iteration met a test that is constant though its operands change: the loop ends by itself."""

    def run(self) -> None:
        walker = self.walker
        number = 0
        while walker.path is not None:
            self.before, self.now = (self.now if number else None), dict(walker.locals)
            if number < self.bound:
                walker.run(self.loop.body)
            else:
                self.counting = False
                self.last(self.loop.body)
                if walker.path is not None and not self.counting:
                    self._cut(walker.guard)
                    walker.path = None
            number += 1
            if number > MOST_ITERATIONS:
                hint = "make the loop shorter"
                raise Unsupported(f"a loop of more than {MOST_ITERATIONS} iterations", self.loop.span, hint)

    def _cut(self, condition: Term) -> None:
        walker = self.walker
        condition = both(condition, negate(walker.cut))
        if condition is not FALSE:
            walker.builder.cuts.append(Cut(condition, self.loop.span, self.awaits))
            walker.cut = either(walker.cut, condition)

    def last(self, body: tuple[ir.Instruction, ...]) -> None:
        """Run `body` up to the first test that would leave the loop, and leave it there."""
        walker = self.walker
        for position, instruction in enumerate(body):
            if walker.path is None:
                return
            if self.counting:
                walker.run(body[position:])
                return
            if isinstance(instruction, ir.If) and _may_leave((instruction,)):
                self._test(instruction)
            elif isinstance(instruction, ir.Block) and _may_leave((instruction,)):
                walker.block(instruction, self)
            else:
                walker.step(instruction)

    def _test(self, instruction: ir.If) -> None:
        walker = self.walker
        leaves = [_must_leave(arm) for arm in (instruction.then, instruction.otherwise)]
        if leaves[0] == leaves[1]:
            walker.branch(instruction, self)
            return
        condition, sources = walker.decision(instruction)
        if condition.value is not None:
            names = locals_in(instruction.condition)
            self.counting = any(self._changed(name) for name in names)
            walker.branch(instruction, None if self.counting else self)
            return
        stay = negate(condition) if leaves[0] else condition
        self._cut(both(walker.guard, stay))
        # An execution that would stay is cut and does not count, so that leaving needs no guard: what follows
        # the loop is then as certain as the loop itself.
        assert walker.path is not None
        walker.path = (*walker.path, Step(TRUE, sources))
        walker.run(instruction.then if leaves[0] else instruction.otherwise)

    def _changed(self, name: str) -> bool:
        if self.before is None:
            return True
        old, new = self.before.get(name), self.now.get(name)
        return (old and old.term) is not (new and new.term)


def _may_leave(body: tuple[ir.Instruction, ...], inside: frozenset[str] = frozenset()) -> bool:
    """Whether some Exit in `body` goes to a Block around it."""
    for instruction in body:
        match instruction:
            case ir.Exit(label, _) if label not in inside:
                return True
            case ir.If(_, then, otherwise, _):
                if _may_leave(then, inside) or _may_leave(otherwise, inside):
                    return True
            case ir.Block(label, part, _):
                if _may_leave(part, inside | {label}):
                    return True
            case ir.Loop(part, _):
                if _may_leave(part, inside):
                    return True
    return False


def _must_leave(body: tuple[ir.Instruction, ...], inside: frozenset[str] = frozenset()) -> bool:
    """Whether control surely leaves `body` for a Block around it."""
    for instruction in body:
        match instruction:
            case ir.Exit(label, _):
                return label not in inside
            case ir.If(_, then, otherwise, _):
                if _must_leave(then, inside) and _must_leave(otherwise, inside):
                    return True
            case ir.Block(label, part, _):
                if _must_leave(part, inside | {label}):
                    return True
    return False
