"""A barrier that a patch adds has a comment, and the comment names the other side."""

from __future__ import annotations

import pytest

from memmodel.analyses.edits import apply
from memmodel.analyses.finding import Finding, Level
from memmodel.analyses.pairs.row import Access, Order, Row, Standing
from memmodel.analyses.review.barriers import barrier_changes
from memmodel.analyses.review.comments import comment_findings
from memmodel.analyses.review.touched import touched
from memmodel.source import SourceFile
from tests.analyses.review.applying import applied

BEFORE = """\
static void put(struct ring *r, int value)
{
	r->slots[0] = value;
	r->head = 1;
}
"""
AFTER = """\
static void put(struct ring *r, int value)
{
	r->slots[0] = value;
	smp_wmb();
	r->head = 1;
}
"""


def findings(after: str, before: str = BEFORE, rows: tuple[Row, ...] = ()) -> tuple[Finding, ...]:
    patch = applied({"lib/ring.c": before}, {"lib/ring.c": after})
    return comment_findings(patch, barrier_changes(patch, touched(patch)), rows)


def with_barrier(text: str) -> tuple[Finding, ...]:
    return findings(AFTER.replace("\tsmp_wmb();\n", text))


def test_a_barrier_without_a_comment_is_a_warning() -> None:
    (found,) = findings(AFTER)
    assert (found.code, found.level, found.title) == ("MM207", Level.WARNING, "smp_wmb() without a comment")
    assert found.span is not None and found.span.text == "smp_wmb()" and not found.edits


@pytest.mark.parametrize(
    "text",
    [
        "\tsmp_wmb(); /* pairs with get() */\n",
        "\t/* Pairs with the barrier of the consumer. */\n\tsmp_wmb();\n",
        "\t/*\n\t * Order the slot before the head\n\t * for ring_get().\n\t */\n\tsmp_wmb();\n",
        "\tsmp_wmb(); // slots before head\n",
        "\tWRITE_ONCE(r->tail, 1); /* tail */\n",
        "\tbarrier();\n",
        "\tsmp_rmb(); /* matches the producer */\n",
    ],
)
def test_one_that_names_its_partner_is_fine(text: str) -> None:
    assert not with_barrier(text)


@pytest.mark.parametrize("text", ["\tsmp_wmb(); /* important! */\n", "\t/* Make this visible. */\n\tsmp_wmb();\n"])
def test_a_comment_that_names_nobody_is_a_note(text: str) -> None:
    (found,) = with_barrier(text)
    assert found.level is Level.NOTE and "does not name its partner" in found.title


def test_a_comment_further_up_or_on_another_statement_is_none_of_the_barrier() -> None:
    for text in ("\t/* pairs with get() */\n\n\tsmp_wmb();\n", "\tr->tail = 2; /* pairs with get() */\n\tsmp_wmb();\n"):
        (found,) = with_barrier(text)
        assert found.level is Level.WARNING


def test_ordered_accesses_are_notes_at_most() -> None:
    bare = AFTER.replace("\tsmp_wmb();\n", "").replace("r->head = 1", "smp_store_release(&r->head, 1)")
    (found,) = findings(bare)
    assert found.level is Level.NOTE
    assert not findings(bare.replace("\tsmp_store", "\t/* Publish. */\n\tsmp_store"))
    assert not findings(bare.replace("smp_store_release", "atomic_set_release"))


def test_only_what_the_patch_adds_counts() -> None:
    assert not findings(AFTER.replace("= value", "= value + 1"), AFTER)
    assert not findings(AFTER.replace("\tsmp_wmb", "\t\tsmp_wmb"), AFTER)


def test_a_barrier_in_the_place_of_another_is_a_note() -> None:
    (found,) = findings(AFTER.replace("smp_wmb", "smp_mb"), AFTER)
    assert found.level is Level.NOTE


def test_the_comment_of_a_statement_over_several_lines() -> None:
    text = "\t/* Pairs with put(). */\n\tif (r->tail &&\n\t    smp_load_acquire(&r->head))\n\t\treturn;\n"
    assert not with_barrier(text)


def test_a_barrier_in_a_macro() -> None:
    after = "#define publish() smp_wmb()\n" + AFTER.replace("smp_wmb", "publish")
    (found,) = findings(after)
    assert found.span is not None and found.span.line == 1
    assert not findings(f"/* Pairs with get(). */\n{after}")


def test_who_it_pairs_with_is_said_where_the_table_knows() -> None:
    file = SourceFile("lib/ring.c", AFTER)
    at = AFTER.index("smp_wmb")
    barrier = Order("smp_wmb", (file.span(at, at + 9),))
    other = SourceFile("lib/get.c", "int get(void)\n{\n\tsmp_rmb();\n}\n")
    partner = Order("smp_rmb", (other.span(18, 27),))
    here, there = (
        tuple(Access(name, "ring.head", does, "", source.span(0, 1)) for does in ("writes", "reads"))
        for name, source in (("put", file), ("get", other))
    )
    row = Row(*here, *there, Standing.ORDERED, barrier, partner)
    (found,) = findings(AFTER, rows=(row,))
    assert found.related[0].span == partner.spans[0]
    assert "\t/* Pairs with smp_rmb() in get(). */\n\tsmp_wmb();\n" in apply(file, found.edits)
