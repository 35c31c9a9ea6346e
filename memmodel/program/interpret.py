"""Instructions that run alone on a memory, concretely: objects in, the same objects with the memory left behind out."""

from __future__ import annotations

from typing import assert_never

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import arithmetic, ir
from memmodel.program.ir import LockKind, Object, Operator
from memmodel.program.types import ADDRESS, INT, IntType, scalar
from memmodel.program.values import cells
from memmodel.records import dataclass, replace
from memmodel.source import Span

BUDGET = 100_000
"""Instructions that a body may run: what initialises a ring needs a thousandth of it."""


def run(objects: tuple[Object, ...], body: tuple[ir.Instruction, ...], budget: int = BUDGET) -> tuple[Object, ...]:
    """The objects, their `initial` being what `body` leaves when it runs alone from the present one.

    Addresses are those of `ir.layout(objects)`, so `objects` must be all that the body mentions. Raises Unsupported for
    what has no one concrete meaning (a choice, more than `budget` steps, a load that is not of one stored cell) and
    SyntaxError for what is wrong in every execution (a failed assertion, a fault).
    """
    machine = _Machine(objects, budget)
    left = machine.body(body)
    if left is not None:
        raise Unsupported(f"an exit to {left!r}, which is no block around it", body[-1].span)
    return machine.memory.objects()


@dataclass(frozen=True)
class _Cell:
    """`value` as the last store of `type` left it."""

    value: int
    type: IntType


class _Memory:
    """Cells by object and offset; each is as wide as what was last stored there."""

    def __init__(self, objects: tuple[Object, ...]) -> None:
        self._objects = objects
        self.addresses = ir.layout(objects)
        self._cells: dict[str, dict[int, _Cell]] = {item.name: {} for item in objects}
        for item in objects:
            for offset, value in item.initial.items():
                self._cells[item.name][offset] = _Cell(self.number(value), value.type)

    def number(self, value: ir.Constant | ir.Address) -> int:
        """The value as the integer that it is computed as."""
        return value.value if isinstance(value, ir.Constant) else self.addresses[value.object] + value.offset

    def load(self, address: int, type_: IntType, span: Span) -> int:
        """What a load of `type_` there gives."""
        item, offset = self._place(address, type_, span)
        at = self._overlapping(item, offset, type_)
        if not at:
            if item.unwritten:
                raise Unsupported(f"'{item.name}' is read here but was never written", span, "write it first")
            return 0
        cell = self._cells[item.name][at[0]]
        if at != [offset] or cell.type.size != type_.size:
            what = f"{type_.size} bytes at offset {offset} of '{item.name}' were stored as other cells"
            raise Unsupported(what, span, "load the same bytes that one store wrote")
        return type_.wrap(cell.value)

    def store(self, address: int, value: int, type_: IntType, span: Span) -> None:
        """Make the cell there hold `value`; cells wholly below it are gone."""
        item, offset = self._place(address, type_, span)
        held = self._cells[item.name]
        for at in self._overlapping(item, offset, type_):
            if at < offset or at + held[at].type.size > offset + type_.size:
                what = f"a store to {type_.size} bytes at offset {offset} of '{item.name}' changes part of a wider cell"
                raise Unsupported(what, span, "store to the same bytes as before")
            del held[at]
        held[offset] = _Cell(type_.wrap(value), type_)

    def _overlapping(self, item: Object, offset: int, type_: IntType) -> list[int]:
        held = self._cells[item.name]
        return sorted(at for at in held if at < offset + type_.size and offset < at + held[at].type.size)

    def _place(self, address: int, type_: IntType, span: Span) -> tuple[Object, int]:
        """The object and the offset of an access, wholly inside the object."""
        if address == 0:
            raise SyntaxError("the initialisation accesses NULL here", span)
        found = self._object(address)
        if found is None or address - self.addresses[found.name] + type_.size > found.type.size:
            outside = "outside every object" if found is None else f"past the end of '{found.name}'"
            raise SyntaxError(f"the initialisation accesses memory {outside} here", span)
        return found, address - self.addresses[found.name]

    def _object(self, address: int) -> Object | None:
        """The object in which, or at whose very end, an address lies."""
        for item in self._objects:
            if 0 <= address - self.addresses[item.name] <= item.type.size:
                return item
        return None

    def objects(self) -> tuple[Object, ...]:
        """The objects with the present memory as their initial one."""
        return tuple(self._left(item) for item in self._objects)

    def _left(self, item: Object) -> Object:
        held = self._cells[item.name]
        declared = cells(item.type) if held else []
        initial: dict[int, ir.Constant | ir.Address] = {}
        for offset, cell in sorted(held.items()):
            fitting = [scalar(t) for at, t in declared if at == offset and t.size == cell.type.size]
            type_ = cell.type if cell.type in fitting or not fitting else fitting[0]
            initial[offset] = self._value(type_.wrap(cell.value), type_)
        return replace(item, initial=initial)

    def _value(self, value: int, type_: IntType) -> ir.Constant | ir.Address:
        """An initial value; addresses by name, so that no layout but this one's is in them."""
        target = self._object(value) if type_ == ADDRESS else None
        if target is None:
            return ir.Constant(value, type_)
        return ir.Address(target.name, value - self.addresses[target.name])


