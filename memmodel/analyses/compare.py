"""The reports of two versions of a test in, what the new one allows that the old one did not, and the reverse, out."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from memmodel.diagnostic import Diagnostic
from memmodel.program.ir import Quantifier
from memmodel.records import dataclass
from memmodel.result import RACE_FLAG, ExitStatus, FileReport, Observation, Outcome, State


class Change(Enum):
    """What became of a test. WORSE: it allows a bad outcome, raises a flag or fails in a way that it did not; BETTER:
    the reverse, and nothing is worse; OTHER: its states or warnings differ, and none of that."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "changed"
    SAME = "same"
    UNDECIDED = "undecided"
    ERROR = "error"

    @property
    def status(self) -> ExitStatus:
        """The exit status that this alone would give."""
        return _STATUS.get(self, ExitStatus.OK)


_STATUS = {
    Change.WORSE: ExitStatus.FINDING,
    Change.UNDECIDED: ExitStatus.UNDECIDED,
    Change.ERROR: ExitStatus.BAD_INPUT,
}


@dataclass(frozen=True)
class Comparison:
    """`worse` and `better` say in a sentence each what NEW has that OLD had not, and the reverse. States are over the
    values that both list; None where they list none in common or one version was not decided."""

    name: str
    old: FileReport
    new: FileReport
    change: Change
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    gained: tuple[State, ...] | None = None
    lost: tuple[State, ...] | None = None
    flags_gained: tuple[str, ...] = ()
    flags_lost: tuple[str, ...] = ()
    warnings_gained: tuple[Diagnostic, ...] = ()
    warnings_lost: tuple[Diagnostic, ...] = ()
    redundant: tuple[str, ...] = ()
    """Barriers that were required in OLD and are not in NEW, a sentence each, where that was asked for."""
    notes: tuple[str, ...] = ()


def compare(name: str, old: FileReport, new: FileReport) -> Comparison:
    """Compare two reports made with the states listed and, for the warnings, with the rules."""
    if old.observation is None or new.observation is None:
        return _unknown(name, old, new)
    gained, lost = _states(old, new)
    flags_gained = tuple(flag for flag in new.flags if flag not in old.flags)
    flags_lost = tuple(flag for flag in old.flags if flag not in new.flags)
    worse, better = _news(old, new), _news(new, old)
    warnings_gained, warnings_lost = _warnings(old, new), _warnings(new, old)
    changed = gained or lost or old.observation is not new.observation or warnings_gained or warnings_lost
    if worse:
        change = Change.WORSE
    elif _rests_on_bound(new):
        change = Change.UNDECIDED
    elif better:
        change = Change.BETTER
    else:
        change = Change.OTHER if changed else Change.SAME
    return Comparison(
        name,
        old,
        new,
        change,
        worse,
        better,
        gained,
        lost,
        flags_gained,
        flags_lost,
        warnings_gained,
        warnings_lost,
        notes=_notes(old, new, gained),
    )


def comparable(item: Comparison) -> bool:
    """Whether it makes sense to ask which barriers the new version no longer needs: the texts differ, and both were
    decided to be free of the bad outcome."""
    decided = item.change in (Change.BETTER, Change.OTHER, Change.SAME)
    return decided and item.old.digest != item.new.digest and bad(item.old) is None and bad(item.new) is None


def with_redundant(item: Comparison, redundant: tuple[str, ...], notes: tuple[str, ...] = ()) -> Comparison:
    """The comparison with the barriers that became redundant."""
    change = Change.OTHER if redundant and item.change is Change.SAME else item.change
    return replace(item, change=change, redundant=redundant, notes=(*item.notes, *notes))


def bad(report: FileReport) -> State | None:
    """The final state of an execution with the outcome that the test asks about: against a `forall`, else with the
    condition. None where there is none."""
    return report.counterexample if report.quantifier is Quantifier.FORALL else report.witness


