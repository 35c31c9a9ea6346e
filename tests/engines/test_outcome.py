"""How a file fares: the rules of the kernel's scripts, and which verdicts a larger loop bound could change."""

from __future__ import annotations

import pytest

from memmodel.engines.outcome import judge
from memmodel.program.ir import Expectation
from memmodel.result import Note, Observation, Outcome, Result
from memmodel.source import SourceFile

NEVER, SOMETIMES, ALWAYS = Observation.NEVER, Observation.SOMETIMES, Observation.ALWAYS
SPAN = SourceFile("a.litmus", "C a\n  *p = 1;\n").span(6, 13)


def outcome(result: Result, expected: str | None = None, finds_races: bool = True) -> Outcome:
    """`expected` as in a header: 'Never', 'Sometimes DATARACE', …"""
    words = expected.split() if expected else []
    stated = Expectation(words[0], "DATARACE" in words, SPAN) if words else None
    return judge(result, stated, finds_races).outcome


@pytest.mark.parametrize("found", list(Observation))
@pytest.mark.parametrize("expected", list(Observation))
def test_a_verdict_passes_exactly_when_it_is_the_stated_one(found: Observation, expected: Observation) -> None:
    passes = outcome(Result(found), expected.value) is Outcome.PASS
    assert passes == (found is expected)


@pytest.mark.parametrize("found", list(Observation))
def test_without_a_statement_whatever_is_decided_passes(found: Observation) -> None:
    assert outcome(Result(found)) is Outcome.PASS


@pytest.mark.parametrize("found", list(Observation))
def test_maybe_allows_every_verdict_but_a_deadlock(found: Observation) -> None:
    assert outcome(Result(found), "Maybe") is Outcome.PASS
    assert outcome(Result(NEVER, no_executions=True, deadlock=True), "Maybe") is Outcome.DEADLOCK


def test_a_race_must_be_announced_and_an_announced_race_must_be_found() -> None:
    race = frozenset({"data-race"})
    assert outcome(Result(NEVER, race)) is Outcome.RACE
    assert outcome(Result(NEVER, race), "Never") is Outcome.RACE
    assert outcome(Result(NEVER, race), "Never DATARACE") is Outcome.PASS
    assert outcome(Result(NEVER), "Never DATARACE") is Outcome.FAIL


def test_an_announced_race_that_is_found_forgives_another_verdict() -> None:
    assert outcome(Result(SOMETIMES, frozenset({"data-race"})), "Never DATARACE") is Outcome.PASS


def test_other_flags_are_no_race() -> None:
    assert outcome(Result(NEVER, frozenset({"mixed-accesses"})), "Never") is Outcome.PASS


def test_a_hardware_model_is_not_held_to_races_nor_to_sometimes() -> None:
    assert outcome(Result(NEVER), "Never DATARACE", finds_races=False) is Outcome.PASS
    assert outcome(Result(NEVER), "Sometimes", finds_races=False) is Outcome.PASS
    assert outcome(Result(SOMETIMES), "Never", finds_races=False) is Outcome.FAIL


def test_no_execution_is_a_deadlock_or_vacuous_unless_the_file_says_deadlock() -> None:
    stuck = Result(NEVER, no_executions=True, deadlock=True)
    empty = Result(NEVER, no_executions=True)
    assert outcome(stuck) is Outcome.DEADLOCK
    assert outcome(stuck, "Never") is Outcome.DEADLOCK
    assert outcome(stuck, "DEADLOCK") is Outcome.PASS
    assert outcome(empty) is Outcome.VACUOUS
    assert outcome(empty, "Never") is Outcome.VACUOUS
    assert outcome(Result(NEVER), "DEADLOCK") is Outcome.FAIL


@pytest.mark.parametrize(
    ("found", "expected", "want"),
    [
        (NEVER, "Never", Outcome.BOUNDED),
        (ALWAYS, "Always", Outcome.BOUNDED),
        (NEVER, "Sometimes", Outcome.BOUNDED),  # a longer execution may satisfy the condition
        (ALWAYS, "Sometimes", Outcome.BOUNDED),
        (NEVER, None, Outcome.BOUNDED),
        (ALWAYS, "Maybe", Outcome.BOUNDED),
        (SOMETIMES, "Sometimes", Outcome.PASS),
        (SOMETIMES, None, Outcome.PASS),
        (SOMETIMES, "Never", Outcome.FAIL),  # no longer execution takes back the one found
        (ALWAYS, "Never", Outcome.FAIL),
        (NEVER, "Always", Outcome.FAIL),
    ],
)
def test_a_cut_loop_leaves_undecided_what_longer_executions_could_change(
    found: Observation, expected: str | None, want: Outcome
) -> None:
    assert outcome(Result(found, cut=True, bounded=True), expected) is want


def test_a_loop_that_only_waits_leaves_nothing_open() -> None:
    assert outcome(Result(NEVER, cut=True), "Never") is Outcome.PASS
    assert outcome(Result(NEVER, cut=True), "Sometimes") is Outcome.FAIL
    assert outcome(Result(NEVER, cut=True, no_executions=True), "Never") is Outcome.VACUOUS
    assert outcome(Result(NEVER, cut=True, no_executions=True), "DEADLOCK") is Outcome.PASS


def test_when_every_execution_is_cut_off_nothing_is_decided() -> None:
    assert outcome(Result(NEVER, no_executions=True, cut=True, bounded=True), "DEADLOCK") is Outcome.BOUNDED


def test_an_announced_race_may_lie_beyond_the_bound() -> None:
    assert outcome(Result(NEVER, cut=True, bounded=True), "Never DATARACE") is Outcome.BOUNDED


def test_a_fault_is_an_error_and_a_failed_assertion_a_failure_whatever_the_verdict() -> None:
    note = Note("P0: NULL dereference", SPAN)
    judged = judge(Result(NEVER, faults=(note,)), Expectation("Never", False, SPAN), True)
    assert judged.outcome is Outcome.ERROR
    assert judged.reason == "a.litmus:2:3: P0: NULL dereference"
    assert outcome(Result(NEVER, failed_assertions=(note,)), "Never") is Outcome.FAIL


def test_an_unfinished_search_is_a_timeout_or_unsupported() -> None:
    assert outcome(Result(None, timed_out=True), "Never") is Outcome.TIMEOUT
    assert outcome(Result(None, reason="the solver gave up")) is Outcome.UNSUPPORTED


def test_a_reason_starts_with_the_place_it_is_about() -> None:
    stated = Expectation("Never", False, SPAN)
    loop = SPAN.file.span(9, 10)
    assert judge(Result(SOMETIMES), stated, True).reason == "a.litmus:2:3: expected Never, found Sometimes"
    bounded = judge(Result(NEVER, cut=True, bounded=True), stated, True, [loop]).reason
    assert bounded is not None and bounded.startswith("a.litmus:2:6: Never up to the loop bound")
