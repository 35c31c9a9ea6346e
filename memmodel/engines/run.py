"""One litmus test or C program in, one FileReport out: read, lower, unroll, search, judge."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from memmodel import diagnostic, errors, inputs
from memmodel.diagnostic import Diagnostic, Place, Severity, place
from memmodel.engines import code_outcome, outcome
from memmodel.engines.base import Engine, Request
from memmodel.engines.programs import Opened, is_code, program_of
from memmodel.engines.task import EngineChoice, Options, Task, command
from memmodel.program.ir import Program
from memmodel.records import dataclass, replace
from memmodel.result import RACE_FLAG, FileReport, Mishap, Note, Outcome, Result, State, Witness, assertion_failed
from memmodel.source import SourceFile, Span

if TYPE_CHECKING:
    from memmodel.cat.models import LoadedModel
    from memmodel.cat.terms import Model
    from memmodel.events.graph import EventGraph
    from memmodel.program.primitives import PrimitiveTable

_COMMENT = re.compile(r"\(\*.*?\*\)|/\*.*?\*/|//[^\n]*", re.DOTALL)

_FIRST = "C first\n\n{}\n\nP0(int *x)\n{\n\t*x = 1;\n}\n\nexists (x=1)\n"

Progress = Callable[[FileReport], None]
"""Told what is known so far of the file, each time that more is: all there is to show if the work is then killed."""


@dataclass(frozen=True)
class Decided:
    """A file that was decided: all that there is to ask more about it. `deadline`: a time.monotonic() value."""

    task: Task
    opened: Opened
    graph: EventGraph
    model: Model
    result: Result
    deadline: float


Inspect = Callable[[Decided, FileReport], FileReport]
"""Looks at a decided file, and adds to its report what is asked for besides the verdict. It changes no outcome."""


@lru_cache(maxsize=8)
def load_model(spec: str) -> LoadedModel:
    """The model that `spec` names, read once per process. Raises MemmodelError."""
    from memmodel.cat import models

    return models.load(spec)


@lru_cache(maxsize=8)
def primitives_of(spec: str) -> PrimitiveTable:
    """The primitives in the spelling of the model's own tree."""
    loaded = load_model(spec)
    if loaded.definitions is None:
        from memmodel.program.primitives import DEFAULT

        return DEFAULT
    from memmodel.program import definitions

    return definitions.read(loaded.definitions, loaded.version)


@lru_cache(maxsize=8)
def preload(options: Options) -> None:
    """Import and build, before any file, what every file needs: a process forked afterwards starts with all of it."""
    import memmodel.events.unroll
    import memmodel.program.load  # noqa: F401
    from memmodel.syntax import litmus

    primitives_of(options.model)
    _engines(options.engine)
    litmus.parse(SourceFile("<first>", _FIRST))  # lark builds a lexer when it meets the first text


def prepare(options: Options) -> None:
    """The same for a process that may outlive this run: a model of the user's may change in the meantime, and is left
    to the processes forked afterwards."""
    from memmodel.cat.models import is_built_in

    preload(options if is_built_in(options.model) else replace(options, model=Options.model))


@lru_cache(maxsize=4)
def _engines(choice: EngineChoice) -> tuple[Engine, ...]:
    """The engines to run, imported where they are chosen: Z3 takes longer to load than a small file to check."""
    engines: list[Engine] = []
    if choice is not EngineChoice.ENUMERATE:
        from memmodel.engines import solver
        from memmodel.engines.smt import SmtEngine

        solver.start()
        engines.append(SmtEngine())
    if choice is not EngineChoice.SMT:
        from memmodel.engines.enumerate import EnumerateEngine

        engines.append(EnumerateEngine())
    return tuple(engines)


def blank(task: Task) -> FileReport:
    """The report of a file of which nothing is known yet."""
    return FileReport(task.file, "", task.options.model, task.options.engine.value, Outcome.TIMEOUT)


def check_file(task: Task, progress: Progress, inspect: Inspect | None = None) -> FileReport:
    """Check one file. Never raises for anything that the file holds: what goes wrong is in the report. `inspect` may
    add to the report of a decided file."""
    with inputs.recording() as log:
        report = _check_file(task, progress, inspect)
    return replace(report, inputs=log.inputs())


