"""What was found of a program before and after a patch in; what that means for the patch out."""

from __future__ import annotations

from enum import Enum

from memmodel.analyses.review.runs import Racer, Report
from memmodel.records import dataclass
from memmodel.result import RACE_FLAG, Mishap, Observation, Outcome


@dataclass(frozen=True)
class Verdict:
    """What is known of a program; None: it was not found out. `words`: the verdict as people read it."""

    fails: bool | None
    races: bool | None
    faults: tuple[Mishap, ...] | None
    failing: tuple[Mishap, ...] = ()
    """The assertions that fail."""
    racers: tuple[Racer, ...] = ()
    deadlock: bool = False
    bounded: bool = False
    words: str = ""
    reason: str = ""
    """Where something is not known: why."""


ABSENT = Verdict(False, False, (), words="not there")
"""Of code that a patch adds: before it there was nothing that could go wrong."""


class News(Enum):
    """What a patch may do to a program, the worst first."""

    FAILS = "an assertion can fail"
    FAULT = "a fault can happen"
    DEADLOCK = "no execution ends"
    RACE = "a data race"
    FAILS_NO_MORE = "no assertion can fail any more"
    FAULT_NO_MORE = "no fault any more"
    RACE_NO_MORE = "no data race any more"


def verdict(report: Report) -> Verdict:
    """What a report says, undecided where it does not."""
    found = report.observation
    cannot = report.outcome in (Outcome.UNSUPPORTED, Outcome.ERROR)
    complete = found is not None and not cannot and not report.no_executions
    shown = report.assertions or report.witness is not None
    fails: bool | None = True if shown or found in (Observation.SOMETIMES, Observation.ALWAYS) else None
    if fails is None and complete and found is Observation.NEVER:
        fails = False
    races = True if RACE_FLAG in report.flags else False if complete else None
    faults = report.faults if complete or report.faults else None
    return Verdict(
        fails,
        races,
        faults,
        report.assertions,
        report.racers,
        report.deadlock,
        report.bounded,
        _words(report, fails, races),
        "" if complete else _reason(report),
    )


def _words(report: Report, fails: bool | None, races: bool | None) -> str:
    if report.deadlock:
        return "deadlock"
    said = [report.observation.value if report.observation else "Sometimes" if fails else "undecided"]
    if fails is False and report.bounded:
        said.append("up to the loop bound")
    if races:
        said.append("with a data race")
    if report.faults:
        said.append("with a fault")
    return ", ".join(said)


def _reason(report: Report) -> str:
    if report.deadlock:
        return "no execution ends, because a lock is waited for that is never released"
    if report.no_executions:
        return "no execution ends within the loop bound"
    return report.reason or "it was not decided"


def news(before: Verdict, after: Verdict) -> tuple[News, ...]:
    """What is known to be otherwise after the patch, the worst first. Of a program that went wrong before, only what
    is put right counts: what else goes wrong then says little of the patch."""
    found: list[News] = []
    if after.fails and before.fails is False:
        found.append(News.FAILS)
    if after.faults and before.faults == () and before.fails is False:
        found.append(News.FAULT)
    if after.deadlock and not before.deadlock and before.fails is not None:
        found.append(News.DEADLOCK)
    if after.races and before.races is False and before.fails is False:
        found.append(News.RACE)
    if before.fails and after.fails is False:
        found.append(News.FAILS_NO_MORE)
    if before.faults and after.faults == ():
        found.append(News.FAULT_NO_MORE)
    if before.races and after.races is False:
        found.append(News.RACE_NO_MORE)
    return tuple(found)


def undecided(before: Verdict, after: Verdict) -> str:
    """Why the two cannot be compared; '' where they can."""
    if after.fails is None and not after.deadlock:
        return f"after the patch: {after.reason}"
    if before.fails is None and not before.deadlock:
        bad = f"{after.words} after the patch; " if after.fails else ""
        return f"{bad}before the patch: {before.reason}"
    return ""
