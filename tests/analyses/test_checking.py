"""What a report holds besides the verdict, when it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.analyses.checking import check_file
from memmodel.engines.task import Details, Expected, Options, Task
from memmodel.records import replace
from memmodel.result import FileReport, Outcome

ROOT = Path(__file__).parents[2]
DRAIN = str(ROOT / "litmus" / "ring" / "drain-before-atomic.litmus")
"""The founding case: P0 gives the lock back by an atomic_set() that nothing orders after the release store."""

RACE = """\
C race

{}

P0(int *x) { *x = 1; }
P1(int *x) { int r0 = READ_ONCE(*x); }

exists (1:r0=1)
"""


def checked(file: str, details: Details, expected: Expected | None = None, data: str | None = None) -> FileReport:
    options = replace(Options(), details=details, expected=expected)
    return check_file(Task(file, options, data.encode() if data is not None else None), lambda known: None)


def test_nothing_more_than_the_verdict_unless_asked() -> None:
    report = checked(DRAIN, Details(), Expected("Never"))
    assert report.outcome is Outcome.FAIL
    assert (report.steps, report.changes, report.picture) == ((), (), None)


def test_what_is_expected_may_be_said_from_outside() -> None:
    assert checked(DRAIN, Details()).outcome is Outcome.PASS  # as its header has it: Sometimes
    assert checked(DRAIN, Details(), Expected("Never")).expected == "Never"
    assert checked(DRAIN, Details(), Expected("Maybe")).outcome is Outcome.PASS


def test_the_steps_are_the_execution_in_the_order_in_which_others_see_it() -> None:
    report = checked(DRAIN, Details(steps=True), Expected("Never"))
    text = [(step.thread, step.text.partition(";")[0], step.reordered) for step in report.steps]
    clear, store = ("P0", "atomic_set(busy, 0)", True), ("P0", "smp_store_release(cons, 1)", True)
    assert text.index(clear) < text.index(store)
    assert ("P1", "atomic_cmpxchg(busy, 0, 1)", False) in text
    assert all(step.place is not None and step.place.file == DRAIN for step in report.steps)


def test_a_test_that_passes_has_no_steps() -> None:
    assert checked(DRAIN, Details(steps=True)).steps == ()


def test_a_race_is_shown_by_the_execution_that_has_it() -> None:
    report = checked("-", Details(steps=True), data=RACE)
    assert report.outcome is Outcome.RACE
    assert {step.thread for step in report.steps} == {"P0", "P1"}


def test_the_change_that_is_suggested_answers_the_finding() -> None:
    report = checked(DRAIN, Details(changes=True), Expected("Never"))
    assert report.remedy
    text = applied(Path(DRAIN).read_text(), report)
    again = checked("-", Details(), Expected("Never"), data=text)
    assert again.outcome is Outcome.PASS


def test_nothing_is_suggested_where_no_barrier_helps() -> None:
    text = RACE.replace("*x = 1", "WRITE_ONCE(*x, 1)")  # reading what another thread wrote is no matter of order
    report = checked("-", Details(changes=True), Expected("Never"), data=text)
    assert report.outcome is Outcome.FAIL
    assert (report.changes, report.remedy) == ((), "")


@pytest.mark.parametrize("details", [Details(steps=True), Details(changes=True), Details(picture=True)])
def test_details_change_no_verdict(details: Details) -> None:
    plain, more = checked(DRAIN, Details(), Expected("Never")), checked(DRAIN, details, Expected("Never"))
    assert (plain.outcome, plain.observation, plain.reason) == (more.outcome, more.observation, more.reason)


def applied(text: str, report: FileReport) -> str:
    """The text with the changes made, from the last to the first."""
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    for change in sorted(report.changes, key=lambda one: (one.region.line, one.region.column), reverse=True):
        region = change.region
        start = starts[region.line - 1] + region.column - 1
        end = starts[region.end_line - 1] + region.end_column - 1
        text = text[:start] + change.replacement + text[end:]
    return text


def test_a_picture_that_goes_wrong_costs_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    from memmodel.analyses import drawing

    def broken(decided: object) -> None:
        raise KeyError("box")

    monkeypatch.setattr(drawing, "picture_of", broken)
    report = checked(DRAIN, Details(picture=True))
    assert report.outcome is Outcome.PASS
    assert "internal error in what goes with the verdict: KeyError" in report.diagnostics[-1].message
    assert report.incomplete  # so that no cache keeps it
