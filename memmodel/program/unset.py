"""A thread in, the locals out that it reads where nothing can have assigned them yet.

Only what is certain: in a loop any assignment of its body may come first, after a branch those of both arms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from memmodel.program.ir import (
    Assert,
    Assign,
    Assume,
    Block,
    Choose,
    Expression,
    Fence,
    If,
    Instruction,
    Load,
    Local,
    Lock,
    Loop,
    Operation,
    ReadModifyWrite,
    Store,
)
from memmodel.source import Span


def unset(body: tuple[Instruction, ...], known: Collection[str]) -> dict[str, Span]:
    """Each such local with the place of its first use. `known` have a value from the start. A local that is only
    copied counts as soon as the copy is computed with."""
    walk = _Walk(set(known))
    walk.run(body)
    return walk.found


class _Walk:
    def __init__(self, assigned: set[str]) -> None:
        self.assigned = assigned
        self.found: dict[str, Span] = {}
        self.copies: dict[str, str] = {}
        """Of what each local is a copy that has no value."""

    def run(self, body: Iterable[Instruction]) -> None:
        for node in body:
            self._step(node)

    def _step(self, node: Instruction) -> None:
        match node:
            case Assign(target, value, span):
                if isinstance(value, Local) and value.name not in self.assigned:
                    self.copies[target] = self.copies.get(value.name, value.name)
                    return
                self._use(value, span)
                self.assigned.add(target)
            case Load():
                self._use(node.address, node.span)
                self.assigned |= {node.target} if node.target is not None else set()
            case Store():
                self._use(node.address, node.span)
                if not isinstance(node.value, Local):
                    self._use(node.value, node.span)
            case ReadModifyWrite():
                self.assigned.add(node.old)
                for part in (node.address, node.value, node.condition):
                    self._use(part, node.span)
            case Lock():
                self._use(node.address, node.span)
                self.assigned |= {node.target} if node.target is not None else set()
            case Fence():
                self._use(node.address, node.span)
            case Assume(condition, span) | Assert(condition, _, span):
                self._use(condition, span)
            case Choose():
                self.assigned.add(node.target)
            case If():
                self._use(node.condition, node.span)
                self.run((*node.then, *node.otherwise))
            case Block():
                self.run(node.body)
            case Loop():
                self.assigned |= _assigned(node.body)
                self.run(node.body)

    def _use(self, expression: Expression | None, span: Span) -> None:
        match expression:
            case Local(name) if name not in self.assigned:
                self.found.setdefault(self.copies.get(name, name), span)
            case Operation(_, operands):
                for operand in operands:
                    self._use(operand, expression.span or span)


def _assigned(body: Iterable[Instruction]) -> set[str]:
    """The locals that `body` assigns anywhere."""
    names: set[str] = set()
    for node in body:
        match node:
            case Assign(target) | Choose(target):
                names.add(target)
            case Load() | Lock():
                names |= {node.target} if node.target is not None else set()
            case ReadModifyWrite():
                names.add(node.old)
            case If():
                names |= _assigned((*node.then, *node.otherwise))
            case Block() | Loop():
                names |= _assigned(node.body)
    return names
