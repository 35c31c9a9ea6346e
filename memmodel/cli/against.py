"""`memmodel check --baseline FILE`: the reports of a run in, the same with what has changed since the baseline out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Generator, Iterable, Sequence

from memmodel.analyses.baseline import compare, gone
from memmodel.analyses.baseline_file import Baseline, read
from memmodel.cli.configuration import choose
from memmodel.engines.programs import is_code
from memmodel.engines.task import STDIN, Options
from memmodel.errors import UsageError
from memmodel.records import dataclass, replace
from memmodel.result import FileReport


@dataclass(frozen=True)
class Against:
    """A baseline that a run is held against."""

    baseline: Baseline
    paths: Sequence[str]
    """What the run covers."""

    def options(self, options: Options) -> Options:
        """Those of the run, with what the comparison needs."""
        return replace(options, states=options.states or self.baseline.states)

    def compared(self, reports: Iterable[FileReport], options: Options) -> Generator[FileReport, None, None]:
        """The reports, each held against what the baseline has; then one for each file that is gone. `options`: those
        of the run, which say whether final states are shown."""
        model = self.baseline.model_name
        missing = dict.fromkeys(name for name in self.baseline.covered(self.paths) if self._missing(name))
        for report in reports:
            name = self.baseline.name(report.file)
            if name in missing:
                del missing[name]
                yield gone(report.file, self.baseline.entries[name], model, options.engine.value)
                continue
            found = self.one(report)
            yield found if options.states else replace(found, states=None)
        for name in missing:
            file = self.baseline.spelled(name)
            yield gone(file, self.baseline.entries[name], model, options.engine.value)

    def one(self, report: FileReport) -> FileReport:
        """A report, held against what the baseline has for its file."""
        known = self.baseline.entries.get(self.baseline.name(report.file)) if report.file != STDIN else None
        return compare(known, report, self.baseline.model_name)

    def _missing(self, name: str) -> bool:
        """Whether a file, or the variant of a scenario, is not there any more. (A scenario whose text cannot be
        followed is, and is told of.)"""
        path = self.baseline.spelled(name)
        if os.path.lexists(path):
            return False
        folder, colon, variant = path.rpartition(":")
        if not colon or not is_code(path):
            return True
        from memmodel.errors import MemmodelError
        from memmodel.frontends import scenario

        try:
            return all(item.name != variant for item in scenario.load(folder).variants)
        except MemmodelError:
            return False


def against(arguments: argparse.Namespace) -> Against:
    """What --baseline names. What the command line leaves open becomes what the baseline was made with:
    paths, model, bound, macros. Raises MemmodelError for what is no baseline, UsageError for one of another model."""
    baseline = read(arguments.baseline)
    arguments.paths = arguments.paths or [baseline.spelled(path) for path in baseline.paths]
    if arguments.model is None and baseline.model is not None:
        choose(arguments, "model")
    arguments.model = _model(baseline, arguments.model)
    if arguments.unroll is None:
        arguments.unroll = baseline.unroll
    elif arguments.unroll != baseline.unroll:
        was = "the files' own bounds" if baseline.unroll is None else f"--unroll {baseline.unroll}"
        raise _other(baseline, f"was made with {was}", f"--unroll {arguments.unroll}")
    if not arguments.defines:
        arguments.defines = list(baseline.defines)
    elif dict(arguments.defines) != dict(baseline.defines):
        was = " ".join(f"-D {name}={value}" for name, value in baseline.defines) or "no -D"
        now = " ".join(f"-D {name}={value}" for name, value in arguments.defines)
        raise _other(baseline, f"was made with {was}", now)
    return Against(baseline, arguments.paths)


def _model(baseline: Baseline, asked: str | None) -> str | None:
    """The model of the run as --model names it. Raises UsageError where the baseline has another one."""
    from memmodel.engines.run import load_model

    if asked is None:
        path = baseline.model
        return baseline.spelled(path) if path is not None and "/" in path else path
    name = load_model(asked).name
    if name != baseline.model_name:
        raise _other(baseline, f"has the verdicts of {baseline.model_name}", name)
    return asked


def _other(baseline: Baseline, was: str, asked: str) -> UsageError:
    hint = "leave the option out, or make another baseline: `memmodel baseline PATH... -o FILE`"
    return UsageError(f"{baseline.path} {was}, and {asked} is asked for", hint=hint)
