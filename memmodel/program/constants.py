"""Expressions of one thread in, the same with its constants folded out: what is known without looking at memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from math import prod

from memmodel.program import arithmetic, ir
from memmodel.program.ir import Address, Constant, Expression, Local, Object, Operation, Operator
from memmodel.program.types import ADDRESS, BOOL, IntType
from memmodel.records import dataclass

MOST_VALUES = 64

Values = frozenset[int] | None
"""The values that something may have; None: any."""

_ZERO: frozenset[int] = frozenset((0,))


def known(expression: Expression) -> int | None:
    """The number that an expression is, if it is a constant one."""
    return expression.value if isinstance(expression, Constant) else None


@dataclass(frozen=True)
class _Held:
    """`fixed`: the constant that a local is, if no read decided that it was assigned; `values`: those that it may have
    otherwise."""

    fixed: Constant | Address | None
    values: Values
    copied: tuple[Local, _Held | None] | None = None
    """The local that this one is a copy of, and what that one held then."""


class Environment:
    """The locals at one point of a thread; what is not there is 0."""

    def __init__(self, held: dict[str, _Held]) -> None:
        self._held = held

    @classmethod
    def of(cls, initial: Mapping[str, Constant | Address]) -> Environment:
        """The locals that a thread begins with."""
        return cls({name: _Held(value, None) for name, value in initial.items()})

    def copy(self) -> Environment:
        return Environment(dict(self._held))

    def fixed(self, name: str) -> Constant | Address | None:
        """The constant that a local is."""
        held = self._held.get(name)
        return Constant(0) if held is None else held.fixed

    def copied(self, name: str) -> Local | None:
        """The local that still holds what was copied from it to this one."""
        held = self._held.get(name)
        if held is None or held.copied is None or self._held.get(held.copied[0].name) is not held.copied[1]:
            return None
        return held.copied[0]

    def values(self, name: str) -> Values | Address:
        """What a local may be: to be compared, or, if it is no address, to be computed with."""
        held = self._held.get(name)
        if held is None:
            return _ZERO
        if isinstance(held.fixed, Constant):
            return frozenset((held.fixed.value,))
        return held.values if held.fixed is None else held.fixed

    def assign(self, name: str, value: Expression, values: Values) -> None:
        """`name = value`, which may be any of `values`."""
        fixed = value if isinstance(value, (Constant, Address)) else None
        copied = (value, self._held.get(value.name)) if isinstance(value, Local) and value.name != name else None
        self._held[name] = _Held(fixed, values, copied)

    def unknown(self, name: str | None, values: Values = None) -> None:
        """A local takes a value from memory."""
        if name is not None:
            self._held[name] = _Held(None, values)

    def merged(self, ends: Iterable[Environment]) -> Environment:
        """The locals behind a branch that began with these and whose arms ended with `ends`. What an arm assigned is no
        longer fixed: the branch decided it, and later branches on it are controlled by what decided."""
        ends = list(ends)
        merged: dict[str, _Held] = {}
        for name in dict.fromkeys(name for end in (self, *ends) for name in end._held):
            before = self._held.get(name)
            parts = [end._held.get(name) for end in ends]
            if before is not None and all(part is before for part in parts):
                merged[name] = before
            else:
                values = [end._numbers(name) for end in ends]
                found = [v for v in values if v is not None]
                merged[name] = _Held(None, frozenset().union(*found) if len(found) == len(values) else None)
        return Environment(merged)

    def _numbers(self, name: str) -> Values:
        values = self.values(name)
        return None if isinstance(values, Address) else values


class Folding:
    """Expressions over the objects of one program."""

    def __init__(self, objects: tuple[Object, ...]) -> None:
        self._objects = objects
        self._addresses = ir.layout(objects)

    def locals(self, node: Expression) -> frozenset[str]:
        """The names of the locals in an expression."""
        if isinstance(node, Local):
            return frozenset((node.name,))
        if isinstance(node, Operation):
            return frozenset().union(*(self.locals(operand) for operand in node.operands))
        return frozenset()

    def value(self, node: Expression, env: Environment) -> Expression:
        """The expression with constant locals replaced and constant operations done. It rests on the same reads."""
        match node:
            case Local(name, type_):
                fixed = env.fixed(name)
                if isinstance(fixed, Constant):
                    return Constant(type_.wrap(fixed.value), type_)
                if isinstance(fixed, Address) and type_ == ADDRESS:
                    return fixed
                copied = env.copied(name)
                return copied if copied is not None and copied.type == type_ else node
            case Operation(operator, operands, type_, span):
                folded = tuple(self.value(operand, env) for operand in operands)
                return self.operation(Operation(operator, folded, type_, span))
            case _:
                return node

    def operation(self, node: Operation) -> Expression:
        """An operation, done if its operands are constants."""
        operands = node.operands
        if all(isinstance(o, (Constant, Address)) for o in operands):
            numbers = tuple(self._number(o) for o in operands if isinstance(o, (Constant, Address)))
            try:
                result = arithmetic.apply(node.operator, numbers, node.type)
            except arithmetic.DivisionByZero:
                return node
            return self._constant(result, node.type, any(isinstance(o, Address) for o in operands))
        first = known(operands[0])
        last = known(operands[-1])
        match node.operator:
            case Operator.ADD | Operator.OR | Operator.XOR if first == 0:
                return operands[1]
            case Operator.ADD | Operator.SUB | Operator.OR | Operator.XOR | Operator.SHL | Operator.SHR if last == 0:
                return operands[0]
            case Operator.MUL if first == 1:
                return operands[1]
            case Operator.MUL | Operator.DIV if last == 1:
                return operands[0]
            case Operator.LAND if first == 1:
                return operands[1]
            case Operator.LOR if first == 0:
                return operands[1]
            case Operator.ITE if first is not None and isinstance(operands[2 if first else 1], (Constant, Address)):
                return operands[1 if first else 2]
            case Operator.CAST if operands[0].type == node.type:
                return operands[0]
            case _:
                return node

    def _number(self, node: Constant | Address) -> int:
        return node.value if isinstance(node, Constant) else self._addresses[node.object] + node.offset

    def _constant(self, value: int, type_: IntType, pointer: bool) -> Constant | Address:
        if pointer and type_ == ADDRESS:
            for item in self._objects:
                if 0 <= value - self._addresses[item.name] <= item.type.size:
                    return Address(item.name, value - self._addresses[item.name])
        return Constant(value, type_)

    def values(self, node: Expression, env: Environment) -> Values:
        """The values that an expression may have, as far as the locals tell."""
        match node:
            case Constant(value, _):
                return frozenset((value,))
            case Address():
                return frozenset((self._number(node),))
            case Local(name, type_):
                found = env.values(name)
                if isinstance(found, Address):
                    found = frozenset((self._number(found),))
                return None if found is None else frozenset(map(type_.wrap, found))
            case Operation():
                return self._values(node, [self.values(operand, env) for operand in node.operands])
            case _:
                return None

    def _values(self, node: Operation, operands: list[Values]) -> Values:
        sets = [values for values in operands if values is not None]
        if len(sets) < len(operands) or prod(map(len, sets)) > MOST_VALUES**2:
            return frozenset((0, 1)) if node.type == BOOL else None
        found = set()
        for row in product(*sets):
            try:
                found.add(arithmetic.apply(node.operator, row, node.type))
            except arithmetic.DivisionByZero:
                found.add(0)
        return frozenset(found) if len(found) <= MOST_VALUES else None
