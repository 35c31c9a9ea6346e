"""Statements of a function on its own: calls of what nobody defines have any result, and are taken down."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import Unsupported
from memmodel.frontends.c.alone.regions import Seen, View
from memmodel.frontends.c.alone.surroundings import AGAIN, ANY, CALLED_BACK, PRINT, Surroundings
from memmodel.frontends.c.lowering.aggregates import disjoint_cells
from memmodel.frontends.c.lowering.statements import CStatements
from memmodel.frontends.c.lowering.structures import Structure
from memmodel.frontends.c.lowering.types import is_bytes
from memmodel.frontends.c.lowering.variables import field_of
from memmodel.program.ir import Fence
from memmodel.program.places import PLAIN, Memory
from memmodel.program.types import CHAR, ArrayType, PointerType, StructType
from memmodel.program.values import Value
from memmodel.source import Span
from memmodel.syntax import tree

UNKNOWN_CALL = "call of the unknown"
"""The tag of a fence, of a kind that no model knows, where a function was called of which nothing is known."""

_NAMES = """
    memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp __page_to_pfn _find_first_bit _find_next_bit
    _find_first_zero_bit _find_next_zero_bit _find_first_and_bit _find_next_and_bit _find_last_bit be16_to_cpu
    be32_to_cpu be64_to_cpu cpu_to_be16 cpu_to_be32 cpu_to_be64
"""
_ORDERS_NOTHING = frozenset(_NAMES.split())
"""Functions of which it is known that they only compute, or copy by plain accesses: there is no barrier in them."""

_OF_CALLERS = ("READ_ONCE", "WRITE_ONCE")
_POINTER = "__alone_through_pointer"


class OpenStatements(CStatements):
    """Statements of one function on its own."""

    surroundings: Surroundings
    assumed: set[str]
    """What was taken for anything."""
    touched: set[tuple[str, str]]
    """The fields of structures that are pointers and were used: the names of the structure and of the field."""
    copies = False
    """Whether a copy of any size has its effect on the first value."""
    seen: Seen
    """The fields that were used, by their addresses."""

    def field(self, node: tree.Member) -> Memory:
        found = super().field(node)
        base = self.types.type_of(node.base)
        base = base.target if node.arrow and isinstance(base, PointerType) else base
        base = base.element if node.arrow and isinstance(base, ArrayType) else base
        if isinstance(base, Structure) and node.name in base.layout.words:
            self.assumed.add(f"{base.name}.{node.name}")
        if isinstance(base, StructType) and base.name in self.surroundings.unknown_names:
            self.assumed.add(base.name)
        if isinstance(base, StructType) and isinstance(found.type, (PointerType, ArrayType)):
            self.touched.add((base.name, node.name))
        if isinstance(base, Structure):
            self.seen.views.append(View(found.address, field_of(base, node.name, node.span)[0], base, node.name))
        return found

    def load(self, memory: Memory, tags: frozenset[str], span: Span) -> Value:
        if isinstance(memory.type, PointerType):
            self.seen.pointers.add(memory.address)
        return super().load(memory, tags, span)

    def name(self, node: tree.Name) -> Value:
        found = super().name(node)
        if node.text in self.surroundings.unknown_names:
            self.assumed.add(node.text)
        return found

    def helper(self, node: tree.Call) -> tree.Function | None:
        if node.pointer is not None:
            try:
                found = super().helper(node)
            except Unsupported:
                found = None
            if found is None:
                self._unknown(" ".join(node.function.text.split()), node.span)
                return self.names.unit.function(_POINTER)
            if found.name == CALLED_BACK:
                self._unknown(" ".join(node.function.text.split()), node.span)
            return found
        name = node.function.text
        if self.primitive(node) is not None and (len(self.frames) > 1 or name in _OF_CALLERS):
            return None  # where the file defines a primitive itself, the call from outside means that definition
        if any(frame.function.name == name for frame in self.frames):
            self._unknown(name, node.span)
            return self.names.unit.function(AGAIN + name)
        function = self.names.unit.function(name)
        if function is not None and name in self.surroundings.stand_ins:
            self._unknown(name, node.span)
        return function

    def _unknown(self, name: str, span: Span) -> None:
        """Take down that a function was called that is taken to do nothing."""
        self.assumed.add(name)
        if self.copies and name not in (ANY, PRINT) and name not in _ORDERS_NOTHING:
            self.instructions.append(Fence(frozenset((UNKNOWN_CALL,)), span))

    def memory_copy(self, node: tree.Call) -> Value | None:
        return self._or_less(node, super().memory_copy)

    def memory_set(self, node: tree.Call) -> Value | None:
        return self._or_less(node, super().memory_set)

    def _or_less(self, node: tree.Call, work: Callable[[tree.Call], Value | None]) -> Value | None:
        """A copy whose size is not constant has no effect here, or that on the first value, which is taken down."""
        start = len(self.instructions)
        try:
            return work(node)
        except Unsupported:
            del self.instructions[start:]
            self.assumed.add(node.function.text)
            actuals = [self.value(argument) for argument in node.arguments]
            if self.copies and len(actuals) == 3:
                self._first(node, actuals[0], actuals[1])
            return actuals[0] if actuals else None

    def _first(self, node: tree.Call, to: Value, source: Value) -> None:
        """The first value of those that are copied or set: what that is ordered with, so is the rest."""
        types = [self.pointee(argument) for argument in node.arguments[:2]]
        type_ = next((type_ for type_ in types if not is_bytes(type_)), CHAR)
        if type_ is None or not type_.size:
            return
        into = disjoint_cells(type_, node.span)[0][1]
        if isinstance(source.type, PointerType):
            source = self.load(Memory(source.expression, into), PLAIN, node.span)
        self.store(Memory(to.expression, into), source, PLAIN, node.span)
