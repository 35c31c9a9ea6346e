"""The parts of the pairing table: which functions it is about, places for barriers, what would help, how it is told."""

from __future__ import annotations

import pytest

from memmodel.analyses.pairs.row import Row, Standing
from memmodel.analyses.pairs.spots import with_spots
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load
from memmodel.source import SourceFile
from tests.analyses.pairs.asking import fields, row, rows, table

STRUCTURE = "struct s { int a; int b; int c; int array[4]; atomic_t n; };\n"
WRITER = "void f(struct s *s)\n{{\n\tWRITE_ONCE(s->a, 1);\n\t{}\n\tWRITE_ONCE(s->b, 1);\n}}\n"
READER = "void g(struct s *s)\n{{\n\tREAD_ONCE(s->b);\n\t{}\n\tREAD_ONCE(s->a);\n}}\n"


def both(write: str, read: str) -> str:
    return STRUCTURE + WRITER.format(write) + READER.format(read)


# ── functions ────────────────────────────────────────────────────────────────────────────────────

FILE = (
    STRUCTURE
    + """
static void inner(struct s *s) { WRITE_ONCE(s->a, 1); }
static void unused(struct s *s) { WRITE_ONCE(s->a, 2); }
static void again(struct s *s) { inner(s); }
void outer(struct s *s) { again(s); }
void plain(struct s *s) { s->a = 3; }
void other(struct s *s) { READ_ONCE(s->c); }
"""
)


def test_a_static_function_is_looked_at_within_those_that_call_it() -> None:
    assert table(FILE).functions.stands_for("inner") == ("outer",)
    assert table(FILE).functions.stands_for("unused") == ("unused",)
    assert table(FILE).functions.stands_for("nowhere") == ()


def test_functions_that_order_and_mark_nothing_have_no_say() -> None:
    assert table(FILE).functions.threads == ("unused", "outer", "other")


def test_partners_have_fields_in_common() -> None:
    assert table(FILE).functions.partners("outer") == ("outer", "unused")
    assert table(FILE).functions.partners("other") == ("other",)


VARIABLES = """
static int data, flag;
static struct { int inner; } mine[2] = { { 1 } };
void produce(int v) { WRITE_ONCE(data, v); smp_store_release(&flag, 1); }
int consume(void) { return smp_load_acquire(&flag) ? READ_ONCE(data) : 0; }
void other(int inner) { WRITE_ONCE(mine[0].inner, inner); }
"""


def test_partners_may_have_the_files_variables_in_common() -> None:
    assert table(VARIABLES).functions.partners("produce") == ("produce", "consume")
    assert table(VARIABLES).functions.partners("other") == ("other",)


def test_what_two_variables_hand_over_has_a_row() -> None:
    (found,) = rows(VARIABLES, "produce", "consume")
    assert found.standing is Standing.ORDERED
    weak = VARIABLES.replace("smp_store_release(&flag, 1)", "WRITE_ONCE(flag, 1)")
    (found,) = rows(weak, "produce", "consume")
    assert found.standing is Standing.REORDERED


def test_each_pair_is_looked_at_once() -> None:
    pairs = table(FILE).pairs()
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    assert ("outer", "plain") not in pairs


def test_a_pair_that_cannot_be_read_says_why() -> None:
    found = table("struct s { nowhere_t a; };\nvoid f(struct s *s)\n{\n\tREAD_ONCE(s->a);\n}\n").paired("f", "f")
    assert not found.rows
    assert "nowhere_t" in found.why


# ── places ───────────────────────────────────────────────────────────────────────────────────────


def test_rows_are_of_one_field_on_either_side_and_not_of_one_place_twice() -> None:
    found = [row for row in rows(both("smp_wmb();", "smp_rmb();")) if not row.first.caller]
    assert [fields(row) for row in found] == ["a b b a"]
    text = STRUCTURE + "void f(struct s *s)\n{\n\tWRITE_ONCE(s->a, 1);\n\tWRITE_ONCE(s->a, 2);\n}\n" + READER.format("")
    assert not [row for row in rows(text) if not row.first.caller]


def test_elements_are_told_by_their_array() -> None:
    text = STRUCTURE + "void f(struct s *s, int i)\n{\n\ts->array[i] = 1;\n\tsmp_store_release(&s->b, 1);\n}\n"
    text += "void g(struct s *s, int i)\n{\n\tif (smp_load_acquire(&s->b))\n\t\ts->c = s->array[i];\n}\n"
    assert row(text).standing is Standing.ORDERED
    assert "array" in row(text).first.field
    assert row(text).first.plain
    assert not row(text).second.plain


# ── places for barriers ──────────────────────────────────────────────────────────────────────────


def test_there_is_a_place_before_each_access_and_none_within_one() -> None:
    text = "int x; atomic_t n;\nvoid P0(void)\n{\n\tWRITE_ONCE(x, 1);\n\tatomic_inc_return(&n);\n"
    text += "\tif (READ_ONCE(x))\n\t\tx = 2;\n}\n"
    program, spans = with_spots(load(SourceFile("spots.c", text), folder=None, tree=None, defines={}).program)
    assert [span.line for span in spans] == [4, 5, 6, 7]
    assert all(span.start == span.end for span in spans)
    graph = unroll(program)
    for number, span in enumerate(spans):
        (place,) = (event for event in graph.events if event.span == span)
        following = graph.events[place.id + 1]
        assert following.span is not None
        assert following.span.start == span.start, number


