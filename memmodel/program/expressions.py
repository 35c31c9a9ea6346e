"""C expressions in, typed values out; the memory accesses in them become instructions, from left to right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import values
from memmodel.program.ir import (
    TRUE,
    Address,
    Assign,
    Constant,
    Expression,
    If,
    Instruction,
    Load,
    Local,
    Operation,
    Operator,
    Store,
)
from memmodel.program.objects import Types
from memmodel.program.types import ADDRESS, INT, LONG, ArrayType, IntType, PointerType, StructType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree

PLAIN: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Variable:
    """A place that is a local variable."""

    name: str
    type: Scalar


@dataclass(frozen=True)
class Memory:
    """A place in memory: where, and what is there."""

    address: Expression
    type: Type | None
    """None: unknown, behind a void pointer."""


Lvalue = Variable | Memory


@dataclass(frozen=True)
class Warning_:
    """Something that is legal but probably not what it looks like."""

    message: str
    span: Span


@dataclass
class Scope:
    """The names of one function: `bindings` are parameters that stand for a fixed value (an address), `locals` the
    types of declared or assigned variables. In the program a local is called `prefix` + its name."""

    prefix: str
    bindings: dict[str, Value] = field(default_factory=dict)
    locals: dict[str, Scalar] = field(default_factory=dict)


class Expressions:
    """Lowering of the expressions of one thread. `instructions` receives what they do."""

    def __init__(self, types: Types, cells: dict[str, Type], warnings: list[Warning_]) -> None:
        self.types = types
        self.cells = cells
        self.warnings = warnings
        self.instructions: list[Instruction] = []
        self.scope = Scope("")
        self.parameters: frozenset[str] = frozenset()
        """The parameters of the process: to assign to one is legal, and rarely meant."""
        self.assigned: set[str] = set()
        """The locals that some instruction assigns."""
        self._numbers = 0

    # ── what the later layers provide ──

    def call(self, node: tree.Call) -> Value | None:
        """A primitive or a helper function; None if it has no value."""
        raise NotImplementedError

    # ── helpers ──

    def warn(self, message: str, span: Span) -> None:
        self.warnings.append(Warning_(message, span))

    def fresh(self, what: str) -> str:
        """A new name for a temporary local or a label, which no source name can be."""
        self._numbers += 1
        return f"{what}${self._numbers}"

    def captured(self, action: Callable[[], Value | None]) -> tuple[Value | None, tuple[Instruction, ...]]:
        """What `action` yields, and the instructions that it would have added."""
        outer, self.instructions = self.instructions, []
        try:
            return action(), tuple(self.instructions)
        finally:
            self.instructions = outer

    @contextmanager
    def unsequenced(self, span: Span) -> Iterator[Callable[[], None]]:
        """Operands that C may evaluate in any order: call the yielded function between them. The model gives the two
        orders different meanings, so two accesses that it can tell apart are refused."""
        marks: list[int] = [len(self.instructions)]
        yield lambda: marks.append(len(self.instructions))
        marks.append(len(self.instructions))
        parts = [self.instructions[a:b] for a, b in pairwise(marks)]
        touching = [part for part in parts if any(not isinstance(i, Assign) for i in part)]
        if len(touching) > 1 and any(_marked(part) for part in touching):
            hint = "C leaves their order open: put each in a statement of its own"
            raise Unsupported("several marked accesses in one expression", span, hint)

    # ── places ──

    def lvalue(self, node: tree.Expression) -> Lvalue:
        """The place that `node` names."""
        if isinstance(node, tree.Name):
            return self._named(node)
        if isinstance(node, tree.Unary) and node.operator == "*":
            return self.pointed(self.value(node.operand))
        if isinstance(node, tree.Index):
            return self._element(node)
        if isinstance(node, tree.Member):
            return self._field(node)
        if isinstance(node, tree.Cast):
            return self.lvalue(node.operand)
        raise SyntaxError("this cannot be assigned to", node.span, "expected a variable or '*pointer'")

    def _named(self, node: tree.Name) -> Variable:
        type_ = self.scope.locals.get(node.text)
        if type_ is None:
            if node.text in self.scope.bindings:
                raise Unsupported(f"'{node.text}' is an address that cannot be changed here", node.span)
            # Never declared, and read before it is assigned: a register that holds 0 so far.
            type_ = self.scope.locals[node.text] = LONG
        return Variable(self.scope.prefix + node.text, type_)

    def pointed(self, pointer: Value) -> Memory:
        """What a pointer points to. An integer may be used as one, as litmus tests do."""
        address = values.convert(pointer, ADDRESS).expression
        if isinstance(address, Address):
            type_ = self._whole(address, pointer.type)
            if type_ is not None:
                return Memory(address, type_)
        return Memory(address, pointer.type.target if isinstance(pointer.type, PointerType) else INT)

    def _whole(self, address: Address, type_: Scalar) -> Type | None:
        """The type of what is at a constant address, whatever the pointer says: the object knows."""
        target = type_.target if isinstance(type_, PointerType) else None
        if isinstance(target, (StructType, ArrayType)):
            return target
        return values.cell_type(self.cells[address.object], address.offset) if address.object in self.cells else None

    def _element(self, node: tree.Index) -> Memory:
        with self.unsequenced(node.span) as between:
            base = self.value(node.base)
            between()
            index = values.promote(self.value(node.index))
        if not isinstance(base.type, PointerType):
            base = values.convert(base, PointerType(INT))
        return self.pointed(values.offset(base, index, Operator.ADD, node.span))

    def _field(self, node: tree.Member) -> Memory:
        base = self.pointed(self.value(node.base)) if node.arrow else self.lvalue(node.base)
        type_ = base.type
        found = type_.by_name.get(node.name) if isinstance(type_, StructType) else None
        if found is None or isinstance(base, Variable):
            raise SyntaxError(f"there is no field '{node.name}' here", node.span, "the structure must be defined")
        at = Value(base.address, PointerType(INT))
        moved = values.offset(Value(at.expression, PointerType(None)), _long(found.offset), Operator.ADD, node.span)
        return Memory(moved.expression, found.type)

    def cell(self, memory: Memory, span: Span) -> Scalar:
        """The type of the one cell that `memory` is."""
        if memory.type is None:
            return INT
        if isinstance(memory.type, (IntType, PointerType)):
            return memory.type
        raise Unsupported("only single values can be read and written", span, "name a field or an element")

    # ── access ──

    def load(self, memory: Memory, tags: frozenset[str], span: Span) -> Value:
        type_ = self.cell(memory, span)
        target = self.fresh("load")
        self.instructions.append(Load(target, memory.address, scalar(type_), tags, span))
        return Value(Local(target, scalar(type_)), type_)

    def store(self, memory: Memory, value: Value, tags: frozenset[str], span: Span) -> None:
        type_ = self.cell(memory, span)
        stored = values.convert(value, type_).expression
        self.instructions.append(Store(memory.address, stored, scalar(type_), tags, span))

    def read(self, place: Lvalue, span: Span) -> Value:
        """The value of a place; an array is the address of its first element."""
        if isinstance(place, Variable):
            return Value(Local(place.name, scalar(place.type)), place.type)
        if isinstance(place.type, ArrayType):
            return Value(place.address, PointerType(place.type.element))
        return self.load(place, PLAIN, span)

    def write(self, place: Lvalue, value: Value, span: Span) -> Value:
        """Assign; the value of the assignment."""
        if isinstance(place, Memory):
            self.store(place, value, PLAIN, span)
            return values.convert(value, self.cell(place, span))
        converted = values.convert(value, place.type)
        self.assign(place.name, converted.expression, span)
        return Value(Local(place.name, scalar(place.type)), place.type)

    def assign(self, target: str, expression: Expression, span: Span) -> None:
        """`target = expression`; where that is what was just loaded, the load gets the name itself."""
        self.assigned.add(target)
        last = self.instructions[-1] if self.instructions else None
        if isinstance(last, Load) and isinstance(expression, Local) and last.target == expression.name:
            self.instructions[-1] = replace(last, target=target)
        else:
            self.instructions.append(Assign(target, expression, span))

    def settle(self, value: Value, span: Span) -> Value:
        """`value` in a temporary of its own, so that later assignments do not change it."""
        if isinstance(value.expression, (Constant, Address)):
            return value
        name = self.fresh("value")
        self.instructions.append(Assign(name, value.expression, span))
        return Value(Local(name, value.expression.type), value.type)

    # ── values ──

    def value(self, node: tree.Expression) -> Value:
        """The value of `node`. Raises SyntaxError for what has none."""
        match node:
            case tree.Number():
                text = node.span.text[:2].lower()
                return values.literal(node.value, node.suffix, text == "0x", node.span)
            case tree.Name():
                return self._name(node)
            case tree.Unary():
                return self._unary(node)
            case tree.Binary():
                return self._binary(node)
            case tree.Conditional():
                return self._conditional(node)
            case tree.Assignment():
                return self._assignment(node)
            case tree.Increment():
                return self._increment(node)
            case tree.Cast():
                return self._cast(node)
            case tree.Call():
                result = self.call(node)
                if result is None:
                    raise SyntaxError(f"{node.function.text} has no value", node.span, "use it as a statement")
                return result
            case tree.Index() | tree.Member():
                return self.read(self.lvalue(node), node.span)
            case tree.Comma():
                self.effect(node.first)
                return self.value(node.second)
            case tree.Braces():
                raise SyntaxError("'{' cannot begin a value here", node.span)

    def effect(self, node: tree.Expression) -> None:
        """`node` for what it does: its value, if any, is dropped."""
        while isinstance(node, tree.Cast) and node.type.base == "void" and not node.type.pointers:
            node = node.operand
        if isinstance(node, tree.Call):
            self.call(node)
        elif isinstance(node, tree.Comma):
            self.effect(node.first)
            self.effect(node.second)
        else:
            self.value(node)

    def _name(self, node: tree.Name) -> Value:
        bound = self.scope.bindings.get(node.text)
        if bound is not None:
            return bound
        if node.text == "NULL":
            return Value(Constant(0, ADDRESS), PointerType(None))
        return self.read(self._named(node), node.span)

    def _unary(self, node: tree.Unary) -> Value:
        match node.operator:
            case "*":
                return self.read(self.lvalue(node), node.span)
            case "&":
                return self._address(node)
            case "-":
                return values.negate(self.value(node.operand), node.span)
            case "+":
                return values.promote(self.value(node.operand))
            case "~":
                return values.invert(self.value(node.operand), node.span)
            case _:
                return values.logical_not(self.value(node.operand), node.span)

    def _address(self, node: tree.Unary) -> Value:
        operand = node.operand
        if isinstance(operand, tree.Name) and operand.text in self.scope.bindings:
            # In the initial state and in conditions `&x` and `x` are one; a process that means the shared
            # variable, whose address the parameter is, writes it either way.
            return self.scope.bindings[operand.text]
        place = self.lvalue(operand)
        if isinstance(place, Variable):
            raise Unsupported(f"the address of the local variable '{operand.span.text}'", node.span)
        type_ = place.type.element if isinstance(place.type, ArrayType) else place.type
        return Value(place.address, PointerType(type_))

    def _binary(self, node: tree.Binary) -> Value:
        if node.operator in ("&&", "||"):
            return self._logical(node)
        with self.unsequenced(node.span) as between:
            left = self.value(node.left)
            between()
            right = self.value(node.right)
        if node.operator in "+-" and any(_counts_elements(value.type) for value in (left, right)):
            self.warn("pointer arithmetic counts elements here, as in C; herd7 counts bytes", node.span)
        return values.binary(values.BINARY[node.operator], left, right, node.span)

    def _logical(self, node: tree.Binary) -> Value:
        """&& and ||: where the second operand does something, it does so only if the first lets it. The result
        depends on both operands, as a branch on it does in C."""
        conjunction = node.operator == "&&"
        operator = Operator.LAND if conjunction else Operator.LOR
        first = values.truth(self.value(node.left))
        second, inner = self.captured(lambda: self.value(node.right))
        assert second is not None
        if not inner:
            return Value(Operation(operator, (first, values.truth(second)), INT, node.span), INT)
        kept = self.settle(Value(first, TRUE.type), node.left.span).expression
        result = self.fresh("value")
        self.instructions.append(Assign(result, Constant(int(not conjunction), TRUE.type), node.span))
        then = (*inner, Assign(result, values.truth(second), node.right.span))
        self.instructions.append(If(kept, then if conjunction else (), () if conjunction else then, node.left.span))
        return Value(Operation(operator, (kept, Local(result, TRUE.type)), INT, node.span), INT)

    def _conditional(self, node: tree.Conditional) -> Value:
        """`test ? then : otherwise` is a branch: compilers make one of it, so it carries no dependency on the test."""
        test = values.truth(self.value(node.test))
        then, first = self.captured(lambda: self.value(node.then))
        otherwise, second = self.captured(lambda: self.value(node.otherwise))
        assert then is not None and otherwise is not None
        type_ = values.common(then.type, otherwise.type)
        result = self.fresh("value")
        chosen = (
            (*first, Assign(result, values.convert(then, type_).expression, node.then.span)),
            (*second, Assign(result, values.convert(otherwise, type_).expression, node.otherwise.span)),
        )
        self.instructions.append(If(test, chosen[0], chosen[1], node.test.span))
        return Value(Local(result, scalar(type_)), type_)

    def _assignment(self, node: tree.Assignment) -> Value:
        if isinstance(node.target, tree.Name):
            value = self.value(node.value)
            if node.target.text in self.parameters:
                message = f"this changes the register '{node.target.text}', not what it points to"
                self.warn(message, node.target.span)
            if node.operator:
                old = self.read(self._named(node.target), node.target.span)
                value = values.binary(values.BINARY[node.operator], old, value, node.span)
            return self.write(self.target(node.target, value), value, node.span)
        with self.unsequenced(node.span) as between:
            place = self.lvalue(node.target)
            between()
            value = self.value(node.value)
        if node.operator:
            old = self.read(place, node.target.span)
            value = values.binary(values.BINARY[node.operator], old, value, node.span)
        return self.write(place, value, node.span)

    def target(self, node: tree.Name, value: Value) -> Variable:
        """The local that is assigned; one that was not declared takes its type from the value."""
        if node.text not in self.scope.locals and node.text not in self.scope.bindings:
            self.scope.locals[node.text] = values.promote(value).type
        return self._named(node)

    def _increment(self, node: tree.Increment) -> Value:
        place = self.lvalue(node.target)
        old = self.read(place, node.span)
        if not node.prefix:
            old = self.settle(old, node.span)
        new = self.write(place, values.binary(values.BINARY[node.operator], old, _one(), node.span), node.span)
        return new if node.prefix else old

    def _cast(self, node: tree.Cast) -> Value:
        type_ = self.types.resolve(node.type)
        if type_ is None:
            raise SyntaxError("a void expression has no value", node.span, "use it as a statement")
        if not isinstance(type_, (IntType, PointerType)):
            raise Unsupported("a cast to a structure", node.span)
        value = self.value(node.operand)
        address = value.expression
        if isinstance(type_, PointerType) and isinstance(address, Address):
            self._check_cast(address, type_, value.type, node.span)
        return values.convert(value, type_)

    def _check_cast(self, address: Address, type_: PointerType, old: Scalar, span: Span) -> None:
        """A cast that would read a cell in another size is refused; int, long and pointers mean any cell here."""
        cell = self._whole(address, old)
        target = type_.target
        if cell is None or not isinstance(target, IntType) or target in (INT, LONG) or target.size == cell.size:
            return
        hint = f"the cell has {cell.size} bytes, the pointer means {target.size}"
        raise Unsupported(f"overlapping accesses of different size to '{address.object}'", span, hint)


def _marked(instructions: Iterable[Instruction]) -> bool:
    """Whether some access among `instructions` is more than a plain load."""
    return any(not isinstance(i, Assign) and not (isinstance(i, (Load, Store)) and not i.tags) for i in instructions)


def _counts_elements(type_: Scalar) -> bool:
    """Whether arithmetic on `type_` counts something other than bytes."""
    return isinstance(type_, PointerType) and type_.target is not None and type_.target.size > 1


def _long(value: int) -> Value:
    return Value(Constant(value, LONG), LONG)


def _one() -> Value:
    return Value(Constant(1, INT), INT)
