"""Names in C code in, what they stand for out: the variables of one thread, and those it shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.fold import Split
from memmodel.frontends.c.lowering.names import Names, SharedVariable
from memmodel.frontends.c.lowering.sizes import size_of
from memmodel.frontends.c.lowering.storage import Identity, Storage, every, few
from memmodel.frontends.c.lowering.structures import Structure
from memmodel.frontends.c.lowering.typeof import Lookups, TypeOf
from memmodel.frontends.c.lowering.types import FUNCTION, Environment
from memmodel.program.ir import (
    Address,
    Constant,
    Expression,
    Fence,
    Instruction,
    Load,
    Lock,
    ReadModifyWrite,
    Store,
)
from memmodel.program.places import Lvalue, Memory, Variable
from memmodel.program.primitives import Primitive, PrimitiveTable
from memmodel.program.statements import Statements
from memmodel.program.types import ADDRESS, IntType, PointerType, StructType, Type
from memmodel.program.values import Value
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

ONCE = frozenset(("once",))


@dataclass(frozen=True)
class VolatileMemory(Memory):
    """A place whose every access is marked."""


class CVariables(Statements):
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
        parts = [tuple(self.instructions[a:b]) for a, b in pairwise(marks)]
        marked = [[i for i in every(part) if _is_marked(i)] for part in parts]
        if sum(map(bool, marked)) > 1 and not all(_is_relaxed_load(i) for part in marked for i in part):
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


def _is_marked(node: Instruction) -> bool:
    if isinstance(node, (Load, Store)):
        return bool(node.tags)
    return isinstance(node, (ReadModifyWrite, Fence, Lock))


def _is_relaxed_load(node: Instruction) -> bool:
    return isinstance(node, Load) and node.tags <= ONCE
