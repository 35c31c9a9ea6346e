"""Bit-set relations against their definitions on sets of pairs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from memmodel.cat.relations import (
    Rows,
    bits,
    closure,
    codomain,
    compose,
    cyclic_core,
    domain,
    inverse,
    shortest_cycle,
    shortest_cycles,
)

SIZE = 5
pairs = st.sets(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)))
Pairs = set[tuple[int, int]]


def rows_of(relation: Pairs) -> Rows:
    rows = [0] * SIZE
    for a, b in relation:
        rows[a] |= 1 << b
    return rows


def pairs_of(rows: Rows) -> Pairs:
    return {(a, b) for a, row in enumerate(rows) for b in bits(row)}


def steps(first: Pairs, second: Pairs) -> Pairs:
    return {(a, d) for a, b in first for c, d in second if b == c}


def transitive(relation: Pairs) -> Pairs:
    result = set(relation)
    while not (new := steps(result, relation)) <= result:
        result |= new
    return result


@given(pairs, pairs)
def test_composition_joins_at_a_shared_event(first: Pairs, second: Pairs) -> None:
    assert pairs_of(compose(rows_of(first), rows_of(second))) == steps(first, second)


@given(pairs)
def test_inverse_turns_every_pair_round(relation: Pairs) -> None:
    assert pairs_of(inverse(rows_of(relation))) == {(b, a) for a, b in relation}


@given(pairs)
def test_closure_is_every_path(relation: Pairs) -> None:
    assert pairs_of(closure(rows_of(relation))) == transitive(relation)


@given(pairs)
def test_domain_and_range(relation: Pairs) -> None:
    assert set(bits(domain(rows_of(relation)))) == {a for a, _ in relation}
    assert set(bits(codomain(rows_of(relation)))) == {b for _, b in relation}


@given(pairs)
def test_the_cyclic_core_is_empty_exactly_when_no_event_reaches_itself(relation: Pairs) -> None:
    on_cycles = {a for a, b in transitive(relation) if a == b}
    core = set(bits(cyclic_core(rows_of(relation))))
    assert on_cycles <= core
    assert bool(core) == bool(on_cycles)


@given(pairs, st.integers(0, SIZE - 1))
def test_a_shortest_cycle_is_a_cycle_and_none_is_shorter(relation: Pairs, start: int) -> None:
    found = shortest_cycle(rows_of(relation), start, (1 << SIZE) - 1)
    reach = set(relation)
    length = 1
    while (start, start) not in reach and length <= SIZE:
        reach = steps(reach, relation)
        length += 1
    if found is None:
        assert (start, start) not in reach
        return
    assert found[0] == start
    assert len(found) == length
    assert all(edge in relation for edge in zip(found, [*found[1:], start], strict=True))


@given(pairs)
def test_through_each_event_on_a_cycle_there_is_one_of_the_shortest(relation: Pairs) -> None:
    found = list(shortest_cycles(rows_of(relation)))
    sets = [frozenset(a for a, _ in cycle) for cycle in found]
    assert len(set(sets)) == len(sets)
    for cycle in found:
        assert set(cycle) <= relation
        assert [b for _, b in cycle] == [a for a, _ in [*cycle[1:], cycle[0]]]
    assert set().union(*sets) == {a for a, b in transitive(relation) if a == b}
