"""What a file's verdict was and a report of what it is now in, the report with what has changed out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memmodel.diagnostic import Severity
from memmodel.records import dataclass, replace
from memmodel.result import ExitStatus, FileReport, Observation, Outcome, State

MOST = 4
"""States of each kind that are listed; of the others, how many there are."""

_OUTCOMES_WITH_WORDS = (Outcome.ERROR, Outcome.UNSUPPORTED)


@dataclass(frozen=True)
class Entry:
    """What was found of one file. `observation` is None for what could not be decided."""

    outcome: Outcome
    observation: Observation | None
    flags: tuple[str, ...] = ()
    model: str | None = None
    """Where it is not that of the whole baseline: a scenario may name its own."""
    states: tuple[str, ...] | None = None
    """Final states, one line each, sorted; None: they were not asked for, or there are none to ask for."""
    mishaps: tuple[str, ...] = ()
    """Assertions that fail and faults, without their lines, which move."""
    why: str | None = None
    """Why a file is in error or unsupported, without its line."""


def entry(report: FileReport, model: str) -> Entry:
    """What a report has that a later one is held against. `model`: that of the whole baseline."""
    decided = report.observation is not None
    return Entry(
        report.outcome,
        report.observation,
        report.flags if decided else (),
        report.model if report.model != model else None,
        _lines(report.states) if decided and report.states is not None else None,
        tuple(sorted({item.message for item in (*report.assertions, *report.faults)})) if decided else (),
        _why(report),
    )


def compare(known: Entry | None, report: FileReport, model: str) -> FileReport:
    """The report, with an outcome that says whether the file is as it was. `known`: what the baseline has for it."""
    if known is None:
        return _told(report, "not in the baseline")
    now = entry(report, model)
    if report.internal:  # no baseline excuses it
        return report
    if _same_trouble(known, now):
        return _as_known(report, known)
    if now.outcome is Outcome.ERROR:
        return report
    if now.observation is None:
        return _undecided(known, report)
    if known.observation is None:
        return _told(report, f"the baseline has no verdict ({known.outcome.value})")
    if now.outcome is Outcome.BOUNDED and known.outcome is not Outcome.BOUNDED:
        # Up to a bound, what is there is there, and what is not may be further on.
        gained = _differences(known, now, model, lost=False)
        return _changed(report, gained) if gained else _told(report, f"the baseline has {known.observation.value}")
    changed = _differences(known, now, model)
    if not changed and now.outcome not in (Outcome.PASS, known.outcome):
        changed = [f"outcome: {known.outcome.value} -> {now.outcome.value}: {report.reason or 'no reason given'}"]
    if changed:
        return _changed(report, changed)
    return report if now.outcome is Outcome.PASS else _as_known(report, known)


def gone(file: str, known: Entry, model: str, engine: str) -> FileReport:
    """The report of a file that a baseline has and that is not there any more."""
    was = known.observation.value if known.observation is not None else known.outcome.value
    report = FileReport(file, "", known.model or model, engine, Outcome.FAIL)
    return _changed(report, [f"not there any more, and was {was}"])


def _same_trouble(known: Entry, now: Entry) -> bool:
    """Whether a file could be decided neither then nor now, for the same reason."""
    neither = known.observation is None and now.observation is None
    return neither and known.outcome is now.outcome and known.why == now.why


def _undecided(known: Entry, report: FileReport) -> FileReport:
    """The report of a file that was not decided: that is no change, unless what was found by then is one."""
    if report.outcome is not Outcome.FAIL or known.observation is None:
        return _told(report, f"the baseline has {known.observation.value}") if known.observation else report
    if known.observation is Observation.NEVER:
        return _changed(report, [f"Never -> an execution satisfies the condition: {report.reason}"])
    return _told(replace(report, outcome=Outcome.TIMEOUT), f"the baseline has {known.observation.value}")


def _differences(known: Entry, now: Entry, model: str, lost: bool = True) -> list[str]:
    """How two verdicts differ, a line each. `lost`: also by what is no longer there."""
    found: list[str] = []
    if known.model != now.model:
        found.append(f"model: {known.model or model} -> {now.model or model}")
    if known.observation is not now.observation and lost:
        assert known.observation is not None and now.observation is not None
        found.append(f"{known.observation.value} -> {now.observation.value}")
    found += [f"flag gained: {flag}" for flag in now.flags if flag not in known.flags]
    found += [f"flag lost: {flag}" for flag in known.flags if flag not in now.flags and lost]
    found += [f"new: {what}" for what in now.mishaps if what not in known.mishaps]
    found += [f"no longer: {what}" for what in known.mishaps if what not in now.mishaps and lost]
    if known.states is not None and now.states is not None:
        found += _listed("gained", set(now.states) - set(known.states))
        found += _listed("lost", set(known.states) - set(now.states)) if lost else []
    return found


def _listed(how: str, states: Iterable[str]) -> list[str]:
    found = sorted(states)
    more = [f"and {len(found) - MOST} more states {how}"] if len(found) > MOST else []
    return [f"state {how}: {state}" for state in found[:MOST]] + more


def _changed(report: FileReport, lines: Sequence[str]) -> FileReport:
    reason = f"changed since the baseline: {', '.join(lines)}"
    return replace(report, outcome=Outcome.FAIL, changed=tuple(lines), reason=reason)


def _as_known(report: FileReport, known: Entry) -> FileReport:
    """A pass: the file fails as it did. What illustrates the failure is left out."""
    warnings = tuple(item for item in report.diagnostics if item.severity is Severity.WARNING)
    return replace(
        report,
        outcome=Outcome.PASS,
        reason=f"as in the baseline: {known.outcome.value}",
        diagnostics=warnings,
        steps=(),
        changes=(),
        remedy="",
    )


def _told(report: FileReport, what: str) -> FileReport:
    """The report with a remark on the baseline. The reason of an error stays the text of its diagnostic."""
    if report.outcome.status is ExitStatus.BAD_INPUT:
        return report
    if report.outcome is not Outcome.PASS and any(item.sentence() == report.reason for item in report.diagnostics):
        return report
    return replace(report, reason=f"{report.reason}; {what}" if report.reason else what)


def _why(report: FileReport) -> str | None:
    """What was found wrong, in words that do not change when lines move."""
    if report.outcome not in _OUTCOMES_WITH_WORDS:
        return None
    error = next((item for item in report.diagnostics if item.sentence() == report.reason), None)
    if error is not None:
        return error.message
    mishaps = sorted({item.message for item in report.faults})
    return "; ".join(mishaps) or report.reason


def _lines(states: Iterable[State]) -> tuple[str, ...]:
    return tuple(sorted("; ".join(f"{label}={value}" for label, value in sorted(state)) for state in states))
