"""A condition over final values in, its text in a litmus test out: places compared with numbers and each other."""

from __future__ import annotations

from itertools import product
from math import prod

from memmodel.errors import Unsupported
from memmodel.program import arithmetic
from memmodel.program.ir import Address, Constant, Expression, FinalLocal, FinalMemory, Operation, Operator
from memmodel.program.types import INT
from memmodel.reports.litmus.operators import number
from memmodel.reports.litmus.places import Places, Variable
from memmodel.source import Span

Leaf = FinalLocal | FinalMemory

_TRUE, _FALSE = "true", "false"

MOST_ROWS = 60_000
LONGEST = 60_000
"""Of the text of a condition."""


class Conditions:
    """Spells conditions; `names` gives each thread's names of locals. `variables` are those that were mentioned."""

    def __init__(self, places: Places, names: list[dict[str, str]], span: Span) -> None:
        self.places = places
        self.knowledge = places.knowledge
        self.names = names
        self.span = span
        self.variables: dict[Variable, None] = {}
        self.labels: set[str] = set()
        """The final values that were mentioned."""

    def label(self, leaf: Leaf) -> str:
        """What a final value is called."""
        label = self._label(leaf)
        self.labels.add(label)
        return label

    def _label(self, leaf: Leaf) -> str:
        if isinstance(leaf, FinalLocal):
            return f"{leaf.thread}:{self.names[leaf.thread].get(leaf.name, leaf.name)}"
        found = self.places.at(self.knowledge.addresses[leaf.object] + leaf.offset)
        if found is None:
            raise Unsupported(f"the final value of a part of '{leaf.object}' that is no variable", self.span)
        variable, index = found
        self.variables[variable] = None
        return f"{variable.name}[{index}]" if variable.array else variable.name

    def whole(self, leaf: FinalMemory) -> str | None:
        """The array of which a final value is an element, if it is one."""
        found = self.places.at(self.knowledge.addresses[leaf.object] + leaf.offset)
        if found is None or not found[0].array:
            return None
        self.variables[found[0]] = None
        return found[0].name

    # ── propositions ─────────────────────────────────────────────────────────────────────────────

    def spell(self, node: Expression) -> str:
        """A BOOL as a proposition."""
        return _outer(self._spell(node))

    def _spell(self, node: Expression) -> str:
        if isinstance(node, Constant):
            return _TRUE if node.value else _FALSE
        if isinstance(node, (FinalLocal, FinalMemory)):
            if node.type.width == 1:
                return f"{self.label(node)}=1"
            return f"~({self.label(node)}=0)"
        if not isinstance(node, Operation):
            raise TypeError(f"{type(node).__name__} is no proposition")
        match node.operator:
            case Operator.LAND:
                return _joined(" /\\ ", [self._spell(operand) for operand in node.operands], _TRUE, _FALSE)
            case Operator.LOR:
                return _joined(" \\/ ", [self._spell(operand) for operand in node.operands], _FALSE, _TRUE)
            case Operator.NOT:
                return _not(self._spell(node.operands[0]))
            case Operator.EQ:
                return self._equality(node) or self._listed(node)
            case Operator.NE:
                equal = self._equality(node)
                return _not(equal) if equal is not None else self._listed(node)
            case _:
                return self._listed(node)

    def _equality(self, node: Operation) -> str | None:
        """Places compared with numbers, addresses and other places; None for what has to be listed."""
        first, second = (_bare(operand) for operand in node.operands)
        if isinstance(first, (Constant, Address)):
            first, second = second, first
        if not isinstance(first, (FinalLocal, FinalMemory)):
            return None
        if isinstance(second, Address):
            return f"{self.label(first)}={self._address(second)}"
        if isinstance(second, Constant):
            # Compared in a wider type, a number may be one that the place cannot hold.
            fits = first.type.wrap(second.value) == second.value
            return f"{self.label(first)}={number(second.value)}" if fits else _FALSE
        if not isinstance(second, (FinalLocal, FinalMemory)) or first.type != second.type:
            return None
        if first.type.width > INT.width and not self.places.is_pointer(self.knowledge.final(first)):
            return None
        return f"{self.label(first)}={self.label(second)}"

    def _address(self, node: Address) -> str:
        found = self.places.at(self.knowledge.addresses[node.object] + node.offset)
        if found is None or found[1]:
            raise Unsupported("a condition that names the address of an element", self.span, "herd7 cannot write it")
        self.variables[found[0]] = None
        return found[0].name

    def _listed(self, node: Operation) -> str:
        """Any other comparison: the final values that make it true, place by place."""
        leaves = _leaves(node)
        sets = [self.knowledge.final(leaf) for leaf in leaves]
        known = [sorted(values) for values in sets if values is not None]
        if len(known) < len(sets) or prod(map(len, known)) > MOST_ROWS:
            raise self._too_many(node)
        order = sorted(range(len(leaves)), key=lambda place: len(known[place]))
        leaves, known = [leaves[place] for place in order], [known[place] for place in order]
        addresses = self.knowledge.addresses
        table = [bool(_evaluated(node, dict(zip(leaves, row, strict=True)), addresses, {})) for row in product(*known)]
        text = self._table(leaves, known, table)
        if len(text) > LONGEST:
            raise self._too_many(node)
        return text

    def _too_many(self, node: Operation) -> Unsupported:
        hint = "herd7's conditions only compare for equality"
        return Unsupported("a condition on values too many to list", _span(node) or self.span, hint)

    def _table(self, leaves: list[Leaf], known: list[list[int]], table: list[bool]) -> str:
        """What `table`, which has a row for each combination of values, says: the last leaf changes fastest."""
        if all(table) or not any(table):
            return _TRUE if table[0] else _FALSE
        size = len(table) // len(known[0])
        rests: dict[tuple[bool, ...], list[int]] = {}
        for place, value in enumerate(known[0]):
            rests.setdefault(tuple(table[place * size : (place + 1) * size]), []).append(value)
        if len(rests) == 1:
            return self._table(leaves[1:], known[1:], table[:size])
        ways = []
        for rest, values in rests.items():
            inner = self._table(leaves[1:], known[1:], list(rest))
            ways.append(_joined(" /\\ ", [self._among(leaves[0], values, known[0]), inner], _TRUE, _FALSE))
        return _joined(" \\/ ", ways, _FALSE, _TRUE)

    def _among(self, leaf: Leaf, values: list[int], known: list[int]) -> str:
        """That a place holds one of `values`, of all those `known` that it may hold."""
        others = [value for value in known if value not in values]
        if len(others) < len(values):
            return _not(self._among(leaf, others, known))
        return _joined(" \\/ ", [f"{self.label(leaf)}={self._value(value)}" for value in values], _FALSE, _TRUE)

    def _value(self, value: int) -> str:
        if not self.places.pointers(frozenset((value,))):
            return str(number(value))
        item = self.places.object_of(value)
        return self._address(Address(item.name, value - self.knowledge.addresses[item.name]))


