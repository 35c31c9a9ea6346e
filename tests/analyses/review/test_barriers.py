"""What a patch does to the barriers of the functions that it touches."""

from __future__ import annotations

import pytest

from memmodel.analyses.review.barriers import BarrierChange, Becomes, barrier_changes
from memmodel.analyses.review.ordering import ordering
from memmodel.analyses.review.touched import touched
from tests.analyses.review.applying import applied

BEFORE = """\
#define publish() smp_wmb()
static void put(struct ring *r, int value)
{
	r->slots[0] = value;
	smp_wmb();
	WRITE_ONCE(r->head, r->head + 1);
	set_bit(1, &r->flags);
}

static void flush(struct ring *r)
{
	r->slots[0] = 0;
	publish();
	WRITE_ONCE(r->head, 0);
}

static int get(struct ring *r)
{
	int at = smp_load_acquire(&r->head);

	spin_lock(&r->lock);
	at += r->slots[0];
	spin_unlock(&r->lock);
	return at;
}
"""


def changes(*edits: tuple[str, str], before: str = BEFORE) -> tuple[BarrierChange, ...]:
    after = before
    for old, new in edits:
        assert old in after
        after = after.replace(old, new)
    patch = applied({"lib/ring.c": before}, {"lib/ring.c": after})
    return barrier_changes(patch, touched(patch))


def told(found: tuple[BarrierChange, ...]) -> list[tuple[str, Becomes, str, str]]:
    return [(item.function, item.kind, item.name_before, item.name_after) for item in found]


WMB = "\tsmp_wmb();\n"


@pytest.mark.parametrize(
    ("old", "new", "kind", "names"),
    [
        (WMB, "", Becomes.REMOVED, ("smp_wmb", "")),
        (WMB, WMB + "\tsmp_mb();\n", Becomes.ADDED, ("", "smp_mb")),
        (WMB, "\tsmp_mb();\n", Becomes.STRENGTHENED, ("smp_wmb", "smp_mb")),
        (WMB, "\tbarrier();\n", Becomes.WEAKENED, ("smp_wmb", "barrier")),
        ("\tset_bit(", "\t__set_bit(", Becomes.REMOVED, ("set_bit", "")),
    ],
)
def test_a_barrier_changes(old: str, new: str, kind: Becomes, names: tuple[str, str]) -> None:
    assert told(changes((old, new))) == [("put", kind, *names)]


def test_a_barrier_that_orders_other_things_is_no_weaker_and_no_stronger() -> None:
    assert told(changes((WMB, "\tsmp_rmb();\n"))) == [
        ("put", Becomes.REMOVED, "smp_wmb", ""),
        ("put", Becomes.ADDED, "", "smp_rmb"),
    ]


def test_accesses_of_one_place_compare_whether_named_by_pointer_or_not() -> None:
    (found,) = changes(("smp_load_acquire(&r->head)", "READ_ONCE(r->head)"))
    assert told((found,)) == [("get", Becomes.WEAKENED, "smp_load_acquire", "READ_ONCE")]
    (found,) = changes(("WRITE_ONCE(r->head, r->head + 1)", "smp_store_release(&r->head, r->head + 1)"))
    assert told((found,)) == [("put", Becomes.STRENGTHENED, "WRITE_ONCE", "smp_store_release")]


def test_read_modify_writes_compare_by_their_suffix() -> None:
    before = "int f(atomic_t *a)\n{\n\treturn atomic_fetch_inc(a);\n}\n"
    (found,) = changes(("fetch_inc", "fetch_inc_relaxed"), before=before)
    assert found.kind is Becomes.WEAKENED and found.orders


def test_other_names_for_the_same_are_no_change() -> None:
    assert not changes(("spin_lock(", "spin_lock_irq("), ("spin_unlock(", "spin_unlock_irq("))
    assert not changes(("spin_lock(&r->lock)", "spin_lock_irqsave(&r->lock, flags)"))
    assert not changes((WMB, "\tpublish();\n"))


