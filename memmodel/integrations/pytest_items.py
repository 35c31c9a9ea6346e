"""A litmus file or a scenario in, pytest's items out: one for each thing that it expects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from memmodel.engines.task import Task
from memmodel.errors import MemmodelError, SyntaxError
from memmodel.frontends import scenario
from memmodel.integrations.checked import Checked, check
from memmodel.integrations.pytest_options import Settings, settings
from memmodel.result import RACE_FLAG, Outcome
from memmodel.source import SourceFile
from memmodel.syntax.expectation import Expected, expectation


class Expectation(Enum):
    """What of a file an item is about. VERDICT is also about whatever else goes wrong, and alone about all of it."""

    VERDICT = "verdict"
    RACE = "race"
    """That the data race which the file announces is there."""


class Unmet(Exception):
    """An expectation that is not met, in words that are ready to print."""


class LitmusFile(pytest.File):
    """A litmus test: an item for its verdict, and one for the data race that it announces."""

    _checked: Checked | None = None

    def collect(self) -> Iterator[pytest.Item]:
        stated = self._stated()
        line = stated.span.line if stated is not None else 1
        race = stated is not None and stated.race
        for about in (Expectation.VERDICT, Expectation.RACE) if race else (Expectation.VERDICT,):
            yield LitmusItem.from_parent(self, name=about.value, about=about, alone=not race, line=line)

    def checked(self) -> Checked:
        """What was found, which all items of the file share."""
        if self._checked is None:
            self._checked = _check(_spelled(self.path), self.config)
        return self._checked

    def _stated(self) -> Expected | None:
        """What the header says, if it can be read: if not, the item tells."""
        try:
            return expectation(SourceFile(str(self.path), self.path.read_text(encoding="utf-8", errors="replace")))
        except (OSError, SyntaxError):
            return None


class ScenarioFile(pytest.File):
    """A scenario: an item for each variant."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            variants = scenario.load(str(self.path.parent)).variants
        except MemmodelError as error:
            raise self.CollectError(_rendered(error)) from None
        for variant in variants:
            yield VariantItem.from_parent(self, name=variant.name, line=variant.span.line, tree=variant.tree)


class _Item(pytest.Item):
    """`line`: where the expectation is written, counted from 1."""

    mark = "memmodel"

    def __init__(self, *, line: int, **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]
        self._line = line
        self.add_marker("memmodel")
        self.add_marker(self.mark)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        return self.path, self._line - 1, self._title()

    def _title(self) -> str:
        """What stands over the explanation. Were it the end of the item's id, pytest would show its dots as colons."""
        raise NotImplementedError

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: str | None = None) -> str | TerminalRepr:
        if isinstance(excinfo.value, Unmet):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def _settle(self, checked: Checked, problem: str | None) -> None:
        """Note what was found, for whoever reads reports; raise Unmet where there is a problem."""
        report = checked.report
        found = report.observation.value if report.observation is not None else "none"
        self.user_properties += [("model", report.model), ("verdict", found), ("outcome", report.outcome.value)]
        if problem is not None:
            raise Unmet("\n\n".join(part for part in (problem, checked.text()) if part))


class LitmusItem(_Item):
    mark = "litmus"

    def __init__(self, *, about: Expectation, alone: bool, **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]
        self._about = about
        self._alone = alone

    def _title(self) -> str:
        return f"{self.path.name}: {self.name}"

    def runtest(self) -> None:
        assert isinstance(self.parent, LitmusFile)
        checked = self.parent.checked()
        if self._about is Expectation.RACE:
            self._settle(checked, _race_missing(checked))
        else:
            self._settle(checked, checked.problem() if self._alone else _verdict_wrong(checked))


class VariantItem(_Item):
    mark = "scenario"

    def __init__(self, *, tree: bool, **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]
        self._tree = tree

    def _title(self) -> str:
        return f"{self.path.parent.name}:{self.name}"

    def runtest(self) -> None:
        if self._tree and _settings(self.config).options.tree is None:
            pytest.skip("needs a kernel tree, which --memmodel-tree DIR names")
        checked = _check(f"{_spelled(self.path.parent)}:{self.name}", self.config)
        self._settle(checked, checked.problem())


def _verdict_wrong(checked: Checked) -> str | None:
    """What is wrong but for a race that is announced and missing, of which another item tells."""
    report = checked.report
    if report.race_expected and report.observation is not None and RACE_FLAG not in report.flags:
        if report.expected in (report.observation.value, "Maybe"):
            return None
        if report.outcome is not Outcome.PASS:
            return f"{checked.place}expected {report.expected}, found {report.observation.value}"
    return checked.problem()


def _race_missing(checked: Checked) -> str | None:
    """What is wrong with the race that is announced."""
    report = checked.report
    if report.observation is not None and RACE_FLAG in report.flags:
        return None
    return checked.problem()


def _settings(config: pytest.Config) -> Settings:
    try:
        return settings(config)
    except MemmodelError as error:
        raise Unmet(_rendered(error)) from None


def _check(path: str, config: pytest.Config) -> Checked:
    """Check one file. Raises Unmet where nothing can be checked at all."""
    chosen = _settings(config)
    try:
        return chosen.held_against(check(Task(path, chosen.of(path))))
    except MemmodelError as error:
        raise Unmet(_rendered(error)) from None


def _spelled(path: Path) -> str:
    """A path as short as it is from here, if it is not elsewhere."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _rendered(error: MemmodelError) -> str:
    from memmodel.diagnostic import from_error
    from memmodel.reports.diagnostic import render

    return render(from_error(error))
