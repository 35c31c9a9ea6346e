"""The names of a program in, names that a litmus test may have out: the same where they are legal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from memmodel.program import ir
from memmodel.program.ir import Expression, Instruction, Operation
from memmodel.reports.litmus.places import expressions, usable


class Names:
    """Names for the locals of one thread; none of `taken`, which are the variables' names."""

    def __init__(self, thread: ir.Thread, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self.of: dict[str, str] = {}
        found = list(dict.fromkeys((*thread.initial, *_locals(thread.body))))
        for name in found:
            if usable(name) and name not in self._taken:
                self._give(name, name)
        for name in found:
            if name not in self.of:
                self._give(name, _plain(name))

    def spare(self) -> str:
        """One more name, for a value that nobody wants."""
        name = f"unused${len(self.of)}"
        self._give(name, "unused")
        return self.of[name]

    def _give(self, name: str, wanted: str) -> None:
        chosen, count = wanted, 2
        while chosen in self._taken:
            chosen, count = f"{wanted}_{count}", count + 1
        self._taken.add(chosen)
        self.of[name] = chosen


def _plain(name: str) -> str:
    """A legal name that reminds of `name`: of `f$2.x` it is `x`."""
    last = name.rsplit(".", 1)[-1].split("$")[0].split("#")[0]
    text = re.sub(r"\W", "_", last)
    return text if usable(text) else f"r_{text}"


def _locals(body: tuple[Instruction, ...]) -> Iterator[str]:
    """The locals of a body in the order in which they are met."""
    for node in body:
        for expression in expressions(node):
            yield from _mentioned(expression)
        match node:
            case ir.Assign():
                yield node.target
            case ir.Load() | ir.Lock():
                yield from (node.target,) if node.target is not None else ()
            case ir.ReadModifyWrite():
                yield node.old
            case ir.If():
                yield from _locals(node.then)
                yield from _locals(node.otherwise)
            case _:
                pass


def _mentioned(node: Expression) -> Iterator[str]:
    if isinstance(node, ir.Local):
        yield node.name
    elif isinstance(node, Operation):
        for operand in node.operands:
            yield from _mentioned(operand)
