"""A C file of the kernel as it stands in, a report with what can be said of it without a harness or a patch out:
barriers beside no read-modify-write (MM101), and orders that one side of a pair has and the other lacks (MM202).

What is found fast is told first: the report is worth something also where time runs out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from memmodel.analyses.as_diagnostic import as_diagnostic
from memmodel.analyses.finding import Finding
from memmodel.analyses.pairs.table import Table, Tables
from memmodel.analyses.review.definitions import Code
from memmodel.analyses.review.file_result import Whole
from memmodel.analyses.review.rules_alone import rules_alone
from memmodel.analyses.review.touched import How, Touched
from memmodel.analyses.review.whole import Settings, whole
from memmodel.analyses.suppressions import reason
from memmodel.cat.terms import Model
from memmodel.engines.run import Progress, blank, load_model
from memmodel.engines.task import Task
from memmodel.errors import MemmodelError
from memmodel.files import Files
from memmodel.frontends.c.alone.index import Headers
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.frontends.patch.patch import Change, Patch
from memmodel.records import replace
from memmodel.result import FileReport, Outcome
from memmodel.source import SourceFile

LARGEST = 4_000_000
"""Bytes of a file."""

BEGIN, EACH = 0.7, 0.25
"""Parts of the time limit: until when a pair of functions is begun, and how long it may take."""

MISPLACED, HALF = "MM101", "MM202"


def inspect(task: Task, progress: Progress) -> FileReport:
    """What there is to say of `task.file`, whose tree is `task.files`: a function for a process of its own. What
    cannot be read is unsupported, with the reason. Never raises MemmodelError."""
    start = time.monotonic()
    limit = task.options.timeout
    report = replace(blank(task), code=True)
    try:
        files = task.files or Files(Path(task.file).parent)
        source = _source(task.file, files)
        model = load_model(task.options.model).model
        headers = Headers(files)
        misplaced = _told(_misplaced(source, files, headers, model))
        report = replace(report, outcome=Outcome.PASS, diagnostics=tuple(map(as_diagnostic, misplaced)))
        progress(report)
        table = Tables(headers, model).table(source, source.name)
        settings = Settings(limit * EACH, 1, until=start + limit * BEGIN)
        paired = whole(table, files, (), settings)
        half = _told(item for item in paired.remarks if item.code == HALF)
        found = sorted((*misplaced, *half), key=lambda item: item.span.start if item.span is not None else 0)
        report = replace(report, diagnostics=tuple(map(as_diagnostic, found)), reason=_unfinished(paired, table))
    except MemmodelError as error:
        if report.outcome is not Outcome.PASS:
            report = replace(report, outcome=Outcome.UNSUPPORTED, reason=str(error))
    return replace(report, seconds=time.monotonic() - start)


def _unfinished(paired: Whole, table: Table) -> str | None:
    """What was not looked at for want of time; None where nothing was left out."""
    done, pairs = len(paired.pairs), len(table.pairs())
    return f"{table.file.name}: in time for {done} of {pairs} pairs of functions" if done < pairs else None


def _source(path: str, files: Files) -> SourceFile:
    """The text of a file, by its name in the tree. Raises Unsupported."""
    from memmodel.errors import Unsupported

    name = files.name(path)
    text = files.read(files.root / name, LARGEST)
    if text is None:
        raise Unsupported(f"{path}: no file that can be read, of at most {LARGEST // 1_000_000} MB")
    return SourceFile(name, text)


def _misplaced(source: SourceFile, files: Files, headers: Headers, model: Model) -> list[Finding]:
    """The barriers that order nothing beside a mere store or load."""
    change = Change(None, source.name, (), 1)
    file = AppliedFile(change, None, source, frozenset(), frozenset(), {}, {})
    patch = Patch(source, "", "", "", "", None, (change,))
    applied = Applied(patch, files.with_changes({source.name: None}), files, (file,))
    functions = [
        Touched(None, source.name, part.name, None, part.span, How.ADDED, whole=part.whole)
        for part in Code(source.name, source).functions
    ]
    found = rules_alone(applied, functions, model, after=headers).findings
    return [replace(item, code=MISPLACED) for item in found]  # no patch makes it old or new


def _told(findings: Iterable[Finding]) -> list[Finding]:
    """Those that no comment in the text asks not to be told."""
    return [item for item in findings if reason(item.span, item.code) is None]
