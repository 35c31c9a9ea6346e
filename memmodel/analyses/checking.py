"""One file in, its report out, as engines/run.py makes it, with what was asked for besides the verdict: warnings of
rules, the execution behind a verdict, a change that would answer it, a picture."""

from __future__ import annotations

from memmodel.analyses import execution_steps, suppressions
from memmodel.analyses.as_diagnostic import as_diagnostic
from memmodel.analyses.rules import inspect
from memmodel.analyses.rules.subject import Subject
from memmodel.diagnostic import Diagnostic, Severity
from memmodel.engines import run
from memmodel.engines.run import Decided, Progress
from memmodel.engines.solver import OutOfTime
from memmodel.engines.task import Task
from memmodel.errors import MemmodelError
from memmodel.records import replace
from memmodel.result import ExitStatus, FileReport


def check_file(task: Task, progress: Progress) -> FileReport:
    """Check one file; see `engines.run.check_file`. What the text asks not to be told is marked so."""

    def add(decided: Decided, report: FileReport) -> FileReport:
        return _with_details(decided, _on_machines(decided, warned(decided, report), progress), progress)

    return run.check_file(task, progress, add)


def warned(decided: Decided, report: FileReport) -> FileReport:
    """The report with what the rules say. A rule that goes wrong is told of, and costs no verdict."""
    try:
        subject = Subject(decided.graph, decided.model, decided.result)
        complete = subject.speaks_of_kernel
        found = tuple(as_diagnostic(finding) for finding in inspect(subject))
    except MemoryError:
        raise
    except Exception as error:
        what = f"internal error in a rule: {type(error).__name__}: {str(error)[:200]}; the verdict stands"
        found = (Diagnostic(Severity.WARNING, what, hint="please report it with this file"),)
        complete = False
        report = replace(report, incomplete=True)
    report = replace(report, diagnostics=(*report.diagnostics, *found))
    return suppressions.mark(report, decided.opened.files, complete)


def _on_machines(decided: Decided, report: FileReport, progress: Progress) -> FileReport:
    """The report with what the architectures make of it that `task.Details` names."""
    wanted = decided.task.options.details.machines
    if not wanted:
        return report
    from memmodel.analyses import machines, observable

    if not observable.compares(decided.task.options.model):
        return report
    nothing = machines.undecided(report, wanted)
    progress(nothing)
    try:
        return machines.judge(decided, report, wanted, progress)
    except MemoryError:
        return nothing


def _with_details(decided: Decided, report: FileReport, progress: Progress) -> FileReport:
    """The report with what `task.Details` asks for, as far as there is time: none of it is worth the verdict."""
    details = decided.task.options.details
    finding = report.outcome.status is ExitStatus.FINDING
    try:
        if details.steps and finding:
            report = replace(report, steps=execution_steps.of(decided, report))
            progress(report)
        if details.picture:
            from memmodel.analyses import drawing

            report = replace(report, picture=drawing.picture_of(decided))
            progress(report)
        if details.changes and finding:
            from memmodel.analyses import suggesting

            changes, remedy = suggesting.of(decided)
            report = replace(report, changes=changes, remedy=remedy)
    except OutOfTime:
        report = replace(report, incomplete=True)
    except MemmodelError:
        pass
    except MemoryError:
        raise
    except Exception as error:
        what = f"internal error in what goes with the verdict: {type(error).__name__}: {str(error)[:200]}"
        told = Diagnostic(Severity.WARNING, f"{what}; the verdict stands", hint="please report it with this file")
        report = replace(report, diagnostics=(*report.diagnostics, told), incomplete=True)
    return report
