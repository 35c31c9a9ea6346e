"""C's lvalues in, places out: registers of local variables, or memory with the type that the expression says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.fold import Split, fold, folded, split
from memmodel.frontends.c.names import Names, SharedVariable, size_of
from memmodel.frontends.c.storage import MOST_CELLS, Cell, Identity, Storage, few
from memmodel.frontends.c.structures import Structure
from memmodel.frontends.c.typeof import Lookups, TypeOf
from memmodel.frontends.c.types import FUNCTION, Environment, VolatilePointer
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Assert,
    Assign,
    Constant,
    Expression,
    FinalLocal,
    If,
    Instruction,
    Load,
    Local,
    Operation,
    Operator,
    Store,
)
from memmodel.program.places import Lvalue, Memory, Variable
from memmodel.program.primitives import Primitive, PrimitiveTable
from memmodel.program.statements import Statements
from memmodel.program.types import ADDRESS, BOOL, LONG, ArrayType, IntType, PointerType, StructType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

ONCE = frozenset(("once",))


@dataclass(frozen=True)
class VolatileMemory(Memory):
    """A place whose every access is marked."""


class CPlaces(Statements):
    """The variables of one thread. `in_memory`: the local variables that live in memory, as an earlier try found."""

    def __init__(self, names: Names, primitives: PrimitiveTable, in_memory: frozenset[Identity], who: str) -> None:
        super().__init__(names.types, {}, names.warnings, primitives, {})
        self.names = names
        self.types: Environment = names.types
        self.who = who
        """The thread's name: what its ghost accesses are booked under."""
        self.in_memory = in_memory
        self.storages: dict[str, Storage] = {}
        """The local and ghost variables, as the scope calls them."""
        self.objects: dict[str, Storage] = {}
        """Those that live in memory, by the names of their objects."""
        self.in_main = False
        """Whether the names of main() are those of the outermost scope."""
        self.arrays: dict[Expression, tuple[int, int]] = {}
        """Addresses of elements whose index is not constant: where in its object the array lies."""
        self.indexed: list[tuple[Storage, Split]] = []
        """What was accessed at an index known only when the program runs."""
        self.escaped: set[Identity] = set()
        """Local variables that cannot stay registers."""
        self.returned: Memory | None = None
        """Where the structure is that the last call returned."""
        self.here: Span = names.nowhere
        """The place of the statement at hand."""
        self.typing = TypeOf(
            names.types, Lookups(self.type_of_name, self.helper, self.primitive, field_of, self.foresee)
        )
        self.types.use(self)
        self.pretyped: dict[str, Type] = {}
        """The types of variables that only typeof has come to so far."""
        self.addressed: tree.Expression | None = None
        """The operand of the '&' at hand."""
        self.once = ONCE
        """How the model at hand marks what READ_ONCE reads."""
        self.final = False
        """Whether this runs after all threads."""

    def differs(self, message: str, span: Span) -> None:
        """What herd7 makes of a text is nothing to C."""

    # ── order of evaluation ──

    @contextmanager
    def unsequenced(self, span: Span) -> Iterator[Callable[[], None]]:
        """Operands are evaluated from left to right. C leaves that open, so it is said where it matters."""
        marks = [len(self.instructions)]
        yield lambda: marks.append(len(self.instructions))
        marks.append(len(self.instructions))
        parts = [self.instructions[a:b] for a, b in pairwise(marks)]
        touching = [part for part in parts if any(_is_access(i) for i in part)]
        marked = [part for part in touching if any(_is_access(i) and not _is_plain(i) for i in part)]
        if len(marked) > 1 and not all(_is_relaxed_load(i) for part in marked for i in part if _is_access(i)):
            self.warn("C leaves the order of the marked accesses here open: they are taken from left to right", span)

    @contextmanager
    def operands(self, what: str) -> Iterator[None]:
        """C orders what is nested."""
        yield

    # ── names ──

    def storage(self, name: str) -> Storage | None:
        """The local or ghost variable that a name stands for."""
        found = self.storages.get(self.scope.prefix + name)
        if found is not None or name in self.scope.bindings:
            return found
        ghost = self.names.ghost(name)
        if ghost is not None:
            self.storages.setdefault(ghost.name, ghost)
        return ghost

    def type_of(self, node: tree.Expression) -> Type | None:
        """The type of an expression, which is not evaluated."""
        return self.typing.of(node)

    def constant(self, node: tree.Expression) -> int:
        """The value of a constant expression. Raises SyntaxError for any other."""
        value, instructions = self.captured(lambda: self.value(node))
        assert value is not None
        if instructions or not isinstance(value.expression, Constant):
            raise SyntaxError("this is not constant", node.span, "expected a number that is known when it is compiled")
        return value.expression.value

    def foresee(self, node: tree.Declaration) -> None:
        """Note the types of variables that are declared inside what only typeof looks at."""
        for declarator in node.declarators:
            type_ = self.types.declared(node.type, declarator)
            if type_ is not None:
                self.pretyped.setdefault(self.scope.prefix + declarator.name, type_)

    def primitive(self, node: tree.Call) -> Primitive | None:
        """The primitive that a call is."""
        raise NotImplementedError

    def type_of_name(self, node: tree.Name) -> Type | None:
        """The type of a name, arrays as they are."""
        bound = self.scope.bindings.get(node.text)
        if bound is not None:
            return bound.type
        storage = self.storage(node.text)
        if storage is not None:
            return storage.type
        if self.of_main(node.text) is not None:
            return self.named(node).type
        if self.scope.prefix + node.text in self.pretyped:
            return self.pretyped[self.scope.prefix + node.text]
        if self.names.has_variable(node.text):
            return self.named(node).type
        value = self.name(node)
        return FUNCTION if isinstance(value.expression, Address) else value.type

    def of_main(self, name: str) -> SharedVariable | None:
        """The variable of main() that a name stands for: its parts and the threads share them."""
        return self.names.main_variables.get(name) if self.in_main and not self.scope.prefix else None

    def add_storage(self, key: str, type_: Type, identity: Identity, span: Span) -> Storage:
        """A new local variable, called `key` in the scope."""
        size_of(type_, span)
        name = self.names.object_name(".".join(identity), self.objects) if identity in self.in_memory else key
        storage = self.storages[key] = Storage(name, type_, identity, span)
        if identity in self.in_memory:
            self.objects[name] = storage
        elif not few(type_):
            self.escaped.add(identity)
        return storage

    def is_register(self, node: tree.Name) -> bool:
        storage = self.storage(node.text)
        return (
            storage is not None and not self.is_in_memory(storage) and isinstance(storage.type, (IntType, PointerType))
        )

    def is_in_memory(self, storage: Storage) -> bool:
        """Whether a local variable is a memory object here."""
        return not storage.ghost and storage.identity in self.in_memory

    def named(self, node: tree.Name) -> Lvalue:
        storage = self.storage(node.text)
        if storage is not None:
            if isinstance(storage.type, (IntType, PointerType)) and not self.is_in_memory(storage):
                return Variable(storage.name, storage.type)
            return Memory(Address(storage.name), storage.type)
        if node.text in self.scope.bindings:
            raise Unsupported(f"'{node.text}' is a value that cannot be changed here", node.span)
        variable = self.of_main(node.text) or self.names.variable(node.text)
        if variable is not None:
            kind = VolatileMemory if variable.volatile else Memory
            return kind(Address(variable.name), variable.type)
        raise self.undeclared(node)

    def target(self, node: tree.Name, value: Value) -> Lvalue:
        return self.named(node)

    def undeclared(self, node: tree.Name) -> SyntaxError:
        """What to say of a name that nothing declares."""
        prefix = self.scope.prefix
        local = [name.removeprefix(prefix).split("#")[0] for name in self.storages if name.startswith(prefix)]
        near = self.names.nearest(node.text, [*local, *self.scope.bindings])
        hint = f"did you mean {near}?" if near else "declare it, at file scope if the threads share it"
        return SyntaxError(f"'{node.text}' is not declared", node.span, hint)

    def name(self, node: tree.Name) -> Value:
        bound = self.scope.bindings.get(node.text)
        if bound is not None:
            return bound
        if self.storage(node.text) is None and not self.of_main(node.text) and not self.names.has_variable(node.text):
            if node.text == "NULL":
                return Value(Constant(0, ADDRESS), PointerType(None))
            number = self.names.enumerator(node.text)
            if number is not None:
                return number
            if self.names.has_function(node.text):
                return Value(Address(node.text), PointerType(FUNCTION))
        return self.read(self.named(node), node.span)

    # ── places ──

    def lvalue(self, node: tree.Expression) -> Lvalue:
        if isinstance(node, tree.Cast):
            raise SyntaxError("a cast is no variable", node.span, "expected a variable or '*pointer'")
        if isinstance(node, (tree.Call, tree.CompoundLiteral, tree.StatementExpression, tree.Conditional)):
            return self.aggregate(node)
        if isinstance(node, tree.Unary) and node.operator == "*":
            return self.pointed(self.checked(self.value(node.operand), node.operand.span))
        return super().lvalue(node)

    def checked(self, value: Value, span: Span) -> Value:
        """A value that must be a pointer."""
        if not isinstance(value.type, PointerType):
            raise SyntaxError("this is no pointer", span, "cast it to a pointer to what is there")
        return value

    def aggregate(self, node: tree.Expression) -> Memory:
        """The place of a structure that an expression yields."""
        raise NotImplementedError

    def pointed(self, pointer: Value) -> Memory:
        """What a pointer points to: its own type says as what it is accessed."""
        if not isinstance(pointer.type, PointerType):
            raise SyntaxError("an integer is used as a pointer", None, "cast it to a pointer to what is there")
        if isinstance(pointer.type, VolatilePointer):
            return VolatileMemory(pointer.expression, pointer.type.target)
        return Memory(pointer.expression, pointer.type.target)

    def element(self, node: tree.Index) -> Memory:
        with self.unsequenced(node.span) as between:
            base = self.value(node.base)
            between()
            index = values.promote(self.value(node.index))
        if not isinstance(base.type, PointerType) and isinstance(index.type, PointerType):
            base, index = index, base
        if not isinstance(base.type, PointerType):
            raise SyntaxError("only arrays and pointers have elements", node.span)
        type_ = self.types.type_of(node.base)
        length = type_.length if isinstance(type_, ArrayType) else 0
        if length:
            self.inside(index, length, node)
        return self.pointed(self.moved(base, index, Operator.ADD, length, node.span))

    def inside(self, index: Value, length: int, node: tree.Index) -> None:
        """Assert that an index is one of an array's; where only the address is taken it may be just past the end."""
        last = length + 1 if node is self.addressed else length
        number = values.convert(index, ADDRESS).expression
        within = fold(Operation(Operator.LT, (number, Constant(last, ADDRESS)), BOOL, node.span), node.span)
        if within != Constant(1, BOOL):
            message = f"the index is outside of '{node.base.span.text}', which has {length} elements"
            self.instructions.append(Assert(within, message, node.span, index=True))

    def moved(self, pointer: Value, count: Value, operator: Operator, length: int, span: Span) -> Value:
        """A pointer some elements on, or back; `length`, if not 0: it is to the first element of such an array."""
        found = folded(values.offset(pointer, count, operator, span), span)
        inside = split(pointer.expression, self.arrays)
        if length and inside is not None and isinstance(found.expression, Operation) and not inside.rest:
            assert isinstance(pointer.type, PointerType) and pointer.type.target is not None
            size = length * pointer.type.target.size
            self.arrays[found.expression] = (inside.offset, inside.offset + size)
        return found

    def field(self, node: tree.Member) -> Memory:
        if node.arrow:
            pointer = self.value(node.base)
            if not isinstance(pointer.type, PointerType):
                raise SyntaxError("'->' needs a pointer", node.span, "write '.' for a structure itself")
            base = self.pointed(pointer)
        else:
            place = self.lvalue(node.base)
            if isinstance(place, Variable):
                raise SyntaxError(f"'.{node.name}' of something that is no structure", node.span)
            base = place
        offset, type_ = field_of(base.type, node.name, node.span)
        at = Value(base.address, PointerType(None))
        moved = values.offset(at, Value(Constant(offset, LONG), LONG), Operator.ADD, node.span) if offset else at
        address = fold(moved.expression, node.span)
        volatile = isinstance(base, VolatileMemory) or (
            isinstance(base.type, Structure) and node.name in base.type.layout.volatile
        )
        return VolatileMemory(address, type_) if volatile else Memory(address, type_)

    def cell(self, memory: Memory, span: Span) -> Scalar:
        if memory.type is None:
            raise SyntaxError("what a void pointer points to has no type", span, "cast it to a pointer to something")
        if isinstance(memory.type, (IntType, PointerType)):
            return memory.type
        raise Unsupported("only single values can be read and written here", span, "name a field or an element")

    # ── access ──

    def register(self, name: str, type_: Scalar, span: Span) -> Expression:
        """The value of a register; after all threads that of a ghost is what its thread left."""
        storage = self.names.ghost_of(name)
        if storage is None:
            return Local(name, scalar(type_))
        self.names.ghosts.read(name, self.who, span)
        if self.final:
            return self._left_by(name, type_)
        return Local(name, scalar(type_))

    def _left_by(self, name: str, type_: Scalar) -> Expression:
        writer = self.names.ghosts.writer(name)
        if writer is None:
            initial = self.names.ghosts.initial.get(name)
            return initial if initial is not None else Constant(0, scalar(type_))
        return FinalLocal(self.names.threads.index(writer), name, scalar(type_))

    def read(self, place: Lvalue, span: Span) -> Value:
        if isinstance(place, Variable):
            return Value(self.register(place.name, place.type, span), place.type)
        return super().read(place, span)

    def assign(self, target: str, expression: Expression, span: Span) -> None:
        if self.names.ghost_of(target) is not None:
            if self.final:
                raise SyntaxError("final() cannot change a ghost variable", span, "use a variable of its own")
            self.names.ghosts.write(target, self.who, span)
        super().assign(target, expression, span)

    def load(self, memory: Memory, tags: frozenset[str], span: Span) -> Value:
        if isinstance(memory, VolatileMemory) and not tags:
            tags = self.once
        found = self._local(memory, tags)
        if found is None:
            return super().load(memory, tags, span)
        storage, place = found
        type_ = self.cell(memory, span)
        if not place.rest:
            cell = storage.cell(place.offset, type_)
            if cell is None:
                return super().load(memory, tags, span)
            return values.convert(Value(self.register(cell.register, cell.type, span), cell.type), type_)
        cells = self._reachable(storage, place, type_)
        if not cells:
            return super().load(memory, tags, span)
        at = self._offset(storage, place, cells, span)
        result = self.fresh("element")
        self.instructions.append(Assign(result, Constant(0, scalar(type_)), span))
        for cell in cells:
            value = values.convert(Value(self.register(cell.register, cell.type, span), cell.type), type_)
            there = Operation(Operator.EQ, (at, Constant(cell.offset, ADDRESS)), BOOL, span)
            self.instructions.append(If(there, (Assign(result, value.expression, span),), (), span))
        return Value(Local(result, scalar(type_)), type_)

    def store(self, memory: Memory, value: Value, tags: frozenset[str], span: Span) -> None:
        if isinstance(memory, VolatileMemory) and not tags:
            tags = self.once
        found = self._local(memory, tags)
        type_ = self.cell(memory, span)
        place = found[1] if found is not None else None
        if found is None or place is None:
            super().store(memory, value, tags, span)
            return
        storage = found[0]
        stored = values.convert(value, type_)
        if not place.rest:
            cell = storage.cell(place.offset, type_)
            if cell is None:
                super().store(memory, value, tags, span)
                return
            self.assign(cell.register, values.convert(stored, cell.type).expression, span)
            return
        cells = self._reachable(storage, place, type_)
        if not cells:
            super().store(memory, value, tags, span)
            return
        at = self._offset(storage, place, cells, span)
        kept = self.settle(stored, span)
        for cell in cells:
            there = Operation(Operator.EQ, (at, Constant(cell.offset, ADDRESS)), BOOL, span)
            new = values.convert(kept, cell.type).expression
            _, then = self.captured(lambda register=cell.register, new=new: self.assign(register, new, span))  # type: ignore[misc]
            self.instructions.append(If(there, then, (), span))

    def _local(self, memory: Memory, tags: frozenset[str]) -> tuple[Storage, Split] | None:
        """The local variable that an access is to, while it is registers. Marked accesses are to memory."""
        place = split(memory.address, self.arrays)
        storage = self.storages.get(place.object) if place is not None else None
        if place is None or storage is None or self.is_in_memory(storage):
            return None
        return None if tags and not storage.ghost else (storage, place)

    def _reachable(self, storage: Storage, place: Split, type_: Scalar) -> tuple[Cell, ...]:
        cells = storage.reachable(place, type_)
        if len(cells) > MOST_CELLS:
            if storage.ghost:
                hint = f"an index may choose from {MOST_CELLS}"
                raise Unsupported(
                    f"the ghost variable '{storage.identity[1]}' has {len(cells)} elements", storage.span, hint
                )
            return ()
        self.indexed.append((storage, place))
        return cells

    def _offset(self, storage: Storage, place: Split, cells: tuple[Cell, ...], span: Span) -> Expression:
        """Where in its variable an access is, asserted to be at a cell."""
        at: Expression = Constant(ADDRESS.wrap(place.offset), ADDRESS)
        for part in place.rest:
            at = Operation(Operator.ADD, (at, part), ADDRESS, span)
        at = self.settle(Value(at, ADDRESS), span).expression
        choices = [Operation(Operator.EQ, (at, Constant(c.offset, ADDRESS)), BOOL, span) for c in cells]
        valid: Expression = choices[0]
        for choice in choices[1:]:
            valid = Operation(Operator.LOR, (valid, choice), BOOL, span)
        message = f"the index is outside of '{storage.identity[1]}'"
        self.instructions.append(Assert(valid, message, span, index=True))
        return at

    def settle(self, value: Value, span: Span) -> Value:
        """As of all values; of the address of a local variable what is not constant in it."""
        place = split(value.expression, self.arrays)
        if place is None or place.object not in self.storages or not place.rest:
            return super().settle(value, span)
        found: Expression = Address(place.object, place.offset)
        for part in place.rest:
            found = Operation(Operator.ADD, (found, self._kept(part, span)), ADDRESS, span)
        if place.inside is not None:
            self.arrays[found] = place.inside
        return Value(found, value.type)

    def _kept(self, part: Expression, span: Span) -> Expression:
        """A part of an offset in a register; a constant factor stays visible."""
        if isinstance(part, Operation) and part.operator is Operator.MUL and isinstance(part.operands[1], Constant):
            return Operation(Operator.MUL, (self._kept(part.operands[0], span), part.operands[1]), part.type, span)
        return super().settle(Value(part, ADDRESS), span).expression


def field_of(type_: Type | None, name: str, span: Span) -> tuple[int, Type]:
    """The offset and the type of a field. Raises SyntaxError where there is none, Unsupported for a bit-field."""
    if not isinstance(type_, StructType):
        raise SyntaxError(f"'{name}' is asked of something that is no structure", span)
    try:
        found = type_.by_name.get(name)
    except Unsupported as error:
        if error.span is not None:
            raise
        raise Unsupported(error.message, span, error.hint) from None
    if found is not None:
        return found.offset, found.type
    if isinstance(type_, Structure) and name in type_.layout.bits:
        raise Unsupported(f"'{name}' is a bit-field", span, "use a mask on an integer field")
    from difflib import get_close_matches

    near = get_close_matches(name, list(type_.by_name), 1)
    raise SyntaxError(f"'{type_.name}' has no field '{name}'", span, f"did you mean '{near[0]}'?" if near else None)


def _is_access(node: Instruction) -> bool:
    return not isinstance(node, (Assign, Assert, If))


def _is_plain(node: Instruction) -> bool:
    return isinstance(node, (Load, Store)) and not node.tags


def _is_relaxed_load(node: Instruction) -> bool:
    return isinstance(node, Load) and node.tags <= ONCE
