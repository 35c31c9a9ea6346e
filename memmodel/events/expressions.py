"""Expressions of the program become terms, with the reads that they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from memmodel.events.dependencies import Local, union
from memmodel.events.terms import TRUE, Kind, Term, both, constant, final, negate, operation
from memmodel.program import ir
from memmodel.program.ir import Operator
from memmodel.program.types import BOOL, IntType
from memmodel.records import dataclass

DivisionCheck = Callable[[Term], None]
"""Told of each division: BOOL, it is evaluated and its divisor is zero."""


def evaluate(
    expression: ir.Expression,
    values: Mapping[str, Local],
    addresses: Mapping[str, int],
    check: DivisionCheck | None = None,
    reached: Term = TRUE,
) -> Local:
    """`expression` where locals hold `values`. `reached` says where C would evaluate it at all: the operands of
    &&, || and ?: that C skips cannot divide by zero."""
    match expression:
        case ir.Constant(value, type_):
            return Local(constant(value, type_))
        case ir.Address(name, offset, type_):
            return Local(constant(addresses[name] + offset, type_))
        case ir.Local(name, type_):
            held = values.get(name)
            if held is None:
                return Local(constant(0, type_))
            return held if held.term.type == type_ else Local(converted(held.term, type_), held.data, held.control)
        case ir.Operation(operator, operands, type_):
            parts: list[Local] = []
            for operand in operands:
                inner = both(reached, _condition(operator, parts)) if check is not None else TRUE
                parts.append(evaluate(operand, values, addresses, check, inner))
            terms = tuple(part.term for part in parts)
            if check is not None and operator in (Operator.DIV, Operator.MOD):
                zero = operation(Operator.EQ, (terms[1], constant(0, terms[1].type)), BOOL)
                check(both(reached, zero))
            return Local(
                _operation(operator, terms, type_),
                union(*(part.data for part in parts)),
                union(*(part.control for part in parts)),
            )
        case ir.FinalLocal(thread, name, type_):
            return evaluate(ir.Local(at_end(thread, name), type_), values, addresses)
        case _:
            raise TypeError(f"{type(expression).__name__} stands in conditions only")


def at_end(thread: int, name: str) -> str:
    """What the final value of a thread's local is called among the locals of what runs after all threads."""
    return f"{thread}:{name}"


def _condition(operator: Operator, before: list[Local]) -> Term:
    """When C evaluates the next operand, given those `before` it."""
    if not before or operator not in (Operator.LAND, Operator.LOR, Operator.ITE):
        return TRUE
    first = as_condition(before[0].term)
    if operator is Operator.LAND or (operator is Operator.ITE and len(before) == 1):
        return first
    return negate(first)


def _operation(operator: Operator, terms: tuple[Term, ...], type_: IntType) -> Term:
    """The operator's term; both values of an ITE in the result's type. Applied to constants and to one value that is
    either of two constants, the operator goes inside: tests of flags then are the condition that set the flag."""
    if operator is Operator.ITE:
        arms = (converted(term, type_) for term in terms[1:])
        return operation(operator, (as_condition(terms[0]), *arms), type_)
    varied = [position for position, term in enumerate(terms) if term.value is None]
    if len(varied) == 1 and (split := _alternatives(terms[varied[0]])) is not None:
        test, *values = split
        position = varied[0]
        first, second = (
            operation(operator, (*terms[:position], value, *terms[position + 1 :]), type_) for value in values
        )
        if type_ == BOOL and first is not second:
            return test if first is TRUE else negate(test)
        if first is second or terms[position].payload is Operator.ITE:
            return operation(Operator.ITE, (test, first, second), type_)
    return operation(operator, terms, type_)


def _alternatives(term: Term) -> tuple[Term, Term, Term] | None:
    """`term` as a test and the two constants between which it decides, if it is that."""
    if term.kind is not Kind.OPERATION:
        return None
    if term.payload is Operator.ITE:
        test, first, second = term.operands
        return (test, first, second) if first.value is not None and second.value is not None else None
    if term.payload is Operator.CAST and term.operands[0].type == BOOL:
        return term.operands[0], constant(1, term.type), constant(0, term.type)
    return None


def converted(term: Term, type_: IntType) -> Term:
    """`term` as a value of `type_`."""
    return term if term.type == type_ else _operation(Operator.CAST, (term,), type_)


def as_condition(term: Term) -> Term:
    """`term` != 0 as a BOOL."""
    return term if term.type == BOOL else _operation(Operator.NE, (term, constant(0, term.type)), BOOL)


def locals_in(expression: ir.Expression) -> frozenset[str]:
    """The names of the locals that `expression` mentions."""
    match expression:
        case ir.Local(name, _):
            return frozenset((name,))
        case ir.Operation(_, operands, _):
            return frozenset().union(*(locals_in(operand) for operand in operands))
        case _:
            return frozenset()


@dataclass(frozen=True)
class End:
    """What conditions may speak of: `locals` of each thread at its end, whether some assertion `failed`; `seen` takes
    down the addresses of the cells that they mention."""

    locals: list[dict[str, Local]]
    addresses: Mapping[str, int]
    failed: Term
    seen: set[int]


def finally_(expression: ir.Expression, end: End) -> Term:
    """An expression over final values."""
    match expression:
        case ir.FinalLocal(thread, name, type_):
            held = end.locals[thread].get(name)
            return constant(0, type_) if held is None else converted(held.term, type_)
        case ir.FinalMemory(name, offset, type_):
            address = end.addresses[name] + offset
            end.seen.add(address)
            return final(address, type_)
        case ir.Failed():
            return end.failed
        case ir.Operation(operator, operands, type_):
            return _operation(operator, tuple(finally_(o, end) for o in operands), type_)
        case _:
            return evaluate(expression, {}, end.addresses).term
