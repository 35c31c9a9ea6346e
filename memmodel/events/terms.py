"""Values as terms over what reads return: hash-consed, folded as they are built."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from enum import Enum
from typing import TypeVar

from memmodel.program.arithmetic import DivisionByZero as DivisionByZero
from memmodel.program.arithmetic import apply as apply
from memmodel.program.ir import Operator
from memmodel.program.types import BOOL, IntType
from memmodel.records import dataclass, field

Result = TypeVar("Result")


class Kind(Enum):
    CONSTANT = "constant"
    READ = "read"
    """The value that a read event returns; `payload` is the event's number."""
    CHOICE = "choice"
    """A value that nothing determines; `payload` is (number, the possible values)."""
    FINAL = "final"
    """What a cell holds at the end; `payload` is the cell's address."""
    OPERATION = "operation"
    """`payload` is the Operator."""
    MEMBER = "member"
    """1 if the operand is one of `payload`, a frozenset of ints, else 0."""


@dataclass(frozen=True, eq=False)
class Term:
    """A value of type `type`. Equal terms are the same object: build them with the functions below.

    `support` holds the READ, CHOICE and FINAL terms that it mentions.
    """

    kind: Kind
    type: IntType
    payload: object
    operands: tuple[Term, ...] = ()
    support: frozenset[Term] = field(default=frozenset(), repr=False)

    @property
    def value(self) -> int | None:
        """The constant that this term is, if it is one."""
        return self.number if self.kind is Kind.CONSTANT else None

    @property
    def number(self) -> int:
        """The payload of a CONSTANT (its value), READ (its event) or FINAL (its address)."""
        assert isinstance(self.payload, int)
        return self.payload

    @property
    def choice(self) -> tuple[int, tuple[int, ...]]:
        """The payload of a CHOICE: its number and its possible values."""
        assert isinstance(self.payload, tuple)
        return self.payload


_table: dict[tuple[object, ...], Term] = {}


def _make(kind: Kind, type_: IntType, payload: object, operands: tuple[Term, ...] = ()) -> Term:
    key = (kind, type_, payload, operands)
    term = _table.get(key)
    if term is None:
        term = Term(kind, type_, payload, operands)
        if kind in (Kind.READ, Kind.CHOICE, Kind.FINAL):
            object.__setattr__(term, "support", frozenset((term,)))
        elif operands:
            object.__setattr__(term, "support", _support(operands))
        _table[key] = term
        if len(_table) > _limit:
            raise TooManyTerms
    return term


def _support(operands: tuple[Term, ...]) -> frozenset[Term]:
    """What the operands mention together: the set of one of them, where it has all that the others have."""
    largest = max((o.support for o in operands), key=len)
    if all(o.support is largest or o.support <= largest for o in operands):
        return largest
    return frozenset().union(*(o.support for o in operands))


class TooManyTerms(Exception):
    """More terms than `forget` allowed."""


_limit = sys.maxsize


def forget(most: int | None = None) -> None:
    """Drop the table of terms: between two programs, so that memory does not grow. `most`: where there are more terms
    of the next one, TooManyTerms is raised."""
    global _limit
    _limit = sys.maxsize if most is None else most
    _table.clear()
    _table[(Kind.CONSTANT, BOOL, 1, ())] = TRUE
    _table[(Kind.CONSTANT, BOOL, 0, ())] = FALSE


def unlimited() -> None:
    """No longer count terms."""
    global _limit
    _limit = sys.maxsize


def constant(value: int, type_: IntType) -> Term:
    return _make(Kind.CONSTANT, type_, type_.wrap(value))


def read(event: int, type_: IntType) -> Term:
    return _make(Kind.READ, type_, event)


def choice(number: int, values: tuple[int, ...], type_: IntType) -> Term:
    return _make(Kind.CHOICE, type_, (number, values))


def final(address: int, type_: IntType) -> Term:
    return _make(Kind.FINAL, type_, address)


def operation(operator: Operator, operands: tuple[Term, ...], type_: IntType) -> Term:
    """The operator applied; constants are folded. A division by a constant zero yields 0: the fault
    is the unroller's to report."""
    values = tuple(o.number for o in operands if o.kind is Kind.CONSTANT)
    if len(values) == len(operands):
        try:
            return constant(apply(operator, values, type_), type_)
        except DivisionByZero:
            return constant(0, type_)
    if operator is Operator.ITE:
        test, yes, no = operands
        if test.kind is Kind.CONSTANT:
            return yes if test.payload else no
        if yes is no:
            return yes
    if operator is Operator.CAST and operands[0].type == type_:
        return operands[0]
    return _make(Kind.OPERATION, type_, operator, operands)


