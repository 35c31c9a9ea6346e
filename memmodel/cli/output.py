"""Reports in, text on the two output streams: results on one, or in a file, complaints and progress on the other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, TextIO

from memmodel.records import dataclass, field
from memmodel.reports import Run, Writer
from memmodel.result import FileReport

if TYPE_CHECKING:
    from memmodel.cli.saving import Target

_LINE = 79
_ERASE = "\r\x1b[K"


@dataclass
class Output:
    """Prints each report as it comes. Progress is shown on a terminal only, and gone when the run is over. With a
    target, the results go there when the run is over: all of them, or nothing where it was broken off."""

    writer: Writer
    total: int
    """Files to come."""
    target: Target | None = None
    done: int = 0
    _shown: bool = field(default=False, init=False)
    _kept: BinaryIO | None = field(default=None, init=False)
    """The results so far, for the target: in a file without a name, since pictures of thousands of tests are large."""

    def start(self) -> None:
        self._progress()

    def file(self, report: FileReport) -> None:
        self.done += 1
        self._erase()
        self._result(self.writer.file(report))
        _write(sys.stderr, self.writer.complaints(report))
        self._progress()

    def all(self, reports: Sequence[FileReport]) -> None:
        """A whole run at once, without what the files have to complain of: it is the same for each, and is told
        elsewhere."""
        for report in reports:
            self._result(self.writer.file(report))
        self.end(Run(reports, 0.0))

    def end(self, run: Run) -> None:
        """Raises UsageError where the target cannot be written."""
        self._erase()
        self._result(self.writer.end(run))
        if self.target is None:
            return
        if run.interrupted:
            _write(sys.stderr, f"memmodel: interrupted: {self.target.path} is not written\n")
        else:
            kept = self._file_of_results()
            kept.seek(0)
            self.target.write(kept)

    def _result(self, text: str) -> None:
        if self.target is None:
            _write(sys.stdout, text)
        elif text:
            self._file_of_results().write(text.encode("utf-8", errors="backslashreplace"))

    def _file_of_results(self) -> BinaryIO:
        if self._kept is None:
            import tempfile

            self._kept = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the run)
        return self._kept

    def _progress(self) -> None:
        if self.done < self.total and sys.stderr.isatty():
            _write(sys.stderr, f"{self.done} of {self.total} files done"[:_LINE])
            self._shown = True

    def _erase(self) -> None:
        if self._shown:
            _write(sys.stderr, _ERASE)
            self._shown = False


def _write(stream: TextIO, text: str) -> None:
    """Write at once, so that the two streams keep their order where both are the same terminal or file."""
    if text:
        stream.write(text)
        stream.flush()