def _bare(node: Expression) -> Expression:
    """`node` without a cast that changes no value."""
    while isinstance(node, Operation) and node.operator is Operator.CAST:
        inner = node.operands[0]
        wider = node.type.width > inner.type.width and (node.type.signed or not inner.type.signed)
        if not wider:
            break
        node = inner
    return node


def _leaves(node: Expression) -> list[Leaf]:
    """The final values in an expression, each once, in order."""
    found: dict[Leaf, None] = {}
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        top = waiting.pop()
        if isinstance(top, (FinalLocal, FinalMemory)):
            found[top] = None
        elif isinstance(top, Operation) and id(top) not in seen:
            seen.add(id(top))
            waiting.extend(reversed(top.operands))
    return list(found)


def _span(node: Expression) -> Span | None:
    """Where an expression stands, or the first part of it that says."""
    while isinstance(node, Operation):
        if node.span is not None:
            return node.span
        node = next((operand for operand in node.operands if isinstance(operand, Operation)), node.operands[0])
    return None


def _evaluated(node: Expression, row: dict[Leaf, int], addresses: dict[str, int], memo: dict[int, int]) -> int:
    """The value of an expression, parts of which may be shared; `memo` is filled by their identity."""
    known = memo.get(id(node))
    if known is not None:
        return known
    match node:
        case Constant():
            return node.value
        case Address():
            return addresses[node.object] + node.offset
        case FinalLocal() | FinalMemory():
            return row[node]
        case Operation():
            operands = tuple(_evaluated(operand, row, addresses, memo) for operand in node.operands)
            try:
                memo[id(node)] = arithmetic.apply(node.operator, operands, node.type)
            except arithmetic.DivisionByZero:
                memo[id(node)] = 0
            return memo[id(node)]
        case _:
            raise TypeError(f"{type(node).__name__} has no value of its own")


def _joined(operator: str, parts: list[str], neutral: str, absorbing: str) -> str:
    """`parts` with a connective between them, in parentheses if there are several."""
    if absorbing in parts:
        return absorbing
    parts = [part for part in dict.fromkeys(parts) if part != neutral]
    if not parts:
        return neutral
    return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"


def _not(text: str) -> str:
    if text in (_TRUE, _FALSE):
        return _FALSE if text == _TRUE else _TRUE
    return f"~{text}" if text.startswith("(") else f"~({text})"


def _outer(text: str) -> str:
    """`text` without parentheses around the whole."""
    if not text.startswith("("):
        return text
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[1:-1] if place == len(text) - 1 else text
    return text
