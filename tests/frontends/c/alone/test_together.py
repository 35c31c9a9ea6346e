"""Two functions of a file become one program, in which they work on the same objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.errors import SyntaxError, Unsupported
from memmodel.events.graph import INITIAL, EventGraph
from memmodel.events.unroll import unroll
from memmodel.events.values import possible_values
from memmodel.frontends.c.alone.alone import Alone
from memmodel.frontends.c.alone.index import Headers
from memmodel.frontends.c.alone.together import Together
from memmodel.program import spec
from memmodel.program.ir import layout
from memmodel.source import SourceFile

RING = """\
struct entry { struct entry *next; long payload; };
struct ring {
	unsigned long head;
	unsigned long tail;
	unsigned long mask;
	struct entry *first;
	void **queue;
	long slots[8];
	char data[];
};
struct map { int kind; long max; };
struct ring_map { long usage; struct map map; struct ring *rb; };
struct owner { int id; struct ring *ring; };
struct item { long value; struct list_head node; };
struct list { long count; struct list_head items; };
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "include/linux").mkdir(parents=True)
    (tmp_path / "include/linux/ring.h").write_text(RING)
    (tmp_path / "kernel").mkdir()
    return tmp_path


def read(tree: Path, code: str) -> Alone:
    return Alone(SourceFile("kernel/code.c", f"#include <linux/ring.h>\n{code}"), tree / "kernel/code.c", Headers(tree))


def lower(tree: Path, code: str, *functions: str) -> Together:
    found = read(tree, code).together(functions)
    spec.check(found.program)
    return found


def accesses(found: Together) -> list[str]:
    """Each access in order: its thread, whether it reads or writes, and the fields that it may be to."""
    graph = unroll(found.program)
    sets = possible_values(graph.events, frozenset(graph.cells))
    told = []
    for event in graph.events:
        if event.thread != INITIAL and event.address is not None:
            places = sorted(sets.of(event.address) or ())
            names = dict.fromkeys(named(found, place) for place in places if place in graph.cells)
            told.append(f"P{event.thread} {event.kind.value} {' or '.join(names)}")
    return told


def named(found: Together, address: int) -> str:
    starts = layout(found.program.objects)
    name = max((n for n, start in starts.items() if start <= address), key=starts.__getitem__)
    return found.fields.named(name, address - starts[name])


def objects(found: Together) -> list[str]:
    return [item.name for item in found.program.objects]


def fails(found: Together) -> bool:
    """Whether an assertion may fail, under the kernel's model."""
    result = SmtEngine().run(unroll(found.program), models.load("lkmm").model, Request())
    assert result.observation is not None
    return bool(result.failed_assertions)


def dependencies(graph: EventGraph) -> set[tuple[int, int]]:
    return {(d.source, d.target) for d in graph.addr}


# ── what is shared ──


def test_pointers_to_a_structure_of_one_type_are_to_the_same_one(tree: Path) -> None:
    code = "void f(struct ring *a) { a->head = 1; }\nlong g(struct ring *b) { return b->head; }"
    found = lower(tree, code, "f", "g")
    assert accesses(found) == ["P0 W ring.head", "P1 R ring.head"]
    assert objects(found) == ["ring"]


def test_two_pointers_of_one_function_are_to_two_objects_each_shared_by_its_turn(tree: Path) -> None:
    code = "void f(struct ring *a, struct ring *b) { a->head = b->tail; }"
    found = lower(tree, code, "f", "f")
    assert objects(found) == ["ring", "ring#2"]
    graph = unroll(found.program)
    written, read_ = ({e.address for e in graph.events if e.thread >= 0 and e.kind.value == k} for k in "WR")
    assert len(written) == len(read_) == 1


def test_a_pointer_in_an_object_leads_to_what_the_other_function_is_passed(tree: Path) -> None:
    code = "void f(struct owner *o) { o->ring->head = 1; }\nlong g(struct ring *r) { return r->head; }"
    found = lower(tree, code, "f", "g")
    assert accesses(found) == ["P0 R owner.ring", "P0 W ring.head", "P1 R ring.head"]
    assert sorted(objects(found)) == ["owner", "ring"]


def test_the_next_of_a_structure_is_another_one(tree: Path) -> None:
    code = "long f(struct entry *e) { return e->next->payload; }\nvoid g(struct entry *e) { e->payload = 1; }"
    found = lower(tree, code, "f", "g")
    assert objects(found) == ["entry", "entry#2"]
    graph = unroll(found.program)
    (read_,) = [e for e in graph.events if e.thread == 0 and e.address is not None and e.address.value is None]
    (write,) = [e for e in graph.events if e.thread == 1]
    assert read_.address is not None and write.address is not None
    places = possible_values(graph.events, frozenset(graph.cells)).of(read_.address)
    assert places is not None
    assert write.address.value not in places


