"""The pairing table as people read it."""

from __future__ import annotations

import pytest

from memmodel.analyses.pairs.row import Order, Row, Shape, Standing
from memmodel.records import replace
from memmodel.reports.review.pair_words import barriers, fields, is_bare, is_half
from memmodel.reports.review.pairing import Detail, counts, table
from memmodel.reports.style import PLAIN
from memmodel.source import SourceFile
from tests.reports.review import series

NOTHING = Order("")
BARE = replace(series.OPEN, one=NOTHING)
HEADER = SourceFile("linux/rings/rb.h", "#define ring_wmb() smp_wmb()\n")
CROSSING = replace(
    series.ORDERED,
    first=series.WRITES_SLOT,
    second=series.READS_TAIL,
    sees=series.WRITES_TAIL,
    then=series.READS_SLOT,
    shape=Shape.CROSSING,
)


@pytest.mark.parametrize(
    ("row", "half", "bare"), [(series.REORDERED, True, False), (series.ORDERED, False, False), (BARE, False, True)]
)
def test_a_row_is_ordered_on_both_sides_on_one_or_on_none(row: Row, half: bool, bare: bool) -> None:
    assert (is_half(row), is_bare(row)) == (half, bare)


def test_a_dependency_alone_is_no_sign_that_order_is_meant() -> None:
    assert is_bare(replace(series.OPEN, one=Order("control dependency")))
    assert not is_bare(replace(series.REORDERED, one=NOTHING, other=NOTHING))


def test_fields_go_by_their_own_names_where_that_tells_them_apart() -> None:
    assert fields(series.REORDERED) == "slot before head"
    first, second = (replace(series.WRITES_SLOT, field=name) for name in ("list.next", "node.next"))
    assert fields(replace(series.REORDERED, first=first, second=second)) == "list.next before node.next"


def test_a_crossing_says_what_each_side_does() -> None:
    head = "writes slot, then reads tail <-> writes tail, then reads slot "
    assert fields(CROSSING) == f"{head}(at least one sees the other)"
    assert fields(replace(CROSSING, standing=Standing.REORDERED)) == f"{head}(neither may see the other)"


def test_what_callers_do_is_called_that() -> None:
    caller = replace(series.WRITES_SLOT, caller=True, field="what the pointer leads to", code="what a caller writes")
    row = replace(series.ORDERED, first=caller, second=series.WRITES_HEAD)
    assert fields(row) == "what a caller wrote before head"
    text = "\n".join(table([row], "linux", PLAIN, Detail.FULL))
    assert f"rb.c:{series.PUT_SLOT.line}: what a caller writes\n" in text


def test_barriers_have_their_lines_and_their_file_where_it_is_another() -> None:
    assert barriers(NOTHING, series.WRITES_SLOT) == "nothing"
    assert barriers(Order("control dependency"), series.WRITES_SLOT) == "control dependency"
    assert barriers(series.REORDERED.other, series.READS_HEAD) == f"smp_load_acquire() :{series.GET_HEAD.line}"
    order = Order("smp_wmb and smp_mb", (HEADER.span(19, 28), series.MB))
    assert barriers(order, series.WRITES_SLOT) == f"smp_wmb rb.h:1 and smp_mb :{series.MB.line}"


def test_what_no_barrier_orders_is_counted_and_shown_in_the_full_table_only() -> None:
    rows = [series.ORDERED, BARE]
    assert counts(rows) == "1 ordered, 1 without a barrier"
    compact = table(rows, "linux", PLAIN, Detail.COMPACT)
    assert not [line for line in compact if line.startswith("    open")]
    assert [line for line in table(rows, "linux", PLAIN, Detail.FULL) if line.startswith("    open")]


def test_rows_about_the_same_fields_take_one_line_by_the_worst() -> None:
    better = replace(series.REORDERED, standing=Standing.ORDERED, one=Order("smp_wmb", (series.MB,)))
    lines = table([better, series.REORDERED, better], "linux", PLAIN, Detail.COMPACT)
    assert [line for line in lines if line.startswith("    not ordered  slot before head (1 of 3): nothing <-> ")]
    assert not [line for line in lines if line.startswith("    ordered")]


def test_what_needs_no_barrier_takes_one_line_for_all_fields() -> None:
    alone = replace(series.ORDERED, one=Order("data dependency"), other=Order("control dependency"))
    lines = table([alone, replace(alone, first=series.READS_HEAD)], "linux", PLAIN, Detail.COMPACT)
    assert [line.split(": ")[1] for line in lines if "by dependencies" in line] == [
        "slot before tail, head before tail"
    ]


def test_functions_that_share_their_code_are_told_once() -> None:
    def called(name: str) -> Row:
        return replace(series.ORDERED, first=replace(series.READS_SLOT, function=name))

    lines = table([called("ring_get"), called("ring_get_any")], "linux", PLAIN, Detail.COMPACT)
    assert "    the same as ring_get() with ring_put()" in lines
    assert len([line for line in lines if line.startswith("    ordered")]) == 1


def test_what_was_ordered_before_the_patch_is_told_though_no_barrier_is_left() -> None:
    assert not [line for line in table([BARE], "linux", PLAIN, Detail.BRIEF) if "open  " in line]
    for detail in Detail:
        lines = table([BARE], "linux", PLAIN, detail, {BARE})
        assert [
            line for line in lines if line.startswith("    open         head before tail, ordered before this patch")
        ]
