"""Reports in, text on the two output streams: results on one, complaints and progress on the other."""

from __future__ import annotations

import sys
from typing import TextIO

from memmodel.records import dataclass, field
from memmodel.reports import Run, Writer
from memmodel.result import FileReport

_LINE = 79
_ERASE = "\r\x1b[K"


@dataclass
class Output:
    """Prints each report as it comes. Progress is shown on a terminal only, and gone when the run is over."""

    writer: Writer
    total: int
    """Files to come."""
    done: int = 0
    _shown: bool = field(default=False, init=False)

    def start(self) -> None:
        self._progress()

    def file(self, report: FileReport) -> None:
        self.done += 1
        self._erase()
        _write(sys.stdout, self.writer.file(report))
        _write(sys.stderr, self.writer.complaints(report))
        self._progress()

    def end(self, run: Run) -> None:
        self._erase()
        _write(sys.stdout, self.writer.end(run))

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
