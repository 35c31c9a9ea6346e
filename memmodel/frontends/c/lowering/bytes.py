"""memcpy and memset of a constant size in, stores and loads of single cells out."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.aggregates import Aggregates, disjoint_cells
from memmodel.frontends.c.lowering.structures import no_bits
from memmodel.frontends.c.lowering.types import is_bytes
from memmodel.program.ir import Constant
from memmodel.program.places import PLAIN, Memory
from memmodel.program.types import ArrayType, IntType, PointerType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree

MOST_BYTES = 4096


class Copies(Aggregates):
    """Expressions that may copy memory."""

    def memory_copy(self, node: tree.Call) -> Value | None:
        """memcpy(to, from, size); its value is `to`."""
        size = self._size_argument(node)
        to, source = self._argument(node.arguments[0]), self._argument(node.arguments[1])
        typed = [self.pointee(argument) for argument in node.arguments[:2]]
        for offset, cell in units(typed, size, node.span):
            there = self.part(Memory(source.expression, None), offset, cell)
            here = self.part(Memory(to.expression, None), offset, cell)
            self.store(here, self.load(there, PLAIN, node.span), PLAIN, node.span)
        return to

    def memory_set(self, node: tree.Call) -> Value | None:
        """memset(to, byte, size); its value is `to`."""
        size = self._size_argument(node)
        to = self._argument(node.arguments[0])
        byte = self.value(node.arguments[1]).expression
        if not isinstance(byte, Constant):
            raise Unsupported("memset with a value that is not constant", node.span, "write a loop")
        for offset, cell in units([self.pointee(node.arguments[0])], size, node.span):
            into = scalar(cell)
            whole = int.from_bytes(bytes([byte.value & 0xFF]) * cell.size, "little")
            here = self.part(Memory(to.expression, None), offset, cell)
            self.store(here, Value(Constant(into.wrap(whole), into), cell), PLAIN, node.span)
        return to

    def _argument(self, node: tree.Expression) -> Value:
        return self.settle(self.checked(self.value(node), node.span), node.span)

    def _size_argument(self, node: tree.Call) -> int:
        if len(node.arguments) != 3:
            raise SyntaxError(f"{node.function.text} takes 3 arguments, not {len(node.arguments)}", node.span)
        size, instructions = self.captured(lambda: self.value(node.arguments[2]))
        if size is None or instructions or not isinstance(size.expression, Constant):
            hint = "write a loop over the elements, or define it in the harness as one"
            raise Unsupported(f"{node.function.text} of a size that is not constant", node.span, hint)
        number = size.expression.value
        if not 0 <= number <= MOST_BYTES:
            raise Unsupported(f"{node.function.text} of {number} bytes", node.span, f"at most {MOST_BYTES}")
        return number

    def pointee(self, node: tree.Expression) -> Type | None:
        """What an argument points to, whatever pointer it is cast to last."""
        while isinstance(node, tree.Cast) and is_bytes(self._target(node)):
            node = node.operand
        return self._target(node)

    def _target(self, node: tree.Expression) -> Type | None:
        type_ = self.types.type_of(node)
        if isinstance(type_, ArrayType):
            return type_.element
        return type_.target if isinstance(type_, PointerType) else None


def units(typed: list[Type | None], size: int, span: Span) -> list[tuple[int, Scalar]]:
    """The cells in which `size` bytes are accessed: those of the type that is known, else the widest that fit."""
    for type_ in typed:
        if type_ is None or is_bytes(type_) or type_.size == 0 or size % type_.size:
            continue
        no_bits(type_, span)
        inside = disjoint_cells(type_, span)
        return [(at + offset, cell) for at in range(0, size, type_.size) for offset, cell in inside]
    found: list[tuple[int, Scalar]] = []
    at = 0
    while at < size:
        width = next(w for w in (8, 4, 2, 1) if w <= size - at)
        found.append((at, IntType(8 * width, False)))
        at += width
    return found
