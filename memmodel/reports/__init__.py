"""File reports in, text out: one module for each output format."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from memmodel.records import dataclass
from memmodel.reports.style import PLAIN, Style
from memmodel.result import FileReport


class Format(Enum):
    TEXT = "text"
    HERD = "herd"
    JSON = "json"


class Verbosity(Enum):
    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


@dataclass(frozen=True)
class Run:
    """A whole run, for what a report says at its end."""

    reports: Sequence[FileReport]
    seconds: float
    interrupted: bool = False


class Writer(Protocol):
    """A format. Its text goes to standard output, its complaints to standard error."""

    def file(self, report: FileReport) -> str:
        """What is printed as soon as a file is done; '' for nothing."""
        ...

    def complaints(self, report: FileReport) -> str:
        """The errors and warnings of a file, where the format itself has no place for them."""
        ...

    def end(self, run: Run) -> str:
        """What is printed when all files are done, or the user has had enough."""
        ...


def writer(format_: Format, verbosity: Verbosity = Verbosity.NORMAL, style: Style = PLAIN) -> Writer:
    """The writer of a format."""
    if format_ is Format.JSON:
        from memmodel.reports.json import JsonWriter

        return JsonWriter()
    if format_ is Format.HERD:
        from memmodel.reports.herd import HerdWriter

        return HerdWriter()
    from memmodel.reports.text import TextWriter

    return TextWriter(verbosity, style)
