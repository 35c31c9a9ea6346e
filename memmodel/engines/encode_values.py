"""Terms to literals: a value is the list of constants it can be, each with the literal that says so.

Where a value has too many possibilities it becomes a Z3 bit-vector instead; the two meet in `literal` (a
condition) and `bits` (a vector from cases).
"""

from __future__ import annotations

from collections.abc import Callable

import z3

from memmodel.engines.literals import FALSE, TRUE, Literals
from memmodel.engines.ranges import LIMIT, PRODUCT_LIMIT
from memmodel.events.terms import DivisionByZero, Kind, Term, apply, fold
from memmodel.program.ir import Operator
from memmodel.program.types import IntType
from memmodel.records import dataclass, field

Cases = dict[int, int]
"""Possible value to literal; exactly one of the literals holds."""

Encoded = Cases | z3.BitVecRef


@dataclass
class Link:
    """The Z3 names of literals, and the assertions that are not clauses: they tie bit-vectors to literals."""

    assertions: list[z3.BoolRef] = field(default_factory=list)
    _names: dict[int, z3.BoolRef] = field(default_factory=dict)

    def name(self, literal: int) -> z3.BoolRef:
        """The Z3 formula that is `literal`."""
        known = self._names.get(literal)
        if known is None:
            if literal > 0:
                known = z3.Bool(f"v{literal}")
            else:
                known = z3.Not(self.name(-literal))
            self._names[literal] = known
        return known


class ValueEncoder:
    """Encodes terms; `leaf` encodes READ, CHOICE and FINAL terms."""

    def __init__(self, literals: Literals, link: Link, leaf: Callable[[Term], Encoded]) -> None:
        self._literals = literals
        self._link = link
        self._leaf = leaf
        self._memo: dict[Term, Encoded] = {}

    def encode(self, term: Term) -> Encoded:
        return fold(term, self._memo, self._encode)

    def literal(self, term: Term) -> int:
        """The literal that says that a BOOL term is 1."""
        cases = self.encode(term)
        assert isinstance(cases, dict), "a BOOL is always in cases"
        return cases.get(1, FALSE)

    def cases(self, term: Term) -> Cases | None:
        encoded = self.encode(term)
        return encoded if isinstance(encoded, dict) else None

    def equals(self, term: Term, value: int) -> int:
        """The literal that says that `term` is `value`."""
        encoded = self.encode(term)
        if isinstance(encoded, dict):
            return encoded.get(value, FALSE)
        return self._tied(encoded == z3.BitVecVal(value, term.type.width))

    def same(self, first: Term, second: Term) -> int:
        """The literal that says that two terms are the same integer."""
        left, right = self.cases(first), self.cases(second)
        if left is not None and right is not None:
            common = sorted(left.keys() & right.keys())
            return self._literals.disjunction(self._literals.conjunction((left[v], right[v])) for v in common)
        operands = [(self.bits(first), first.type), (self.bits(second), second.type)]
        equal = _vector_operation(Operator.EQ, operands, 1)
        assert isinstance(equal, z3.BoolRef)
        return self._tied(equal)

    def _encode(self, term: Term) -> Encoded:
        if term.kind is Kind.CONSTANT:
            return {term.number: TRUE}
        if not term.operands:
            return self._leaf(term)
        operands = [self._memo[o] for o in term.operands]
        if isinstance(term.payload, frozenset):
            return self._member(term.operands[0], operands[0], term.payload)
        assert isinstance(term.payload, Operator)
        if term.type.width == 1 and all(o.type.width == 1 for o in term.operands):
            logical = self._logical(term.payload, operands)
            if logical is not None:
                return _truth(logical)
        if all(isinstance(o, dict) for o in operands):
            result = self._by_cases(term, term.payload, [o for o in operands if isinstance(o, dict)])
            if result is not None:
                return result
        return self._by_bits(term, term.payload)

    def _member(self, operand: Term, encoded: Encoded, values: frozenset[int]) -> Cases:
        if isinstance(encoded, dict):
            return _truth(self._literals.disjunction(lit for value, lit in encoded.items() if value in values))
        tests = [encoded == z3.BitVecVal(value, operand.type.width) for value in sorted(values)]
        return _truth(self._tied(z3.Or(tests)))

    def _logical(self, operator: Operator, operands: list[Encoded]) -> int | None:
        """Conjunction, disjunction and negation of BOOLs, directly."""
        tests = [o.get(1, FALSE) for o in operands if isinstance(o, dict)]
        match operator:
            case Operator.LAND | Operator.AND:
                return self._literals.conjunction(tests)
            case Operator.LOR | Operator.OR:
                return self._literals.disjunction(tests)
            case Operator.NOT:
                return -tests[0]
        return None

    def _by_cases(self, term: Term, operator: Operator, operands: list[Cases]) -> Cases | None:
        """All combinations of the operands' values; None if they or the results are too many."""
        literals = self._literals
        if operator is Operator.ITE:
            yes = literals.disjunction(lit for value, lit in operands[0].items() if value)
            groups: dict[int, list[int]] = {}
            for test, cases in ((yes, operands[1]), (-yes, operands[2])):
                for value, lit in cases.items():
                    groups.setdefault(term.type.wrap(value), []).append(literals.conjunction((test, lit)))
            return self._merge(groups)
        if operator in (Operator.EQ, Operator.NE) and len(operands) == 2:
            common = operands[0].keys() & operands[1].keys()
            equal = literals.disjunction(literals.conjunction((operands[0][v], operands[1][v])) for v in sorted(common))
            return _truth(equal if operator is Operator.EQ else -equal)
        combinations = 1
        for cases in operands:
            combinations *= len(cases)
        if combinations > PRODUCT_LIMIT:
            return None
        groups = {}
        chosen: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), ())]
        for cases in operands:
            chosen = [((*vs, v), (*ls, lit)) for vs, ls in chosen for v, lit in cases.items()]
        for values, lits in chosen:
            try:
                result = apply(operator, values, term.type)
            except DivisionByZero:
                result = 0
            groups.setdefault(result, []).append(literals.conjunction(lits))
        if len(groups) > LIMIT:
            return None
        return self._merge(groups)

    def _merge(self, groups: dict[int, list[int]]) -> Cases:
        merged = {value: self._literals.disjunction(lits) for value, lits in groups.items()}
        return {value: lit for value, lit in merged.items() if lit != FALSE}

    # ── bit-vectors ──────────────────────────────────────────────────────────────────────────────

    def bits(self, term: Term) -> z3.BitVecRef:
        """The value as a bit-vector of the term's width."""
        encoded = self.encode(term)
        return self.vector(encoded, term.type.width)

    def vector(self, encoded: Encoded, width: int) -> z3.BitVecRef:
        if not isinstance(encoded, dict):
            return encoded
        result: z3.BitVecRef | None = None
        for value, lit in encoded.items():
            constant = z3.BitVecVal(value, width)
            result = constant if result is None else z3.If(self._link.name(lit), constant, result)
        return result if result is not None else z3.BitVecVal(0, width)

    def _tied(self, formula: z3.BoolRef) -> int:
        """A literal that equals a Z3 formula."""
        literal = self._literals.fresh()
        self._link.assertions.append(self._link.name(literal) == formula)
        return literal

    def _by_bits(self, term: Term, operator: Operator) -> Encoded:
        width = term.type.width
        operands = [(self.bits(o), o.type) for o in term.operands]
        if operator is Operator.ITE:
            test = self._nonzero(operands[0][0])
            return z3.If(test, _resize(*operands[1], width), _resize(*operands[2], width))
        result = _vector_operation(operator, operands, width)
        if isinstance(result, z3.BoolRef):
            truth = self._tied(result)
            return _truth(truth)
        return result

    def _nonzero(self, bits: z3.BitVecRef) -> z3.BoolRef:
        return bits != z3.BitVecVal(0, bits.size())


