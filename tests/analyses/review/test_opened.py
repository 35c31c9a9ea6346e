"""An order of which nothing can be shown once the patch is there."""

from __future__ import annotations

from memmodel.analyses.pairs.row import Standing
from memmodel.analyses.review.result import Review
from memmodel.reports.review import render
from tests.analyses.review.test_review import BOX, RELEASE, series

CALLS = BOX.replace("\t/* Pairs with box_get(). */\n", "\ttell(b);\n")


def test_an_order_that_only_a_call_may_still_keep_is_no_remark_and_not_silent() -> None:
    (found,) = series(CALLS, CALLS.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n"))
    assert [item.finding.code for item in found.remarks] == []
    assert [row.standing for row in found.opened] == [Standing.OPEN]
    assert set(found.opened) <= set(found.rows)
    text = render(Review((found,), "lkmm", None))
    assert "letter before flag, ordered before this patch" in text
    assert found.opened[0].why.split()[-1] in text


def test_an_order_that_was_not_shown_before_is_no_news() -> None:
    weak = CALLS.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n")
    (found,) = series(weak, weak.replace("int other", "int another"))
    assert found.opened == ()