def _unknown(name: str, old: FileReport, new: FileReport) -> Comparison:
    """Where one version was not decided. What was found of the new one all the same counts, if it is known that the old
    one does not do it."""
    notes = tuple(
        f"{label}: {report.reason or 'not decided'}"
        for label, report in (("OLD", old), ("NEW", new))
        if report.observation is None
    )
    worse = _news(old, new) if old.observation is not None else ()
    if worse:
        return Comparison(name, old, new, Change.WORSE, worse, notes=notes)
    failed = any(r.observation is None and r.outcome is Outcome.ERROR for r in (old, new))
    return Comparison(name, old, new, Change.ERROR if failed else Change.UNDECIDED, notes=notes)


def _news(old: FileReport, new: FileReport) -> tuple[str, ...]:
    """What is bad in `new` and was not in `old`."""
    found: list[str] = []
    if bad(new) is not None and bad(old) is None:
        found.append(_reached(new))
    for flag in new.flags:
        if flag not in old.flags:
            found.append("there is a data race" if flag == RACE_FLAG else f"the flag {flag} is raised")
    if new.observation is not None and new.states == () and old.states != ():
        found.append("no execution is left: a deadlock, or a filter that nothing meets")
    if _faulty(new) and not _faulty(old):
        faults = "; ".join(str(item) for item in new.faults)
        found.append(f"it can go wrong: {faults if new.code else new.reason}")
    return tuple(found)


def _reached(report: FileReport) -> str:
    """The bad outcome of a test, in words."""
    if report.code:
        which = "; ".join(str(item) for item in report.assertions)
        return which or "an assertion fails"
    violates = "violates the condition" if report.quantifier is Quantifier.FORALL else "satisfies the condition"
    return f"an execution {violates}"


def _faulty(report: FileReport) -> bool:
    """Whether a decided program can run into a fault."""
    return bool(report.faults) if report.code else report.outcome is Outcome.ERROR and report.observation is not None


def _rests_on_bound(report: FileReport) -> bool:
    return report.bounded and report.observation is not Observation.SOMETIMES


def _states(old: FileReport, new: FileReport) -> tuple[tuple[State, ...] | None, tuple[State, ...] | None]:
    """States gained and lost, over the values that both versions list."""
    if old.states is None or new.states is None:
        return None, None
    if old.states and new.states:
        common = {label for label, _ in old.states[0]} & {label for label, _ in new.states[0]}
        if not common:
            return None, None
        ours, theirs = _projected(old.states, common), _projected(new.states, common)
    else:
        ours, theirs = set(old.states), set(new.states)
    return tuple(sorted(theirs - ours)), tuple(sorted(ours - theirs))


def _projected(states: tuple[State, ...], labels: set[str]) -> set[State]:
    return {tuple(sorted(item for item in state if item[0] in labels)) for state in states}


def _labels(report: FileReport) -> set[str]:
    return {label for label, _ in report.states[0]} if report.states else set()


def _warnings(old: FileReport, new: FileReport) -> tuple[Diagnostic, ...]:
    """The rules' warnings of `new` that `old` has not, whatever the line."""
    known = [(item.code, item.message) for item in old.diagnostics if item.code is not None]
    found: list[Diagnostic] = []
    for item in new.diagnostics:
        if item.code is None:
            continue
        if (item.code, item.message) in known:
            known.remove((item.code, item.message))
        else:
            found.append(item)
    return tuple(found)


def _notes(old: FileReport, new: FileReport, gained: tuple[State, ...] | None) -> tuple[str, ...]:
    notes: list[str] = []
    if old.condition != new.condition or old.quantifier is not new.quantifier:
        notes.append(f"the conditions differ; OLD asks about: {old.condition}")
    if gained is None and not (old.code and new.code):
        notes.append("the two list no value in common, so their states are not compared")
    elif old.states and new.states and _labels(old) != _labels(new):
        shared = ", ".join(sorted(_labels(old) & _labels(new)))
        notes.append(f"the two list different values; their states are compared over {shared}")
    for label, report in (("OLD", old), ("NEW", new)):
        if _rests_on_bound(report):
            notes.append(f"{label} is {report.observation and report.observation.value} only up to its loop bound")
    return tuple(notes)
