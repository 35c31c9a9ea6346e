"""The pairing tables of a file as text."""

from __future__ import annotations

from memmodel.analyses.review.file_result import Pair, Whole
from memmodel.analyses.review.result import Review
from memmodel.reports.pairs import render
from memmodel.reports.review import Options
from memmodel.reports.review.printable import width
from tests.reports.review import series

SERIES = Review((), "lkmm", "linux")
LATE = "not all was decided in time"
FILE = Whole(
    "rings/rb.c",
    (series.LOST.finding,),
    (
        Pair(("ring_put", "ring_get"), (series.REORDERED, series.ORDERED), ("wake_up", "f->call")),
        Pair(("ring_put", "ring_put"), (), ("wake_up",)),
        Pair(("ring_put", "ring_idle"), (), (), LATE),
        Pair(("ring_idle", "ring_idle"), (), (), LATE),
    ),
    1.5,
)
TEXT = render([FILE], SERIES, Options())


def test_the_remarks_come_first_and_then_the_table() -> None:
    parts = ["rings/rb.c\n", "[MM201]", "--> rings/rb.c:15\n", "Pairing table:", "ring_put() -> ring_get()"]
    places = [TEXT.index(part) for part in parts]
    assert places == sorted(places)
    assert [line for line in TEXT.splitlines() if width(line) > 80] == []


def test_what_was_not_looked_at_is_told_once_for_each_reason() -> None:
    end = TEXT[TEXT.index("Not all was looked at:") :]
    told = " ".join(end.split())
    assert f"{LATE}: ring_put() with ring_idle(), ring_idle() with itself" in told
    assert "calls that may do anything: f->call, wake_up" in told
    assert "1 more pair of functions: nothing in common" in TEXT


def test_a_file_without_functions_says_so() -> None:
    text = render([Whole("lib/none.c", (), (), 0.1)], SERIES, Options())
    assert "No function in it has a barrier" in text
    assert text.endswith("nothing to remark; nothing to order (lkmm, 0.1 s)\n")


def test_a_name_never_reaches_the_terminal_raw() -> None:
    evil = "\x1b]0;owned\x07\u202e"
    text = render([Whole(f"lib/{evil}.c", (), (Pair((evil, evil), (), (evil,), evil),), 0.1)], SERIES, Options())
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
