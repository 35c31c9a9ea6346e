"""Where a remark stands, and what its edits make of the lines that they touch."""

from __future__ import annotations

import pytest

from memmodel.analyses.finding import Edit
from memmodel.analyses.review.result import Remark
from memmodel.frontends.patch.read import read
from memmodel.records import replace
from memmodel.reports.review.places import edited, place, quoted, relative
from memmodel.source import SourceFile
from tests.reports.review import series

TEXT = SourceFile("a.c", "one();\n\ttwo();\nthree();\nfour();")


def edit(old: str, new: str, file: SourceFile = TEXT) -> Edit:
    return Edit(series.at(old, file), new)


@pytest.mark.parametrize(
    ("name", "tree", "path"),
    [
        ("linux/kernel/a.c", "linux", "kernel/a.c"),
        ("linux/kernel/a.c", "linux/", "kernel/a.c"),
        ("./linux/kernel/a.c", "linux", "kernel/a.c"),
        ("linux-next/a.c", "linux", "linux-next/a.c"),
        ("<patch>/kernel/a.c", None, "kernel/a.c"),
        ("kernel/a.c", "/home/linux", "kernel/a.c"),
        ("/usr/include/a.h", "/home/linux", "/usr/include/a.h"),
    ],
)
def test_a_file_is_named_from_the_top_of_the_tree(name: str, tree: str | None, path: str) -> None:
    assert relative(name, tree) == path


@pytest.mark.parametrize(
    ("edits", "lines"),
    [
        ((edit("two", "2"),), ["\t2();"]),
        ((edit("one", "1"), edit("three", "3")), ["1();", "3();"]),
        ((edit("three", "3"), edit("one", "1")), ["1();", "3();"]),
        ((Edit(TEXT.span(7, 7), "\tsmp_wmb();\n"),), ["\tsmp_wmb();", "\ttwo();"]),
        ((edit("\ttwo();\n", ""), edit("three", "3")), ["3();"]),
        ((edit("\ttwo();\n", ""),), []),
        ((edit("four", "4"),), ["4();"]),
        ((edit("()", "", SourceFile("b.c", "x() + y")), edit("four", "4")), ["x + y", "4();"]),
        ((Edit(TEXT.span(0, 3), "1"), Edit(TEXT.span(5, 5), " ")), ["1() ;"]),
    ],
)
def test_edits_are_shown_as_the_lines_that_they_make(edits: tuple[Edit, ...], lines: list[str]) -> None:
    assert list(edited(edits)) == lines


def test_a_remark_on_several_lines_quotes_them_all() -> None:
    span = series.AFTER.span(series.PUT_SLOT.start, series.PUT_HEAD.end)
    remark = replace(
        series.LOST,
        finding=replace(series.LOST.finding, span=span),
        line=series.in_patch(" 	WRITE_ONCE(r->slot[head % 8], value);"),
    )
    assert [line.text for line in quoted(remark, series.FIRST.patch)] == [
        "	WRITE_ONCE(r->slot[head % 8], value);",
        "	WRITE_ONCE(r->head, head + 1);",
    ]


def test_a_remark_without_a_span_is_where_its_line_of_the_patch_is() -> None:
    remark = Remark(replace(series.LOST.finding, span=None), series.LOST.line)
    assert place(remark, series.FIRST.patch, "linux") == ("rings/rb.c", series.PUT_HEAD.line)
    assert place(replace(remark, line=None), series.FIRST.patch, "linux") is None
    assert place(replace(remark, line=3), series.FIRST.patch, "linux") is None


def test_a_remark_about_another_line_than_it_stands_under_quotes_that_one_only() -> None:
    remark = replace(series.LOST, line=series.in_patch("-	smp_store_release(&r->head, head + 1);"))
    (line,) = quoted(replace(remark, finding=replace(remark.finding, span=series.PUT_SLOT)), series.ONE)
    assert line.text == "	smp_store_release(&r->head, head + 1);"


def test_a_line_that_goes_is_where_the_next_line_is_now() -> None:
    (patch,) = read(b"--- a/a.c\n+++ b/a.c\n@@ -1,4 +1,1 @@\n-one();\n-\ttwo();\n-three();\n four();\n", "p")
    finding = replace(series.LOST.finding, span=series.at("two", TEXT))
    assert place(Remark(finding, 5), patch, None) == ("a.c", 1)
    assert [line.text for line in quoted(Remark(finding, 5), patch)] == ["\ttwo();"]
    assert place(Remark(replace(finding, span=series.at("three", TEXT)), 5), patch, None) == ("a.c", 3)


def test_lines_that_go_at_the_end_are_where_the_last_line_is_now() -> None:
    (patch,) = read(b"--- a/a.c\n+++ b/a.c\n@@ -7,3 +7,1 @@\n one();\n-\ttwo();\n-three();\n", "p")
    assert place(Remark(replace(series.LOST.finding, span=None), 6), patch, None) == ("a.c", 7)
