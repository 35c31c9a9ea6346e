"""`memmodel audit`: litmus files in, what each of their barriers is good for out."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from memmodel import __version__, diagnostic
from memmodel.cli.arguments import NAME_SOMETHING, NOTHING, positive
from memmodel.cli.configuration import excluded
from memmodel.cli.fix import ARCHITECTURES
from memmodel.cli.paths import Missing, collect
from memmodel.cli.subjects import add_arguments, limit, subject_of
from memmodel.errors import MemmodelError, Unsupported, UsageError
from memmodel.result import ExitStatus, worst

if TYPE_CHECKING:
    from memmodel.analyses.advice import AuditReport

EPILOG = """\
examples:
  # is each of two barriers needed, and would a weaker one do? (status 1)
  memmodel audit litmus/classic/MP+mb+mb.litmus
  # what the cheapest placements cost on one architecture (status 1)
  memmodel audit litmus/classic/MP+mb+mb.litmus --arch arm64

exit status:
  0  every barrier is required, and as strong as it must be
  1  a barrier could go or be weaker, or the bad outcome is possible as it is
  2  bad usage or input
  3  not decided: out of time, or unsupported
  The worst of a run counts, in the order 2, 1, 3, 0.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "audit",
        help="say what each barrier is good for",
        description="For each barrier and annotation: is it required, stronger than needed, redundant or without "
        "effect? And what are the cheapest placements of all of them that keep the verdict?",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("paths", nargs="*", metavar="FILE", help="litmus tests, C files, scenarios, directories of those, or -")
    add("--arch", choices=ARCHITECTURES, default="all", help="count the costs on this one; default: all together")
    add("--alternatives", type=positive, default=3, metavar="N", help="placements to show; default: %(default)s")
    add_arguments(parser)
    add("-f", "--format", choices=["text", "json"], default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Audit the files, one after the other; one that cannot be read costs no other's report."""
    from memmodel.reports.barriers import audit_json, audit_text

    statuses: list[ExitStatus] = []
    documents = []
    if not arguments.paths:
        raise UsageError(NOTHING, hint=NAME_SOMETHING)
    for number, item in enumerate(collect(arguments.paths, arguments.tree is not None, excluded(arguments))):
        if isinstance(item, Missing):
            _complain(item)
            statuses.append(ExitStatus.BAD_INPUT)
            continue
        status, report = _one(item, arguments)
        statuses.append(status)
        if report is None:
            continue
        if arguments.format == "json":
            documents.append(audit_json(report, item))
        else:
            sys.stdout.write(("\n" if number else "") + audit_text(report, item))
            sys.stdout.flush()
    if arguments.format == "json":
        print(json.dumps({"memmodel": __version__, "results": documents}, indent=1, ensure_ascii=False))
    return worst(statuses)


def _complain(item: Missing) -> None:
    from memmodel.reports.diagnostic import render

    if item.error is not None:
        sys.stderr.write(render(diagnostic.from_error(item.error)))
    else:
        print(f"{item.path}: error: {item.reason}", file=sys.stderr)


def _one(path: str, arguments: argparse.Namespace) -> tuple[ExitStatus, AuditReport | None]:
    from memmodel.analyses.advice import Standing
    from memmodel.analyses.audit import audit
    from memmodel.analyses.costs import Architecture
    from memmodel.engines.solver import OutOfTime
    from memmodel.reports.diagnostic import render

    try:
        report = audit(subject_of(path, arguments), Architecture(arguments.arch), arguments.alternatives)
    except OutOfTime:
        print(f"{path}: no answer within {limit(path, arguments):g} s; --timeout allows more", file=sys.stderr)
        return ExitStatus.UNDECIDED, None
    except MemmodelError as error:
        sys.stderr.write(render(diagnostic.from_error(error)))
        return (ExitStatus.UNDECIDED if isinstance(error, Unsupported) else ExitStatus.BAD_INPUT), None
    fine = report.reachable is None and all(found.standing is Standing.REQUIRED for found in report.sites)
    return (ExitStatus.OK if fine else ExitStatus.FINDING), report