def _truth(literal: int) -> Cases:
    if literal == TRUE:
        return {1: TRUE}
    if literal == FALSE:
        return {0: TRUE}
    return {1: literal, 0: -literal}


def _resize(bits: z3.BitVecRef, type_: IntType, width: int) -> z3.BitVecRef:
    """The value, of type `type_`, in `width` bits."""
    size = bits.size()
    if size == width:
        return bits
    if size > width:
        return z3.Extract(width - 1, 0, bits)
    return z3.SignExt(width - size, bits) if type_.signed else z3.ZeroExt(width - size, bits)


def _vector_operation(
    operator: Operator, operands: list[tuple[z3.BitVecRef, IntType]], width: int
) -> z3.BitVecRef | z3.BoolRef:
    """The operator on bit-vectors, as `terms.apply` defines it on integers. Comparisons give a formula."""
    same = [_resize(bits, type_, width) for bits, type_ in operands]
    match operator:
        case Operator.CAST:
            return same[0]
        case Operator.NEG:
            return -same[0]
        case Operator.INVERT:
            return ~same[0]
        case Operator.ADD:
            return same[0] + same[1]
        case Operator.SUB:
            return same[0] - same[1]
        case Operator.MUL:
            return same[0] * same[1]
        case Operator.AND:
            return same[0] & same[1]
        case Operator.OR:
            return same[0] | same[1]
        case Operator.XOR:
            return same[0] ^ same[1]
    # What is left looks at the operands' true values: widen both so that no sign is lost.
    wide = max(bits.size() for bits, _ in operands) + 1
    first, *rest = (_resize(bits, type_, max(wide, width + 1)) for bits, type_ in operands)
    zero = z3.BitVecVal(0, first.size())
    second = rest[0] if rest else zero
    match operator:
        case Operator.SHL | Operator.SHR:
            count = z3.URem(second, z3.BitVecVal(width, first.size())) if width & (width - 1) else second & (width - 1)
            shifted = first << count if operator is Operator.SHL else first >> count
            return z3.Extract(width - 1, 0, shifted)
        case Operator.DIV:
            return z3.Extract(width - 1, 0, z3.If(second == zero, zero, first / second))
        case Operator.MOD:
            return z3.Extract(width - 1, 0, z3.If(second == zero, zero, z3.SRem(first, second)))
        case Operator.EQ:
            return first == second
        case Operator.NE:
            return first != second
        case Operator.LT:
            return first < second
        case Operator.LE:
            return first <= second
        case Operator.GT:
            return first > second
        case Operator.GE:
            return first >= second
        case Operator.NOT:
            return first == zero
        case Operator.LAND:
            return z3.And(first != zero, second != zero)
        case Operator.LOR:
            return z3.Or(first != zero, second != zero)
    raise AssertionError(operator)