# ── remedies ─────────────────────────────────────────────────────────────────────────────────────


def remedies(text: str, side: int) -> dict[str, bool]:
    """What was tried where f and g do not hand over in order, and whether it is enough."""
    found = table(text).paired("f", "g", everything=True)
    (wanted,) = (row for row in found.rows if not row.first.caller)
    assert found.pairing is not None
    tried = found.pairing.remedies((found.pairing.question(wanted),), side, None)
    return {remedy.name: remedy.complete for remedy in tried}


def test_a_writer_is_put_right_by_a_write_barrier_or_a_release() -> None:
    found = remedies(both("", "smp_rmb();"), 0)
    assert found["smp_wmb"] and found["smp_mb"] and found["smp_store_release"]
    assert not found["smp_rmb"]
    assert not found.get("smp_mb__before_atomic", False)


def test_a_reader_is_put_right_by_a_read_barrier_or_an_acquire() -> None:
    found = remedies(both("smp_wmb();", ""), 1)
    assert found["smp_rmb"] and found["smp_mb"] and found["smp_load_acquire"]
    assert not found["smp_wmb"]


def test_one_side_alone_is_put_right_by_nothing_on_the_other() -> None:
    assert not any(remedies(both("", ""), 0).values())


@pytest.mark.parametrize("side", [0, 1])
def test_what_is_said_to_help_helps_in_the_text(side: int) -> None:
    halves = ["smp_wmb();", "smp_rmb();"]
    halves[side] = ""
    for name, helps in remedies(both(*halves), side).items():
        if name.startswith(("smp_wmb", "smp_rmb", "smp_mb")):
            halves[side] = f"{name}();"
            assert (row(both(*halves)).standing is Standing.ORDERED) == helps, name


# ── how it is told ───────────────────────────────────────────────────────────────────────────────


def shown() -> Row:
    return row(both("", "smp_rmb();"))


def test_an_execution_is_shown_by_the_four_lines_in_the_order_they_take_effect() -> None:
    lines = [step.span.line if step.span is not None else 0 for step in shown().steps]
    # The later write is seen, and what the other side reads then is from before the earlier one.
    assert lines == [6, 10, 12, 4]


def test_the_lines_of_an_execution_fit_a_terminal() -> None:
    assert shown().witness
    assert all(len(line) <= 80 for line in shown().witness)


def test_an_order_shows_no_execution() -> None:
    found = row(both("smp_wmb();", "smp_rmb();"))
    assert found.standing is Standing.ORDERED
    assert not found.witness and not found.steps and not found.why
    assert (found.one.by, found.other.by) == ("smp_wmb", "smp_rmb")
    assert [span.line for span in (*found.one.spans, *found.other.spans)] == [5, 11]


FREED = """struct s { int data; int done; };
void f(struct s *s) { s->data = 1; smp_store_release(&s->done, 1); }
void g(struct s *s) { if (READ_ONCE(s->done)) %s = 2; }"""


def test_a_plain_write_behind_a_branch_is_not_ordered_but_not_left_to_chance_either() -> None:
    found = row(FREED % "s->data")
    assert found.standing is not Standing.ORDERED
    assert (found.one.by, found.other.by) == ("smp_store_release", "control dependency")
    marked = row((FREED % "s->data").replace("s->data = 2", "WRITE_ONCE(s->data, 2)"))
    assert (marked.standing, marked.other.by) == (Standing.ORDERED, "control dependency")


def test_a_plain_write_behind_no_branch_is_in_no_order() -> None:
    found = row((FREED % "s->data").replace("if (READ_ONCE(s->done))", "READ_ONCE(s->done);"))
    assert (found.standing, found.other.by) == (Standing.REORDERED, "")


def test_of_two_barriers_that_each_suffice_the_earlier_is_named() -> None:
    text = both("smp_wmb();\n\tsmp_mb();", "smp_rmb();")
    assert row(text).one.by == "smp_wmb"
    assert row(text.replace("smp_wmb();", "")).one.by == "smp_mb"
    assert row(text.replace("smp_mb();", "")).one.by == "smp_wmb"


def test_what_is_accessed_in_two_sizes_is_refused() -> None:
    text = "struct s { union { u64 both; u32 low; }; int b; };\n"
    text += "void f(struct s *s)\n{\n\tWRITE_ONCE(s->low, 1);\n\tsmp_wmb();\n\tWRITE_ONCE(s->b, 1);\n}\n"
    text += "void g(struct s *s)\n{\n\tREAD_ONCE(s->b);\n\tsmp_rmb();\n\tREAD_ONCE(s->both);\n}\n"
    found = table(text).paired("f", "g")
    assert not found.rows
    assert "8 bytes" in found.why
