"""A proposition about final values in; the expression that engines decide, herd7's spelling and the observables out."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import SyntaxError
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Constant,
    Expression,
    FinalLocal,
    FinalMemory,
    Observable,
    Operation,
    Operator,
)
from memmodel.program.objects import follow
from memmodel.program.types import BOOL, LONG, ArrayType, IntType, PointerType, StructType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree

RegisterType = Callable[[tree.Register], Scalar]
"""The type of a register; warns of one that nothing assigns."""

_CONNECTIVES = {
    tree.Connective.AND: Operator.LAND,
    tree.Connective.OR: Operator.LOR,
}


class Conditions:
    """Lowering of propositions over the final values of `cells` (the objects' types) and registers."""

    def __init__(self, cells: dict[str, Type], register_type: RegisterType) -> None:
        self.cells = cells
        self.register_type = register_type

    def lower(self, node: tree.Proposition) -> Expression:
        """A BOOL over FinalLocal and FinalMemory."""
        match node:
            case tree.Truth():
                return Constant(int(node.value), BOOL)
            case tree.Negation():
                return Operation(Operator.NOT, (self.lower(node.operand),), BOOL, node.span)
            case tree.Connected():
                left, right = self.lower(node.left), self.lower(node.right)
                if node.connective is tree.Connective.IMPLIES:
                    left = Operation(Operator.NOT, (left,), BOOL, node.left.span)
                    return Operation(Operator.LOR, (left, right), BOOL, node.span)
                return Operation(_CONNECTIVES[node.connective], (left, right), BOOL, node.span)
            case tree.Comparison():
                return self._comparison(node)

    def _comparison(self, node: tree.Comparison) -> Expression:
        if isinstance(node.right, tree.Values):
            return self._contents(node, node.right)
        left = self._place(node.left)
        operator = values.BINARY[node.operator]
        match node.right:
            case tree.Integer():
                return _against_number(operator, left, node.right.value, node.span)
            case tree.AddressOf():
                right = self._address(node.right)
            case _:
                right = self._place(node.right)
        return values.truth(values.binary(operator, _wide(left), _wide(right), node.span))

    def _contents(self, node: tree.Comparison, wanted: tree.Values) -> Expression:
        """`a={1,2}`: element by element."""
        left = node.left
        if not isinstance(left, tree.Location) or node.operator not in ("==", "!="):
            raise SyntaxError("only an array can be compared with '{…}'", node.span, "write a={1,2} or a!={1,2}")
        elements = self.elements(left)
        if len(elements) != len(wanted.items):
            hint = f"the array has {len(elements)} elements"
            raise SyntaxError(f"{len(wanted.items)} values for '{left.name}'", wanted.span, hint)
        result: Expression | None = None
        for element, item in zip(elements, wanted.items, strict=True):
            each = self._comparison(tree.Comparison(element, "==", item, node.span))
            result = each if result is None else Operation(Operator.LAND, (result, each), BOOL, node.span)
        assert result is not None
        return result if node.operator == "==" else Operation(Operator.NOT, (result,), BOOL, node.span)

    def elements(self, node: tree.Location) -> list[tree.Location]:
        """The single values that a location holds: itself, or an array's elements or a structure's fields."""
        _, type_ = follow(self.cells[node.name], node.path, node.span)
        if isinstance(type_, (IntType, PointerType)):
            return [node]
        return [element for step in _steps(type_) for element in self.elements(_part(node, step))]

    def _place(self, node: tree.Place) -> Value:
        if isinstance(node, tree.Register):
            type_ = self.register_type(node)
            return Value(FinalLocal(node.thread, node.name, scalar(type_)), type_)
        offset, found = follow(self.cells[node.name], node.path, node.span)
        if not isinstance(found, (IntType, PointerType)):
            what = "a structure" if isinstance(found, StructType) else "an array"
            raise SyntaxError(f"'{node.name}' is {what}", node.span, "compare an element, or write a={1,2}")
        return Value(FinalMemory(node.name, offset, scalar(found)), found)

    def _address(self, node: tree.AddressOf) -> Value:
        place = node.location
        offset, type_ = follow(self.cells[place.name], place.path, node.span)
        return Value(Address(place.name, offset), PointerType(type_))

    # ── observables ──

    def observables(self, places: list[tree.Place]) -> tuple[Observable, ...]:
        """The values that states list: registers, then locations, arrays as a whole among them, then elements, each
        sorted, as herd7 does."""
        registers = sorted({(p.thread, p.name): p for p in places if isinstance(p, tree.Register)}.items())
        locations = {_label(p): p for p in places if isinstance(p, tree.Location)}
        whole = sorted((p.name, p) for p in locations.values() if not p.path)
        parts = [p for _, p in sorted((_order(p), p) for p in locations.values() if p.path)]
        found: dict[tuple[str, str], Observable] = {}
        for _, register in registers:
            label = f"{register.thread}:{register.name}"
            found["", label] = _observable(label, self._place(register))
        for location in [p for _, p in whole] + parts:
            for array, element in self._listed(location):
                label = _label(element)
                found.setdefault((array, label), _observable(label, self._place(element), array))
        return tuple(found.values())

    def _listed(self, location: tree.Location) -> list[tuple[str, tree.Location]]:
        """The single values of a location, each with the array of such values that it is listed with."""
        _, type_ = follow(self.cells[location.name], location.path, location.span)
        if isinstance(type_, ArrayType) and isinstance(type_.element, (IntType, PointerType)):
            return [(_label(location), element) for element in self.elements(location)]
        parts = [_part(location, step) for step in _steps(type_)]
        return [item for part in parts for item in self._listed(part)] if parts else [("", location)]


def _steps(type_: Type) -> list[int | str]:
    """The indices or field names that lead one level down."""
    if isinstance(type_, ArrayType):
        return list(range(type_.length))
    return [field.name for field in type_.fields] if isinstance(type_, StructType) else []


def _part(place: tree.Location, step: int | str) -> tree.Location:
    return tree.Location(place.name, (*place.path, step), place.span)


def _observable(label: str, value: Value, whole: str = "") -> Observable:
    assert isinstance(value.expression, (FinalLocal, FinalMemory))
    return Observable(label, value.expression, isinstance(value.type, PointerType), whole)


def _order(place: tree.Location) -> tuple[str, tuple[tuple[int, str], ...], int]:
    steps = ((step, "") if isinstance(step, int) else (0, step) for step in place.path)
    return place.name, tuple(steps), place.span.start


def _label(place: tree.Location) -> str:
    return place.name + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place.path)


