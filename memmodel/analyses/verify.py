"""An edited text in; out comes whether it means what was intended and is good, decided anew by both engines."""

from __future__ import annotations

import time

from memmodel import errors
from memmodel.analyses.advice import Verification
from memmodel.analyses.subject import Subject
from memmodel.analyses.switches import Setting, Switches
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.events.graph import INITIAL, EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.program.ir import Program, Quantifier
from memmodel.records import dataclass
from memmodel.result import RACE_FLAG, Observation, Result
from memmodel.source import SourceFile


@dataclass(frozen=True)
class EventShape:
    """What an event is, whatever its place in the text."""

    thread: int
    kind: EventKind
    tags: frozenset[str]


def expected_events(switches: Switches, setting: Setting) -> tuple[EventShape, ...]:
    """The events of the program under a setting."""
    gone = {item.event for item in switches.optional if setting[item.site] in item.gone}
    extra: dict[int, set[str]] = {}
    for mark, (site, having) in zip(switches.graph.marks, switches.marks, strict=True):
        if setting[site] in having:
            extra.setdefault(mark.event, set()).add(mark.tag)
    return tuple(
        EventShape(event.thread, event.kind, event.tags | frozenset(extra.get(event.id, ())))
        for event in switches.graph.events
        if event.thread != INITIAL and event.id not in gone and not _unused_point(event.tags)
    )


def _unused_point(tags: frozenset[str]) -> bool:
    return any(tag.startswith("insertion point") for tag in tags)


def verify(
    subject: Subject, texts: tuple[tuple[SourceFile, str], ...], expected: tuple[EventShape, ...], recheck: float
) -> Verification:
    """Read the changed texts and decide the program again. `recheck`: seconds for the explicit engine; 0: not asked."""
    try:
        program = subject.reload(texts)
    except errors.MemmodelError:
        return Verification.FAILED
    graph = unroll(program)
    found = tuple(EventShape(e.thread, e.kind, e.tags) for e in graph.events if e.thread != INITIAL)
    if found != expected:
        return Verification.FAILED
    if not _good(subject, program, _run(SmtEngine(), graph, subject, None)):
        return Verification.FAILED
    if not recheck:
        return Verification.SMT
    try:
        explicit = _run(EnumerateEngine(), graph, subject, recheck)
    except errors.Unsupported:
        return Verification.SMT
    if explicit.observation is None:
        return Verification.SMT
    if not _good(subject, program, explicit):
        raise errors.EngineError(
            f"the engines disagree on a changed text of test {program.name}",
            hint="please report the test and the command",
        )
    return Verification.BOTH


def _run(engine: SmtEngine | EnumerateEngine, graph: EventGraph, subject: Subject, limit: float | None) -> Result:
    left = None if subject.deadline is None else max(0.05, subject.deadline - time.monotonic())
    times = [seconds for seconds in (left, limit) if seconds is not None]
    return engine.run(graph, subject.model, Request(timeout=min(times) if times else None))


def _good(subject: Subject, program: Program, result: Result) -> bool:
    wanted = Observation.ALWAYS if program.quantifier is Quantifier.FORALL else Observation.NEVER
    flags = result.flags - {RACE_FLAG} if subject.race_announced else result.flags
    return (
        result.observation is wanted
        and not result.no_executions
        and not flags
        and not result.faults
        and not result.failed_assertions
    )
