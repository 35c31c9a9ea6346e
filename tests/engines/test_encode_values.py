"""Values as cases and as bit-vectors mean what `terms.apply` says on integers."""

from __future__ import annotations

import itertools

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from memmodel.engines.encode_values import Encoded, Link, ValueEncoder
from memmodel.engines.literals import Literals
from memmodel.engines.solver import Solver
from memmodel.events.terms import Kind, Term, choice, evaluate, member, operation, truth
from memmodel.program.ir import Operator
from memmodel.program.types import BOOL, IntType

UNARY = (Operator.NEG, Operator.INVERT, Operator.CAST)
COMPARISONS = (Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE)
BINARY = (
    Operator.ADD,
    Operator.SUB,
    Operator.MUL,
    Operator.DIV,
    Operator.MOD,
    Operator.AND,
    Operator.OR,
    Operator.XOR,
    Operator.SHL,
    Operator.SHR,
)

types = st.builds(IntType, st.sampled_from((4, 8)), st.booleans())
operators = st.sampled_from((*UNARY, *BINARY, *COMPARISONS))


def build(operator: Operator, type_: IntType, result: IntType) -> tuple[Term, tuple[Term, Term]]:
    """An operator over two inputs that may each be any of a few telling values."""
    values = tuple(sorted({type_.wrap(v) for v in (-8, -1, 0, 1, 2, 3, 7, 12)}))
    inputs = (choice(0, values, type_), choice(1, values, type_))
    if operator in UNARY:
        return operation(operator, inputs[:1], result), inputs
    if operator in COMPARISONS:
        return operation(operator, inputs, BOOL), inputs
    return operation(operator, inputs, type_), inputs


class World:
    """A solver in which choices are cases (or bit-vectors, when `vectors`)."""

    def __init__(self, vectors: bool) -> None:
        self.literals = Literals()
        self.link = Link()
        self.vectors = vectors
        self.values = ValueEncoder(self.literals, self.link, self.leaf)
        self.solver = Solver(self.literals, self.link, None)

    def leaf(self, term: Term) -> Encoded:
        number, values = term.choice
        if self.vectors:
            vector = z3.BitVec(f"c{number}", term.type.width)
            self.link.assertions.append(z3.Or([vector == z3.BitVecVal(v, term.type.width) for v in values]))
            return vector
        cases = {value: self.literals.fresh() for value in values}
        self.literals.clause(cases.values())
        self.literals.at_most_one(list(cases.values()))
        return cases


@pytest.mark.parametrize("vectors", [False, True])
@settings(max_examples=40, deadline=None)
@given(operators, types, types)
def test_an_encoded_operator_agrees_with_the_integers(
    vectors: bool, operator: Operator, type_: IntType, result: IntType
) -> None:
    term, inputs = build(operator, type_, result)
    world = World(vectors)
    for first, second in itertools.product(inputs[0].choice[1][::2], inputs[1].choice[1][1::2]):
        chosen = {0: first, 1: second}
        expected = evaluate(term, lambda leaf, chosen=chosen: chosen[leaf.choice[0]], {})
        given_inputs = [world.values.equals(t, chosen[t.choice[0]]) for t in inputs if t in term.support]
        right = world.values.equals(term, expected)
        assert world.solver.check([*given_inputs, right]), (operator, first, second, expected)
        assert not world.solver.check([*given_inputs, -right]), (operator, first, second, expected)


@pytest.mark.parametrize("vectors", [False, True])
def test_membership_is_decided_by_the_value(vectors: bool) -> None:
    source = choice(0, (0, 1, 2, 3), IntType(8, False))
    world = World(vectors)
    inside = world.values.literal(member(source, frozenset((1, 3))))
    for value in source.choice[1]:
        fixed = world.values.equals(source, value)
        assert world.solver.check([fixed, inside]) == (value in (1, 3))
        assert world.solver.check([fixed, -inside]) == (value not in (1, 3))


@pytest.mark.parametrize("vectors", [False, True])
def test_a_conditional_takes_the_arm_of_its_test(vectors: bool) -> None:
    type_ = IntType(8, True)
    test, yes = choice(0, (0, 5), type_), choice(1, (-3, 4), type_)
    term = operation(Operator.ITE, (truth(test), yes, test), type_)
    world = World(vectors)
    taken = world.values.equals(term, -3)
    assert world.solver.check([taken, world.values.equals(test, 5)])
    assert not world.solver.check([taken, world.values.equals(test, 0)])
    assert term.kind is Kind.OPERATION
