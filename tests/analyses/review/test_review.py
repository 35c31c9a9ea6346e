"""What the pairing tables before and after a patch make of it: orders that are lost, lacking, or made."""

from __future__ import annotations

import difflib
from functools import cache
from itertools import pairwise

import pytest

from memmodel.analyses.edits import apply
from memmodel.analyses.finding import Level
from memmodel.analyses.pairs.pairing import Pairing
from memmodel.analyses.pairs.table import Paired, Table
from memmodel.analyses.review.result import PatchReview
from memmodel.analyses.review.review import Settings, review
from memmodel.cat import models
from memmodel.cat.terms import Model
from memmodel.engines.solver import OutOfTime
from memmodel.files import Files
from memmodel.frontends.patch.read import read

PATH = "lib/box.c"
BOX = """\
struct box { int letter; int flag; int other; };
void tell(struct box *b);

void box_put(struct box *b, int letter)
{
	WRITE_ONCE(b->letter, letter);
	/* Pairs with box_get(). */
	smp_store_release(&b->flag, 1);
}

int box_get(struct box *b)
{
	/* Pairs with box_put(). */
	if (!smp_load_acquire(&b->flag))
		return -1;
	return READ_ONCE(b->letter);
}
"""
RELEASE = "\tsmp_store_release(&b->flag, 1);\n"
ACQUIRE = "smp_load_acquire(&b->flag)"


@cache
def model() -> Model:
    return models.load("lkmm").model


def series(*texts: str, seconds: float = 60) -> tuple[PatchReview, ...]:
    """The reviews of the patches that make each text of the one before."""
    patches = []
    for old, new in pairwise(texts):
        names = (f"a/{PATH}", f"b/{PATH}")
        diff = "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), *names))
        patches += read(diff.encode(), "a.patch")
    files = Files(changed={PATH: texts[0]})
    return review(patches, files, Settings(model(), None, seconds)).patches


def one(before: str, after: str) -> PatchReview:
    (found,) = series(before, after)
    return found


def codes(found: PatchReview) -> list[str]:
    return [remark.finding.code for remark in found.remarks]


def test_an_order_that_is_lost_is_told_once_at_the_line_that_lost_it() -> None:
    after = BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n")
    (remark,) = one(BOX, after).remarks
    finding = remark.finding
    assert (finding.code, finding.level) == ("MM201", Level.ERROR)
    assert finding.span is not None and finding.span.text == "WRITE_ONCE(b->flag, 1)"
    assert "box_get()" in finding.message and "smp_store_release" in finding.message
    assert apply(finding.span.file, finding.edits) == BOX


def test_it_is_told_at_the_line_that_is_removed_where_none_is_added() -> None:
    before = BOX.replace(RELEASE, "\tsmp_wmb();\n\tWRITE_ONCE(b->flag, 1);\n")
    found = one(before, before.replace("\tsmp_wmb();\n", ""))
    (remark,) = found.remarks
    assert remark.finding.span is not None and remark.finding.span.text == "smp_wmb()"
    assert remark.line is not None
    assert found.patch.source.line(remark.line) == "-\tsmp_wmb();"


def test_the_reading_side_can_lose_it_too() -> None:
    (remark,) = one(BOX, BOX.replace(ACQUIRE, "READ_ONCE(b->flag)")).remarks
    assert remark.finding.code == "MM201"
    assert remark.finding.span is not None and remark.finding.span.text == "READ_ONCE(b->flag)"


def test_what_keeps_the_order_otherwise_is_as_good() -> None:
    assert codes(one(BOX, BOX.replace(RELEASE, "\tsmp_wmb();\n\tWRITE_ONCE(b->flag, 1);\n"))) == []


def test_an_order_that_is_made_is_a_fix() -> None:
    worse = BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n")
    found = one(worse, BOX)
    assert codes(found) == []
    (fix,) = found.fixes
    assert fix.code == "MM208"
    assert any(item.span.text == "smp_store_release(&b->flag, 1)" for item in fix.related)


def test_each_patch_of_a_series_answers_for_itself() -> None:
    worse = BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n")
    first, second, third = series(BOX, worse, worse.replace("int other;", "long other;"), BOX)
    assert [codes(first), codes(second), codes(third)] == [["MM201"], [], []]
    assert [bool(p.fixes) for p in (first, second, third)] == [False, False, True]


def test_new_code_is_held_to_the_order_that_the_other_side_makes() -> None:
    added = BOX + "\nvoid box_clear(struct box *b)\n{\n\tWRITE_ONCE(b->letter, 0);\n\tWRITE_ONCE(b->flag, 1);\n}\n"
    (remark,) = one(BOX, added).remarks
    assert remark.finding.code == "MM202"
    assert "box_clear()" in remark.finding.message


def test_what_neither_side_orders_is_nobodys_mistake() -> None:
    bare = BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n").replace(ACQUIRE, "READ_ONCE(b->flag)")
    added = bare + "\nvoid box_clear(struct box *b)\n{\n\tWRITE_ONCE(b->letter, 0);\n\tWRITE_ONCE(b->flag, 1);\n}\n"
    assert codes(one(bare, added)) == []


def test_a_function_that_claims_nothing_is_not_asked_to_run_beside_itself() -> None:
    added = BOX + (
        "\nint box_turn(struct box *b)\n{\n\t/* Pairs with box_put(). */\n\tint seen = smp_load_acquire(&b->other);\n\n"
        "\tWRITE_ONCE(b->letter, seen);\n\tWRITE_ONCE(b->other, seen + 1);\n\treturn seen;\n}\n"
    )
    assert codes(one(BOX, added)) == []


def test_nothing_is_said_across_a_call_that_may_order_anything() -> None:
    def put(between: str) -> str:
        return BOX.replace("\t/* Pairs with box_get(). */\n" + RELEASE, f"{between}\tWRITE_ONCE(b->flag, 1);\n")

    added = put("\ttell(b);\n")
    found = one(put("\tsmp_wmb();\n\ttell(b);\n"), added)
    assert codes(found) == []
    assert codes(one(put("\tsmp_wmb();\n"), put(""))) == ["MM201"]


def test_names_alone_change_nothing() -> None:
    assert codes(one(BOX, BOX.replace("letter", "parcel").replace("box_put", "box_send"))) == []


def test_what_there_is_no_time_for_is_listed() -> None:
    after = BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n")
    (found,) = series(BOX, after, seconds=1e-6)
    assert codes(found) == []
    assert any("time" in item.why for item in found.skipped)


def test_what_was_shown_of_a_pair_is_counted() -> None:
    found = one(BOX, BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n"))
    assert [(item.what, item.result) for item in found.looked if "box_get" in item.what] == [
        ("box_put() with box_get()", "1 row: 1 not ordered")
    ]


def test_what_time_was_too_short_to_show_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_time(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(Pairing, "_shown", no_time)
    found = one(BOX, BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n"))
    assert not found.remarks
    assert [item.why for item in found.skipped] == ["no execution was found in time for 1 of its rows"]


def test_what_was_not_decided_before_the_patch_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    compute = Table._compute

    def slow_before(
        self: Table, first: str, second: str, limits: tuple[float, float | None], everything: bool, near: frozenset[str]
    ) -> Paired:
        late = RELEASE in self.file.text
        return compute(self, first, second, (0, None) if late else limits, everything, near)

    monkeypatch.setattr(Table, "_compute", slow_before)
    found = one(BOX, BOX.replace(RELEASE, "\tWRITE_ONCE(b->flag, 1);\n"))
    assert ("box_put() with box_get(), as before the patch", "not all was decided in time") in [
        (item.what, item.why) for item in found.skipped
    ]