def _check_file(task: Task, progress: Progress, inspect: Inspect | None) -> FileReport:
    start = time.monotonic()
    report = blank(task)

    def learn(more: FileReport) -> None:
        nonlocal report
        report = more
        progress(more)

    try:
        report = _check(task, report, learn, start, inspect)
    except errors.EngineError as error:
        report = internal(task, report, f"{error.what} ({error.hint})" if error.hint else error.what)
    except errors.Unsupported as error:
        report = _failed(report, Outcome.UNSUPPORTED, error)
    except errors.MemmodelError as error:
        report = _failed(report, Outcome.ERROR, error)
    except MemoryError:
        report = out_of_memory(report, task.options)
    except RecursionError:
        report = internal(task, report, "the input is nested too deeply for this program")
    except Exception as error:
        if "out of memory" in str(error):  # Z3's own exception for it
            report = out_of_memory(report, task.options)
        else:
            _trace(error)
            report = internal(task, report, f"{type(error).__name__}: {str(error)[:300]}")
    return replace(report, seconds=time.monotonic() - start)


def _check(task: Task, report: FileReport, learn: Progress, start: float, inspect: Inspect | None) -> FileReport:
    options = task.options
    loaded = load_model(options.model)
    inputs.add(loaded.inputs)
    report = replace(report, model=loaded.name)
    learn(report)
    report = replace(report, code=is_code(task.file))
    opened = program_of(task, primitives_of(options.model))
    lowered = opened.lowered
    program = lowered.program
    report = replace(
        _describe(report, program, opened),
        diagnostics=tuple(diagnostic.warning(item.message, item.span) for item in lowered.warnings),
    )
    learn(report)
    if options.states and program.exact and not program.observables:
        raise errors.Unsupported(
            "a C program lists no final values, so that there are no --states to show",
            hint="an assert() in final() asks about them; --count counts executions",
        )
    from memmodel.events.unroll import unroll

    graph = unroll(program)
    model = loaded.model
    results: list[Result] = []
    for engine in _engines(options.engine):
        left = max(0.05, options.timeout - (time.monotonic() - start))
        results.append(engine.run(graph, model, Request(options.states, options.count, left)))
        judged = judge(results[0], graph, model)
        report = replace(_found(report, results[0], graph), outcome=judged.outcome, reason=judged.reason)
        learn(report)
    if report.outcome is Outcome.RACE:
        report = _show_race(report, results[0], graph, model)
    if report.code and report.outcome is Outcome.FAIL:
        report = _show_mishaps(report)
    if len(results) == 2:
        report = _agreement(task, report, results[0], results[1])
    if inspect is not None and report.observation is not None:
        decided = Decided(task, opened, graph, model, results[0], start + options.timeout)
        report = inspect(decided, report)
    return report


def judge(result: Result, graph: EventGraph, model: Model) -> outcome.Judgement:
    """How a result compares with what the program is expected to do."""
    program = graph.program
    finds_races = any(check.name == RACE_FLAG for check in model.flags)
    rules = code_outcome.judge if program.exact else outcome.judge
    return rules(result, program.expectation, finds_races, leaning(graph))


def leaning(graph: EventGraph) -> list[Span]:
    """The loops on whose bounds a verdict may lean."""
    return [cut.span for cut in graph.cuts if not cut.awaits]


def _show_race(report: FileReport, result: Result, graph: EventGraph, model: Model) -> FileReport:
    """The report with the two accesses that race."""
    from memmodel.engines.races import find_race

    witness = dict(result.flag_witnesses).get(RACE_FLAG)
    race = find_race(graph, model, witness) if witness is not None else None
    if race is None:
        return report
    return replace(
        report,
        reason=f"{race.sentence()}; the file does not announce it",
        place=place(race.first.span) or report.place,
        diagnostics=(*report.diagnostics, *race.notes()),
    )


def _show_mishaps(report: FileReport) -> FileReport:
    """The report of a C program that fails, with the lines where it does."""
    found = (*report.faults, *report.assertions)
    notes = tuple(Diagnostic(Severity.NOTE, item.message, item.place) for item in found if item.place is not None)
    first = notes[0].place if notes else report.place
    return replace(report, diagnostics=(*report.diagnostics, *notes), place=first)


