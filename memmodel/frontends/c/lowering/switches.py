"""A switch in, blocks that its cases leave out."""

from __future__ import annotations

from memmodel.errors import Unsupported
from memmodel.frontends.c.lowering.fold import fold
from memmodel.frontends.c.lowering.functions import CFunctions
from memmodel.program import values
from memmodel.program.ir import (
    Block,
    Constant,
    Exit,
    Expression,
    If,
    Instruction,
    Operation,
    Operator,
)
from memmodel.program.types import BOOL, scalar
from memmodel.program.values import Value
from memmodel.syntax import tree


class Switches(CFunctions):
    """Switches of one thread."""

    def switch(self, node: tree.Switch) -> None:
        """`switch`. Each part between two cases ends a block that holds all before: to go on there is to leave it."""
        value, consulted = self._tested(node)
        parts = _parts(node)
        frame = self.frames[-1]
        leave = self.fresh("break")
        frame.breaks.append(leave)
        labels = [self.fresh("case") for _ in parts]
        default = next(
            (one for one, (cases, _) in zip(labels, parts, strict=True) if any(c.value is None for c in cases)), leave
        )
        body: tuple[Instruction, ...] = self._dispatch(node, value, consulted, parts, labels, default)
        for label, (cases, statements) in zip(labels, parts, strict=True):
            _, work = self.captured(lambda statements=statements: self.sequence(statements))  # type: ignore[misc]
            body = (Block(label, body, cases[0].span), *work)
        frame.breaks.pop()
        self.instructions.append(Block(leave, body, node.span))

    def _tested(self, node: tree.Switch) -> tuple[Value, tuple[Expression, ...]]:
        outer, self.consulted = self.consulted, []
        value = self.settle(values.promote(self.value(node.test)), node.span)
        consulted, self.consulted = tuple(dict.fromkeys(self.consulted)), outer
        return value, consulted

    def _dispatch(
        self,
        node: tree.Switch,
        value: Value,
        consulted: tuple[Expression, ...],
        parts: list[tuple[list[tree.Case], tuple[tree.Statement, ...]]],
        labels: list[str],
        default: str,
    ) -> tuple[Instruction, ...]:
        """The jumps to the cases."""
        found: list[Instruction] = []
        for label, (cases, _) in zip(labels, parts, strict=True):
            for case in cases:
                if case.value is None:
                    continue
                condition = self._matches(value, case)
                if condition == Constant(0, BOOL):
                    continue
                if condition == Constant(1, BOOL):
                    return (*found, Exit(label, case.span))
                found.append(If(condition, (Exit(label, case.span),), (), node.span, consulted))
        return (*found, Exit(default, node.span))

    def _matches(self, value: Value, case: tree.Case) -> Expression:
        assert case.value is not None
        type_ = scalar(value.type)
        low = Constant(type_.wrap(self.constant(case.value)), type_)
        if case.last is None:
            return fold(Operation(Operator.EQ, (value.expression, low), BOOL, case.span), case.span)
        high = Constant(type_.wrap(self.constant(case.last)), type_)
        above = fold(Operation(Operator.GE, (value.expression, low), BOOL, case.span), case.span)
        below = fold(Operation(Operator.LE, (value.expression, high), BOOL, case.span), case.span)
        return fold(Operation(Operator.LAND, (above, below), BOOL, case.span), case.span)


def _parts(node: tree.Switch) -> list[tuple[list[tree.Case], tuple[tree.Statement, ...]]]:
    """The cases of a switch, with the statements up to the next case."""
    parts: list[tuple[list[tree.Case], list[tree.Statement]]] = []
    for statement in node.body.body:
        if isinstance(statement, tree.Case):
            if not parts or parts[-1][1]:
                parts.append(([], []))
            parts[-1][0].append(statement)
        elif parts:
            parts[-1][1].append(statement)
        elif not isinstance(statement, tree.Declaration):
            raise Unsupported("a statement before the first case", statement.span, "nothing can reach it")
    return [(cases, tuple(statements)) for cases, statements in parts]
