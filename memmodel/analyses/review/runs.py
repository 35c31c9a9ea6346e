"""A variant and a tree in, what is found of its program out: each step in a process of its own that may be ended."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING

from memmodel import diagnostic
from memmodel.engines import run
from memmodel.engines.programs import program_of
from memmodel.engines.run import Progress, load_model, primitives_of
from memmodel.engines.task import Options, Task
from memmodel.errors import MemmodelError, Unsupported
from memmodel.program.ir import Program
from memmodel.records import dataclass, replace
from memmodel.result import RACE_FLAG, FileReport, Observation, Outcome, Result
from memmodel.source import Span

if TYPE_CHECKING:
    from memmodel.analyses.explanation import Story
    from memmodel.cat.terms import Model
    from memmodel.events.graph import EventGraph

_UNNAMED = re.compile(r"unnamed@\d+")


@dataclass(frozen=True)
class Racer:
    """One side of a data race: `P0's plain write of x`."""

    text: str
    span: Span | None


@dataclass(frozen=True)
class Told:
    """How an assertion comes to fail. `pairs`: the accesses in whose order it fails, those to blame first."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    pairs: tuple[Span, ...] = ()
    proven: bool = False
    """Full barriers between these accesses exclude it."""
    story: Story | None = None


@dataclass(frozen=True)
class Report(FileReport):
    """What is said of a variant. `shape`: a name for its program, places in the text aside: programs of one shape do
    the same. `size`: how long it is, in no particular unit. `lines`: where its instructions stand, in the kernel's
    files by their paths in the tree."""

    shape: str = ""
    size: int = 0
    lines: frozenset[tuple[str, int]] = frozenset()
    racers: tuple[Racer, ...] = ()
    no_executions: bool = False
    deadlock: bool = False
    told: Told = Told()


def widened(report: FileReport) -> Report:
    return Report(**{item.name: getattr(report, item.name) for item in fields(FileReport)})


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read(task: Task, progress: Progress) -> Report:
    """The shape of a program and what it consists of. Never raises for what the files hold."""
    report = widened(run.blank(task))
    try:
        return _read(task, report)
    except Unsupported as error:
        return replace(report, outcome=Outcome.UNSUPPORTED, reason=diagnostic.from_error(error).sentence())
    except MemmodelError as error:
        return replace(report, outcome=Outcome.ERROR, reason=diagnostic.from_error(error).sentence())
    except (MemoryError, RecursionError):
        return replace(report, outcome=Outcome.ERROR, reason="the program is too large to be read")


def _read(task: Task, report: Report) -> Report:
    assert task.files is not None
    program = program_of(task, primitives_of(task.options.model)).lowered.program
    places = {(span.file.name, span.line) for span in _spans(program)}
    names = {name: task.files.name(name) for name in {name for name, _ in places}}
    lines = frozenset((names[name], line) for name, line in places)
    text = _text(program)
    return replace(report, outcome=Outcome.PASS, shape=_shape(text), size=len(text), lines=lines)


def shape(program: Program) -> str:
    """A name that two programs share if they differ in nothing but where their text stands."""
    return _shape(_text(program))


def _text(program: Program) -> str:
    """All that a program is, but for places."""
    numbers: dict[str, str] = {}
    return _UNNAMED.sub(lambda match: numbers.setdefault(match[0], f"unnamed {len(numbers)}"), repr(_plain(program)))


