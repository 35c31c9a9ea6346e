"""The ring drain: a position is given away, then a busy flag cleared; nobody may see that the other way round."""

from __future__ import annotations

import pytest

from memmodel.analyses.explanation import Cure
from tests.analyses.explaining import explained, line

STORE, CLEAR = "smp_store_release(cons, 1)", "atomic_set(busy, 0)"
CLAIM, LOOK = "atomic_cmpxchg", "smp_load_acquire(cons)"


@pytest.mark.parametrize("variant", ["drain-none", "drain-before-atomic", "drain-rmb", "drain-none-acquire-once"])
def test_the_title_names_the_two_stores_in_order_and_the_missing_edge(variant: str) -> None:
    name = f"ring/{variant}"
    store, clear = line(name, STORE), line(name, CLEAR)
    assert explained(name).title == (
        f"atomic_set(busy) line {clear} can become visible before smp_store_release(cons) line {store}: "
        "nothing orders an atomic_set after a release store"
    )


def test_the_barrier_that_does_not_help_is_named() -> None:
    name = "ring/drain-before-atomic"
    text = " ".join(explained(name).paragraphs)
    barrier = line(name, "smp_mb__before_atomic();")
    assert f"smp_mb__before_atomic() line {barrier} does not: it orders what precedes it" in text
    assert "atomic_set() is none" in text


def test_the_two_stores_are_the_pair_shown_out_of_order() -> None:
    story = explained("ring/drain-none").story
    assert story is not None
    assert [(pair.first.code, pair.second.code) for pair in story.reordered] == [(STORE, CLEAR)]
    assert [row.place.code for row in story.rows] == [CLEAR, "atomic_cmpxchg(busy, 0, 1)", LOOK, STORE]


@pytest.mark.parametrize("variant", ["drain-set-release-relaxed-claim", "drain-wmb-relaxed-claim"])
def test_a_relaxed_claim_is_blamed_where_the_stores_are_ordered(variant: str) -> None:
    missing = explained(f"ring/{variant}").missing
    assert missing is not None and missing.cure is Cure.PROVEN
    ((first, second),) = [(gap.pair.first.code, gap.pair.second.code) for gap in missing.gaps]
    assert first.startswith("atomic_cmpxchg_relaxed") and second == LOOK


def test_both_sides_are_blamed_where_neither_orders_anything() -> None:
    missing = explained("ring/drain-none-relaxed-claim").missing
    assert missing is not None and missing.cure is Cure.PROVEN
    assert [gap.pair.first.thread for gap in missing.gaps] == [0, 1]


@pytest.mark.parametrize(
    ("variant", "left", "right"),
    [
        ("drain-wmb", "smp_wmb()", "atomic_cmpxchg(busy)"),
        ("drain-mb", "smp_mb()", "atomic_cmpxchg(busy)"),
        ("drain-set-release", "atomic_set_release(busy)", "atomic_cmpxchg(busy)"),
        ("drain-set-release-acquire-once", "atomic_set_release(busy)", "atomic_cmpxchg_acquire(busy)"),
        ("drain-set-release-relaxed-rmb", "atomic_set_release(busy)", "smp_rmb()"),
        ("drain-wmb-acquire-once", "smp_wmb()", "atomic_cmpxchg_acquire(busy)"),
        ("drain-set-release-relaxed-after-atomic", "atomic_set_release(busy)", "smp_mb__after_atomic()"),
    ],
)
def test_what_pairs_with_what_in_each_correct_variant(variant: str, left: str, right: str) -> None:
    refutation = explained(f"ring/{variant}").refutation
    assert refutation is not None and refutation.complete
    (reason,) = [reason for reason in refutation.reasons if not reason.by_itself]
    assert [edge.relation for edge in reason.edges] == ["order", "rf", "order", "fr"]
    ((one, other),) = [(pairing.left.place, pairing.right.place) for pairing in reason.pairings]
    assert one is not None and one.name == left
    assert other is not None and other.name == right
