"""One litmus file in, its report out, as engines/run.py makes it, with the rules' warnings added."""

from __future__ import annotations

from memmodel.analyses.finding import Finding
from memmodel.analyses.rules import inspect
from memmodel.analyses.rules.subject import Subject
from memmodel.cat.terms import Model
from memmodel.diagnostic import Diagnostic, Severity, place
from memmodel.engines import run
from memmodel.engines.run import Progress
from memmodel.engines.task import Task
from memmodel.events.graph import EventGraph
from memmodel.result import FileReport, Result


def check_file(task: Task, progress: Progress) -> FileReport:
    """Check one file; see `engines.run.check_file`."""
    return run.check_file(task, progress, warnings)


def warnings(graph: EventGraph, model: Model, result: Result) -> tuple[Diagnostic, ...]:
    """What the rules say of a decided program. A rule that goes wrong is told of, and costs no verdict."""
    try:
        return tuple(_diagnostic(finding) for finding in inspect(Subject(graph, model, result)))
    except MemoryError:
        raise
    except Exception as error:
        what = f"internal error in a rule: {type(error).__name__}: {str(error)[:200]}; the verdict stands"
        return (Diagnostic(Severity.WARNING, what, hint="please report it with this file"),)


def _diagnostic(finding: Finding) -> Diagnostic:
    return Diagnostic(Severity.WARNING, finding.title, place(finding.span), finding.message, finding.code)