def test_variables_of_the_file_are_shared_by_themselves(tree: Path) -> None:
    code = (
        "static int ready;\nstatic struct ring the_ring;\nvoid f(void) { the_ring.head = 1; WRITE_ONCE(ready, 1); }\n"
    )
    code += "long g(struct ring *r) { return READ_ONCE(ready) ? r->head : 0; }"
    found = lower(tree, code, "f", "g")
    assert accesses(found) == ["P0 W ring.head", "P0 W ready", "P1 R ready", "P1 R ring.head"]
    assert objects(found) == ["the_ring", "ready"]


def test_what_a_value_is_put_into_for_the_caller_is_each_threads_own(tree: Path) -> None:
    code = "void f(struct ring *r, long *size) { *size = r->head; }"
    found = lower(tree, code, "f", "f")
    assert objects(found) == ["ring", "f.size", "f.size#2"]


def test_the_running_task_is_each_threads_own(tree: Path) -> None:
    code = "struct task_struct { long seen; };\nvoid f(struct ring *r) { current->seen = r->head; }"
    found = lower(tree, code, "f", "f")
    assert objects(found) == ["ring", "current()", "current()#2"]


def test_integers_that_are_passed_may_be_anything(tree: Path) -> None:
    found = lower(tree, "void f(struct ring *r, int n) { if (n > 0) r->head = n; }", "f", "f")
    graph = unroll(found.program)
    assert all(event.guard.value is None for event in graph.events if event.thread >= 0)


# ── container_of ──


AROUND = "static struct ring *ring_of(struct map *map) { return container_of(map, struct ring_map, map)->rb; }\n"


def test_what_container_of_finds_is_the_whole_structure(tree: Path) -> None:
    code = AROUND + "void f(struct map *map) { ring_of(map)->head = 1; }\nlong g(struct ring *r) { return r->head; }"
    found = lower(tree, code, "f", "g")
    assert accesses(found) == ["P0 R ring_map.rb", "P0 W ring.head", "P1 R ring.head"]


@pytest.mark.parametrize("order", [("f", "g"), ("g", "f")])
def test_it_is_shared_with_who_has_the_whole_or_only_the_part(tree: Path, order: tuple[str, str]) -> None:
    code = (
        AROUND + "void f(struct map *map) { ring_of(map)->head = map->max; }\nlong g(struct map *m) { return m->max; }"
    )
    found = lower(tree, code, *order)
    assert objects(found) == ["ring_map", "ring"]
    assert [told[3:] for told in accesses(found) if "max" in told] == ["R map.max", "R map.max"]
    code += "long h(struct ring_map *m) { return m->map.max; }"
    assert objects(lower(tree, code, "h", order[1])) == (["ring_map", "ring"] if order[1] == "f" else ["ring_map"])


def test_what_lies_in_a_list_is_the_structure_around(tree: Path) -> None:
    code = "long f(struct list *l) { return list_entry(READ_ONCE(l->items.next), struct item, node)->value; }\n"
    code += "void g(struct item *i) { i->value = 1; }"
    found = lower(tree, code, "f", "g")
    assert accesses(found) == ["P0 R list.items.next", "P0 R item.value", "P1 W item.value"]


def test_a_pointer_that_is_computed_from_another_is_to_what_it_is_used_as_and_that_is_said(tree: Path) -> None:
    code = "void f(struct entry *e) { struct ring *r = (void *)((unsigned long)e & ~4095UL); r->head = e->payload; }\n"
    code += "long g(struct ring *r) { return r->head; }"
    found = lower(tree, code, "f", "g")
    assert accesses(found) == ["P0 R entry.payload", "P0 W ring.head", "P1 R ring.head"]
    assert found.opaque == ("computed at kernel/code.c:2:53",)


# ── places that values decide ──


def test_an_index_from_memory_is_any_and_the_access_depends_on_it(tree: Path) -> None:
    code = "long f(struct ring *r) { return READ_ONCE(r->slots[READ_ONCE(r->tail) & r->mask]); }"
    found = lower(tree, code, "f", "f")
    graph = unroll(found.program)
    tail, mask, slot = (e for e in graph.events if e.thread == 0)
    assert not graph.faults
    assert {(tail.id, slot.id), (mask.id, slot.id)} <= dependencies(graph)
    assert slot.address is not None
    places = possible_values(graph.events, frozenset(graph.cells)).of(slot.address)
    assert places is not None
    assert len(places) > 1
    assert {named(found, place) for place in places} == {"ring.slots[]"}