class _Machine:
    """The one thread there is: its locals, its memory and the steps it may still take."""

    def __init__(self, objects: tuple[Object, ...], budget: int) -> None:
        self.memory = _Memory(objects)
        self.budget = budget
        self.locals: dict[str, int] = {}

    def body(self, body: tuple[ir.Instruction, ...]) -> str | None:
        """Run instructions in a row; the label of the block that an Exit leaves, None if the end is reached."""
        for instruction in body:
            left = self.step(instruction)
            if left is not None:
                return left
        return None

    def step(self, node: ir.Instruction) -> str | None:
        """Run one instruction; as `body`."""
        self.budget -= 1
        if self.budget < 0:
            hint = "it runs before the threads, step by step: shorten its loops"
            raise Unsupported("the initialisation takes too many steps", node.span, hint)
        match node:
            case ir.If():
                return self.body(node.then if self.value(node.condition, node.span) else node.otherwise)
            case ir.Block():
                left = self.body(node.body)
                return None if left == node.label else left
            case ir.Exit():
                return node.label
            case ir.Loop():
                return self._loop(node)
            case ir.Assign():
                self.locals[node.target] = self.value(node.value, node.span)
            case ir.Load():
                loaded = self.memory.load(self.value(node.address, node.span), node.type, node.span)
                if node.target is not None:
                    self.locals[node.target] = loaded
            case ir.Store():
                address = self.value(node.address, node.span)
                self.memory.store(address, self.value(node.value, node.span), node.type, node.span)
            case ir.ReadModifyWrite():
                self._modify(node)
            case ir.Fence():
                pass
            case ir.Lock():
                self._lock(node)
            case ir.Assume() | ir.Assert():
                self._claim(node)
            case ir.Choose():
                hint = "before the threads everything is determined: choose in a thread"
                raise Unsupported("a choice in the initialisation", node.span, hint)
            case _:
                assert_never(node)
        return None

    def _loop(self, node: ir.Loop) -> str:
        while True:
            # An empty body takes no steps of its own.
            self.budget -= 1
            if self.budget < 0:
                raise Unsupported("the initialisation takes too many steps", node.span, "this loop does not end")
            left = self.body(node.body)
            if left is not None:
                return left

    def _modify(self, node: ir.ReadModifyWrite) -> None:
        address = self.value(node.address, node.span)
        self.locals[node.old] = self.memory.load(address, node.type, node.span)
        if node.condition is None or self.value(node.condition, node.span):
            self.memory.store(address, self.value(node.value, node.span), node.type, node.span)

    def _lock(self, node: ir.Lock) -> None:
        address = self.value(node.address, node.span)
        if node.kind is LockKind.RELEASE:
            self.memory.store(address, 0, INT, node.span)
            return
        held = self.memory.load(address, INT, node.span) != 0
        if node.kind is LockKind.ACQUIRE and held:
            raise SyntaxError("the initialisation takes a lock that is already held", node.span)
        if node.kind is not LockKind.IS_LOCKED and not held:
            self.memory.store(address, 1, INT, node.span)
        if node.target is not None:
            self.locals[node.target] = int(held if node.kind is LockKind.IS_LOCKED else not held)

    def _claim(self, node: ir.Assume | ir.Assert) -> None:
        if self.value(node.condition, node.span):
            return
        if isinstance(node, ir.Assert):
            about = f": {node.message}" if node.message else ""
            raise SyntaxError(f"an assertion fails in the initialisation{about}", node.span)
        raise SyntaxError("the initialisation assumes what is false: no execution is left", node.span)

    def value(self, node: ir.Expression, span: Span) -> int:
        """An expression's value; what C skips of &&, || and ?: is skipped."""
        match node:
            case ir.Constant() | ir.Address():
                return self.memory.number(node)
            case ir.Local():
                return node.type.wrap(self.locals.get(node.name, 0))
            case ir.Operation():
                return self._operation(node, node.span or span)
            case _:
                raise TypeError(f"{type(node).__name__} stands in conditions only")

    def _operation(self, node: ir.Operation, span: Span) -> int:
        operands = node.operands
        first = self.value(operands[0], span)
        if node.operator is Operator.ITE:
            return node.type.wrap(self.value(operands[1 if first else 2], span))
        if (node.operator is Operator.LAND and not first) or (node.operator is Operator.LOR and first):
            return int(node.operator is Operator.LOR)
        values = (first, *(self.value(operand, span) for operand in operands[1:]))
        try:
            return arithmetic.apply(node.operator, values, node.type)
        except arithmetic.DivisionByZero:
            raise SyntaxError("a division by zero in the initialisation", span) from None
