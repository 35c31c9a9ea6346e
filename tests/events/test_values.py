"""The values that may be read are never too few, and not more than need be."""

from __future__ import annotations

from memmodel.events.graph import EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.events.values import Values, possible_values, reachable_values
from memmodel.program import ir
from memmodel.program.ir import Operator
from memmodel.program.types import ADDRESS
from tests.events.programs import assign, compute, equal, events_of, increment, load, pointer, program, store, when


def values_read(graph: EventGraph, thread: int, place: int = 0, exact: bool = False) -> Values:
    """What the thread's read number `place` may return."""
    find = reachable_values if exact else possible_values
    event = events_of(graph, thread, EventKind.READ)[place]
    assert event.value is not None
    return find(graph.events, frozenset(graph.cells)).of(event.value)


def test_a_read_may_return_what_is_stored_at_its_cell() -> None:
    graph = unroll(program((store("x", 3), store("y", 4)), (load("a", "x"),)))
    assert values_read(graph, 1) == {0, 3}


def test_values_go_through_other_threads() -> None:
    copy = (load("a", "x"), store("y", compute(Operator.ADD, "a", 1)))
    graph = unroll(program((store("x", 3),), copy, (load("a", "y"),)))
    assert values_read(graph, 2) == {0, 1, 4}


def test_a_value_that_arises_in_a_circle_of_decisions_is_found() -> None:
    first = (load("a", "x"), when("a", (assign("b", 1),), (assign("b", 0),)), store("y", "b"))
    second = (load("c", "y"), store("x", "c"))
    graph = unroll(program(first, second))
    assert values_read(graph, 0) == {0, 1}


def test_a_register_less_itself_is_nothing() -> None:
    body = (load("a", "x"), store("x", compute(Operator.SUB, "a", "a")))
    graph = unroll(program(body, (store("x", 7),)))
    assert values_read(graph, 0, exact=True) == {0, 7}


def test_counters_are_given_up_unless_the_writes_are_counted() -> None:
    graph = unroll(program(*[(increment("a"),)] * 3))
    assert values_read(graph, 0) is None
    found = values_read(graph, 0, exact=True)
    assert found is not None
    assert found >= {0, 1, 2}
    assert max(found) < 10


def test_a_pointer_leads_to_the_cells_that_it_may_hold() -> None:
    body = (load("p", "q", type_=ADDRESS), load("a", pointer("p")))
    other = (store("q", ir.Address("y"), type_=ADDRESS), store("x", 1), store("y", 2), store("z", 3))
    item = program(body, other, objects={"q": ADDRESS}, initial={"q": ir.Address("x")})
    assert values_read(unroll(item), 0, 1) == {0, 1, 2}


def test_a_mask_bounds_what_nothing_else_does() -> None:
    masked = compute(Operator.AND, "a", 5)
    body = (increment("a"), store("y", masked), load("b", "y"))
    graph = unroll(program(body, condition=equal(0, 0)))
    assert values_read(graph, 0, 1) == {0, 1, 4, 5}
