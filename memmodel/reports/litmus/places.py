"""What a program keeps in memory in, the variables of a litmus test that hold it out.

A litmus test has scalars and flat arrays. Cells that some address computation leads to or from become elements of one
array, four bytes apart, since that is what herd7 thinks an int is; all other cells become scalars.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import gcd

from memmodel.errors import Unsupported
from memmodel.program import ir
from memmodel.program.ir import Expression, Instruction, Operation, Operator
from memmodel.program.primitives import DEFAULT
from memmodel.program.types import ArrayType, IntType, PointerType, StructType, Type
from memmodel.records import dataclass
from memmodel.reports.litmus.knowledge import Knowledge, Known
from memmodel.reports.litmus.spreads import Values
from memmodel.source import Span

_LEGAL = re.compile(r"[A-Za-z_]\w*\Z")
_RESERVED = re.compile(
    r"(int|char|long|short|signed|unsigned|void|volatile|const|struct|union|enum|typedef|static|extern|inline|if|else"
    r"|while|do|for|switch|case|default|break|continue|return|goto|sizeof|NULL|true|false|exists|forall|not|locations"
    r"|filter|atomic_t|spinlock_t|mtx_t|bool|and|or|lock|unlock|atomic|with|P\d+|memory_order_\w*)\Z"
)
"""Words of C or of herd7."""


def usable(name: str) -> bool:
    """Whether herd7, and C, take a name for that of a variable."""
    return bool(_LEGAL.match(name)) and not _RESERVED.match(name) and DEFAULT.find(name) is None


WIDTH = 4
"""Bytes of an element, to herd7."""


@dataclass(frozen=True)
class Variable:
    """A variable of the litmus test: the cells from address `start` on, `stride` bytes apart. One: a scalar."""

    name: str
    start: int
    stride: int
    length: int

    @property
    def array(self) -> bool:
        return self.length > 1


class Places:
    """The variables, and which of them an address lies in."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.objects = {item.name: item for item in knowledge.program.objects}
        self._cells = frozenset(knowledge.graph.cells)
        self._together: dict[int, int] = {}
        for thread in knowledge.program.threads:
            self._body(thread.body)
        self._whole_arrays()
        self.variables = self._variables()

    # ── what belongs together ────────────────────────────────────────────────────────────────────

    def _body(self, body: tuple[Instruction, ...]) -> None:
        for node in body:
            known, span = self.knowledge.at(node), self.knowledge.span(node)
            for expression in expressions(node):
                self._expression(expression, known, span)
            if isinstance(node, ir.If):
                self._body(node.then)
                self._body(node.otherwise)

    def _expression(self, node: Expression, known: Known, span: Span) -> None:
        if not isinstance(node, Operation):
            return
        base, terms = self.chain(node, known)
        for inner in terms if terms else node.operands:
            self._expression(inner, known, span)
        if not terms:
            return
        ends = self.pointers(self.knowledge.values(node, known))
        if len(ends) < 2:
            return
        ends = ends & self._cells or ends
        if not isinstance(base, ir.Address):
            ends |= self.pointers(self.knowledge.values(base, known))
        if len({self.object_of(address).name for address in ends}) > 1:
            hint = "herd7 knows no distance between variables"
            raise Unsupported("this address is computed from one that may lie in several objects", span, hint)
        self._join(ends)

    def chain(self, node: Expression, known: Known) -> tuple[Expression, tuple[Expression, ...]]:
        """An address as the pointer that it is computed from and what is added to it; of SUB the negated operand."""
        terms: list[Expression] = []
        while isinstance(node := self.bare(node, known), Operation) and node.operator in (Operator.ADD, Operator.SUB):
            first, second = node.operands
            if node.operator is Operator.ADD and not self.is_pointer(self.knowledge.values(first, known)):
                first, second = second, first
            if not self.is_pointer(self.knowledge.values(first, known)):
                break
            if node.operator is Operator.SUB:
                second = Operation(Operator.NEG, (second,), second.type, node.span)
            terms.append(second)
            node = first
        return node, tuple(reversed(terms))

    def bare(self, node: Expression, known: Known) -> Expression:
        """`node` without casts that leave an address as it is."""
        while isinstance(node, Operation) and node.operator is Operator.CAST:
            values = self.knowledge.values(node, known)
            if values is None or values != self.knowledge.values(node.operands[0], known):
                break
            node = node.operands[0]
        return node

    def _whole_arrays(self) -> None:
        """Arrays that states list as one."""
        for observable in self.knowledge.program.observables:
            if observable.whole and isinstance(observable.value, ir.FinalMemory):
                item = self.objects.get(observable.whole)
                if (
                    item is not None
                    and isinstance(item.type, ArrayType)
                    and isinstance(item.type.element, (IntType, PointerType))
                ):
                    start, size = self.knowledge.addresses[item.name], item.type.element.size
                    self._join(start + i * size for i in range(item.type.length))

    def _join(self, addresses: Iterable[int]) -> None:
        first: int | None = None
        for address in addresses:
            root = self._root(address)
            if first is None:
                first = root
            self._together[root] = first

    def _root(self, address: int) -> int:
        self._together.setdefault(address, address)
        while self._together[address] != address:
            address = self._together[address]
        return address

    def _variables(self) -> dict[int, Variable]:
        """By address."""
        groups: dict[int, list[int]] = {}
        for address in sorted(self._cells | set(self._together)):
            groups.setdefault(self._root(address), []).append(address)
        found: dict[int, Variable] = {}
        taken: set[str] = set()
        for members in groups.values():
            stride = gcd(*(address - members[0] for address in members)) or WIDTH
            length = (members[-1] - members[0]) // stride + 1
            name = self._name(members)
            while name in taken or not usable(name):
                name += "_"
            taken.add(name)
            variable = Variable(name, members[0], stride, length)
            found.update(dict.fromkeys(members, variable))
        return found

    def _name(self, members: list[int]) -> str:
        """What the paths to all cells have in common."""
        item = self.object_of(members[0])
        start = self.knowledge.addresses[item.name]
        paths = [_path(item.type, address - start) for address in (members[0], members[-1])]
        parts = [part for part, other in zip(*paths, strict=False) if part == other]
        return "".join(c if c.isalnum() or c == "_" else "_" for c in "".join((item.name, *parts)))

    # ── addresses ────────────────────────────────────────────────────────────────────────────────

    def object_of(self, address: int) -> ir.Object:
        """The object in which, or at whose end, an address lies."""
        for item in self.objects.values():
            if 0 <= address - self.knowledge.addresses[item.name] <= item.type.size:
                return item
        raise KeyError(address)

    def pointers(self, values: Values) -> frozenset[int]:
        """The addresses inside objects among some values."""
        return frozenset(value for value in values or () if self._inside(value))

    def is_pointer(self, values: Values) -> bool:
        return bool(self.pointers(values))

    def _inside(self, value: int) -> bool:
        if value < ir.FIRST_ADDRESS:
            return False
        return any(0 <= value - self.knowledge.addresses[i.name] < max(i.type.size, 1) for i in self.objects.values())

    def depth(self, values: Values) -> int:
        """How many stars the type of something with these values has: 0 for numbers."""
        found = self.pointers(values)
        if not found:
            return 0
        return 2 if any(self.is_pointer(self.knowledge.stored(address)) for address in found) else 1

    def at(self, address: int) -> tuple[Variable, int] | None:
        """The variable that holds the cell at an address, and its index there."""
        variable = self.variables.get(address)
        return None if variable is None else (variable, (address - variable.start) // variable.stride)


def expressions(node: Instruction) -> list[Expression]:
    """The expressions that an instruction computes."""
    match node:
        case ir.Assign():
            return [node.value]
        case ir.Load() | ir.Lock():
            return [node.address]
        case ir.Store():
            return [node.address, node.value]
        case ir.ReadModifyWrite():
            return [node.address, node.value, *([node.condition] if node.condition is not None else [])]
        case ir.Fence():
            return [node.address] if node.address is not None else []
        case ir.If():
            return [node.condition, *node.consulted]
        case _:
            return []


def _path(type_: Type, offset: int) -> list[str]:
    """Names of fields and indices that lead to an offset."""
    if isinstance(type_, StructType):
        for field in type_.fields:
            if field.offset <= offset < field.offset + max(field.type.size, 1):
                return [f"_{field.name}", *_path(field.type, offset - field.offset)]
    elif isinstance(type_, ArrayType) and type_.element.size:
        size = type_.element.size
        return [f"_{offset // size}", *_path(type_.element, offset % size)]
    return [f"_{offset}"] if offset else []
