"""A loop in, whether it only waits out: then no verdict leans on the bound at which it was cut off.

The argument. Let a loop do nothing but read, order by fences, and compute in locals; let no iteration use a local of an
iteration before, and let the iteration that leaves set every local that the loop sets and others use. Take any
execution that leaves the loop, after however many failing iterations, and drop failing iterations: their reads and
fences. Nothing else used what they read, so all other values stay, and what is left is an execution of the program
again, cut off or faulty nowhere new. The model allows it, because its axioms forbid patterns of events and edges, and
dropping events adds none: program order, fences, dependencies and from-reads only lose pairs. So what happens after the
loop happens with no failing iteration at all. One is needed at most, to show what a failing iteration itself may do,
such as a plain read that races; ordering that makes for no race is lost with dropped events too, and never gained. One
failing and one succeeding iteration, which a bound of 1 gives, therefore show every verdict, flag and fault that more
would.
"""

from __future__ import annotations

from memmodel.events.expressions import locals_in
from memmodel.program import ir
from memmodel.records import dataclass, field

_FENCES = frozenset(("mb", "rmb", "wmb", "barrier"))
_READS = frozenset(("once", "acquire"))

Names = frozenset[str]


class _DoesMore(Exception):
    """The loop does something besides waiting."""


def only_waits(loop: ir.Loop, program: ir.Program, thread: int) -> bool:
    """Whether `loop`, somewhere in that thread of the program, is as the argument above wants it."""
    try:
        sets = _assigned(loop.body)
        walk = _Walk(sets, sets & (_used(program.threads[thread].body, loop) | _shown(program, thread)))
        walk.run(loop.body, frozenset())
    except _DoesMore:
        return False
    return True


def _assigned(body: tuple[ir.Instruction, ...]) -> Names:
    """The locals that `body` sets. Raises _DoesMore for what is more than waiting."""
    names: set[str] = set()
    for instruction in body:
        match instruction:
            case ir.Assign():
                names.add(instruction.target)
            case ir.Load():
                if not _among(instruction.tags, _READS):
                    raise _DoesMore
                if instruction.target is not None:
                    names.add(instruction.target)
            case ir.Fence():
                if instruction.address is not None or not _among(instruction.tags, _FENCES):
                    raise _DoesMore
            case ir.If():
                names |= _assigned(instruction.then) | _assigned(instruction.otherwise)
            case ir.Block():
                names |= _assigned(instruction.body)
            case ir.Exit():
                pass
            case _:
                raise _DoesMore
    return frozenset(names)


def _used(body: tuple[ir.Instruction, ...], besides: ir.Loop) -> Names:
    """The locals that `body` uses outside the loop `besides`."""
    found: set[str] = set()
    waiting: list[ir.Instruction] = list(body)
    while waiting:
        instruction = waiting.pop()
        if instruction is besides:
            continue
        for part in vars(instruction).values():
            for item in part if isinstance(part, tuple) else (part,):
                if isinstance(item, ir.Instruction):
                    waiting.append(item)
                elif isinstance(item, (ir.Local, ir.Operation)):
                    found |= locals_in(item)
    return frozenset(found)


def _shown(program: ir.Program, thread: int) -> Names:
    """The locals of the thread whose final values matter."""
    found: set[str] = set()
    waiting: list[object] = [program.condition, program.filter, *(o.value for o in program.observables)]
    waiting.extend(program.finish)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ir.FinalLocal):
            found |= {node.name} if node.thread == thread else set()
        elif isinstance(node, (ir.Operation, ir.Instruction)):
            for part in vars(node).values():
                waiting.extend(part if isinstance(part, tuple) else (part,))
    return frozenset(found)


def _among(tags: Names, known: Names) -> bool:
    """Whether all `tags` are known ones; models spell them in either case."""
    return all(tag.lower() in known for tag in tags)


@dataclass
class _Walk:
    """One iteration, on all its ways at once: which of the locals that it sets are set so far on every way."""

    sets: Names
    wanted: Names
    """Those of them that are used elsewhere."""
    blocks: dict[str, list[Names]] = field(default_factory=dict)
    """Of each block being walked: what is set where an Exit leaves it."""

    def run(self, body: tuple[ir.Instruction, ...], known: Names | None) -> Names | None:
        """What is set at the end of `body`; None where control does not come. Raises _DoesMore where a local of an
        earlier iteration may be used, or the loop be left with one."""
        for instruction in body:
            if known is None:
                return None
            known = self._step(instruction, known)
        return known

    def _step(self, instruction: ir.Instruction, known: Names) -> Names | None:
        match instruction:
            case ir.Assign():
                self._uses(instruction.value, known)
                return known | {instruction.target}
            case ir.Load():
                self._uses(instruction.address, known)
                return known if instruction.target is None else known | {instruction.target}
            case ir.If():
                for expression in (instruction.condition, *instruction.consulted):
                    self._uses(expression, known)
                arms = (instruction.then, instruction.otherwise)
                if isinstance(instruction.condition, ir.Constant):
                    return self.run(arms[0 if instruction.condition.value else 1], known)
                return _both(self.run(arms[0], known), self.run(arms[1], known))
            case ir.Block():
                self.blocks[instruction.label] = []
                end = self.run(instruction.body, known)
                for left in self.blocks.pop(instruction.label):
                    end = _both(end, left)
                return end
            case ir.Exit():
                if instruction.label in self.blocks:
                    self.blocks[instruction.label].append(known)
                elif not self.wanted <= known:
                    raise _DoesMore
                return None
            case _:
                return known

    def _uses(self, expression: ir.Expression, known: Names) -> None:
        if not (locals_in(expression) & self.sets) <= known:
            raise _DoesMore


def _both(one: Names | None, other: Names | None) -> Names | None:
    if one is None or other is None:
        return one if other is None else other
    return one & other
