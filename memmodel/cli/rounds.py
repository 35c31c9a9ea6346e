"""What the options of `memmodel check` ask for, step by step: what to check, how, where results go; and one round of
it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from memmodel.analyses import rulebook
from memmodel.cli.arguments import architectures, deciding, given, tree
from memmodel.cli.configuration import excluded, selection_of
from memmodel.cli.output import Output
from memmodel.cli.paths import Missing, collect
from memmodel.cli.work import reports, unmodelled
from memmodel.engines.task import STDIN, Details, Options
from memmodel.errors import MemmodelError, UsageError
from memmodel.records import dataclass, replace
from memmodel.reports import DOCUMENTS, WITH_PICTURE, WITH_STEPS, Format, Run, Verbosity, Writer, writer
from memmodel.reports.paths import project_root
from memmodel.reports.style import ColourChoice, choose
from memmodel.result import ExitStatus, FileReport, worst

if TYPE_CHECKING:
    from memmodel.cli.against import Against
    from memmodel.cli.saving import Target


@dataclass(frozen=True)
class Round:
    """The reports of the files that were checked. `interrupted`: the user has had enough."""

    reports: Sequence[FileReport]
    interrupted: bool


def items_of(arguments: argparse.Namespace) -> tuple[str | Missing, ...]:
    """What there is to check, in order."""
    return tuple(collect(arguments.paths, tree(arguments) is not None, excluded(arguments)))


def checked(
    arguments: argparse.Namespace,
    held: Against | None,
    items: Sequence[str | Missing],
    output: Output,
    whole: bool = False,
) -> Round:
    """Check the items and print what is found. The reports come without their pictures, which are large, unless they
    are wanted `whole`. Raises MemmodelError where nothing can be checked at all."""
    options = options_of(arguments)
    format_ = Format(arguments.format)
    start = time.monotonic()
    found: list[FileReport] = []
    interrupted = False
    wanted = held.options(options) if held is not None else options
    selection = selection_of(arguments)
    output.start()
    try:
        with contextlib.closing(reports(items, wanted, arguments, format_ is not Format.HERD)) as stream:
            for report in map(selection.of, held.compared(stream, options) if held is not None else stream):
                found.append(report if whole or report.picture is None else replace(report, picture=None))
                output.file(report)
    except KeyboardInterrupt:
        interrupted = True
    except MemmodelError as error:  # the model cannot be read
        if format_ in DOCUMENTS and not found:  # else it is said once, not for every file
            output.all([unmodelled(item, options, error) for item in items])
        raise
    output.end(Run(found, time.monotonic() - start, interrupted))
    return Round(found, interrupted)


def status_of(arguments: argparse.Namespace, found: Sequence[FileReport]) -> ExitStatus:
    """The exit status of a run."""
    status = worst(report.outcome.status for report in found)
    return ExitStatus.OK if arguments.exit_zero and status is not ExitStatus.BAD_INPUT else status


def output_of(arguments: argparse.Namespace, total: int, target: Target | None) -> Output:
    """Where results go. Raises UsageError for a format that has no statistics."""
    return Output(_writer(arguments, target), total, target)


def _writer(arguments: argparse.Namespace, target: Target | None) -> Writer:
    format_ = Format(arguments.format)
    verbosity = Verbosity.QUIET if arguments.quiet else Verbosity.VERBOSE if arguments.verbose else Verbosity.NORMAL
    style = choose(ColourChoice(arguments.color), target is None and sys.stdout.isatty(), os.environ)
    root = project_root(os.environ, os.getcwd())  # noqa: PTH109
    found = writer(format_, verbosity, style, rulebook.find, root, given(arguments))
    if not arguments.statistics:
        return found
    if format_ not in (Format.TEXT, Format.JSON):
        raise UsageError(f"--statistics has no format {format_.value}", hint="expected text or json")
    from memmodel.reports.statistics import StatisticsWriter

    return StatisticsWriter(rulebook.find, found if format_ is Format.TEXT else None)


def options_of(arguments: argparse.Namespace) -> Options:
    """How every file is checked. Raises UsageError for a kernel tree that is not there."""
    herd = arguments.format == Format.HERD.value  # its output has both, whether asked for or not
    return replace(
        deciding(arguments),
        states=arguments.states or herd,
        count=arguments.count or herd,
        details=Details(
            steps=Format(arguments.format) in WITH_STEPS,
            picture=Format(arguments.format) in WITH_PICTURE,
            machines=architectures(arguments),
            changes=arguments.suggest,
        ),
    )


def target_of(arguments: argparse.Namespace) -> Target | None:
    """The file that the results go to, if one is named. Raises UsageError where it cannot be written."""
    if arguments.output_file in (None, STDIN):
        return None
    from memmodel.cli.saving import Target

    target = Target(arguments.output_file, "--output-file")
    target.probe()
    return target


def held_against(arguments: argparse.Namespace) -> Against | None:
    """The baseline that the run is held against, if one is named."""
    if arguments.baseline is None:
        return None
    from memmodel.cli.against import against

    return against(arguments)