def truth(term: Term) -> Term:
    """`term` != 0 as a BOOL."""
    if term.type == BOOL:
        return term
    return operation(Operator.NE, (term, constant(0, term.type)), BOOL)


TRUE = constant(1, BOOL)
FALSE = constant(0, BOOL)


def negate(term: Term) -> Term:
    """Not `term`, a BOOL."""
    if term is TRUE:
        return FALSE
    if term is FALSE:
        return TRUE
    if term.kind is Kind.OPERATION and term.payload is Operator.NOT:
        return term.operands[0]
    return operation(Operator.NOT, (term,), BOOL)


def both(first: Term, second: Term) -> Term:
    """Conjunction of two BOOLs."""
    if first is FALSE or second is FALSE or first is negate(second):
        return FALSE
    if first is TRUE or first is second:
        return second
    if second is TRUE:
        return first
    return operation(Operator.LAND, (first, second), BOOL)


def either(first: Term, second: Term) -> Term:
    """Disjunction of two BOOLs."""
    if first is TRUE or second is TRUE or first is negate(second):
        return TRUE
    if first is FALSE or first is second:
        return second
    if second is FALSE:
        return first
    return operation(Operator.LOR, (first, second), BOOL)


def conjunction(terms: Iterable[Term]) -> Term:
    result = TRUE
    for term in terms:
        result = both(result, term)
    return result


def member(term: Term, values: frozenset[int]) -> Term:
    """Whether `term` is one of `values`, as a BOOL."""
    if term.kind is Kind.CONSTANT:
        return TRUE if term.payload in values else FALSE
    if not values:
        return FALSE
    return _make(Kind.MEMBER, BOOL, values, (term,))


def evaluate(
    term: Term,
    leaf: Callable[[Term], int],
    memo: dict[Term, int],
    decide: Callable[[Term], int | None] | None = None,
) -> int:
    """The value of `term` where `leaf` gives that of each READ, CHOICE and FINAL.

    Division by zero gives 0 (such an execution has faulted). Of an ITE only the arm taken is looked at. `memo` is
    filled and may be shared between calls. `decide`, where given, may answer for an ITE's test without its being
    evaluated.
    """
    known = memo.get(term)
    if known is not None:
        return known
    stack = [term]
    while stack:
        top = stack[-1]
        if top in memo:
            stack.pop()
        elif top.kind is Kind.CONSTANT:
            memo[top] = top.number
        elif not top.operands:
            memo[top] = leaf(top)
        else:
            needed = top.operands
            if top.payload is Operator.ITE:
                if decide is not None and needed[0] not in memo and (known := decide(needed[0])) is not None:
                    memo[needed[0]] = known
                test = memo.get(needed[0])
                needed = needed[:1] if test is None else (needed[0], needed[1 if test else 2])
            missing = [o for o in needed if o not in memo]
            if missing:
                stack.extend(missing)
            else:
                memo[top] = _combine(top, memo)
    return memo[term]


def _operands(term: Term) -> tuple[Term, ...]:
    return term.operands


def fold(
    term: Term,
    memo: dict[Term, Result],
    compute: Callable[[Term], Result],
    below: Callable[[Term], tuple[Term, ...]] = _operands,
) -> Result:
    """`compute` of every term below, operands first, and of `term` itself last; `memo` holds what is known already
    and is filled, so that `compute` finds its operands there. `below` says which operands matter."""
    stack = [term]
    while stack:
        top = stack[-1]
        if top in memo:
            stack.pop()
            continue
        missing = [o for o in below(top) if o not in memo]
        if missing:
            stack.extend(missing)
            continue
        memo[top] = compute(top)
        stack.pop()
    return memo[term]


def _combine(term: Term, memo: dict[Term, int]) -> int:
    """The value of a term whose needed operands are known (of an ITE: the test and the arm it takes)."""
    payload = term.payload
    if isinstance(payload, frozenset):
        return int(memo[term.operands[0]] in payload)
    assert isinstance(payload, Operator)
    if payload is Operator.ITE:
        test, yes, no = term.operands
        return term.type.wrap(memo[yes if memo[test] else no])
    try:
        return apply(payload, tuple(memo[o] for o in term.operands), term.type)
    except DivisionByZero:
        return 0
