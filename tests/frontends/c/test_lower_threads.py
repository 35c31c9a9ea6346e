"""Programs in C get the verdict that the kernel's model gives their litmus tests."""

from __future__ import annotations

import pytest

from memmodel.errors import MemmodelError
from memmodel.program import ir
from tests.frontends.c.running import fails, lowered, run

PASSING = """
struct box {{ int data; int ready; }} box;
ghost int seen, got;
void P0(void) {{ box.data = 1; {publish}; }}
void P1(void) {{ seen = {look}; if (seen) got = box.data; }}
void final(void) {{ assert(!seen || got == 1); }}
"""


@pytest.mark.parametrize(
    ("publish", "look", "broken"),
    [
        ("smp_store_release(&box.ready, 1)", "smp_load_acquire(&box.ready)", False),
        ("smp_store_release(&box.ready, 1)", "READ_ONCE(box.ready)", True),
        ("WRITE_ONCE(box.ready, 1)", "smp_load_acquire(&box.ready)", True),
        ("smp_wmb(); WRITE_ONCE(box.ready, 1)", "READ_ONCE(box.ready); smp_rmb()", False),
        ("smp_wmb(); *(volatile int *)&box.ready = 1", "*(volatile int *)&box.ready; smp_rmb()", False),
        ("__atomic_store_n(&box.ready, 1, 3)", "__atomic_load_n(&box.ready, 2)", False),
        ("__atomic_store_n(&box.ready, 1, 0)", "__atomic_load_n(&box.ready, 2)", True),
        ("xchg(&box.ready, 1)", "smp_load_acquire(&box.ready)", False),
        ("smp_mb(); WRITE_ONCE(box.ready, 1)", "READ_ONCE(box.ready); smp_mb()", False),
    ],
)
def test_message_passing(publish: str, look: str, broken: bool) -> None:
    assert fails(PASSING.format(publish=publish, look=look)) is broken


@pytest.mark.parametrize(("barrier", "broken"), [("smp_mb()", False), ("barrier()", True), ("smp_wmb()", True)])
def test_store_buffering(barrier: str, broken: bool) -> None:
    text = """
    int x, y;
    ghost int a, b;
    void P0(void) { WRITE_ONCE(x, 1); BARRIER; a = READ_ONCE(y); }
    void P1(void) { WRITE_ONCE(y, 1); BARRIER; b = READ_ONCE(x); }
    void final(void) { assert(a || b); }
    """
    assert fails(text.replace("BARRIER", barrier)) is broken


LOAD_BUFFERING = """
int x, y;
ghost int a, b;
void P0(void) {{ {first} }}
void P1(void) {{ int r = READ_ONCE(y); b = r; WRITE_ONCE(x, r); }}
void final(void) {{ assert(!(a == 1 && b == 1)); }}
"""


@pytest.mark.parametrize(
    ("first", "broken"),
    [
        ("int r = READ_ONCE(x); a = r; WRITE_ONCE(y, 1);", True),
        ("int r = READ_ONCE(x); a = r; if (r) WRITE_ONCE(y, 1);", False),
        ("int r = READ_ONCE(x); a = r; WRITE_ONCE(y, r);", False),
        # What r is assigned in one element is no business of the other one.
        ("int r[2]; r[1] = 1; r[0] = READ_ONCE(x); a = r[0]; WRITE_ONCE(y, r[1]);", True),
        ("int r[2]; for (int i = 0; i < 2; i++) r[i] = i ? 1 : READ_ONCE(x); a = r[0]; WRITE_ONCE(y, r[1]);", True),
        ("struct { int p, q; } r, s; r.p = READ_ONCE(x); r.q = 1; s = r; a = s.p; WRITE_ONCE(y, s.q);", True),
        ("struct { int p, q; } r, s; r.p = READ_ONCE(x); r.q = 1; s = r; a = s.p; WRITE_ONCE(y, s.p);", False),
        # Through memory of its own, too, a value carries what it depends on.
        ("int r = READ_ONCE(x), *p = &r; int **q = &p; a = **q; WRITE_ONCE(y, **q);", False),
        ("switch (READ_ONCE(x)) { case 1: a = 1; WRITE_ONCE(y, 1); }", False),
    ],
)
def test_dependencies_are_those_of_the_expressions(first: str, broken: bool) -> None:
    assert fails(LOAD_BUFFERING.format(first=first), 4) is broken


