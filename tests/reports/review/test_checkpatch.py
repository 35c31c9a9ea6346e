"""Lines in the manner of checkpatch.pl, read by the expressions with which its readers find them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from memmodel.records import replace
from memmodel.reports.review import render
from tests.reports.review import series

Stored = Callable[[str, str], None]

ENTRY = re.compile(
    r"^(?P<level>ERROR|WARNING|CHECK):(?P<type>[A-Z0-9_]+): (?P<message>.+)\n"
    r"(?:#(?P<number>\d+): FILE: (?P<file>.+):(?P<line>\d+):\n(?P<text>[-+ ].*)\n)?\n",
    re.MULTILINE,
)
TERSE = re.compile(
    r"^(?P<patch>[^:\n]+):(?P<number>\d+): (?P<level>ERROR|WARNING|CHECK): (?P<message>.+)$", re.MULTILINE
)
TOTAL = re.compile(r"^total: (\d+) errors, (\d+) warnings, (?:(\d+) checks, )?(\d+) lines checked$", re.MULTILINE)


@pytest.mark.parametrize("name", ["checkpatch", "checkpatch-terse"])
def test_a_series(name: str, stored: Stored) -> None:
    stored(f"review-{name}.txt", render(series.SERIES, name))


def test_each_remark_names_the_line_of_the_patch_and_of_the_file() -> None:
    lost, idle, elsewhere = ENTRY.finditer(render(series.SERIES, "checkpatch"))
    assert (lost["level"], lost["type"]) == ("ERROR", "LOST_ORDER")
    assert (idle["level"], idle["type"]) == ("WARNING", "ADDED_BARRIER_WITHOUT_EFFECT")
    for entry in (lost, idle):
        assert entry["file"] == "rings/rb.c"
        assert series.MAIL.line(int(entry["number"])) == entry["text"]
        assert series.AFTER.line(int(entry["line"])) == entry["text"][1:]
    assert elsewhere["number"] is None
    assert elsewhere["message"].startswith("rings/rb.c:26: ")


def test_terse_gives_a_line_for_each() -> None:
    entries = list(TERSE.finditer(render(series.SERIES, "checkpatch-terse")))
    assert [entry["level"] for entry in entries] == ["ERROR", "WARNING", "CHECK"]
    assert {entry["patch"] for entry in entries} == {"series.mbox"}
    assert [int(entry["number"]) for entry in entries[:2]] == [series.LOST.line, series.IDLE.line]


@pytest.mark.parametrize("name", ["checkpatch", "checkpatch-terse"])
def test_a_remark_says_which_machines_show_it(name: str) -> None:
    patch = series.SERIES.patches[0]
    said = replace(series.LOST.finding, observable="allowed by LKMM and observable on power")
    told = replace(patch, remarks=(replace(series.LOST, finding=said),))
    text = render(replace(series.SERIES, patches=(told,)), name)
    assert f": {series.LOST.finding.title}; allowed by LKMM and observable on power\n" in text


@pytest.mark.parametrize("name", ["checkpatch", "checkpatch-terse"])
def test_each_patch_ends_with_a_total(name: str) -> None:
    assert TOTAL.findall(render(series.SERIES, name)) == [("1", "1", "1", "15"), ("0", "0", "", "4")]


@pytest.mark.parametrize("name", ["checkpatch", "checkpatch-terse"])
def test_of_one_clean_patch_only_the_total_is_said(name: str) -> None:
    assert render(series.NOTHING, name) == "total: 0 errors, 0 warnings, 4 lines checked\n"


def test_of_a_line_that_goes_the_place_is_where_it_was() -> None:
    before = type(series.AFTER)(
        "rings/rb.c", series.AFTER.text.replace(series.PUT_HEAD.text, "smp_store_release(&r->head, head + 1)")
    )
    finding = replace(series.LOST.finding, span=series.at("smp_store_release(&r->head, head + 1)", before))
    removed = series.in_patch("-	smp_store_release(&r->head, head + 1);")
    review = replace(series.FIRST, remarks=(replace(series.LOST, finding=finding, line=removed),))
    (entry,) = ENTRY.finditer(render(replace(series.SERIES, patches=(review,)), "checkpatch"))
    assert entry["text"] == "-	smp_store_release(&r->head, head + 1);"
    assert series.AFTER.line(int(entry["line"])) == "\tWRITE_ONCE(r->head, head + 1);"


def test_what_a_patch_holds_never_reaches_the_terminal_raw() -> None:
    evil = "\x1b[31m\x9b31m\r\u202e"
    finding = replace(series.LOST.finding, title=f"{evil}\nERROR:FORGED: no")
    patch = replace(series.FIRST.patch, subject=evil)
    review = replace(series.FIRST, patch=patch, remarks=(replace(series.LOST, finding=finding),))
    for name in ("checkpatch", "checkpatch-terse"):
        text = render(replace(series.SERIES, patches=(review, series.CLEAN)), name)
        assert [c for c in text if not c.isprintable() and c not in "\n\t"] == []
        assert "\nERROR:FORGED" not in text
