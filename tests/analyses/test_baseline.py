"""What counts as a change since a baseline, and what does not."""

from __future__ import annotations

import pytest

from memmodel.analyses import outcome_rules, outcomes
from memmodel.analyses.baseline import compare, entry, gone
from memmodel.diagnostic import Diagnostic, Place, Severity
from memmodel.records import replace
from memmodel.result import FileReport, Mishap, Observation, Outcome

MODEL = "lkmm"

NEVER = FileReport(
    "a.litmus",
    "a",
    MODEL,
    "smt",
    Outcome.PASS,
    Observation.NEVER,
    expected="Never",
    states=((("1:r0", "0"), ("1:r1", "0")), (("1:r0", "1"), ("1:r1", "1"))),
)
WEAK = (("1:r0", "1"), ("1:r1", "0"))
SOMETIMES = replace(
    NEVER,
    outcome=Outcome.FAIL,
    observation=Observation.SOMETIMES,
    states=(*(NEVER.states or ()), WEAK),
    reason="expected Never, found Sometimes",
)
RACY = replace(NEVER, outcome=Outcome.RACE, flags=("data-race",), reason="data race, which the file does not announce")
LATE = replace(NEVER, outcome=Outcome.TIMEOUT, observation=None, states=None, reason="the time limit was reached")
BOUNDED = replace(NEVER, outcome=Outcome.BOUNDED, bounded=True, reason="Never up to the loop bound")


def wrong(line: int, message: str = "unknown primitive 'READ_ONC'") -> FileReport:
    found = Diagnostic(Severity.ERROR, message, Place("a.litmus", line, 1, 2, "", ""))
    return replace(LATE, outcome=Outcome.ERROR, reason=found.sentence(), diagnostics=(found,))


def unsupported(message: str) -> FileReport:
    return replace(wrong(3, message), outcome=Outcome.UNSUPPORTED)


def compared(before: FileReport, after: FileReport) -> FileReport:
    return compare(entry(before, MODEL), after, MODEL)


@pytest.mark.parametrize(
    "report",
    [NEVER, SOMETIMES, RACY, LATE, BOUNDED, wrong(3), unsupported("a jump backwards")],
    ids=lambda report: report.outcome.value,
)
def test_what_is_as_it_was_is_no_finding(report: FileReport) -> None:
    found = compared(report, report)
    assert (found.outcome, found.changed) == (Outcome.PASS, ())
    if report.outcome is not Outcome.PASS:
        assert found.reason == f"as in the baseline: {report.outcome.value}"
    assert not outcomes.diagnostics(found)


def test_another_verdict_is_a_change_in_either_direction() -> None:
    worse = compared(NEVER, SOMETIMES)
    assert worse.outcome is Outcome.FAIL
    assert worse.changed == ("Never -> Sometimes", "state gained: 1:r0=1; 1:r1=0")
    better = compared(SOMETIMES, NEVER)
    assert better.outcome is Outcome.FAIL
    assert better.changed == ("Sometimes -> Never", "state lost: 1:r0=1; 1:r1=0")


def test_a_change_has_its_own_code_and_says_how() -> None:
    (told,) = outcomes.diagnostics(compared(NEVER, SOMETIMES))
    assert told.code == outcome_rules.CHANGED.code
    assert "Never -> Sometimes" in told.message
    assert told.severity is Severity.ERROR


def test_states_alone_are_a_change() -> None:
    fewer = replace(NEVER, states=(NEVER.states or ())[:1])
    assert compared(NEVER, fewer).changed == ("state lost: 1:r0=1; 1:r1=1",)


def test_states_that_were_not_recorded_are_not_compared() -> None:
    assert compared(replace(NEVER, states=None), NEVER).outcome is Outcome.PASS
    assert compared(NEVER, replace(NEVER, states=None)).outcome is Outcome.PASS


def test_of_many_states_some_are_listed_and_the_others_counted() -> None:
    many = replace(NEVER, states=tuple((("0:r0", str(number)),) for number in range(10, 20)))
    none = replace(NEVER, states=())
    changed = compared(none, many).changed
    assert len(changed) == 5
    assert changed[0] == "state gained: 0:r0=10"
    assert changed[-1] == "and 6 more states gained"


def test_the_order_of_states_and_labels_is_no_change() -> None:
    turned = tuple(tuple(reversed(state)) for state in reversed(NEVER.states or ()))
    assert compared(NEVER, replace(NEVER, states=turned)).outcome is Outcome.PASS