def _describe(report: FileReport, program: Program, opened: Opened) -> FileReport:
    expectation = program.expectation
    return replace(
        report,
        name=program.name,
        quantifier=program.quantifier,
        condition=program.condition_text,
        expected=expectation.verdict if expectation else None,
        race_expected=expectation.race if expectation else False,
        digest=_digest(opened.material),
        length=len(opened.source.text.splitlines()),
        says=opened.says,
        place=_about(program, opened.source),
    )


def _about(program: Program, source: SourceFile) -> Place | None:
    """What a verdict is about: the verdict that the file states, else its condition."""
    stated = program.expectation.span if program.expectation is not None else None
    return place(stated or program.condition_span or source.span(0, 1))


def _digest(text: str) -> str:
    """A name for the test that survives comments and layout."""
    import hashlib

    words = " ".join(_COMMENT.sub(" ", text).split())
    return hashlib.md5(words.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _found(report: FileReport, result: Result, graph: EventGraph) -> FileReport:
    return replace(
        report,
        observation=result.observation,
        flags=tuple(sorted(result.flags)),
        states=result.states,
        positive=result.positive,
        negative=result.negative,
        cut=result.cut,
        bounded=result.bounded,
        witness=_state(result.witness),
        counterexample=_state(result.counterexample),
        assertions=_mishaps(tuple(assertion_failed(note) for note in result.failed_assertions)),
        faults=_mishaps(result.faults),
    )


def _mishaps(notes: tuple[Note, ...]) -> tuple[Mishap, ...]:
    return tuple(Mishap(note.message, place(note.span)) for note in notes)


def _state(witness: Witness | None) -> State | None:
    return witness.state if witness is not None else None


def _agreement(task: Task, report: FileReport, smt: Result, enumerate_: Result) -> FileReport:
    """The report of a run of both engines: the first one's, unless they differ."""
    for name, result in (("smt", smt), ("enumerate", enumerate_)):
        if result.observation is None:
            why = result.reason or "no verdict"
            unfinished = Outcome.TIMEOUT if result.timed_out else Outcome.UNSUPPORTED
            return replace(report, outcome=unfinished, reason=f"not compared: the {name} engine stopped: {why}")
    differences = _differences(smt, enumerate_)
    if not differences:
        return report
    return internal(task, report, "the engines disagree: " + "; ".join(differences))


def _differences(smt: Result, other: Result) -> list[str]:
    found: list[str] = []

    def compare(what: str, ours: object, theirs: object) -> None:
        if ours != theirs:
            found.append(f"{what}: smt {ours}, enumerate {theirs}")

    compare("observation", smt.observation and smt.observation.value, other.observation and other.observation.value)
    compare("flags", sorted(smt.flags), sorted(other.flags))
    compare("no executions", smt.no_executions, other.no_executions)
    compare("deadlock", smt.deadlock, other.deadlock)
    compare("faults", bool(smt.faults), bool(other.faults))
    compare("failed assertions", bool(smt.failed_assertions), bool(other.failed_assertions))
    if smt.positive is not None and other.positive is not None:
        compare("executions", (smt.positive, smt.negative), (other.positive, other.negative))
    if smt.states is not None and other.states is not None:
        ours, theirs = set(smt.states), set(other.states)
        compare("states found by one alone", sorted(ours - theirs)[:3], sorted(theirs - ours)[:3])
    return found


def _failed(report: FileReport, how: Outcome, error: errors.MemmodelError) -> FileReport:
    found = diagnostic.from_error(error)
    return replace(
        report,
        outcome=how,
        observation=None,
        reason=found.sentence(),
        diagnostics=(*report.diagnostics, found),
    )


def out_of_memory(report: FileReport, options: Options) -> FileReport:
    """Undecided for want of memory: like a time limit, not a fault of the file."""
    limit = f"the memory limit of {options.memory} MB was reached" if options.memory else "memory ran out"
    return replace(report, outcome=Outcome.TIMEOUT, reason=f"{limit}; --memory raises it")


def internal(task: Task, report: FileReport, what: str) -> FileReport:
    """A defect of ours, told so that it can be reported: the file and the command are the reproducer."""
    return replace(
        report,
        outcome=Outcome.ERROR,
        observation=None,
        reason=f"internal error: {what}. Please report it with this file and the command: {command(task)}",
        internal=True,
    )


def _trace(error: Exception) -> None:
    """The traceback, for whoever asked for it: users never see one."""
    import os
    import traceback

    if os.environ.get("MEMMODEL_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)
