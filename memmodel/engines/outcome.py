"""A Result and what the file expects in; how the file fared, and a sentence on why, out.

The rules are those of the kernel's own scripts: a race must be announced in the header and an announced race
must be found; where it is found, a different verdict is forgiven; a test without executions is a deadlock. Beyond
them, a verdict that a larger loop bound could change is never called a pass.
"""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.program.ir import Expectation
from memmodel.records import dataclass
from memmodel.result import RACE_FLAG, Note, Observation, Outcome, Result
from memmodel.source import Span


@dataclass(frozen=True)
class Judgement:
    outcome: Outcome
    reason: str | None = None


def judge(result: Result, expectation: Expectation | None, finds_races: bool, loops: Sequence[Span] = ()) -> Judgement:
    """How `result` compares with `expectation`.

    `finds_races` says whether the model raises data-race at all. One that does not is a hardware model: the header,
    written for the kernel's model, then says nothing about races, and Sometimes there does not oblige the hardware.
    `loops` are the loops that may be cut off. A reason starts with the place it is about, where there is one.
    """
    judged = _judge(result, expectation, finds_races)
    if judged.reason is None or result.faults or result.failed_assertions:
        return judged
    if judged.outcome is Outcome.BOUNDED and loops:
        return Judgement(judged.outcome, f"{loops[0].start_label}: {judged.reason}")
    if expectation is not None and judged.outcome in (Outcome.FAIL, Outcome.DEADLOCK, Outcome.VACUOUS):
        return Judgement(judged.outcome, f"{expectation.span.start_label}: {judged.reason}")
    return judged


def _judge(result: Result, expectation: Expectation | None, finds_races: bool) -> Judgement:
    if result.faults:
        return Judgement(Outcome.ERROR, sentences(result.faults))
    if result.failed_assertions:
        return Judgement(Outcome.FAIL, sentences(result.failed_assertions))
    if result.observation is None:
        return undecided(result, expectation)
    race = _race(result, expectation, finds_races)
    if race is not None:
        return race
    if result.no_executions:
        return no_executions(result, expectation)
    if expectation is None or expectation.verdict == "Maybe":
        return bounded(result) or Judgement(Outcome.PASS)
    return _compare(result, result.observation, expectation, finds_races)


def undecided(result: Result, expectation: Expectation | None) -> Judgement:
    """The judgement where the search did not finish."""
    if expectation is not None and expectation.verdict == "Never" and result.witness is not None:
        return Judgement(Outcome.FAIL, "expected Never, and an execution satisfies the condition")
    if result.timed_out:
        return Judgement(Outcome.TIMEOUT, result.reason or "the time limit was reached")
    return Judgement(Outcome.UNSUPPORTED, result.reason or "the engine could not decide it")


def _race(result: Result, expectation: Expectation | None, finds_races: bool) -> Judgement | None:
    """The judgement where a race is found or missing against the header; None where they agree."""
    found = RACE_FLAG in result.flags
    expected = expectation is not None and expectation.race
    if found and not expected:
        return Judgement(Outcome.RACE, "data race, which the file does not announce")
    if expected and not found and finds_races:
        if result.bounded:
            return Judgement(Outcome.BOUNDED, "no data race up to the loop bound; the file announces one")
        return Judgement(Outcome.FAIL, "the file announces a data race, and there is none")
    return None


def no_executions(result: Result, expectation: Expectation | None) -> Judgement:
    """The judgement where no execution finishes."""
    if result.bounded:
        return Judgement(
            Outcome.BOUNDED, "no execution finishes within the loop bound; a larger --unroll may find some"
        )
    if expectation is not None and expectation.verdict == "DEADLOCK":
        return Judgement(Outcome.PASS)
    expected = f"expected {expectation.verdict}, and there is " if expectation is not None else ""
    if result.deadlock:
        why = result.reason or "a lock is waited for that is never released"
        return Judgement(Outcome.DEADLOCK, f"{expected or 'there is '}no execution: {why}")
    unmet = "a loop waits for what never comes" if result.cut else "the filter or an assumption cannot be met"
    why = result.reason or unmet
    return Judgement(Outcome.VACUOUS, f"{expected or 'there is '}no execution at all: {why}")


def _compare(result: Result, found: Observation, expectation: Expectation, finds_races: bool) -> Judgement:
    expected = expectation.verdict
    if expected == found.value:
        return bounded(result) or Judgement(Outcome.PASS)
    forgiven = RACE_FLAG in result.flags or (expected == "Sometimes" and not finds_races)
    if forgiven:
        return bounded(result) or Judgement(Outcome.PASS, f"expected {expected}, found {found.value}: forgiven")
    sentence = f"expected {expected}, found {found.value}"
    if expected == "DEADLOCK":
        return Judgement(Outcome.FAIL, f"{sentence}: some execution finishes")
    if expected == Observation.SOMETIMES.value and result.bounded:
        # Executions beyond the bound can only add to those found, so Never and Always may still become Sometimes.
        return Judgement(Outcome.BOUNDED, f"{sentence} up to the loop bound; a larger --unroll may change it")
    return Judgement(Outcome.FAIL, sentence)


def bounded(result: Result) -> Judgement | None:
    """Sometimes rests on two executions that exist whatever the bound; Never and Always rest on the bound."""
    if not result.bounded or result.observation in (None, Observation.SOMETIMES):
        return None
    assert result.observation is not None
    return Judgement(
        Outcome.BOUNDED, f"{result.observation.value} up to the loop bound; a larger --unroll may change it"
    )


def sentences(notes: Sequence[Note]) -> str:
    """What was found, each with its place."""
    return "; ".join(f"{note.span.start_label}: {note.message}" if note.span else note.message for note in notes)
