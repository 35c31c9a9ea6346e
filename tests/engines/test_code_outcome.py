"""How a C program fares: what is announced must be there, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memmodel.engines.code_outcome import judge
from memmodel.events.execution import Execution
from memmodel.program.ir import Expectation
from memmodel.result import Note, Observation, Outcome, Result, Witness
from memmodel.source import SourceFile

NEVER, SOMETIMES, ALWAYS = Observation.NEVER, Observation.SOMETIMES, Observation.ALWAYS
HARNESS = SourceFile("harness.c", "void final(void)\n{\n\tassert(seen == 1);\n}\n")
LINE = HARNESS.span(20, 37)
STATED = SourceFile("scenario.toml", 'verdict = "Never"\n').span(10, 17)
FAILS = Note("seen == 1", LINE)
NULL = Note("NULL dereference in P0", LINE)
RACE = frozenset({"data-race"})


def stated(verdict: str, race: bool = False, fault: str | None = None, bounded: bool = False) -> Expectation:
    return Expectation(verdict, race, STATED, fault, bounded)


@pytest.mark.parametrize("found", list(Observation))
@pytest.mark.parametrize("expected", list(Observation))
def test_a_verdict_passes_exactly_when_it_is_the_stated_one(found: Observation, expected: Observation) -> None:
    failed = () if found is NEVER else (FAILS,)
    judged = judge(Result(found, failed_assertions=failed), stated(expected.value), True)
    assert (judged.outcome is Outcome.PASS) == (found is expected)


def test_without_a_statement_no_assertion_may_fail() -> None:
    assert judge(Result(NEVER), None, True).outcome is Outcome.PASS
    judged = judge(Result(SOMETIMES, failed_assertions=(FAILS,)), None, True)
    assert judged.outcome is Outcome.FAIL
    assert judged.reason == "harness.c:3:2: assertion failed: seen == 1"


def test_an_unexpected_failure_is_told_with_its_place() -> None:
    judged = judge(Result(ALWAYS, failed_assertions=(FAILS,)), stated("Never"), True)
    assert judged.reason == "expected Never, found Always: harness.c:3:2: assertion failed: seen == 1"


def test_a_failure_found_before_time_ran_out_is_a_failure() -> None:
    late = Result(None, timed_out=True, reason="late")
    assert judge(late, None, True).outcome is Outcome.TIMEOUT
    found = replace(late, witness=Witness(Execution(0, (), ()), (), ()))
    assert judge(found, None, True).outcome is Outcome.FAIL
    assert judge(found, stated("Never"), True).outcome is Outcome.FAIL
    assert judge(found, stated("Sometimes"), True).outcome is Outcome.TIMEOUT


def test_a_race_must_be_announced_and_an_announced_race_must_be_found() -> None:
    assert judge(Result(NEVER, RACE), None, True).outcome is Outcome.RACE
    assert judge(Result(NEVER, RACE), stated("Never"), True).outcome is Outcome.RACE
    assert judge(Result(NEVER, RACE), stated("Never", race=True), True).outcome is Outcome.PASS
    assert judge(Result(NEVER), stated("Never", race=True), True).outcome is Outcome.FAIL
    assert judge(Result(NEVER), stated("Never", race=True), finds_races=False).outcome is Outcome.PASS


def test_a_race_forgives_no_other_verdict() -> None:
    result = Result(SOMETIMES, RACE, failed_assertions=(FAILS,))
    assert judge(result, stated("Never", race=True), True).outcome is Outcome.FAIL


def test_a_failed_assertion_is_told_before_a_race() -> None:
    judged = judge(Result(SOMETIMES, RACE, failed_assertions=(FAILS,)), None, True)
    assert judged.outcome is Outcome.FAIL
    assert judged.reason is not None
    assert judged.reason.endswith("and there is a data race")


@pytest.mark.parametrize(
    ("announced", "outcome"),
    [(None, Outcome.FAIL), ("", Outcome.PASS), ("NULL", Outcome.PASS), ("outside", Outcome.FAIL)],
)
def test_a_fault_is_a_finding_unless_it_is_announced(announced: str | None, outcome: Outcome) -> None:
    assert judge(Result(NEVER, faults=(NULL,)), stated("Never", fault=announced), True).outcome is outcome


def test_an_announced_fault_must_be_found() -> None:
    assert judge(Result(NEVER), stated("Never", fault=""), True).outcome is Outcome.FAIL
    assert judge(Result(NEVER, cut=True, bounded=True), stated("Never", fault=""), True).outcome is Outcome.BOUNDED


def test_a_program_all_of_whose_executions_run_into_the_announced_fault_passes() -> None:
    result = Result(NEVER, faults=(NULL,), no_executions=True)
    assert judge(result, stated("Never", fault="NULL"), True).outcome is Outcome.PASS


def test_a_program_without_executions_is_no_proof() -> None:
    assert judge(Result(NEVER, no_executions=True), stated("Never"), True).outcome is Outcome.VACUOUS
    assert judge(Result(NEVER, no_executions=True, deadlock=True), None, True).outcome is Outcome.DEADLOCK
    assert judge(Result(NEVER, no_executions=True, deadlock=True), stated("DEADLOCK"), True).outcome is Outcome.PASS


def test_never_up_to_a_bound_passes_only_where_the_scenario_says_so() -> None:
    result = Result(NEVER, cut=True, bounded=True)
    loop = HARNESS.span(17, 18)
    assert judge(result, stated("Never"), True, [loop]).outcome is Outcome.BOUNDED
    assert (judge(result, stated("Never"), True, [loop]).reason or "").startswith("harness.c:2:1: ")
    passes = judge(result, stated("Never", bounded=True), True, [loop])
    assert (passes.outcome, passes.reason) == (Outcome.PASS, "Never up to the loop bound")


def test_a_failure_stands_whatever_the_bound() -> None:
    result = Result(SOMETIMES, cut=True, bounded=True, failed_assertions=(FAILS,))
    assert judge(result, stated("Sometimes"), True).outcome is Outcome.PASS
    assert judge(result, stated("Never", bounded=True), True).outcome is Outcome.FAIL


def test_a_stronger_hardware_model_may_forbid_what_the_kernel_s_allows() -> None:
    assert judge(Result(NEVER), stated("Sometimes"), finds_races=False).outcome is Outcome.PASS
    assert judge(Result(NEVER), stated("Sometimes"), finds_races=True).outcome is Outcome.FAIL
