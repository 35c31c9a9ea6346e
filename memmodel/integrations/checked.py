"""A task in, what `memmodel check` finds of it and `memmodel explain` says of it out."""

from __future__ import annotations

import subprocess
import sys
import warnings
from functools import cached_property

from memmodel.engines.task import Task
from memmodel.records import dataclass
from memmodel.result import ExitStatus, FileReport, Outcome

GRACE = 5.0
"""Seconds past its time limit after which an explanation is not waited for any more."""


@dataclass(frozen=True, eq=False)
class Checked:
    """A file that was checked."""

    task: Task
    report: FileReport

    @property
    def place(self) -> str:
        """Where the expectation is, to begin a line with."""
        return f"{self.report.place}: " if self.report.place is not None else ""

    def problem(self) -> str | None:
        """What is not as it should be, in one sentence that begins with its place; None where all is well."""
        report = self.report
        if report.outcome is Outcome.PASS:
            return None
        reason = report.reason or report.outcome.value
        if report.outcome.status is ExitStatus.UNDECIDED:
            reason = f"not decided ({report.outcome.value}): {reason.removeprefix(self.place)}"
        told = any(item.place is not None and reason.startswith(f"{item.place}: ") for item in report.diagnostics)
        return reason if told or reason.startswith(self.place) else f"{self.place}{reason}"

    def text(self) -> str:
        """The explanation of what was found, or what else there is to show."""
        return self._explanation or self._details

    @cached_property
    def _details(self) -> str:
        from memmodel.reports.diagnostic import render

        return "\n".join(render(item).rstrip() for item in self.report.diagnostics)

    @cached_property
    def _explanation(self) -> str:
        """What `memmodel explain` prints, in a process of its own: it may take more time or memory than there is."""
        if self.report.outcome.status is not ExitStatus.FINDING:
            return ""
        options = self.task.options
        words = [sys.executable, "-P", "-m", "memmodel", "explain", "--model", options.model]
        words += ["--timeout", f"{options.timeout:g}"]
        words += ["--unroll", str(options.unroll)] if options.unroll is not None else []
        words += ["--tree", options.tree] if options.tree is not None else []
        for name, value in options.defines:
            words += ["-D", f"{name}={value}"]
        try:
            done = subprocess.run(
                [*words, "--", self.task.file],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=options.timeout + GRACE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.decode("utf-8", "replace").rstrip() if done.returncode in (0, 1) else ""


def check(task: Task) -> Checked:
    """Check a file or a variant in a process of its own. Never raises for what a file holds. Raises MemmodelError for a
    model that cannot be read."""
    from memmodel.analyses import checking
    from memmodel.engines.pool import check_all

    with warnings.catch_warnings():
        # Python warns of forks in a process with threads, as pytest-xdist's are. The child uses none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        (report,) = check_all((task,), 1, checking.check_file)
    return Checked(task, report)
