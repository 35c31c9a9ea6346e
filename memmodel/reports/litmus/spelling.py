"""Expressions in, the text out that means the same to herd7.

An operator is spelled in the first way that gives the right result for all the values that its operands may have. An
address is a variable, a pointer, or so many bytes behind one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from memmodel.errors import Unsupported
from memmodel.program import ir
from memmodel.program.ir import Constant, Expression, Local, Operation, Operator
from memmodel.program.types import BOOL, LONG
from memmodel.records import replace
from memmodel.reports.litmus.knowledge import Known
from memmodel.reports.litmus.operators import MOST_SHIFTS, SIGNS, Text, agrees, always, number, ways_of
from memmodel.reports.litmus.places import WIDTH, Places, Variable
from memmodel.reports.litmus.spreads import Values
from memmodel.source import Span

MOST_PLACES = 16
"""That a pointer may point to from which a number is computed."""


class Speller:
    """Spells the expressions of one thread; `names` says what its locals are called."""

    def __init__(self, places: Places, names: dict[str, str], mention: Callable[[Variable], str]) -> None:
        self.places = places
        self.knowledge = places.knowledge
        self.names = names
        self.mention = mention
        self.read: dict[str, None] = {}
        """The names of the locals that are read somewhere."""
        self.succeeds: dict[str, Operation] = {}
        """Locals that hold whether an operation took place, where the program has in them what was there before."""

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────

    def value(self, node: Expression, known: Known, span: Span) -> Text:
        """A number or an address."""
        if self._is_address(node, known):
            return self.address(node, known, span)
        match node:
            case Constant():
                return Text(str(number(node.value)))
            case Local():
                if node.name in self.succeeds:
                    hint = "herd7's atomic_add_unless says only whether it did"
                    raise Unsupported("the value before an operation that may fail is used here", span, hint)
                return self._local(node.name)
            case Operation():
                succeeded = next((name for name, how in self.succeeds.items() if how == node), None)
                return Text(self.names[succeeded]) if succeeded else self._operation(node, known, span)
            case _:
                raise TypeError(f"{type(node).__name__} is no value of a thread")

    def _local(self, name: str) -> Text:
        self.read[self.names[name]] = None
        return Text(self.names[name])

    def condition(self, node: Expression, consulted: Iterable[Expression], known: Known, span: Span) -> Text:
        """The condition of an if, resting on what is consulted besides."""
        text = self.value(node, known, span)
        extra = [name for expression in consulted for name in locals_in(expression)]
        mentioned = set(locals_in(node))
        return self._resting(text, [name for name in dict.fromkeys(extra) if name not in mentioned], "|")

    def _resting(self, text: Text, names: list[str], operator: str) -> Text:
        """The same value, resting on some locals besides."""
        if not names:
            return text
        zeros = [f"({self.names[name]} != {self.names[name]})" for name in names]
        if text.text == "0":
            return Text(" + ".join(zeros), len(zeros) == 1)
        return Text(f"{text} {operator} {zeros[0] if len(zeros) == 1 else '(' + ' + '.join(zeros) + ')'}", False)

    def _is_address(self, node: Expression, known: Known) -> bool:
        return self.places.is_pointer(self.knowledge.values(node, known))

    def _operation(self, node: Operation, known: Known, span: Span) -> Text:
        span = node.span or span
        if node.operator is Operator.NOT and (simpler := negated(node.operands[0])) != node:
            return self.value(simpler, known, span)
        sets = [self.knowledge.values(operand, known) for operand in node.operands]
        if any(self.places.is_pointer(values) for values in sets):
            return self._of_addresses(node, sets, known, span)
        if node.operator is Operator.ITE:
            return self._choice(node, known, span)
        texts = [self.value(operand, known, span) for operand in node.operands]
        tried = self.knowledge.rows(node.operands, known)
        for place, (text, compute) in enumerate(ways_of(node, texts, sets)):
            if always(node, place == 0) if tried is None else all(agrees(node, compute, row) for row in tried):
                return text
        raise self._refused(node, sets, span)

    def _refused(self, node: Operation, sets: list[Values], span: Span) -> Unsupported:
        operator = node.operator.value
        if node.operator in (Operator.DIV, Operator.MOD) and any(0 in (values or (0,)) for values in sets[1:]):
            return Unsupported("a division that may be by zero", span, "herd7 has no faults: it would stop there")
        if node.operator in (Operator.SHL, Operator.SHR) and (sets[1] is None or len(sets[1]) > MOST_SHIFTS):
            return Unsupported("a shift by something that may be many numbers", span, "herd7 has no shifts")
        hint = "herd7 computes with signed integers of 32 bits"
        return Unsupported(f"'{operator}' of values that need more than 32 bits", span, hint)

    def _of_addresses(self, node: Operation, sets: list[Values], known: Known, span: Span) -> Text:
        """Addresses can be compared, with each other and with NULL."""
        fine = all(self.places.is_pointer(values) or values == frozenset((0,)) for values in sets)
        if node.operator not in (Operator.EQ, Operator.NE) or not fine:
            return self._tabled(node, known, span)
        first, second = (self.value(operand, known, span) for operand in node.operands)
        return Text(f"{first} {SIGNS[node.operator]} {second}", False)

    def _tabled(self, node: Operation, known: Known, span: Span) -> Text:
        """A number that is computed from pointers: what it is for each place that they may point to."""
        pointers = list(dict.fromkeys(_locals(node)))
        rows = self.knowledge.rows((*pointers, node), known)
        if rows is None or not 0 < len(rows) <= MOST_PLACES:
            hint = "it compares them with == and !="
            raise Unsupported("herd7 does not compute with addresses as numbers", span, hint)
        differing = [place for place in range(len(pointers)) if len({row[place] for row in rows}) > 1]
        parts = []
        for row in sorted(rows):
            tests = [f"({self.names[pointers[place].name]} == {self._held(row[place], span)})" for place in differing]
            if number(row[-1]):
                test = tests[0] if len(tests) == 1 else f"({' & '.join(tests)})"
                parts.append(f"{test} * {number(row[-1])}" if tests else str(number(row[-1])))
        mentioned = set(differing) if parts else set()
        rest = [pointer.name for place, pointer in enumerate(pointers) if place not in mentioned]
        return self._resting(
            Text(" + ".join(parts), len(parts) == 1 and not differing) if parts else Text("0"), rest, "+"
        )

    def _held(self, value: int, span: Span) -> Text:
        """One value of a pointer, or of a number."""
        return (
            self._constant(value, [], span) if self.places.pointers(frozenset((value,))) else Text(str(number(value)))
        )

    def _choice(self, node: Operation, known: Known, span: Span) -> Text:
        """`test ? then : otherwise`, all three of which the result rests on."""
        test, then, otherwise = node.operands
        if isinstance(test, Constant):
            taken, other = (then, otherwise) if test.value else (otherwise, then)
            mentioned = set(locals_in(taken))
            names = [name for name in locals_in(other) if name not in mentioned]
            return self._resting(self.value(taken, known, span), names, "+")
        decides = self.value(test, known, span)
        if isinstance(then, Constant) and isinstance(otherwise, Constant) and (then.value, otherwise.value) == (1, 0):
            return decides
        parts = []
        for factor, arm in ((f"{decides}", then), (f"(1 - {decides})", otherwise)):
            text = self.value(arm, known, span)
            if text.text != "0":
                parts.append(factor if text.text == "1" else f"{factor} * {text}")
        return Text(" + ".join(parts), False) if parts else Text("0")

    # ── addresses ────────────────────────────────────────────────────────────────────────────────

    def address(self, node: Expression, known: Known, span: Span) -> Text:
        """An address: a variable, a pointer, or an element of an array."""
        values = self.knowledge.values(node, known)
        if values is None:
            raise Unsupported("this access may be anywhere in memory", span, "index with a mask or a comparison")
        node = self.places.bare(node, known)
        if isinstance(node, Local):
            return self._local(node.name)
        base, terms = self.places.chain(node, known)
        ends = self.places.pointers(values)
        if len(ends) == 1:
            (end,) = ends
            return self._constant(end, list(dict.fromkeys(locals_in(node))), span)
        if isinstance(base, ir.Address) and ends:
            return self._element(ends, self.knowledge.addresses[base.object] + base.offset, None, terms, known, span)
        if isinstance(base, Local) and ends:
            return self._element(ends, 0, self.names[base.name], terms, known, span)
        raise Unsupported("herd7 does not compute addresses in this way", span, "an array and an index it does")

    def _constant(self, address: int, names: list[str], span: Span) -> Text:
        """The address of a variable, resting on some locals."""
        found = self.places.at(address)
        if found is None:
            raise Unsupported("the address of something that is no variable", span, "herd7 knows single variables")
        variable, index = found
        name = self.mention(variable)
        if not index and not names:
            return Text(name)
        offset = self._resting(Text(str(WIDTH * index)), names, "+")
        return Text(f"(void *){name} + {offset}", False)

    def _element(
        self,
        ends: frozenset[int],
        base: int,
        pointer: str | None,
        terms: Iterable[Expression],
        known: Known,
        span: Span,
    ) -> Text:
        """An address so many elements behind the start of an array, or behind a pointer into it."""
        variables = {self.places.variables[end] for end in ends if end in self.places.variables}
        if len(variables) != 1:
            raise Unsupported("this address may lie in several arrays", span, "herd7 knows no distance between them")
        (variable,) = variables
        constant = base - variable.start if pointer is None else 0
        parts: list[str] = []
        for term in terms:
            if isinstance(term, Constant):
                constant += LONG.wrap(term.value)
            else:
                parts.append(self._scaled(term, variable, known, span))
        if constant % variable.stride:
            raise Unsupported("an index that is computed in a way herd7 does not know", span)
        offset = constant // variable.stride * WIDTH
        if offset or not parts:
            parts.append(str(offset))
        start = pointer if pointer is not None else self.mention(variable)
        return Text(f"(void *){start} + {parts[0] if len(parts) == 1 else '(' + ' + '.join(parts) + ')'}", False)

    def _scaled(self, term: Expression, variable: Variable, known: Known, span: Span) -> str:
        """What is added to an address, in herd7's bytes."""
        stride = variable.stride
        if isinstance(term, Operation) and term.operator is Operator.MUL:
            factor = next((o.value for o in term.operands if isinstance(o, Constant)), None)
            rest = next((o for o in term.operands if not isinstance(o, Constant)), None)
            if factor is not None and rest is not None and factor % stride == 0:
                return f"{factor // stride * WIDTH} * {self.value(rest, known, span)}"
        if stride == WIDTH:
            return str(self.value(term, known, span))
        values = self.knowledge.values(term, known)
        if values is None or any(number(value) % stride for value in values):
            raise Unsupported("an index that is computed in a way herd7 does not know", span)
        text = self.value(term, known, span)
        if stride % WIDTH == 0:
            return f"{text} / {stride // WIDTH}"
        return f"{text} / {stride} * {WIDTH}"


_OPPOSITES = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
}


def negated(node: Expression) -> Expression:
    """The BOOL that holds where `node`, a BOOL, does not."""
    if isinstance(node, Operation) and node.operator is Operator.NOT:
        return node.operands[0]
    if isinstance(node, Operation) and node.operator in _OPPOSITES:
        return replace(node, operator=_OPPOSITES[node.operator])
    return Operation(Operator.NOT, (node,), BOOL)


def locals_in(node: Expression) -> list[str]:
    """The locals that an expression mentions, in order."""
    return [local.name for local in _locals(node)]


def _locals(node: Expression) -> list[Local]:
    if isinstance(node, Local):
        return [node]
    if isinstance(node, Operation):
        return [local for operand in node.operands for local in _locals(operand)]
    return []