def _wide(value: Value) -> Value:
    """Values are compared as mathematical integers: in 64 bits, where that is possible."""
    if isinstance(value.type, IntType) and value.type.width < LONG.width:
        return values.convert(value, LONG)
    return value


def _against_number(operator: Operator, left: Value, number: int, span: Span) -> Expression:
    """`left operator number`. A number that fits the width is taken in the type of the place, so that -1 is also
    what an unsigned place holds; one that does not fit is compared as it is."""
    into = scalar(left.type)
    fits = -(1 << (into.width - 1)) <= number < 1 << into.width
    if fits and operator in (Operator.EQ, Operator.NE):
        return Operation(operator, (left.expression, Constant(into.wrap(number), into)), BOOL, span)
    if LONG.wrap(number) != number:
        raise SyntaxError("this number is too large", span, "the widest integers here have 64 bits")
    wide = _wide(left)
    return Operation(operator, (wide.expression, Constant(number, scalar(wide.type))), BOOL, span)


def places(node: tree.Proposition) -> list[tree.Place]:
    """The registers and locations whose values a proposition mentions, in the order written."""
    match node:
        case tree.Truth():
            return []
        case tree.Negation():
            return places(node.operand)
        case tree.Connected():
            return places(node.left) + places(node.right)
        case tree.Comparison():
            right = [node.right] if isinstance(node.right, (tree.Register, tree.Location)) else []
            return [node.left, *right]


def addresses(node: tree.Proposition) -> list[tree.Location]:
    """The locations whose addresses a proposition mentions."""
    match node:
        case tree.Truth():
            return []
        case tree.Negation():
            return addresses(node.operand)
        case tree.Connected():
            return addresses(node.left) + addresses(node.right)
        case tree.Comparison():
            items = node.right.items if isinstance(node.right, tree.Values) else (node.right,)
            return [item.location for item in items if isinstance(item, tree.AddressOf)]


# ── herd7's spelling ─────────────────────────────────────────────────────────────────────────────

_NEEDS_PARENTHESES = {
    # (around, inside); what is not listed needs none
    (tree.Connective.IMPLIES, tree.Connective.OR),
    (tree.Connective.IMPLIES, tree.Connective.AND),
    (tree.Connective.AND, tree.Connective.OR),
    (tree.Connective.AND, tree.Connective.IMPLIES),
    (tree.Connective.OR, tree.Connective.IMPLIES),
}


def spell(condition: tree.Condition | None) -> str:
    """The condition as herd7 prints it after `Condition`."""
    if condition is None:
        return "forall (true)"
    return f"{condition.quantifier} ({_spell(condition.proposition, None)})"


def _spell(node: tree.Proposition, around: tree.Connective | None) -> str:
    match node:
        case tree.Truth():
            return "true" if node.value else "false"
        case tree.Negation():
            return f"not ({_spell(node.operand, None)})"
        case tree.Connected():
            here = node.connective
            text = f"{_spell(node.left, here)} {here.value} {_spell(node.right, here)}"
            return f"({text})" if (around, here) in _NEEDS_PARENTHESES else text
        case tree.Comparison():
            if node.operator == "!=":
                return f"not ({_atom(node, '=')})"
            return _atom(node, "=" if node.operator == "==" else node.operator)


def _atom(node: tree.Comparison, operator: str) -> str:
    whole = isinstance(node.right, tree.Values)
    left = node.left.name if whole and isinstance(node.left, tree.Location) else _spell_operand(node.left)
    return f"{left}{operator}{_spell_operand(node.right)}"


def _spell_operand(node: tree.Operand) -> str:
    match node:
        case tree.Register():
            return f"{node.thread}:{node.name}"
        case tree.Location():
            return _label(node) if node.path else f"[{node.name}]"
        case tree.AddressOf():
            return _label(node.location)
        case tree.Integer():
            return str(node.value)
        case tree.Values():
            return "{" + ",".join(map(_spell_operand, node.items)) + "}"
