"""What is said of the functions of a patch by themselves: barriers that order nothing, for every caller."""

from __future__ import annotations

from memmodel.analyses.edits import apply
from memmodel.analyses.finding import Level
from memmodel.analyses.review.rules_alone import RulesAlone, rules_alone
from memmodel.analyses.review.touched import touched
from tests.analyses.review.applying import applied
from tests.analyses.rules.programs import model

BEFORE = """\
typedef struct { int counter; } atomic_t;
struct ring { atomic_t busy; atomic_t users; int flag; unsigned long tail; };
void kick(struct ring *r);

static void leave(struct ring *r)
{
	atomic_inc(&r->users);
}

int take(struct ring *r, int flags)
{
	smp_store_release(&r->tail, 1);
	atomic_set(&r->busy, 0);
	if (flags & 2)
		kick(r);
	return 0;
}

int put(struct ring *r)
{
	int t;

	WRITE_ONCE(r->flag, 1);
	smp_wmb();
	t = atomic_fetch_inc_relaxed(&r->users);
	return t;
}
"""
SET = "\tatomic_set(&r->busy, 0);\n"
MISPLACED = "\tsmp_mb__before_atomic();\n" + SET


def looked(*edits: tuple[str, str], before: str = BEFORE) -> RulesAlone:
    after = before
    for old, new in edits:
        assert old in after
        after = after.replace(old, new)
    patch = applied({"lib/ring.c": before}, {"lib/ring.c": after})
    return rules_alone(patch, touched(patch), model())


def codes(found: RulesAlone) -> list[str]:
    return [item.code for item in found.findings]


def test_a_barrier_of_atomic_operations_before_a_mere_store() -> None:
    (found,) = looked((SET, MISPLACED)).findings
    assert (found.code, found.level) == ("MM205", Level.WARNING)
    assert found.title == "smp_mb__before_atomic() does not order atomic_set(), which is no read-modify-write"
    assert found.span is not None and found.span.text == "smp_mb__before_atomic()"
    assert found.related[0].span.text == "atomic_set(&r->busy, 0)"
    fixed = apply(found.span.file, found.edits)
    assert "\tsmp_store_release(&r->tail, 1);\n\tatomic_set_release(&r->busy, 0);\n" in fixed


def test_also_behind_a_label_and_before_other_stores() -> None:
    assert codes(looked((SET, "out:\n" + MISPLACED))) == ["MM205"]
    found = looked((SET, MISPLACED.replace("atomic_set(&r->busy, 0)", "WRITE_ONCE(r->flag, 0)"))).findings[0]
    assert found.span is not None
    assert "\tsmp_store_release(&r->flag, 0);\n" in apply(found.span.file, found.edits)
    found = looked((SET, MISPLACED.replace("atomic_set(&r->busy, 0)", "r->flag = 0"))).findings[0]
    assert found.span is not None
    assert "\tsmp_mb();\n\tr->flag = 0;\n" in apply(found.span.file, found.edits)


def test_nothing_is_said_where_the_barrier_may_be_meant_for_something_else() -> None:
    for instead in (
        MISPLACED + "\tatomic_inc(&r->users);\n",
        MISPLACED + "\tleave(r);\n",
        "\tsmp_mb__before_atomic();\n\tkick(r);\n" + SET,
        "\tsmp_mb__before_atomic();\n\tif (flags)\n\t" + SET,
        "\tsmp_mb__before_atomic();\n",
        "\tsmp_mb__before_atomic();\n\tatomic_dec(&r->busy);\n",
    ):
        assert not looked((SET, instead)).findings, instead


def test_the_mirror_image() -> None:
    found = looked((SET, SET + "\tsmp_mb__after_atomic();\n"))
    assert codes(found) == ["MM205"]
    assert not looked((SET, "\tatomic_inc(&r->users);\n" + SET + "\tsmp_mb__after_atomic();\n")).findings


def test_an_operation_that_becomes_a_store_behind_the_barrier() -> None:
    before = BEFORE.replace(SET, "\tsmp_mb__before_atomic();\n\tatomic_dec(&r->busy);\n")
    (found,) = looked(("atomic_dec(&r->busy)", "atomic_set(&r->busy, 0)"), before=before).findings
    assert found.code == "MM101"


