"""What might wrongly be called an order, and is not; beside each the same with what does order."""

from __future__ import annotations

from memmodel.analyses.pairs.row import Row, Standing
from tests.analyses.pairs.asking import fields, rows

STRUCTURES = """
struct node { int x; int y; spinlock_t lock; };
struct s {
	int data;
	int flag;
	int extra;
	int length;
	int array[4];
	spinlock_t lock;
	spinlock_t locks[4];
	struct node *p;
	struct node *table[4];
};
"""

PUBLISH = "WRITE_ONCE(s->data, 1); {} WRITE_ONCE(s->flag, 1);"
READER = "void g(struct s *s)\n{\n\tREAD_ONCE(s->flag);\n\tsmp_rmb();\n\tREAD_ONCE(s->data);\n}\n"


def function(name: str, body: str, parameters: str = "") -> str:
    lines = "".join(
        f"\t{line.strip()};\n" for line in body.replace("{", "{;").replace("}", "};").split(";") if line.strip()
    )
    lines = lines.replace("{;", "{").replace("};", "}")
    return f"\nvoid {name}(struct s *s{parameters})\n{{\n{lines}}}\n"


def handed_over(text: str) -> Row:
    """The row of f that writes data and flag, and g that reads flag and data."""
    (found,) = (row for row in rows(STRUCTURES + text) if fields(row) == "data flag flag data" and not row.first.caller)
    return found


def standing(text: str) -> Standing:
    return handed_over(text).standing


def locked(lock: str, before: str = "") -> str:
    """f and g, each under a lock."""
    write = f"{before} spin_lock({lock}); {PUBLISH.format('')} spin_unlock({lock})"
    read = f"{before} spin_lock({lock}); READ_ONCE(s->flag); READ_ONCE(s->data); spin_unlock({lock})"
    return function("f", write, ", int i") + function("g", read, ", int i")


# ── locks ────────────────────────────────────────────────────────────────────────────────────────


def test_two_functions_under_one_lock_exclude_each_other() -> None:
    row = handed_over(locked("&s->lock"))
    assert row.standing is Standing.ORDERED
    assert row.one.by == row.other.by == "the lock"


def test_two_locks_of_an_array_may_be_two() -> None:
    assert standing(locked("&s->locks[i]")) is not Standing.ORDERED


def test_the_locks_of_what_two_indices_lead_to_may_be_two() -> None:
    assert standing(locked("&n->lock", "struct node *n = s->table[i];")) is not Standing.ORDERED


def test_the_lock_of_what_a_pointer_leads_to_may_be_another_the_next_time() -> None:
    assert standing(locked("&n->lock", "struct node *n = READ_ONCE(s->p);")) is not Standing.ORDERED


def test_what_lies_beside_the_lock_is_in_the_same_object() -> None:
    write = "struct node *n = READ_ONCE(s->p); spin_lock(&n->lock); n->x = 1; n->y = 1; spin_unlock(&n->lock)"
    read = "struct node *n = READ_ONCE(s->p); spin_lock(&n->lock); n->y; n->x; spin_unlock(&n->lock)"
    text = (
        STRUCTURES
        + function("f", write)
        + function("g", read.replace("n->y;", "int a = n->y;").replace("n->x;", "int b = n->x;"))
    )
    found = [row for row in rows(text) if fields(row) == "x y y x"]
    assert [row.standing for row in found] == [Standing.ORDERED]


def test_each_cpu_has_a_lock_of_its_own() -> None:
    text = locked("&n->lock", "struct node *n = this_cpu_ptr(&nodes);")
    assert standing(f"\nDEFINE_PER_CPU(struct node, nodes);\n{text}") is not Standing.ORDERED
    assert standing(f"\nstruct node nodes;\n{text.replace('this_cpu_ptr(&nodes)', '&nodes')}") is Standing.ORDERED


def test_who_does_not_get_the_lock_goes_on_without() -> None:
    taken = "if (!spin_trylock(&s->lock)) { return; }"
    ignored = "int got = spin_trylock(&s->lock)"
    read = function("g", "spin_lock(&s->lock); READ_ONCE(s->flag); READ_ONCE(s->data); spin_unlock(&s->lock)")
    write = f"{PUBLISH.format('')} spin_unlock(&s->lock)"
    assert standing(function("f", f"{taken} {write}") + read) is Standing.ORDERED
    assert standing(function("f", f"{ignored}; {PUBLISH.format('')}") + read) is not Standing.ORDERED


