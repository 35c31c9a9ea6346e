"""Terms built with their obvious simplifications: what is plainly empty stays out of a model."""

from __future__ import annotations

from collections.abc import Iterable

from memmodel.cat.terms import EMPTY_RELATION, EMPTY_SET, ID, UNIVERSE, Op, Sort, Term, make


def _empty(sort: Sort) -> Term:
    return EMPTY_SET if sort is Sort.SET else EMPTY_RELATION


def is_empty(term: Term) -> bool:
    return term.op is Op.EMPTY


def union(terms: Iterable[Term], sort: Sort) -> Term:
    """Parts that are unions themselves are kept as parts: they have names, which explanations use."""
    parts = tuple(dict.fromkeys(t for t in terms if not is_empty(t)))
    if not parts:
        return _empty(sort)
    return parts[0] if len(parts) == 1 else make(Op.UNION, sort, parts)


def intersection(terms: Iterable[Term], sort: Sort) -> Term:
    parts = tuple(dict.fromkeys(terms))
    if any(map(is_empty, parts)):
        return _empty(sort)
    parts = tuple(t for t in parts if t is not UNIVERSE) or parts[:1]
    return parts[0] if len(parts) == 1 else make(Op.INTER, sort, parts)


def difference(first: Term, second: Term) -> Term:
    if is_empty(first) or is_empty(second):
        return first
    return _empty(first.sort) if first is second else make(Op.DIFF, first.sort, (first, second))


def sequence(terms: Iterable[Term]) -> Term:
    parts = tuple(terms)
    if any(map(is_empty, parts)):
        return EMPTY_RELATION
    parts = tuple(t for t in parts if t is not ID)
    if not parts:
        return ID
    return parts[0] if len(parts) == 1 else make(Op.SEQ, Sort.RELATION, parts)


def product(first: Term, second: Term) -> Term:
    if is_empty(first) or is_empty(second):
        return EMPTY_RELATION
    return make(Op.PRODUCT, Sort.RELATION, (first, second))


def complement(term: Term) -> Term:
    if is_empty(term):
        return UNIVERSE if term.sort is Sort.SET else product(UNIVERSE, UNIVERSE)
    if term is UNIVERSE:
        return EMPTY_SET
    return term.args[0] if term.op is Op.COMPLEMENT else make(Op.COMPLEMENT, term.sort, (term,))


def plus(term: Term) -> Term:
    return term if is_empty(term) or term is ID else make(Op.PLUS, Sort.RELATION, (term,))


def star(term: Term) -> Term:
    return ID if is_empty(term) or term is ID else make(Op.STAR, Sort.RELATION, (term,))


def optional(term: Term) -> Term:
    return ID if is_empty(term) or term is ID else make(Op.OPTIONAL, Sort.RELATION, (term,))


def inverse(term: Term) -> Term:
    if is_empty(term) or term.op is Op.IDENTITY:
        return term
    return term.args[0] if term.op is Op.INVERSE else make(Op.INVERSE, Sort.RELATION, (term,))


def identity(term: Term) -> Term:
    return EMPTY_RELATION if is_empty(term) else make(Op.IDENTITY, Sort.RELATION, (term,))


def domain(term: Term) -> Term:
    return EMPTY_SET if is_empty(term) else make(Op.DOMAIN, Sort.SET, (term,))


def codomain(term: Term) -> Term:
    return EMPTY_SET if is_empty(term) else make(Op.RANGE, Sort.SET, (term,))


def different_values(term: Term) -> Term:
    return term if is_empty(term) else make(Op.DIFFERENT_VALUES, Sort.RELATION, (term,))
