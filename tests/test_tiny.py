"""A smoke test of seconds: text through the whole pipeline to a verdict, in this process."""

from __future__ import annotations

from pathlib import Path

from memmodel.engines.run import check_file
from memmodel.engines.task import Options, Task
from memmodel.result import Observation, Outcome
from tests.cli.command import MP, MP_ORDERED


def test_text_becomes_a_verdict() -> None:
    for text, observation in ((MP, Observation.SOMETIMES), (MP_ORDERED, Observation.NEVER)):
        report = check_file(Task("-", Options(states=True), text.encode()), lambda known: None)
        assert (report.observation, report.outcome) == (observation, Outcome.PASS)


def test_the_founding_case_is_a_finding_and_its_fix_is_none() -> None:
    """smp_mb__before_atomic() orders read-modify-writes, and atomic_set() is none."""
    ring = Path(__file__).parent.parent / "litmus" / "ring"
    broken, fixed = (
        check_file(Task(str(ring / name), Options()), lambda known: None)
        for name in ("drain-before-atomic.litmus", "drain-set-release.litmus")
    )
    assert broken.observation is Observation.SOMETIMES
    assert fixed.observation is Observation.NEVER