def test_a_ring_of_two_slots_passes_two_items_in_order() -> None:
    assert not fails(RING.replace("PUBLISH", "smp_store_release(&r->head, head + 1)"))


def test_a_ring_that_publishes_by_a_relaxed_store_is_torn_and_races() -> None:
    result = run(RING.replace("PUBLISH", "WRITE_ONCE(r->head, head + 1)"))
    assert "data-race" in result.flags
    assert any(note.message == "got[i] == 10 + i" for note in result.failed_assertions)


RING = """
struct ring { u32 head, tail, data[2]; } ring;
static int push(struct ring *r, u32 value)
{
    u32 head = r->head;
    if (head - smp_load_acquire(&r->tail) == 2)
        return 0;
    r->data[head & 1] = value;
    PUBLISH;
    return 1;
}
static int pop(struct ring *r, u32 *value)
{
    u32 tail = r->tail;
    if (smp_load_acquire(&r->head) == tail)
        return 0;
    *value = r->data[tail & 1];
    smp_store_release(&r->tail, tail + 1);
    return 1;
}
ghost u32 got[2];
ghost int n;
void P0(void) { for (int i = 0; i < 2; i++) push(&ring, 10 + i); }
void P1(void)
{
    for (int i = 0; i < 2; i++) {
        u32 value;
        if (pop(&ring, &value))
            got[n++] = value;
    }
}
void final(void) { for (int i = 0; i < 2; i++) if (i < n) assert(got[i] == 10 + i); }
"""

LOCKED = """
spinlock_t lock;
int counter;
static void add(void) { spin_lock(&lock); counter++; UNLOCK; }
void P0(void) { add(); }
void P1(void) { add(); }
void final(void) { assert(counter == 2); }
"""


def test_a_lock_keeps_increments_apart() -> None:
    assert not fails(LOCKED.replace("UNLOCK", "spin_unlock(&lock)"))


def test_a_lock_that_one_thread_keeps_is_said_to_be_never_released() -> None:
    text = "spinlock_t lock; void P0(void) { spin_lock(&lock); }"
    result = run(text)
    assert [note.message for note in result.failed_assertions] == ["the lock 'lock' is never released"]


def test_init_runs_before_the_threads_and_says_what_objects_hold() -> None:
    text = """
    struct ring { int mask; int *area; } ring;
    int area[4];
    void init(void) { ring.mask = 3; ring.area = area; for (int i = 0; i < 4; i++) area[i] = i * i; }
    void P0(void) { assert(ring.area[5 & ring.mask] == 1 && area[3] == 9); }
    """
    assert not fails(text)


def test_initial_values_are_those_of_the_declarations() -> None:
    program = lowered(
        """
        struct slot { u8 kind; u64 value; struct slot *next; } slots[2] = { { 1, 2, &slots[1] }, { .value = 9 } };
        int *pointer = &numbers[1], numbers[] = { 4, 5, 6 };
        char text[8] = "hi";
        void P0(void) { assert(slots[0].next->value == 9 && *pointer == 5 && text[1] == 'i' && text[2] == 0); }
        """
    ).program
    objects = {item.name: item for item in program.objects}
    assert objects["numbers"].type.size == 12
    assert objects["slots"].initial[16] == ir.Address("slots", 24)
    assert objects["pointer"].initial[0] == ir.Address("numbers", 4)


MAIN = """
#include <pthread.h>
int x, y;
void *left(void *argument) { __atomic_store_n(&x, 1, __ATOMIC_RELAXED); *(int *)argument = BARRIER; return NULL; }
void *right(void *argument) { __atomic_store_n(&y, 1, __ATOMIC_RELAXED); *(int *)argument = OTHER; return NULL; }
int main(void)
{
    pthread_t one, two;
    int results[2] = { 7, 7 };
    pthread_create(&one, NULL, left, &results[0]);
    if (pthread_create(&two, NULL, right, &results[1]))
        return 1;
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    assert(results[0] || results[1]);
    return 0;
}
"""


