"""What a comparison says follows from two reports alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memmodel.analyses.compare import Change, compare
from memmodel.diagnostic import Diagnostic, Severity
from memmodel.program.ir import Quantifier
from memmodel.result import ExitStatus, FileReport, Observation, Outcome, State

GOOD: State = (("1:r0", "1"), ("1:r1", "1"))
BAD: State = (("1:r0", "1"), ("1:r1", "0"))

NEVER = FileReport(
    "old.litmus",
    "t",
    "lkmm",
    "smt",
    Outcome.PASS,
    Observation.NEVER,
    Quantifier.EXISTS,
    states=(GOOD,),
    condition="exists (1:r0=1 /\\ 1:r1=0)",
    counterexample=GOOD,
)
SOMETIMES = replace(NEVER, file="new.litmus", observation=Observation.SOMETIMES, states=(BAD, GOOD), witness=BAD)
RACY = replace(NEVER, flags=("data-race",), outcome=Outcome.RACE)
TIMEOUT = replace(NEVER, outcome=Outcome.TIMEOUT, observation=None, states=(), reason="out of time")
UNREADABLE = FileReport("x", "", "lkmm", "smt", Outcome.ERROR, reason="x:1:1: what is this")
DEADLOCK = replace(NEVER, outcome=Outcome.DEADLOCK, states=(), counterexample=None)
FAULTY = replace(NEVER, outcome=Outcome.ERROR, reason="NULL dereference in P0")
BOUNDED = replace(NEVER, outcome=Outcome.BOUNDED, cut=True, bounded=True)
MIXED = replace(NEVER, flags=("mixed-accesses",))
WARNED = replace(NEVER, diagnostics=(Diagnostic(Severity.WARNING, "orders nothing", code="MM101"),))


@pytest.mark.parametrize(
    ("old", "new", "change", "status"),
    [
        (NEVER, NEVER, Change.SAME, ExitStatus.OK),
        (SOMETIMES, SOMETIMES, Change.SAME, ExitStatus.OK),
        (NEVER, SOMETIMES, Change.WORSE, ExitStatus.FINDING),
        (SOMETIMES, NEVER, Change.BETTER, ExitStatus.OK),
        (NEVER, RACY, Change.WORSE, ExitStatus.FINDING),
        (RACY, NEVER, Change.BETTER, ExitStatus.OK),
        (RACY, RACY, Change.SAME, ExitStatus.OK),
        (RACY, SOMETIMES, Change.WORSE, ExitStatus.FINDING),
        (NEVER, MIXED, Change.WORSE, ExitStatus.FINDING),
        (NEVER, DEADLOCK, Change.WORSE, ExitStatus.FINDING),
        (DEADLOCK, NEVER, Change.BETTER, ExitStatus.OK),
        (DEADLOCK, DEADLOCK, Change.SAME, ExitStatus.OK),
        (NEVER, FAULTY, Change.WORSE, ExitStatus.FINDING),
        (FAULTY, FAULTY, Change.SAME, ExitStatus.OK),
        (NEVER, BOUNDED, Change.UNDECIDED, ExitStatus.UNDECIDED),
        (BOUNDED, NEVER, Change.SAME, ExitStatus.OK),
        (BOUNDED, SOMETIMES, Change.WORSE, ExitStatus.FINDING),
        (NEVER, TIMEOUT, Change.UNDECIDED, ExitStatus.UNDECIDED),
        (TIMEOUT, SOMETIMES, Change.UNDECIDED, ExitStatus.UNDECIDED),
        (NEVER, replace(TIMEOUT, witness=BAD), Change.WORSE, ExitStatus.FINDING),
        (TIMEOUT, replace(TIMEOUT, witness=BAD), Change.UNDECIDED, ExitStatus.UNDECIDED),
        (NEVER, UNREADABLE, Change.ERROR, ExitStatus.BAD_INPUT),
        (UNREADABLE, NEVER, Change.ERROR, ExitStatus.BAD_INPUT),
        (NEVER, WARNED, Change.OTHER, ExitStatus.OK),
    ],
)
def test_change_and_status(old: FileReport, new: FileReport, change: Change, status: ExitStatus) -> None:
    compared = compare("t", old, new)
    assert compared.change is change
    assert compared.change.status is status


def test_states_gained_and_lost() -> None:
    worse, better = compare("t", NEVER, SOMETIMES), compare("t", SOMETIMES, NEVER)
    assert (worse.gained, worse.lost) == ((BAD,), ())
    assert (better.gained, better.lost) == ((), (BAD,))


def test_against_a_forall_the_counterexample_is_bad() -> None:
    always = replace(
        NEVER, quantifier=Quantifier.FORALL, observation=Observation.ALWAYS, witness=GOOD, counterexample=None
    )
    broken = replace(always, observation=Observation.SOMETIMES, counterexample=BAD, states=(BAD, GOOD))
    assert compare("t", always, broken).change is Change.WORSE
    assert compare("t", broken, always).change is Change.BETTER
    assert compare("t", broken, replace(broken, witness=None, observation=Observation.NEVER)).worse == ()


def test_states_are_compared_over_what_both_list() -> None:
    wider = replace(SOMETIMES, states=tuple((*state, ("z", "7")) for state in (BAD, GOOD)))
    compared = compare("t", SOMETIMES, wider)
    assert (compared.gained, compared.lost) == ((), ())
    assert any("1:r0, 1:r1" in note for note in compared.notes)


def test_states_with_nothing_in_common_are_not_compared() -> None:
    compared = compare("t", NEVER, replace(NEVER, states=((("x", "1"),),)))
    assert (compared.gained, compared.lost) == (None, None)
    assert any("not compared" in note for note in compared.notes)


def test_a_condition_that_differs_is_told() -> None:
    assert any("conditions differ" in n for n in compare("t", NEVER, replace(NEVER, condition="exists (x=1)")).notes)


def test_warnings_are_matched_whatever_their_line() -> None:
    assert [w.code for w in compare("t", NEVER, WARNED).warnings_gained] == ["MM101"]
    assert [w.code for w in compare("t", WARNED, NEVER).warnings_lost] == ["MM101"]
    assert compare("t", WARNED, WARNED).warnings_gained == ()
    twice = replace(WARNED, diagnostics=WARNED.diagnostics * 2)
    assert len(compare("t", WARNED, twice).warnings_gained) == 1