def test_bytes_behind_a_structure_are_its_last_field(tree: Path) -> None:
    code = "struct header { int len; int more; };\n"
    code += "void f(struct ring *r) { struct header *h = (void *)r->data + (r->head & r->mask); h->len = h->more; }\n"
    code += "int g(struct ring *r) { return *(int *)(r->data + r->tail); }"
    found = lower(tree, code, "f", "g")
    assert accesses(found)[-3:] == ["P0 W header.len", "P1 R ring.tail", "P1 R header.len"]
    assert not unroll(found.program).faults
    found = lower(tree, code, "g", "g")
    assert accesses(found)[1] == "P0 R ring.data[]"


def test_what_an_array_of_pointers_holds_is_what_the_other_function_has(tree: Path) -> None:
    code = "void f(struct ring *r, struct entry *e) { e->payload = 1; smp_store_release(&r->queue[r->head], e); }\n"
    code += "long g(struct ring *r) { struct entry *e = READ_ONCE(r->queue[r->tail]); return e ? e->payload : 0; }"
    told = accesses(lower(tree, code, "f", "g"))
    assert "P0 W ring.queue[]" in told
    assert told[-2:] == ["P1 R ring.queue[]", "P1 R entry.payload"]


def test_a_copy_of_any_size_is_to_where_it_begins(tree: Path) -> None:
    code = "void f(struct ring *r, const void *from, unsigned int n) { memcpy(r->data + r->head, from, n); }"
    found = lower(tree, code, "f", "f")
    assert accesses(found)[:3] == ["P0 R ring.head", "P0 R f.from[]", "P0 W ring.data[]"]
    assert "memcpy" in found.opaque


def test_loops_through_a_list_end(tree: Path) -> None:
    code = "long f(struct ring *r) { struct entry *e; long n = 0;\n"
    code += "\tfor (e = r->first; e; e = e->next) n += e->payload; return n; }"
    found = lower(tree, code, "f", "f")
    assert set(accesses(found)) >= {"P0 R ring.first", "P0 R entry.next", "P0 R entry.payload", "P1 R entry.payload"}


def test_tables_of_functions_are_kept(tree: Path) -> None:
    code = "static void done(struct ring *r) { }\n"
    code += "static const struct ops { void (*done)(struct ring *r); } ops = { done };\n"
    code += "struct job { const struct ops *ops; };\nvoid f(struct job *j) { WRITE_ONCE(j->ops, &ops); }"
    assert accesses(lower(tree, code, "f", "f")) == ["P0 W job.ops", "P1 W job.ops"]


# ── order ──


def messages(write: str, read_: str) -> str:
    return f"""\
void produce(struct ring *r) {{ r->slots[0] = 1; {write} }}
void consume(struct ring *r) {{ if ({read_}) assert(READ_ONCE(r->slots[0]) == 1); }}
"""


def test_with_release_and_acquire_the_reader_cannot_miss_the_data(tree: Path) -> None:
    code = messages("smp_store_release(&r->head, 1);", "smp_load_acquire(&r->head)")
    assert not fails(lower(tree, code, "produce", "consume"))


@pytest.mark.parametrize(
    ("write", "read_"),
    [
        ("WRITE_ONCE(r->head, 1);", "smp_load_acquire(&r->head)"),
        ("smp_store_release(&r->head, 1);", "READ_ONCE(r->head)"),
    ],
)
def test_with_one_of_them_it_can(tree: Path, write: str, read_: str) -> None:
    assert fails(lower(tree, messages(write, read_), "produce", "consume"))


def test_through_container_of_and_a_pointer_order_is_the_same(tree: Path) -> None:
    code = (
        AROUND
        + """\
void produce(struct map *map) { struct ring *r = ring_of(map); r->slots[0] = 1; %s }
void consume(struct ring_map *m) { struct ring *r = m->rb; if (smp_load_acquire(&r->head)) assert(r->slots[0] == 1); }
"""
    )
    assert not fails(lower(tree, code % "smp_store_release(&r->head, 1);", "produce", "consume"))
    assert fails(lower(tree, code % "WRITE_ONCE(r->head, 1);", "produce", "consume"))


def test_an_address_dependency_through_a_queue_orders(tree: Path) -> None:
    code = """\
void produce(struct ring *r, struct entry *e) { e->payload = 1; %s WRITE_ONCE(r->queue[0], e); }
void consume(struct ring *r, struct entry *mine)
{
	struct entry *e = READ_ONCE(r->queue[0]);
	if (e == mine) assert(READ_ONCE(e->payload) == 1);
}
"""
    assert not fails(lower(tree, code % "smp_wmb();", "produce", "consume"))
    assert fails(lower(tree, code % "", "produce", "consume"))


