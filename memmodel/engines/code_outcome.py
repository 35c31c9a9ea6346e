"""A Result of a C program and what is expected of it in; how it fared, and a sentence on why, out.

The condition of a C program is that an assertion fails. Where nothing is expected, no assertion may fail, and there may
be no data race and no fault. A scenario states all that happens in a variant: what it announces must be there, and
nothing else; a hardware model, which raises no races, may forbid more. That a loop's bound is reached is the exception:
it may be announced, and need not be reached.
"""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.engines.outcome import Judgement, bounded, no_executions, sentences, undecided
from memmodel.events.graph import FaultKind
from memmodel.program.ir import Expectation
from memmodel.records import replace
from memmodel.result import RACE_FLAG, Observation, Outcome, Result, assertion_failed
from memmodel.source import Span


def judge(result: Result, expectation: Expectation | None, finds_races: bool, loops: Sequence[Span] = ()) -> Judgement:
    """How `result` compares with `expectation`; the arguments are those of `outcome.judge`."""
    mixed = [note for note in result.faults if note.message.startswith(FaultKind.MIXED.value)]
    result = replace(result, faults=tuple(note for note in result.faults if note not in mixed))
    judged = _fault(result, expectation) or _judge(result, expectation, finds_races)
    if mixed and result.observation is not Observation.SOMETIMES and judged.outcome is Outcome.PASS:
        # What was not followed might hold a failure; one that was found is there all the same.
        return Judgement(Outcome.UNSUPPORTED, sentences(mixed))
    if judged.outcome is Outcome.BOUNDED and loops:
        return replace(judged, reason=f"{loops[0].start_label}: {judged.reason}")
    return judged


def _fault(result: Result, expectation: Expectation | None) -> Judgement | None:
    """The judgement where a fault is found or missing against what is announced; None where they agree."""
    announced = expectation.fault if expectation is not None else None
    unexpected = [note for note in result.faults if announced is None or announced not in note.message]
    if unexpected:
        return Judgement(Outcome.FAIL, sentences(unexpected))
    if announced is None or result.faults or result.observation is None:
        return None
    wanted = f"the fault '{announced}'" if announced else "a fault"
    if result.bounded:
        return Judgement(Outcome.BOUNDED, f"no fault up to the loop bound; the scenario announces {wanted}")
    return Judgement(Outcome.FAIL, f"the scenario announces {wanted}, and there is none")


def _judge(result: Result, expectation: Expectation | None, finds_races: bool) -> Judgement:
    if result.observation is None:
        return _undecided(result, expectation)
    verdict = _verdict(result, expectation, finds_races)
    race = _race(result, expectation, finds_races)
    if verdict.outcome is Outcome.FAIL and race is not None and race.outcome is Outcome.RACE:
        return replace(verdict, reason=f"{verdict.reason}; and there is a data race")
    if verdict.outcome is Outcome.FAIL or race is None:
        return verdict
    return race


def _undecided(result: Result, expectation: Expectation | None) -> Judgement:
    if result.witness is not None and (expectation is None or expectation.verdict == Observation.NEVER.value):
        what = sentences([assertion_failed(note) for note in result.failed_assertions]) or "an assertion fails"
        return Judgement(Outcome.FAIL, f"{what} (the search for more was not finished: {result.reason})")
    return undecided(result, None)


def _race(result: Result, expectation: Expectation | None, finds_races: bool) -> Judgement | None:
    """The judgement where a race is found or missing against what is announced; None where they agree."""
    found = RACE_FLAG in result.flags
    expected = expectation is not None and expectation.race
    if found and not expected:
        return Judgement(Outcome.RACE, "data race, which nothing announces")
    if expected and not found and finds_races:
        if result.bounded:
            return Judgement(Outcome.BOUNDED, "no data race up to the loop bound; one is announced")
        return Judgement(Outcome.FAIL, "a data race is announced, and there is none")
    return None


def _verdict(result: Result, expectation: Expectation | None, finds_races: bool) -> Judgement:
    assert result.observation is not None
    found = result.observation.value
    if result.no_executions and not result.faults:
        return no_executions(result, expectation)
    expected = expectation.verdict if expectation is not None else Observation.NEVER.value
    if expected in (found, "Maybe"):
        return _unless_bounded(result, expectation)
    told = f"expected {expected}, found {found}"
    if expected == Observation.SOMETIMES.value and not finds_races:  # a hardware model, which may well be stronger
        return bounded(result) or Judgement(Outcome.PASS, f"{told}: forgiven")
    if result.failed_assertions:
        what = sentences([assertion_failed(note) for note in result.failed_assertions])
        told = f"{told}: {what}" if expectation is not None else what
    if expected == Observation.SOMETIMES.value and result.bounded:
        return Judgement(Outcome.BOUNDED, f"{told} up to the loop bound; a larger --unroll may change it")
    return Judgement(Outcome.FAIL, told)


def _unless_bounded(result: Result, expectation: Expectation | None) -> Judgement:
    """A pass, unless a larger loop bound could change the verdict and nobody announced that."""
    unsure = bounded(result)
    if unsure is None:
        return Judgement(Outcome.PASS)
    if expectation is not None and expectation.bounded:
        return Judgement(Outcome.PASS, f"{result.observation.value if result.observation else ''} up to the loop bound")
    return unsure