def test_a_barrier_on_the_other_side_of_an_access_has_moved() -> None:
    write = "\tr->slots[0] = value;\n"
    (found,) = changes((write + WMB, WMB + write))
    assert told((found,)) == [("put", Becomes.MOVED, "smp_wmb", "smp_wmb")]
    assert found.before is not None and found.after is not None
    assert (found.before.line, found.after.line) == (5, 4)


def test_a_barrier_that_stays_where_it_is_has_not_moved() -> None:
    assert not changes(("\tr->slots[0] = value;\n", "\tr->slots[0] = value;\n\tr->slots[1] = value;\n"))
    assert not changes(("\tr->slots[0] = value;\n", "\tr->slots[0] = value + 1;\n"))


def test_two_accesses_that_swap_have_moved() -> None:
    before = "void f(int *a, int *b)\n{\n\tWRITE_ONCE(*a, 1);\n\tWRITE_ONCE(*b, 1);\n}\n"
    after = "void f(int *a, int *b)\n{\n\tWRITE_ONCE(*b, 1);\n\tWRITE_ONCE(*a, 1);\n}\n"
    patch = applied({"f.c": before}, {"f.c": after})
    assert {item.kind for item in barrier_changes(patch, touched(patch))} == {Becomes.MOVED}


def test_a_macro_changes_the_functions_that_use_it() -> None:
    (found,) = changes(("publish() smp_wmb()", "publish() barrier()"))
    assert told((found,)) == [("flush", Becomes.WEAKENED, "smp_wmb", "barrier")]
    assert found.after is not None and found.after.line == 1 and found.after.text == "barrier()"


def test_a_place_in_parentheses_is_the_same_place() -> None:
    before = "#define set_head(p, v) smp_store_release(p, v)\nvoid f(int *q)\n{\n\tset_head(q, 1);\n}\n"
    (found,) = changes(("smp_store_release(p, v)", "WRITE_ONCE(*(p), v)"), before=before)
    assert told((found,)) == [("f", Becomes.WEAKENED, "smp_store_release", "WRITE_ONCE")]


def test_what_changes_in_an_inline_function_is_told_once() -> None:
    header = "static inline void publish(int *p)\n{\n\tsmp_wmb();\n\t*p = 1;\n}\n"
    users = "".join(f"\nvoid f{n}(int *p)\n{{\n\tpublish(p);\n}}\n" for n in range(3))
    assert told(changes(("smp_wmb", "smp_mb"), before=header + users)) == [
        ("publish", Becomes.STRENGTHENED, "smp_wmb", "smp_mb")
    ]


def test_new_and_removed_functions_bring_and_take_their_barriers() -> None:
    one = "int f(int *p)\n{\n\treturn smp_load_acquire(p);\n}\n"
    patch = applied({"f.c": ""}, {"f.c": one})
    assert told(barrier_changes(patch, touched(patch))) == [("f", Becomes.ADDED, "", "smp_load_acquire")]
    patch = applied({"f.c": one}, {"f.c": ""})
    assert told(barrier_changes(patch, touched(patch))) == [("f", Becomes.REMOVED, "smp_load_acquire", "")]


def test_names_in_comments_and_strings_are_no_barriers() -> None:
    assert not changes(("\tset_bit", '\tpr_info("smp_mb()"); /* smp_mb() */\n\tset_bit'))


def test_renaming_changes_no_barrier() -> None:
    before = "void f(int *p)\n{\n\tWRITE_ONCE(*p, 1);\n\tsmp_mb();\n}\n"
    assert not changes(("*p", "*q"), before=before)


@pytest.mark.parametrize(
    "name", ["smp_mb", "dma_wmb", "set_bit", "clear_bit_unlock", "smp_cond_load_acquire", "mutex_lock"]
)
def test_what_orders_is_known_by_name(name: str) -> None:
    found = ordering(name)
    assert found is not None and found.name == name


def test_what_does_not_order_is_not() -> None:
    assert ordering("kmalloc") is None
    assert ordering("lockdep_assert_held") is None
    marked = ordering("READ_ONCE")
    assert marked is not None and not marked.orders