def test_what_was_there_before_is_not_told_again() -> None:
    before = BEFORE.replace(SET, MISPLACED)
    assert not looked(("return 0;", "return 1;"), before=before).findings
    assert not looked((MISPLACED, "\tr->flag = 0;\n" + MISPLACED), before=before).findings


def test_putting_it_right_is_a_fix() -> None:
    before = BEFORE.replace(SET, MISPLACED)
    found = looked((MISPLACED, SET.replace("atomic_set", "atomic_set_release")), before=before)
    assert not found.findings
    assert [(item.code, item.level) for item in found.fixes] == [("MM208", Level.NOTE)]
    assert [item.code for item in looked(("smp_mb__before_atomic", "smp_mb"), before=before).fixes] == ["MM208"]


def test_taking_the_barrier_away_alone_is_none() -> None:
    found = looked((MISPLACED, SET), before=BEFORE.replace(SET, MISPLACED))
    assert not found.findings and not found.fixes


def test_a_second_barrier_is_without_effect_or_leaves_the_first_redundant() -> None:
    (found,) = looked(("\tsmp_wmb();\n", "\tsmp_wmb();\n\tsmp_wmb();\n")).findings
    assert found.code == "MM205" and found.span is not None and found.span.line == 25
    (found,) = looked(("\tsmp_wmb();\n", "\tsmp_wmb();\n\tsmp_mb();\n")).findings
    assert (found.code, found.span.text if found.span else "") == ("MM206", "smp_wmb()")
    assert found.span is not None
    assert "\tWRITE_ONCE(r->flag, 1);\n\tsmp_mb();\n" in apply(found.span.file, found.edits)


def test_an_operation_that_becomes_fully_ordered_leaves_the_barrier_redundant() -> None:
    assert codes(looked(("fetch_inc_relaxed", "fetch_inc"))) == ["MM206"]


def test_a_full_barrier_before_a_release() -> None:
    (found,) = looked(("\tsmp_store_release", "\tsmp_mb();\n\tsmp_store_release")).findings
    assert found.code == "MM206" and "smp_mb()" in found.title and found.span is not None
    assert "\tWRITE_ONCE(r->tail, 1);\n" in apply(found.span.file, found.edits)


def test_a_full_barrier_at_the_end_is_for_the_caller() -> None:
    assert not looked(("\treturn t;", "\tsmp_mb();\n\treturn t;")).findings
    assert not looked(("\tWRITE_ONCE(r->flag, 1);\n", "\tsmp_rmb();\n\tWRITE_ONCE(r->flag, 1);\n")).findings


def test_an_added_function_is_looked_at_as_well() -> None:
    patch = applied({"lib/ring.c": ""}, {"lib/ring.c": BEFORE.replace(SET, MISPLACED)})
    assert codes(rules_alone(patch, touched(patch), model())) == ["MM205"]


def test_a_function_that_cannot_be_read_as_a_program_is_judged_by_its_text() -> None:
    unreadable = "\tr = *flags;\n"
    assert codes(looked((SET, MISPLACED + unreadable))) == ["MM205"]
    assert not looked((SET, MISPLACED + "\tatomic_inc(&r->users);\n" + unreadable)).findings
    assert not looked((SET, MISPLACED + "\tleave(r);\n" + unreadable)).findings


def test_without_a_tree_what_the_patch_shows_is_enough() -> None:
    after = BEFORE.replace(SET, MISPLACED)
    patch = applied({"lib/ring.c": BEFORE}, {"lib/ring.c": after}, "int take(struct ring *r, int flags)", partial=True)
    functions = touched(patch)
    assert [(item.function, item.whole) for item in functions] == [("take", False)]
    assert codes(rules_alone(patch, functions, model())) == ["MM205"]


def test_a_barrier_left_before_a_release_that_needs_none_can_go() -> None:
    released = MISPLACED.replace("atomic_set(", "atomic_set_release(")
    found = looked((MISPLACED, released), before=BEFORE.replace(SET, MISPLACED)).findings
    assert [item.code for item in found] == ["MM206"]
    assert found[0].span is not None
    assert "smp_mb__before_atomic" not in apply(found[0].span.file, found[0].edits)