def test_a_lock_that_is_given_back_and_taken_again_orders_what_was_before() -> None:
    between = "spin_unlock(&s->lock); spin_lock(&s->lock);"
    text = function("f", f"spin_lock(&s->lock); {PUBLISH.format(between)} spin_unlock(&s->lock)") + READER
    assert handed_over(text).one.by == "the lock"


def test_of_locks_that_the_model_does_not_know_nothing_is_said() -> None:
    write = f"write_lock(&s->extra); {PUBLISH.format('')} write_unlock(&s->extra)"
    read = "read_lock(&s->extra); READ_ONCE(s->flag); READ_ONCE(s->data); read_unlock(&s->extra)"
    assert standing(function("f", write) + function("g", read)) is Standing.OPEN


# ── paths ────────────────────────────────────────────────────────────────────────────────────────


def branch(arms: str) -> Standing:
    return standing(function("f", PUBLISH.format(arms), ", int k") + READER)


def test_a_barrier_in_one_arm_is_no_barrier_in_the_other() -> None:
    assert branch("if (k) { smp_wmb(); }") is Standing.REORDERED
    assert branch("if (k) { smp_wmb(); } else { smp_mb(); }") is Standing.ORDERED


def test_who_returns_early_needs_no_barrier() -> None:
    assert branch("if (k) { smp_wmb(); } else { return; }") is Standing.ORDERED


def test_every_case_of_a_switch_counts() -> None:
    text = "\nvoid f(struct s *s, int k)\n{{\n\tWRITE_ONCE(s->data, 1);\n\tswitch (k) {{\n"
    text += "\tcase 1:\n\t\tsmp_wmb();\n\t\tbreak;\n\tdefault:\n\t\t{}\n\t}}\n\tWRITE_ONCE(s->flag, 1);\n}}\n"
    assert standing(text.format("return;") + READER) is Standing.ORDERED
    assert standing(text.format("break;") + READER) is Standing.REORDERED


def test_an_exchange_that_fails_orders_nothing() -> None:
    assert branch("cmpxchg(&s->extra, 0, 1);") is Standing.REORDERED
    assert branch("if (cmpxchg(&s->extra, 0, 1) != 0) { return; }") is Standing.ORDERED


def test_all_calls_of_a_helper_count() -> None:
    helper = "\nstatic inline void done(struct s *s)\n{\n\tWRITE_ONCE(s->flag, 1);\n}\n"
    assert (
        standing(helper + function("f", "WRITE_ONCE(s->data, 1); smp_wmb(); done(s); done(s)") + READER)
        is Standing.ORDERED
    )
    assert (
        standing(helper + function("f", "WRITE_ONCE(s->data, 1); done(s); smp_wmb(); done(s)") + READER)
        is Standing.REORDERED
    )


def test_a_later_turn_of_a_loop_counts() -> None:
    text = """
void f(struct s *s)
{
	int i;

	for (i = 0; i < READ_ONCE(s->length); i++) {
		int c = READ_ONCE(s->extra);

		if (c)
			WRITE_ONCE(s->data, 1);
		if (READ_ONCE(s->array[0])) {
			if (c)
				smp_wmb();
			WRITE_ONCE(s->flag, 1);
		}
	}
}
"""
    assert standing(text + READER) is not Standing.ORDERED
    assert standing(text.replace("if (c)\n\t\t\t\tsmp_wmb", "smp_wmb") + READER) is Standing.ORDERED


def test_a_function_that_is_not_known_may_order_and_is_not_said_to() -> None:
    assert branch("something();") is Standing.OPEN


# ── places ───────────────────────────────────────────────────────────────────────────────────────


def test_plain_accesses_hand_nothing_over() -> None:
    text = function("f", "s->data = 1; smp_wmb(); s->flag = 1")
    read = function("g", "int r = s->flag; smp_rmb(); int t = s->data")
    assert standing(text + read) is not Standing.ORDERED
    marked = text.replace("s->flag = 1", "WRITE_ONCE(s->flag, 1)")
    assert standing(marked + read.replace("= s->flag", "= READ_ONCE(s->flag)")) is Standing.ORDERED