def test_flags_gained_and_lost_are_changes() -> None:
    assert compared(NEVER, RACY).changed == ("flag gained: data-race",)
    assert compared(RACY, NEVER).changed == ("flag lost: data-race",)


def test_another_expectation_is_a_change_only_where_the_file_fails_it() -> None:
    stricter = replace(NEVER, outcome=Outcome.FAIL, reason="expected Sometimes, found Never")
    assert compared(NEVER, stricter).changed == ("outcome: pass -> fail: expected Sometimes, found Never",)
    assert compared(stricter, NEVER).outcome is Outcome.PASS


def test_what_fails_in_a_c_program_is_compared() -> None:
    one = replace(SOMETIMES, code=True, states=None, assertions=(Mishap("assertion failed: r == 1", None),))
    other = replace(one, assertions=(Mishap("assertion failed: s == 1", None),))
    moved = replace(one, assertions=(Mishap("assertion failed: r == 1", Place("a.c", 9, 1, 2, "", "")),))
    assert compared(one, other).changed == ("new: assertion failed: s == 1", "no longer: assertion failed: r == 1")
    assert compared(one, moved).outcome is Outcome.PASS


def test_a_known_verdict_that_is_not_decided_now_is_undecided_not_changed() -> None:
    found = compared(NEVER, LATE)
    assert (found.outcome, found.changed) == (Outcome.TIMEOUT, ())
    assert found.reason == "the time limit was reached; the baseline has Never"
    assert compared(NEVER, unsupported("a jump")).outcome is Outcome.UNSUPPORTED


def test_a_counterexample_found_before_time_ran_out_is_a_change() -> None:
    found_some = replace(LATE, outcome=Outcome.FAIL, reason="expected Never, and an execution satisfies the condition")
    assert compared(NEVER, found_some).outcome is Outcome.FAIL
    assert compared(NEVER, found_some).changed
    assert compared(SOMETIMES, found_some).outcome is Outcome.TIMEOUT
    assert compared(found_some, found_some).outcome is Outcome.PASS


def test_a_verdict_where_there_was_none_is_judged_by_the_file() -> None:
    assert compared(LATE, NEVER).outcome is Outcome.PASS
    assert compared(LATE, SOMETIMES).outcome is Outcome.FAIL
    assert compared(LATE, SOMETIMES).changed == ()
    assert "the baseline has no verdict (timeout)" in (compared(LATE, SOMETIMES).reason or "")


def test_up_to_a_bound_only_what_is_gained_is_a_change() -> None:
    assert compared(NEVER, BOUNDED).outcome is Outcome.BOUNDED
    assert compared(SOMETIMES, BOUNDED).outcome is Outcome.BOUNDED  # the weak state may come later
    racy = replace(BOUNDED, flags=("data-race",))
    assert compared(NEVER, racy).changed == ("flag gained: data-race",)


def test_an_error_is_told_as_itself() -> None:
    assert compared(NEVER, wrong(3)) == wrong(3)


def test_an_error_that_only_moved_is_known_and_another_is_not() -> None:
    assert compared(wrong(3), wrong(7)).outcome is Outcome.PASS
    assert compared(wrong(3), wrong(3, "expected ';'")).outcome is Outcome.ERROR


def test_no_baseline_excuses_a_defect_of_ours() -> None:
    broken = replace(LATE, outcome=Outcome.ERROR, reason="internal error: the engines disagree", internal=True)
    assert compared(broken, broken).outcome is Outcome.ERROR


def test_a_new_file_is_judged_by_itself_and_told_as_new() -> None:
    assert compare(None, NEVER, MODEL).outcome is Outcome.PASS
    assert compare(None, NEVER, MODEL).reason == "not in the baseline"
    found = compare(None, SOMETIMES, MODEL)
    assert (found.outcome, found.changed) == (Outcome.FAIL, ())
    assert found.reason == "expected Never, found Sometimes; not in the baseline"


def test_a_file_that_is_gone_is_a_change() -> None:
    found = gone("a.litmus", entry(NEVER, MODEL), MODEL, "smt")
    assert (found.outcome, found.changed) == (Outcome.FAIL, ("not there any more, and was Never",))
    (told,) = outcomes.diagnostics(found)
    assert told.code == outcome_rules.CHANGED.code


def test_another_model_is_a_change() -> None:
    assert "model: lkmm -> sc" in compared(NEVER, replace(NEVER, model="sc")).changed