# ── what is written, and what cannot be done ──


def test_functions_of_the_file_are_listed_with_all_of_their_lines(tree: Path) -> None:
    code = "static inline int f(void)\n{\n\treturn 1;\n}\nint g(void);\nMAKE_2(h, int, a)\n{\n\treturn a;\n}\n"
    found = read(tree, code).written()
    assert [(name, span.line, span.text[-1]) for name, span in found] == [("f", 2, "}"), ("h", 7, "}")]


def test_what_a_macro_makes_is_found_too(tree: Path) -> None:
    code = """\
#define MAKE(name, T, p) static long ____##name(T p); long name(T p) { return ((long (*)(T))____##name)(p); } \\
	static long ____##name(T p)
MAKE(f, struct ring *, r)
{
	return r->head;
}
"""
    assert accesses(lower(tree, code, "f", "f")) == ["P0 R ring.head", "P1 R ring.head"]


def test_a_jump_back_to_the_way_out_is_followed(tree: Path) -> None:
    code = """\
int f(struct ring *r)
{
	if (READ_ONCE(r->head))
		goto lost;
	r->tail = 1;
out:
	r->mask = 2;
	return 0;
lost:
	r->head = 3;
	goto out;
}
"""
    found = lower(tree, code, "f", "f")
    assert accesses(found)[:4] == ["P0 R ring.head", "P0 W ring.tail", "P0 W ring.head", "P0 W ring.mask"]
    assert not unroll(found.program).cuts


def test_of_several_definitions_the_lines_choose(tree: Path) -> None:
    code = "#ifdef CONFIG_X\nvoid f(struct ring *r) { r->head = 1; }\n"
    code += "#else\nvoid f(struct ring *r) { r->tail = 1; }\n#endif\n"
    alone = read(tree, code)
    assert accesses(alone.together(("f", "f"), (3, 3)))[0] == "P0 W ring.head"
    assert accesses(alone.together(("f", "f"), (5, 5)))[0] == "P0 W ring.tail"
    with pytest.raises(Unsupported, match="f and f in one program"):
        alone.together(("f", "f"), (3, 5))


def test_a_function_that_is_not_there_is_said_to_be(tree: Path) -> None:
    with pytest.raises(SyntaxError, match="'g' is not defined"):
        lower(tree, "void f(void) { }", "f", "g")


def test_what_is_too_large_is_refused_with_its_place(tree: Path) -> None:
    code = f"void f(struct ring *r) {{ {'r->head = 1;' * 200} }}\n"
    code += "void g(struct ring *r) { f(r); f(r); f(r); f(r); }\n"
    assert len(accesses(lower(tree, code, "f", "f"))) == 400
    with pytest.raises(Unsupported, match="g and g with about 1600 accesses") as raised:
        lower(tree, code, "g", "g")
    assert raised.value.span is not None
    assert raised.value.span.line == 3


CALLS = """\
#define CALL(name, type, arg) \\
	static u64 ____##name(type arg); \\
	u64 name(u64 arg) { return ____##name((type)(unsigned long)arg); } \\
	static u64 ____##name(type arg)

CALL(drain, struct map *, map)
{
	struct ring *ring = container_of(map, struct ring_map, map)->rb;

	smp_store_release(&ring->tail, 1);
	return 0;
}

CALL(space, struct map *, map)
{
	return smp_load_acquire(&container_of(map, struct ring_map, map)->rb->tail);
}
"""


def test_of_functions_that_a_macro_hands_pointers_to_as_integers_the_inner_ones_run(tree: Path) -> None:
    found = lower(tree, CALLS, "drain", "space")
    assert accesses(found) == ["P0 R ring_map.rb", "P0 W ring.tail", "P1 R ring_map.rb", "P1 R ring.tail"]


GROUPS = """\
#define struct_pair(TAG, NAME, MEMBERS...) union { struct { MEMBERS }; struct TAG { MEMBERS } NAME; }
#define STAT(FIELD) union { unsigned long FIELD; atomic_long_t __##FIELD; }
struct queue {
	struct_pair(queue_list, list, long next; long prev;);
	STAT(count);
};
#undef STAT
"""


def test_macros_that_make_members_are_expanded_also_those_that_the_header_undefines_then(tree: Path) -> None:
    (tree / "include/linux/groups.h").write_text(GROUPS)
    code = "#include <linux/groups.h>\nvoid f(struct queue *q) { q->prev = 1; q->count = 1; }"
    assert accesses(lower(tree, code, "f")) == ["P0 W queue.prev", "P0 W queue.count"]
