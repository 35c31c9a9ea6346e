"""The report on a review that people read at a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable

from memmodel.records import replace
from memmodel.reports.review import Options, render
from memmodel.reports.review.printable import width
from memmodel.reports.style import Style
from tests.reports.review import series

Stored = Callable[[str, str], None]


def test_the_report_on_a_series(stored: Stored) -> None:
    stored("review-text.txt", render(series.SERIES))


def test_the_full_table_has_every_row_with_its_lines(stored: Stored) -> None:
    stored("review-text-full.txt", render(series.SERIES, options=Options(full=True)))


def test_it_fits_80_columns() -> None:
    for full in (False, True):
        assert [
            line for line in render(series.SERIES, options=Options(full=full)).splitlines() if width(line) > 80
        ] == []


def test_colours_add_nothing_but_colours() -> None:
    coloured = render(series.SERIES, options=Options(Style(True)))
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == render(series.SERIES)
    assert "\x1b[" in coloured


def test_the_remark_stands_with_the_line_of_the_patch_the_execution_and_the_line_to_write() -> None:
    text = render(series.SERIES)
    parts = [
        "error: ring_get() can see the new head and miss the new slot [MM201]",
        f"rings/rb.c:15, line {series.LOST.line} of the patch",
        "+       WRITE_ONCE(r->head, head + 1);",
        "! 14: WRITE_ONCE(r->slot[head % 8], value)",
        "has no release to pair with",
        "smp_store_release(&r->head, head + 1);",
        "rings/rb.c:23: sees the new head",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_edits_alone_become_the_lines_to_write() -> None:
    text = render(series.SERIES)
    written = text[text.index("Instead:", text.index("[MM205]")) :].splitlines()[1]
    assert written.strip() == "atomic_set_release(&r->busy, 0);"


def test_the_table_tells_of_what_is_in_order_on_one_side_only_and_counts_the_rest() -> None:
    lines = render(series.SERIES).splitlines()
    table = lines[lines.index("Pairing table:") + 1 :]
    assert table[0] == "  ring_put() with ring_get(): 1 not ordered, 1 open, 1 ordered"
    assert [line[4:16].strip() for line in table if re.match(r"    [no]", line)] == ["not ordered", "open"]


def test_what_the_table_says_of_two_functions_is_not_said_again() -> None:
    assert "ring_put() with ring_get(): 3 pairs" not in render(series.SERIES)
    assert "scenarios/ring:kernel: Never, as before" in render(series.SERIES)


def test_a_clean_patch_takes_a_line() -> None:
    text = render(series.NOTHING)
    assert "Nothing to remark." in text
    assert text.endswith("1 patch: nothing to remark (lkmm, 0.0 s)\n")


def test_what_a_patch_holds_never_reaches_the_terminal_raw() -> None:
    evil = "\x1b]0;owned\x07 \x9b31m \u202e rings\r\n"
    patch = replace(series.FIRST.patch, subject=evil, author=evil, date=evil)
    finding = replace(series.LOST.finding, title=evil, message=evil, witness=(evil,))
    remark = replace(series.LOST, finding=finding, suggestion=(evil,))
    row = replace(series.OPEN, why=evil, first=replace(series.OPEN.first, field=evil, code=evil))
    review = replace(series.FIRST, patch=patch, remarks=(remark,), fixes=(finding,), rows=(row,))
    text = render(replace(series.SERIES, patches=(review,)))
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
    assert "\\x1b]0;owned\\x07" in text


def test_a_patch_without_a_number_in_its_subject_is_called_by_its_place_in_the_series() -> None:
    patches = [replace(series.CLEAN, patch=replace(series.TWO, subject=subject)) for subject in ("rings: one", "")]
    text = render(replace(series.SERIES, patches=tuple(patches)))
    assert text.startswith("Patch 2/2: rings: one\n")
    assert "\nPatch 2/2: series.mbox\n" in text


def test_the_seconds_of_a_series_are_those_of_its_patches_together() -> None:
    assert render(replace(series.SERIES, patches=(series.FIRST,) * 4)).endswith("(lkmm, 5.0 s)\n")


def test_edits_that_leave_nothing_say_so() -> None:
    finding = replace(series.IDLE.finding, edits=series.IDLE.finding.edits[:1])
    review = replace(series.FIRST, remarks=(replace(series.IDLE, finding=finding),))
    for name in ("text", "mail", "b4", "sarif"):
        text = render(replace(series.SERIES, patches=(review,)), name)
        assert "Remove it." in text
        assert "Instead:" not in text
