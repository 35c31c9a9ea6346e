"""C expressions that name places in, variables or memory cells out; and the instructions that read and write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import combinations, pairwise

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Assign,
    Constant,
    Expression,
    Instruction,
    Load,
    Local,
    Operator,
    ReadModifyWrite,
    Store,
)
from memmodel.program.objects import Types
from memmodel.program.types import ADDRESS, INT, LONG, ArrayType, IntType, PointerType, StructType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.records import dataclass, field, replace
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


class Places:
    """What one thread's code is lowered into: `instructions`, and the names of the function at hand in `scope`."""

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
        self.consulted: list[Expression] | None = None
        """Within the condition of a branch: the operands of the accesses in it, which control the arms too."""
        self.looping = 0
        """How many loops are around."""
        self.inlined = 0
        """How many calls of the file's own functions were inlined."""
        self._numbers = 0

    def value(self, node: tree.Expression) -> Value:
        """The value of an expression: Expressions says how."""
        raise NotImplementedError

    # ── helpers ──

    def warn(self, message: str, span: Span) -> None:
        self.warnings.append(Warning_(message, span))

    def differs(self, message: str, span: Span) -> None:
        """Warn of text that herd7 reads otherwise."""
        self.warn(message, span)

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
        hint = "C leaves their order open: put each in a statement of its own"
        if len(touching) > 1 and any(_marked(part) for part in touching):
            raise Unsupported("several marked accesses in one expression", span, hint)
        # Two plain reads of one cell, in either order: only a write that races with them can tell.
        if any(_loaded(a) & _loaded(b) for a, b in combinations(touching, 2)):
            raise Unsupported("the same variable is read twice in one expression", span, hint)

    @contextmanager
    def operands(self, what: str) -> Iterator[None]:
        """The operands of an access. What they read comes before it, as it takes what they read; but nothing takes
        what an operation on memory among them writes, and the model then leaves that write and the access unordered.
        In the functions of a file, which the model's own tool does not know, C's order holds."""
        start, inlined = len(self.instructions), self.inlined
        yield
        for inner in self.instructions[start:]:
            if isinstance(inner, ReadModifyWrite) and inlined == self.inlined:
                hint = "herd7 leaves the two unordered, C does not: put the value into a local first"
                raise Unsupported(f"an operation that writes, among the operands of {what}", inner.span, hint)

    def consult(self, *operands: Expression) -> None:
        """Take down operands of an access; constants control nothing."""
        if self.consulted is not None:
            self.consulted.extend(o for o in operands if not isinstance(o, (Constant, Address)))

    # ── places ──

    def lvalue(self, node: tree.Expression) -> Lvalue:
        """The place that `node` names."""
        if isinstance(node, tree.Name):
            return self.named(node)
        if isinstance(node, tree.Unary) and node.operator == "*":
            return self.pointed(self.value(node.operand))
        if isinstance(node, tree.Index):
            return self.element(node)
        if isinstance(node, tree.Member):
            return self.field(node)
        if isinstance(node, tree.Cast):
            return self.lvalue(node.operand)
        raise SyntaxError("this cannot be assigned to", node.span, "expected a variable or '*pointer'")

    def named(self, node: tree.Name) -> Lvalue:
        """The place that a name stands for."""
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

    def element(self, node: tree.Index) -> Memory:
        """The place that `base[index]` names."""
        with self.unsequenced(node.span) as between:
            base = self.value(node.base)
            between()
            index = values.promote(self.value(node.index))
        if not isinstance(base.type, PointerType):
            base = values.convert(base, PointerType(INT))
        return self.pointed(values.offset(base, index, Operator.ADD, node.span))

    def field(self, node: tree.Member) -> Memory:
        """The place that `base.name` or `base->name` names."""
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
        self.consult(memory.address)
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
        loaded = last.target if isinstance(last, Load) else None
        temporary = loaded is not None and loaded.rpartition("$")[2].isdigit()
        # Only a name that no source has gives way: a variable of the source keeps what it was loaded with.
        if isinstance(last, Load) and temporary and isinstance(expression, Local) and expression.name == loaded:
            self.instructions[-1] = replace(last, target=target)
            return
        self.instructions.append(Assign(target, expression, span))

    def settle(self, value: Value, span: Span) -> Value:
        """`value` in a temporary of its own, so that later assignments do not change it."""
        if isinstance(value.expression, (Constant, Address)):
            return value
        name = self.fresh("value")
        self.instructions.append(Assign(name, value.expression, span))
        return Value(Local(name, value.expression.type), value.type)


def _temporary(name: str) -> bool:
    """Whether the local is one that a load made for itself, so that nothing else speaks of it."""
    return name.startswith("load$") and "." not in name


def _loaded(instructions: Iterable[Instruction]) -> frozenset[Expression]:
    """The addresses of the loads among `instructions`."""
    return frozenset(i.address for i in instructions if isinstance(i, Load))


def _marked(instructions: Iterable[Instruction]) -> bool:
    """Whether some access among `instructions` is more than a plain load."""
    return any(not isinstance(i, Assign) and not (isinstance(i, (Load, Store)) and not i.tags) for i in instructions)


def _long(value: int) -> Value:
    return Value(Constant(value, LONG), LONG)