@pytest.mark.parametrize("fence", [True, False])
def test_main_makes_threads_and_looks_after_they_are_joined(fence: bool) -> None:
    before = "(__atomic_thread_fence(__ATOMIC_SEQ_CST), " if fence else "("
    text = MAIN.replace("BARRIER", before + "__atomic_load_n(&y, __ATOMIC_RELAXED))")
    text = text.replace("OTHER", before + "__atomic_load_n(&x, __ATOMIC_RELAXED))")
    assert [thread.name for thread in lowered(text).program.threads] == ["P0", "P1"]
    assert fails(text) is not fence


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("void P0(void) { x = 1; }", "'x' is not declared"),
        ("int counter; void P0(void) { conter = 1; }", "did you mean 'counter'"),
        ("void P0(void) { frobnicate(1); }", "the function 'frobnicate' is not defined"),
        ("void P0(void) { frobnicate(1); }", "define it in the harness"),
        ("int f(int x) { return f(x - 1); } void P0(void) { f(3); }", "calls itself"),
        ("int f(int x) { return x; } void P0(void) { f(); }", "takes 1 argument, not 0"),
        ("void P0(void) { int x = 1 << 32; }", "a shift by 32"),
        ("int x; void P0(void) { x = 1 / 0; }", "division by zero"),
        ("int x; void P0(void) { *x = 1; }", "no pointer"),
        ("void *x; void P0(void) { *x = 1; }", "void pointer"),
        ("char x[2000000]; void P0(void) { x[0] = 1; }", "2000000"),
        ("struct s { int a; } x; void P0(void) { x.b = 1; }", "no field 'b'"),
        ("struct s { int a : 3; } x; void P0(void) { x.a = 1; }", "bit-field"),
        ("struct s *x; void P0(void) { x->a = 1; }", "'struct s' is not defined"),
        ("struct s { struct s inner; } x; void P0(void) { x.inner; }", "contains itself"),
        ("int n; int x[n]; void P0(void) { x[0] = 1; }", "not constant"),
        ("extern int x; void P0(void) { x = 1; }", "defined nowhere"),
        ("int x;", "no threads"),
        ("void P1(void) { }", "no P0()"),
        ("void P0(void) { } int main(void) { return 0; }", "both P0() and main()"),
        ("ghost int g; void P0(void) { g = 1; } void P1(void) { g = 2; }", "written by P0 and by P1"),
        ("ghost int g; void P0(void) { g = 1; } void P1(void) { assert(g); }", "written by P0 and read by P1"),
        ("ghost int g; int *p; void P0(void) { p = &g; }", "address of the ghost variable 'g'"),
        ("void (*f)(void); void P0(void) { (*f)(); }", "a call through a pointer"),
        ("double x; void P0(void) { x = 1; }", "double"),
        ("int x, n; void P0(void) { memcpy(&x, &x, n); }", "size that is not constant"),
        ("void P0(void) { break; }", "break outside a loop"),
        ("void P0(void) { int x = nondet(0, 100000); }", "100001"),
        ("int x; void P0(void) { assert(__atomic_load_n(&x, 5)); }", "seq_cst"),
    ],
)
def test_what_cannot_be_lowered_is_said_with_its_place(text: str, part: str) -> None:
    with pytest.raises(MemmodelError) as caught:
        lowered(text)
    assert part in str(caught.value)
    assert caught.value.span is not None


def test_an_index_outside_its_array_is_a_fault() -> None:
    assert not run("int x[3]; int i = 2; void P0(void) { x[READ_ONCE(i)] = 1; }").faults
    for text in (
        "int x[2], y; int i = 2; void P0(void) { x[READ_ONCE(i)] = 1; }",
        "void P0(void) { int x[2] = {}, i = choose(1, 2); x[i] = 1; }",
    ):
        assert run(text).faults


def test_reading_what_another_thread_may_write_at_the_same_time_is_said_to_have_an_open_order() -> None:
    text = "int x, y; void P0(void) { assert(smp_load_acquire(&x) + READ_ONCE(y) < 1); }"
    assert any("order" in warning.message for warning in lowered(text).warnings)
    relaxed = "int x, y; void P0(void) { assert(READ_ONCE(x) + READ_ONCE(y) < 1); }"
    assert not lowered(relaxed).warnings
