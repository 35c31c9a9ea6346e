"""The instructions of a program in, the objects that they speak of out, with what each holds at first."""

from __future__ import annotations

from collections.abc import Iterable

from memmodel.errors import SyntaxError
from memmodel.frontends.c.lowering.initialisers import items
from memmodel.frontends.c.lowering.names import Names, SharedVariable
from memmodel.frontends.c.lowering.statements import CStatements
from memmodel.frontends.c.lowering.storage import Storage, addresses
from memmodel.frontends.c.lowering.structures import erased, no_bits
from memmodel.program import values
from memmodel.program.ir import Address, Constant, Instruction, Object
from memmodel.program.types import CHAR, ArrayType, StructType, scalar
from memmodel.source import Span
from memmodel.syntax import tree


class Objects:
    """Objects in the order of their first use."""

    def __init__(self, names: Names, evaluator: CStatements) -> None:
        self.names = names
        self.evaluator = evaluator
        self._found: dict[str, Object] = {}
        self._locals: dict[str, Storage] = {}
        self._order: list[str] = []

    def add_locals(self, storages: Iterable[tuple[str, Storage]]) -> None:
        """Local variables that live in memory, by the names of their objects."""
        self._locals.update(storages)

    def use(self, body: tuple[Instruction, ...]) -> None:
        """Add what instructions mention."""
        for address, node in addresses(body):
            self._add(address.object, node.span)

    def _add(self, name: str, span: Span) -> None:
        if name in self._order:
            return
        self._order.append(name)
        found = self._object(name, span)
        self._found[name] = found
        for value in found.initial.values():
            if isinstance(value, Address):
                self._add(value.object, found.span or span)

    def _object(self, name: str, span: Span) -> Object:
        local = self._locals.get(name)
        if local is not None:
            return Object(name, erased(local.type), {}, local.span)
        if name in self.names.texts:
            return self._text(name, span)
        variable = self.names.object(name)
        if variable is not None:
            initial = self._initial(variable)
            return Object(name, erased(variable.type), initial, variable.declarator.span, variable.unwritten)
        if self.names.has_function(name):
            return Object(name, CHAR, {}, self.names.unit.span_of(name))
        raise SyntaxError(f"'{name}' is not declared", span)

    def _text(self, name: str, span: Span) -> Object:
        codes = [*self.names.texts[name].encode("latin-1", "replace"), 0]
        initial: dict[int, Constant | Address] = {i: Constant(CHAR.wrap(c), CHAR) for i, c in enumerate(codes)}
        return Object(name, ArrayType(CHAR, len(codes)), initial, span)

    def _initial(self, variable: SharedVariable) -> dict[int, Constant | Address]:
        value = variable.declarator.initial
        if value is None:
            return {}
        no_bits(variable.type, variable.declarator.span)
        found: dict[int, Constant | Address] = {}
        with self.names.types.outside():
            for item in items(variable.type, value, self.names.types):
                if isinstance(item.type, (StructType, ArrayType)):
                    nested = _literal(item.value)
                    for inner in items(item.type, nested, self.names.types):
                        found[item.offset + inner.offset] = self._constant(inner.value, scalar(inner.type))
                else:
                    found[item.offset] = self._constant(item.value, item.type)
        return found

    def _constant(self, node: tree.Expression, type_: values.Scalar | object) -> Constant | Address:
        """An initial value, which C wants constant."""
        value, instructions = self.evaluator.captured(lambda: self.evaluator.value(node))
        assert value is not None
        converted = values.convert(value, type_)  # type: ignore[arg-type]
        expression = converted.expression
        if instructions or not isinstance(expression, (Constant, Address)):
            hint = "expected a number or an address; init() may compute it"
            raise SyntaxError("this initial value is not constant", node.span, hint)
        return expression

    def all(self) -> tuple[Object, ...]:
        """The objects found so far."""
        return tuple(self._found[name] for name in self._order)

    def replace(self, objects: tuple[Object, ...]) -> None:
        """Take the objects as `init()` left them."""
        for item in objects:
            self._found[item.name] = item


def _literal(node: tree.Expression) -> tree.Expression:
    """The braces of a structure's initial value: `(struct s){ … }` is one."""
    while isinstance(node, tree.Cast):
        node = node.operand
    if isinstance(node, tree.CompoundLiteral):
        return node.value
    raise SyntaxError("this initial value is not constant", node.span, "write the values in braces")
