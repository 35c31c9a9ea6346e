"""Everything that is told of a file is a diagnostic with a code that `memmodel rule` explains."""

from __future__ import annotations

import re

import pytest

from memmodel.analyses import outcome_rules, outcomes
from memmodel.analyses.documented import Documented
from memmodel.diagnostic import Diagnostic, Place, Severity, Step
from memmodel.records import replace
from memmodel.result import ExitStatus, FileReport, Mishap, Observation, Outcome

HERE = Place("a.litmus", 4, 12, 17, " * Result: Never", "           ^~~~~")
THERE = Place("a.litmus", 9, 2, 8, "\tx = 1;", "    ^~~~~~")


def report(outcome: Outcome, **more: object) -> FileReport:
    return replace(FileReport("a.litmus", "a", "lkmm", "smt", outcome), **more)


def test_of_a_file_that_is_as_expected_nothing_is_told() -> None:
    assert outcomes.diagnostics(report(Outcome.PASS, observation=Observation.NEVER)) == ()


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.PASS])
def test_every_other_outcome_is_told_with_a_code_of_its_own(outcome: Outcome) -> None:
    (told,) = outcomes.diagnostics(report(outcome, reason="so it is", place=HERE))
    assert told.code == outcomes.rule_of(report(outcome)).code  # type: ignore[union-attr]
    assert outcome_rules.find(told.code or "") in outcome_rules.RULES
    undecided = outcome.status is ExitStatus.UNDECIDED
    assert told.severity is (Severity.WARNING if undecided else Severity.ERROR)


def test_no_two_outcomes_share_a_code() -> None:
    codes = [outcomes.rule_of(report(outcome)) for outcome in Outcome if outcome is not Outcome.PASS]
    assert len(set(codes)) == len(codes)


def test_the_place_is_not_said_twice() -> None:
    (told,) = outcomes.diagnostics(report(Outcome.FAIL, reason=f"{HERE}: expected Never, found Sometimes", place=HERE))
    assert told.message == "expected Never, found Sometimes"
    assert told.place == HERE


def test_the_execution_comes_with_the_outcome() -> None:
    steps = (Step("P0", "x = 1; writes x = 1", THERE),)
    (told,) = outcomes.diagnostics(report(Outcome.FAIL, reason="wrong", place=HERE, steps=steps))
    assert told.steps == steps


def test_notes_become_related_places() -> None:
    notes = (Diagnostic(Severity.NOTE, "P0's plain write of x", THERE),)
    (told,) = outcomes.diagnostics(report(Outcome.RACE, reason="data race", place=HERE, diagnostics=notes))
    assert [(one.label, one.place) for one in told.related] == [("P0's plain write of x", THERE)]


def test_what_goes_wrong_in_c_is_said_once_with_one_place() -> None:
    mishaps = (Mishap("assertion failed: x == 1", HERE), Mishap("assertion failed: y == 1", THERE))
    reason = f"expected Never, found Sometimes: {mishaps[0]}; {mishaps[1]}"
    notes = tuple(Diagnostic(Severity.NOTE, one.message, one.place) for one in mishaps)
    found = report(Outcome.FAIL, code=True, reason=reason, place=HERE, assertions=mishaps, diagnostics=notes)
    (told,) = outcomes.diagnostics(found)
    assert told.message == "expected Never, found Sometimes: assertion failed: x == 1; assertion failed: y == 1"
    assert [(one.label, one.place) for one in told.related] == [("assertion failed: y == 1", THERE)]


def test_the_first_access_of_a_race_is_told_once() -> None:
    reason = f"data race: P0's plain write of x with P1's plain read of x at {THERE}; the file does not announce it"
    notes = (
        Diagnostic(Severity.NOTE, "data race, which the file does not announce: P0's plain write of x", HERE),
        Diagnostic(Severity.NOTE, "with P1's plain read of x", THERE),
    )
    (told,) = outcomes.diagnostics(report(Outcome.RACE, reason=reason, place=HERE, diagnostics=notes))
    assert (told.message, told.place) == (reason, HERE)
    assert [(one.label, one.place) for one in told.related] == [("with P1's plain read of x", THERE)]


def test_an_error_in_the_text_is_told_once() -> None:
    error = Diagnostic(Severity.ERROR, "unexpected ';'", HERE, "expected an expression")
    (told,) = outcomes.diagnostics(report(Outcome.ERROR, reason=error.sentence(), diagnostics=(error,)))
    assert (told.message, told.hint, told.code) == (error.message, error.hint, "MM008")


def test_what_is_unsupported_is_a_warning_though_it_was_raised_as_an_error() -> None:
    error = Diagnostic(Severity.ERROR, "a union of two sizes", HERE)
    (told,) = outcomes.diagnostics(report(Outcome.UNSUPPORTED, reason=error.sentence(), diagnostics=(error,)))
    assert (told.severity, told.code) == (Severity.WARNING, "MM007")


def test_warnings_of_rules_follow_the_outcome() -> None:
    warning = Diagnostic(Severity.WARNING, "orders nothing", THERE, code="MM101")
    plain = Diagnostic(Severity.WARNING, "read as none", THERE)
    told = outcomes.diagnostics(report(Outcome.FAIL, reason="wrong", diagnostics=(warning, plain)))
    assert [item.code for item in told] == ["MM001", "MM101", "MM012"]


def test_in_c_a_failed_assertion_and_a_fault_are_told_apart() -> None:
    mishap = (Mishap("assertion failed: x == 1", THERE),)
    assert outcomes.rule_of(report(Outcome.FAIL, code=True, assertions=mishap)) is outcome_rules.FAILED_ASSERTION
    assert outcomes.rule_of(report(Outcome.FAIL, code=True, assertions=mishap, faults=mishap)) is outcome_rules.FAULT
    assert outcomes.rule_of(report(Outcome.FAIL, code=True)) is outcome_rules.UNEXPECTED_VERDICT


def test_a_defect_of_ours_is_not_called_bad_input() -> None:
    found = report(Outcome.ERROR, reason="internal error: the engines disagree", internal=True)
    assert outcomes.rule_of(found) is outcome_rules.INTERNAL


@pytest.mark.parametrize("rule", outcome_rules.RULES, ids=lambda rule: rule.code)
def test_each_is_documented_as_the_other_rules_are(rule: Documented) -> None:
    assert re.fullmatch(r"MM0\d\d", rule.code)
    for heading in ("What it finds", "Why it is bad"):
        assert f"\n{heading}\n" in rule.documentation
    assert "What to do" in rule.documentation or "Write instead" in rule.documentation
    assert max(map(len, rule.documentation.splitlines())) <= 80
