"""File reports in, text out: one module for each output format."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from memmodel.records import dataclass
from memmodel.reports.style import PLAIN, Style
from memmodel.result import FileReport

if TYPE_CHECKING:
    from memmodel.analyses.documented import Documented


class Format(Enum):
    TEXT = "text"
    CONCISE = "concise"
    HERD = "herd"
    JSON = "json"
    JSON_LINES = "json-lines"
    JUNIT = "junit"
    GITHUB = "github"
    SARIF = "sarif"
    CHECKPATCH = "checkpatch"
    HTML = "html"


DOCUMENTS = frozenset((Format.JSON, Format.JSON_LINES, Format.JUNIT, Format.SARIF))
"""Those that programs read as a whole, and that therefore say something of every file, whatever happens."""
WITH_STEPS = frozenset((Format.JUNIT, Format.SARIF, Format.HTML))
"""Those that show the execution behind a verdict."""
WITH_PICTURE = frozenset((Format.HTML,))
"""Those that draw an execution."""


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


Rules = Callable[[str], "Documented | None"]
"""The rule with a code, where there is one."""


@dataclass(frozen=True)
class Setting:
    """What writers may need to know. `rules`: of all diagnostics that may be told; None: those of outcomes. `root`: the
    folder from which formats for servers give paths. `given`: the options that repeat a file's check, for formats that
    tell how to."""

    verbosity: Verbosity = Verbosity.NORMAL
    style: Style = PLAIN
    rules: Rules | None = None
    root: str = ""
    given: tuple[str, ...] = ()


def _text(setting: Setting) -> Writer:
    from memmodel.reports.text import TextWriter

    return TextWriter(setting.verbosity, setting.style)


def _concise(setting: Setting) -> Writer:
    from memmodel.reports.concise import ConciseWriter

    return ConciseWriter(_rules(setting))


def _herd(setting: Setting) -> Writer:
    from memmodel.reports.herd import HerdWriter

    return HerdWriter()


def _json(setting: Setting) -> Writer:
    from memmodel.reports.json import JsonWriter

    return JsonWriter()


def _json_lines(setting: Setting) -> Writer:
    from memmodel.reports.json_lines import JsonLinesWriter

    return JsonLinesWriter()


def _junit(setting: Setting) -> Writer:
    from memmodel.reports.junit import JunitWriter

    return JunitWriter(_rules(setting))


def _github(setting: Setting) -> Writer:
    from memmodel.reports.github import GithubWriter

    return GithubWriter(_rules(setting), setting.root)


def _sarif(setting: Setting) -> Writer:
    from memmodel.reports.sarif import SarifWriter

    return SarifWriter(_rules(setting), setting.root)


def _checkpatch(setting: Setting) -> Writer:
    from memmodel.reports.checkpatch import CheckpatchWriter

    return CheckpatchWriter(_rules(setting))


def _html(setting: Setting) -> Writer:
    from memmodel.reports.html import HtmlWriter

    return HtmlWriter(_rules(setting), setting.given)


def _rules(setting: Setting) -> Rules:
    from memmodel.analyses import outcome_rules

    return setting.rules or outcome_rules.find


_WRITERS: Mapping[Format, Callable[[Setting], Writer]] = {
    Format.TEXT: _text,
    Format.CONCISE: _concise,
    Format.HERD: _herd,
    Format.JSON: _json,
    Format.JSON_LINES: _json_lines,
    Format.JUNIT: _junit,
    Format.GITHUB: _github,
    Format.SARIF: _sarif,
    Format.CHECKPATCH: _checkpatch,
    Format.HTML: _html,
}
"""Each loads its own module only."""


def writer(
    format_: Format,
    verbosity: Verbosity = Verbosity.NORMAL,
    style: Style = PLAIN,
    rules: Rules | None = None,
    root: str = "",
    given: tuple[str, ...] = (),
) -> Writer:
    """The writer of a format, for one run. See `Setting`."""
    return _WRITERS[format_](Setting(verbosity, style, rules, root or os.getcwd(), given))  # noqa: PTH109
