"""Where an access may lead, whatever memory holds, and what memory may hold where an execution is looked for."""

from __future__ import annotations

from memmodel.analyses.pairs.memory import MEMORIES, with_any_memory
from memmodel.analyses.pairs.places import Place, Places
from memmodel.engines.ranges import Ranges
from memmodel.events.graph import INITIAL, EventGraph
from memmodel.events.terms import TRUE, Kind
from memmodel.program.ir import layout
from memmodel.records import replace
from tests.analyses.pairs.test_free import graph_of


def place(body: str) -> tuple[Place, int]:
    """The place of the last write of P0, and where s begins."""
    graph = graph_of(body)
    whole = replace(graph, events=tuple(replace(event, guard=TRUE) for event in graph.events))
    places = Places(graph, Ranges(whole, True))
    write = [event for event in graph.by_thread[0] if event.value is not None][-1]
    assert write.address is not None
    return places.of(write.address), layout(graph.program.objects)["s"]


def test_a_field_is_at_its_offset() -> None:
    found, start = place("s.b = 1;")
    assert found == Place(frozenset((start + 4,)), False)


def test_an_index_that_is_known_is_an_element() -> None:
    found, start = place("s.array[2] = 1;")
    assert found == Place(frozenset((start + 8 + 2 * 4,)), False)


def test_an_index_that_is_read_is_any_element() -> None:
    found, start = place("s.array[READ_ONCE(s.a) & 3] = 1;")
    assert found == Place(frozenset((start + 8,)), True)


def test_a_pointer_that_is_read_leads_where_memory_makes_it_lead() -> None:
    found, start = place("READ_ONCE(s.p)->y = 1;")
    assert not found.indexed
    assert len(found.starts) == 1
    assert found.starts.isdisjoint(range(start, start + 40))


def test_one_pointer_or_the_other_is_both_places() -> None:
    found, start = place("int *p = READ_ONCE(s.a) ? &s.a : &s.b; *p = 1;")
    assert found == Place(frozenset((start, start + 4)), False)


def values(graph: EventGraph, name: str, number: int) -> set[int]:
    """What a cell may hold at first, in the memory of that number."""
    opened = with_any_memory(graph, MEMORIES[number])
    for event in opened.by_thread[INITIAL]:
        assert event.address is not None and event.value is not None
        if opened.cells[event.address.number] == name:
            return {event.value.number} if event.value.kind is Kind.CONSTANT else set(event.value.choice[1])
    raise AssertionError(f"no cell {name}")


BODY = """
	struct node *p = READ_ONCE(s.p);
	spin_lock(&s.lock);
	if (p && READ_ONCE(s.a) == 77)
		p->x = 1;
	spin_unlock(&s.lock);
"""


def test_memory_may_hold_what_a_condition_asks_for() -> None:
    assert 77 in values(graph_of(BODY), "s.a", -1)


def test_a_pointer_may_be_empty_or_lead_where_it_does() -> None:
    known = layout(graph_of(BODY).program.objects)["node"]
    assert values(graph_of(BODY), "s.p", -1) == {0, known}


def test_locks_are_free_at_first() -> None:
    assert values(graph_of(BODY), "s.lock", -1) == {0}
