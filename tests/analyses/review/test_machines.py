"""Remarks say which architectures show what they are about, as far as there was time to ask."""

from __future__ import annotations

import time

from memmodel.analyses import observable
from memmodel.analyses.finding import Finding, Level
from memmodel.analyses.review.machines import Observing
from memmodel.analyses.review.scenarios import ScenarioReview
from memmodel.machines.names import ARCHITECTURES
from memmodel.result import RACE_FLAG, FileReport, MachineVerdict, Outcome

REMARK = Finding("MM203", Level.ERROR, "It fails", "An assertion can fail.", None)
SHOWN = tuple(MachineVerdict(name, name != "x86") for name in ARCHITECTURES)


def told(seconds: float, verdicts: tuple[MachineVerdict, ...] = SHOWN, flags: tuple[str, ...] = ()) -> str:
    """The message of a remark on a scenario, where there are so many seconds left."""

    def ask(architectures: tuple[str, ...], left: float) -> FileReport:
        assert architectures == ARCHITECTURES
        assert 0 < left <= seconds
        return FileReport("s:v", "", "lkmm", "smt", Outcome.TIMEOUT, machines=verdicts, flags=flags)

    review = ScenarioReview((REMARK,), asks=((REMARK, ask),))
    (found,) = Observing(ARCHITECTURES, "lkmm", time.monotonic() + seconds).scenarios(review)
    return found.message.removeprefix(REMARK.message).strip()


def test_what_architectures_show_is_the_last_sentence() -> None:
    assert told(30.0) == "The outcome is allowed by LKMM and observable on arm64, riscv and power."


def test_where_accesses_race_the_compiler_is_spoken_of() -> None:
    assert told(30.0, flags=(RACE_FLAG,)).endswith("; the compiler may do more to the plain accesses that race.")


def test_who_was_not_asked_for_want_of_time_is_told() -> None:
    assert told(0.1) == "The outcome is allowed by LKMM (not asked on x86, arm64, riscv and power)."


def test_who_has_not_answered_in_time_is_told() -> None:
    late = (*SHOWN[:3], MachineVerdict("power", None, (), observable.OUT_OF_TIME))
    assert told(30.0, late) == "The outcome is allowed by LKMM and observable on arm64 and riscv (undecided on power)."


def test_without_architectures_a_remark_stays_as_it_is() -> None:
    review = ScenarioReview((REMARK,))
    assert Observing((), "lkmm", time.monotonic()).scenarios(review) == [REMARK]