def _shape(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _plain(node: object) -> object:
    """A node of a program without places."""
    match node:
        case Span():
            return None
        case tuple() | list():
            return tuple(_plain(item) for item in node)
        case frozenset() | set():
            return sorted(repr(_plain(item)) for item in node)
        case Mapping():
            return sorted((repr(_plain(key)), repr(_plain(value))) for key, value in node.items())
        case Enum():
            return str(node)
    if is_dataclass(node):
        return (type(node).__name__, *(_plain(getattr(node, item.name)) for item in fields(node)))
    return node


def _spans(node: object) -> Iterator[Span]:
    if isinstance(node, Span):
        yield node
    elif isinstance(node, tuple | list | frozenset):
        for item in node:
            yield from _spans(item)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _spans(getattr(node, field.name))


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────


def decide(task: Task, progress: Progress) -> Report:
    """Whether an assertion can fail, and whether there are races and faults."""
    found: list[Report] = []

    def inspect(decided: run.Decided, report: FileReport) -> FileReport:
        blank, result = widened(run.blank(task)), decided.result
        found.append(
            replace(
                blank,
                racers=_racers(decided.graph, decided.model, result),
                no_executions=result.no_executions,
                deadlock=result.deadlock,
            )
        )
        return report

    report = widened(run.check_file(task, progress, inspect))
    if not found:
        return report
    more = found[0]
    return replace(report, racers=more.racers, no_executions=more.no_executions, deadlock=more.deadlock)


def _racers(graph: EventGraph, model: Model, result: Result) -> tuple[Racer, ...]:
    from memmodel.engines.races import find_race

    witness = dict(result.flag_witnesses).get(RACE_FLAG)
    race = find_race(graph, model, witness) if witness is not None else None
    if race is None:
        return ()
    return tuple(Racer(side.text, side.span) for side in (race.first, race.second))


# ── explaining ───────────────────────────────────────────────────────────────────────────────────


def explain(task: Task, progress: Progress) -> Report:
    """How an assertion of a variant comes to fail: what is found of it before the time is over."""
    report = widened(run.blank(task))
    try:
        return _explain(task, report, progress)
    except (MemmodelError, MemoryError, RecursionError) as error:
        return replace(report, reason=str(error))


def _explain(task: Task, report: Report, progress: Progress) -> Report:
    from memmodel.analyses import remarks
    from memmodel.analyses.explain import Question
    from memmodel.analyses.missing import find_missing
    from memmodel.analyses.shortest import shortest
    from memmodel.analyses.story import Execution, tell
    from memmodel.analyses.trial import target
    from memmodel.engines.search import Search
    from memmodel.engines.smt import Goals
    from memmodel.engines.solver import OutOfTime

    start = time.monotonic()
    options: Options = task.options
    program = program_of(task, primitives_of(options.model)).lowered.program
    question = Question(program, load_model(options.model).model, start + options.timeout)
    search = Search(question.graph, question.model, start + options.timeout)
    goals = Goals(search)
    try:
        witness = shortest(search, goals.complete, target(program, goals), look=0)
    except OutOfTime:
        return report
    if witness is None:
        return report
    shown = Execution(question.graph, question.model, witness)
    missing, shown = find_missing(shown, question.trial)
    gaps = missing.gaps
    pairs = [place.span for gap in gaps for place in (gap.pair.second, gap.pair.first)]
    told = Told(
        remarks.title(missing, program),
        remarks.reachable(missing, shown, None),
        tuple(span for span in pairs if span is not None),
        bool(gaps) and missing.cure.value == "proven",
    )
    report = replace(report, outcome=Outcome.PASS, told=told)
    progress(report)
    story = tell(shown, (gap.pair for gap in gaps))
    return replace(report, told=replace(told, story=story))


# ── machines ─────────────────────────────────────────────────────────────────────────────────────


def observe(task: Task, progress: Progress, architectures: tuple[str, ...], fault: bool, races: bool) -> Report:
    """Which architectures show what goes wrong in a variant: that an assertion fails, or a fault. `races`: it has data
    races. What is not known when the time is over is told so."""
    from memmodel.analyses import machines
    from memmodel.events.unroll import unroll

    start = time.monotonic()
    options: Options = task.options
    flags = (RACE_FLAG,) if races else ()
    report = widened(replace(machines.undecided(run.blank(task), architectures), flags=flags))
    progress(report)
    try:
        opened = program_of(task, primitives_of(options.model))
        graph, model = unroll(opened.lowered.program), load_model(options.model).model
        result = Result(Observation.SOMETIMES, frozenset(flags))
        decided = run.Decided(task, opened, graph, model, result, start + options.timeout)
        for found in machines.answers(decided, architectures, fault):
            report = replace(report, machines=found)
            progress(report)
    except (MemmodelError, MemoryError, RecursionError):
        pass
    return report
