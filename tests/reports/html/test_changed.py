"""Changes as a diff shows them."""

from __future__ import annotations

from memmodel.diagnostic import Change, Region
from memmodel.picture import Source
from memmodel.reports.html.changed import changed_lines

LINES = tuple(f"line {number};" for number in range(1, 21))
FILE = Source("a.c", LINES)


def shown(*changes: Change, source: Source = FILE) -> list[str]:
    return [f"{line.sign}{line.number or ''} {line.text}".rstrip() for line in changed_lines(changes, (source,))]


def test_a_replacement_is_the_old_line_then_the_new_one() -> None:
    change = Change(Region("a.c", 10, 1, 10, 5), "LINE")
    assert shown(change) == [
        " 8 line 8;",
        " 9 line 9;",
        "-10 line 10;",
        "+10 LINE 10;",
        " 11 line 11;",
        " 12 line 12;",
    ]


def test_an_insertion_is_new_lines_alone() -> None:
    change = Change(Region("a.c", 1, 1, 1, 1), "first;\n")
    assert shown(change) == ["+1 first;", " 2 line 1;", " 3 line 2;"]


def test_an_insertion_may_be_behind_the_last_line() -> None:
    change = Change(Region("a.c", 21, 1, 21, 1), "last;\n")
    assert shown(change) == [" 19 line 19;", " 20 line 20;", "+21 last;"]


def test_changes_far_apart_have_a_gap_between_them() -> None:
    lines = shown(Change(Region("a.c", 18, 1, 18, 1), "late "), Change(Region("a.c", 2, 1, 2, 1), "early "))
    assert lines.count("@") == 1
    assert [line for line in lines if line[0] == "+"] == ["+2 early line 2;", "+18 late line 18;"]


def test_changes_of_one_line_do_not_disturb_each_other() -> None:
    changes = (Change(Region("a.c", 5, 1, 5, 5), "LINE"), Change(Region("a.c", 5, 6, 5, 7), "FIVE"))
    assert "+5 LINE FIVE;" in shown(*changes)


def test_a_line_may_go() -> None:
    assert [line for line in shown(Change(Region("a.c", 5, 1, 6, 1), "")) if line[0] != " "] == ["-5 line 5;"]


def test_lines_keep_their_numbers_where_only_a_part_of_the_file_is_known() -> None:
    part = Source("a.c", LINES[9:14], 10)
    assert "-12 line 12;" in shown(Change(Region("a.c", 12, 1, 12, 5), "LINE"), source=part)


def test_what_is_outside_the_part_that_is_known_is_told_alone() -> None:
    part = Source("a.c", LINES[9:14], 10)
    assert shown(Change(Region("a.c", 2, 1, 2, 5), "LINE"), source=part) == ["+2 LINE"]
