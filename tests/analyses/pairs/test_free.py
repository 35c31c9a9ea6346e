"""What a graph loses when its values are set free, and what it keeps."""

from __future__ import annotations

from memmodel.analyses.pairs.free import Freed, free
from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind
from memmodel.events.terms import Kind, Term, negate
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load
from memmodel.program.ir import Operator
from memmodel.records import replace
from memmodel.source import SourceFile

TEXT = """
struct node {{ int x; int y; }};
struct {{ int a; int b; int array[4]; struct node *p; atomic_t n; spinlock_t lock; }} s;
struct node node;
void init(void) {{ s.p = &node; s.a = 3; }}
void P0(void)
{{
{0}
}}
void P1(void)
{{
	WRITE_ONCE(s.a, 1);
	WRITE_ONCE(s.b, 1);
}}
"""


def graph_of(body: str) -> EventGraph:
    program = load(SourceFile("free.c", TEXT.format(body)), folder=None, tree=None, defines={}).program
    return unroll(replace(program, unroll=1))


def freed(body: str) -> Freed:
    return free(graph_of(body))


def events(found: Freed, kind: EventKind) -> list[Event]:
    return [event for event in found.graph.events if event.thread == 0 and event.kind is kind]


def places(term: Term | None) -> set[int]:
    """The addresses that an address may be."""
    assert term is not None
    if term.kind is Kind.CONSTANT:
        return {term.number}
    if term.kind is Kind.CHOICE:
        return set(term.choice[1])
    assert term.payload is Operator.ITE
    return places(term.operands[1]) | places(term.operands[2])


def test_a_condition_is_a_choice_that_nothing_read_decides() -> None:
    one, _ = (event.guard for event in events(freed("if (READ_ONCE(s.a) == 5) s.b = 1; s.b = 2;"), EventKind.WRITE))
    assert one.kind is Kind.CHOICE
    assert one.choice[1] == (0, 1)


def test_the_same_question_is_the_same_choice_and_its_negation_the_other() -> None:
    body = "int r = READ_ONCE(s.a); if (r == 1) s.b = 1; if (r != 1) s.b = 2; if (r == 1) s.b = 3; if (r == 2) s.b = 4;"
    yes, no, again, other = (event.guard for event in events(freed(body), EventKind.WRITE))
    assert again is yes
    assert no is negate(yes)
    assert other not in (yes, no)


def test_two_reads_of_one_place_are_two_questions() -> None:
    body = "if (READ_ONCE(s.a)) s.b = 1; if (READ_ONCE(s.a)) s.b = 2;"
    one, two = (event.guard for event in events(freed(body), EventKind.WRITE))
    assert one is not two


def test_a_conjunction_of_questions_stays_one() -> None:
    body = "int r = READ_ONCE(s.a); int t = READ_ONCE(s.b); if (r && t) s.b = 1; if (r) { if (t) s.b = 2; }"
    joined, nested = (event.guard for event in events(freed(body), EventKind.WRITE))
    assert joined.support == nested.support
    assert len(joined.support) == 2


def test_a_field_stays_where_it_is() -> None:
    one, two = (event.address for event in events(freed("s.a = 1; s.b = 1;"), EventKind.WRITE))
    assert one is not None and two is not None
    assert one.kind is two.kind is Kind.CONSTANT
    assert one is not two


def test_an_element_is_the_one_that_all_look_at_or_one_of_its_own() -> None:
    body = "int i = READ_ONCE(s.a); int j = READ_ONCE(s.b); s.array[i & 3] = 1; s.array[j & 3] = 2; s.array[i & 3] = 3;"
    one, two, again = (event.address for event in events(freed(body), EventKind.WRITE))
    assert again is one
    assert one is not two
    assert len(places(one) & places(two)) == 1
    assert len(places(one)) == len(places(two)) == 2


def test_what_a_pointer_leads_to_is_there_or_elsewhere_with_all_its_fields() -> None:
    body = "struct node *p = READ_ONCE(s.p); p->x = 1; p->y = 1;"
    x, y = (event.address for event in events(freed(body), EventKind.WRITE))
    assert x is not None and y is not None
    assert x.support == y.support
    assert len(places(x)) == len(places(y)) == 2
    assert places(x).isdisjoint(places(y))


def test_a_pointer_that_is_read_twice_may_lead_to_two_objects() -> None:
    body = "struct node *p = READ_ONCE(s.p); struct node *q = READ_ONCE(s.p); p->x = 1; q->x = 1;"
    one, two = (event.address for event in events(freed(body), EventKind.WRITE))
    assert one is not None and two is not None
    assert one.support.isdisjoint(two.support)
    assert len(places(one) & places(two)) == 1


def test_dependencies_fences_and_read_modify_writes_are_kept() -> None:
    body = "struct node *p = READ_ONCE(s.p); int r = READ_ONCE(p->x); smp_mb(); if (r) s.b = r; atomic_inc(&s.n);"
    graph = graph_of(body)
    found = free(graph)
    number = found.number
    for before, after in (
        (graph.addr, found.graph.addr),
        (graph.data, found.graph.data),
        (graph.ctrl, found.graph.ctrl),
    ):
        assert before
        assert [(number[d.source], number[d.target]) for d in before] == [(d.source, d.target) for d in after]
    assert graph.rmw
    assert [(number[r], number[w]) for r, w in graph.rmw] == list(found.graph.rmw)
    same = [(event, found.graph.events[number[event.id]]) for event in graph.events if event.thread != INITIAL]
    assert all((a.kind, a.tags, a.thread, a.span) == (b.kind, b.tags, b.thread, b.span) for a, b in same)
    assert [b.id for _, b in same] == sorted(b.id for _, b in same)


def test_memory_is_nothing_in_particular_and_nothing_asks_for_it() -> None:
    found = freed("assert(READ_ONCE(s.a) == 3);")
    assert all(event.value is not None and event.value.value == 0 for event in found.graph.by_thread[INITIAL])
    assert not found.graph.assertions
    assert not found.graph.faults


def test_what_is_asked_of_a_lock_stays() -> None:
    found = freed("spin_lock(&s.lock); s.a = 1; spin_unlock(&s.lock);")
    assert any(item.lock for item in found.graph.assumptions)
    reads = {event.id for event in found.graph.events if "LKR" in event.tags}
    asked = {leaf.number for item in found.graph.assumptions for leaf in item.condition.support}
    assert asked <= reads


def test_a_wait_is_assumed_to_end_at_no_particular_value() -> None:
    found = freed("while (READ_ONCE(s.a) != 7) cpu_relax(); s.b = 1;")
    assert not found.graph.cuts
    (write,) = events(found, EventKind.WRITE)
    assert all(leaf.kind is Kind.CHOICE for leaf in write.guard.support)
