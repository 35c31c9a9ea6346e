"""What the names of a unit stand for outside functions: shared and ghost variables, enumerators, functions."""

from __future__ import annotations

from collections.abc import Container, Iterator

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.ghosts import GHOST, Ghosts
from memmodel.frontends.c.lowering.initialisers import items
from memmodel.frontends.c.lowering.sizes import size_of, sized
from memmodel.frontends.c.lowering.storage import Storage, labelled
from memmodel.frontends.c.lowering.types import MAXIMUM_SIZE, Environment
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.ir import Address, Constant
from memmodel.program.places import Warning_
from memmodel.program.primitives import PrimitiveTable
from memmodel.program.statements import walk
from memmodel.program.types import IntType, Type, scalar
from memmodel.program.values import Value
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

UNWRITTEN = frozenset(("uninitialised", "unwritten"))


@dataclass(frozen=True)
class SharedVariable:
    """A variable that all threads see: `name` is that of its object."""

    name: str
    type: Type
    declarator: tree.Declarator
    unwritten: bool = False
    volatile: bool = False


class Names:
    """The file-scope names of a unit. `threads` are the names of the threads, in order."""

    lenient = False
    """Whether what is only declared counts as defined."""

    def __init__(self, unit: Unit, types: Environment, warnings: list[Warning_], nowhere: Span) -> None:
        self.unit = unit
        self.types = types
        self.warnings = warnings
        self.nowhere = nowhere
        """The place of what has none."""
        self.threads: list[str] = []
        self.texts: dict[str, str] = {}
        """String literals whose address someone took, by the names of their objects."""
        self.ghosts = Ghosts()
        self.main_variables: dict[str, SharedVariable] = {}
        """The local variables of main()."""
        self.taken: set[str] = set()
        """The names of objects for local variables of threads that are done."""
        self.constant_of: dict[str, Value | None] = {}
        self._variables: dict[str, SharedVariable | None] = {}
        self._ghosts: dict[str, Storage] = {}
        self._changed: dict[str, frozenset[str]] = {}
        self._once: dict[str, bool] = {}
        self.folded: set[Address] = set()
        """Pointers to functions whose initial value was taken for their value: nothing may write them."""
        self._registers: dict[str, Storage] = {}

    # ── variables ──

    def has_variable(self, name: str) -> bool:
        """Whether a shared variable has this name."""
        return self.unit.variable(name) is not None

    def variable(self, name: str) -> SharedVariable | None:
        """The shared variable of this name; ghosts are none."""
        if name not in self._variables:
            found = self.unit.variable(name)
            if found is not None and "extern" in found[0].storage and found[1].initial is None and not self.lenient:
                hint = "define it in the harness, with its initial value"
                raise SyntaxError(f"'{name}' is declared 'extern' and defined nowhere", found[1].span, hint)
            with self.types.outside():
                self._variables[name] = None if found is None else self.shared(name, *found)
        return self._variables[name]

    def shared(self, name: str, declaration: tree.Declaration, declarator: tree.Declarator) -> SharedVariable:
        """A variable with static storage. Raises SyntaxError for one that has no size."""
        type_ = sized(self.types.declared(declaration.type, declarator), declarator, self.types)
        if type_ is None:
            raise SyntaxError(f"the variable '{declarator.name}' has no type", declarator.span)
        size = size_of(type_, declarator.span)
        if size > MAXIMUM_SIZE:
            hint = f"an object may have {MAXIMUM_SIZE}"
            raise Unsupported(f"'{declarator.name}' has {size} bytes", declarator.span, hint)
        volatile = declaration.type.volatile and not declaration.type.pointers and not declarator.pointers
        return SharedVariable(name, type_, declarator, bool(declaration.storage & UNWRITTEN), volatile)

    # ── ghosts ──

    def ghost(self, name: str) -> Storage | None:
        """The ghost variable of this name."""
        if name in self._ghosts:
            return self._ghosts[name]
        found = self.unit.variable(name)
        if found is None or GHOST not in found[0].storage:
            return None
        variable = self.variable(name)
        assert variable is not None
        storage = Storage(f"{GHOST}.{name}", variable.type, ("", name), variable.declarator.span, ghost=True)
        self._ghosts[name] = storage
        for _, register, _ in labelled(storage.type, storage.name):
            self._registers[register] = storage
        if variable.declarator.initial is not None:
            with self.types.outside():
                self._initialise(storage, variable.declarator.initial)
        return storage

    def _initialise(self, storage: Storage, value: tree.Expression) -> None:
        for item in items(storage.type, value, self.types):
            cell = storage.cells.get(item.offset)
            if cell is None:
                raise Unsupported("this initial value of a ghost variable", item.value.span, "name single cells")
            into = scalar(cell.type)
            self.ghosts.initial[cell.register] = Constant(into.wrap(self.types.constant(item.value)), into)

    def ghost_of(self, register: str) -> Storage | None:
        """The ghost variable whose register this is."""
        return self._registers.get(register)

    def all_ghosts(self) -> tuple[tuple[str, Storage], ...]:
        """The ghost variables that someone used."""
        return tuple(self._ghosts.items())

    # ── the rest ──

    def enumerator(self, name: str) -> Value | None:
        """The value of an enumeration constant."""
        if name not in self.constant_of:
            node = self.unit.enumerator(name)
            if node is None:
                return None
            self.constant_of[name] = None
            with self.types.outside():
                value = self.types.constant(node)
            type_ = IntType(32, True) if -(1 << 31) <= value < 1 << 31 else IntType(64, value < 1 << 63)
            self.constant_of[name] = Value(Constant(type_.wrap(value), type_), type_)
        found = self.constant_of[name]
        if found is None:
            raise SyntaxError(f"the enumerator '{name}' is defined by itself", self.unit.span_of(name))
        return found

    def has_function(self, name: str) -> bool:
        """Whether the unit defines a function of this name."""
        return name in self._functions

    @property
    def _functions(self) -> frozenset[str]:
        found = self.__dict__.get("_function_names")
        if found is None:
            found = self.__dict__["_function_names"] = frozenset(self.unit.functions())
        assert isinstance(found, frozenset)
        return found

    def function(self, name: str, span: Span) -> tree.Function:
        """The function of this name."""
        found = self.unit.function(name)
        if found is None:
            raise SyntaxError(f"the function '{name}' is not defined", span, "define it in the harness")
        return found

    def in_harness(self, name: str) -> bool:
        """Whether the harness itself defines a function of this name."""
        if not self.has_function(name):
            return False
        span = self.unit.span_of(name)
        return span is not None and span.file == self.nowhere.file

    def library(self, name: str) -> bool:
        """Whether a function comes from the package's own headers."""
        return self.unit.library(name)

    def changed(self, function: tree.Function, primitives: PrimitiveTable) -> frozenset[str]:
        """The names that a function assigns or takes the address of: such parameters are variables."""
        if function.name not in self._changed:
            self._changed[function.name] = frozenset(_changed(function, primitives))
        return self._changed[function.name]

    def returns_once(self, function: tree.Function) -> bool:
        """Whether a function's only return is its last statement."""
        if function.name not in self._once:
            last = function.body.body[-1] if function.body.body else None
            returns = [n for n in walk(function.body) if isinstance(n, tree.Jump) and n.kind == "return"]
            self._once[function.name] = returns == [last]
        return self._once[function.name]

    def initial_function(self, address: Address) -> str | None:
        """The function that a pointer in a shared variable points to at first."""
        variable = self.variable(address.object) if self.has_variable(address.object) else None
        if variable is None or variable.declarator.initial is None:
            return None
        for item in items(variable.type, variable.declarator.initial, self.types):
            if item.offset == address.offset:
                value = item.value
                while isinstance(value, (tree.Cast, tree.Unary)):
                    value = value.operand
                if isinstance(value, tree.Name) and self.has_function(value.text):
                    self.folded.add(address)
                    return value.text
        return None

    def object_name(self, wanted: str, own: Container[str]) -> str:
        """A name that no object has yet, of this thread or another."""
        name, number = wanted, 1
        while name in self.taken or name in own:
            number += 1
            name = f"{wanted}#{number}"
        return name

    def object(self, name: str) -> SharedVariable | None:
        """The shared variable whose object has this name."""
        if name.startswith("main."):
            return self.main_variables.get(name.removeprefix("main."))
        return self.variable(name) if self.has_variable(name) else None

    def text(self, node: tree.Text) -> str:
        """The name of the object that a string literal is."""
        name = f'"{node.value}"'
        self.texts[name] = node.value
        return name

    def nearest(self, name: str, more: list[str]) -> str | None:
        """Known names that resemble `name`, as a hint shows them."""
        from difflib import get_close_matches

        near = get_close_matches(name, [*more, *self.unit.variables(), *self._functions], 2, 0.7)
        return " or ".join(f"'{one}'" for one in dict.fromkeys(near)) or None


def _changed(function: tree.Function, primitives: PrimitiveTable) -> Iterator[str]:
    for node in walk(function.body):
        target: tree.Expression | None = None
        if isinstance(node, (tree.Assignment, tree.Increment)):
            target = node.target
        elif isinstance(node, tree.Unary) and node.operator == "&":
            target = node.operand
        elif isinstance(node, tree.Call) and node.arguments and primitives.find(node.function.text) is not None:
            target = node.arguments[0]
        while isinstance(target, (tree.Index, tree.Member)) and not (isinstance(target, tree.Member) and target.arrow):
            target = target.base
        if isinstance(target, tree.Name):
            yield target.text
