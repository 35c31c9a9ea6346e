"""Clauses mean what their builders say, by truth table."""

from __future__ import annotations

import itertools

import pytest

from memmodel.engines.literals import FALSE, TRUE, Literals


def models(literals: Literals, clauses: list[tuple[int, ...]]) -> list[dict[int, bool]]:
    found = []
    for values in itertools.product((False, True), repeat=literals.count):
        model = dict(enumerate(values, start=1))
        if all(any(model[abs(x)] == (x > 0) for x in clause) for clause in clauses):
            found.append(model)
    return found


def test_a_conjunction_holds_exactly_when_all_parts_do() -> None:
    literals = Literals()
    a, b = literals.fresh(), literals.fresh()
    both = literals.conjunction((a, -b))
    found = models(literals, literals.take())
    assert len(found) == 4
    assert all(m[both] == (m[a] and not m[b]) for m in found)


def test_a_disjunction_holds_exactly_when_one_part_does() -> None:
    literals = Literals()
    a, b = literals.fresh(), literals.fresh()
    one = literals.disjunction((a, b))
    found = models(literals, literals.take())
    assert len(found) == 4
    assert all((m[abs(one)] == (one > 0)) == (m[a] or m[b]) for m in found)


def test_constants_fold() -> None:
    literals = Literals()
    a = literals.fresh()
    assert literals.conjunction((a, TRUE)) == a
    assert literals.conjunction((a, FALSE)) == FALSE
    assert literals.conjunction((a, -a)) == FALSE
    assert literals.conjunction(()) == TRUE
    assert literals.disjunction((a, -a)) == TRUE
    assert literals.disjunction(()) == FALSE


@pytest.mark.parametrize("count", [2, 5, 7, 9])
def test_at_most_one_lets_none_or_any_single_literal_be_true(count: int) -> None:
    literals = Literals()
    chosen = [literals.fresh() for _ in range(count)]
    literals.at_most_one(chosen)
    seen = {tuple(m[x] for x in chosen) for m in models(literals, literals.take())}
    assert seen == {values for values in itertools.product((False, True), repeat=count) if sum(values) <= 1}


def test_clauses_are_handed_over_once() -> None:
    literals = Literals()
    literals.clause((literals.fresh(),))
    assert len(literals.take()) == 2
    assert literals.take() == []
