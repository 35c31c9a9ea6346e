"""`memmodel check --watch`: files in, their reports out, and again those of the files that a change may concern."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from memmodel.cli import rounds
from memmodel.cli.configuration import completed
from memmodel.cli.ending import INTERRUPTED
from memmodel.cli.output import Output
from memmodel.cli.paths import Missing
from memmodel.cli.seen import Seen
from memmodel.engines.task import STDIN
from memmodel.errors import MemmodelError, UsageError
from memmodel.records import dataclass, replace
from memmodel.reports import Run, Writer
from memmodel.result import FileReport

if TYPE_CHECKING:
    from memmodel.cli.against import Against
    from memmodel.cli.saving import Target

PAUSE = 2.0
"""Seconds between two looks for which there is no event: one may be lost, or come while files are checked."""

_SETTLE = 400
"""Milliseconds that a burst of changes may last before it is looked at."""
_NAMED = 3
"""Files that a header names; of more it gives the number."""
_TEXTS = (".litmus", ".c", ".h", ".toml", ".json")
"""What is no part of a model."""


@dataclass(frozen=True)
class Change:
    """What is not as it was at the last look."""

    changed: frozenset[str]
    new: tuple[str, ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.new or self.gone)

    def __str__(self) -> str:
        groups = ((sorted(self.changed), "changed"), (self.new, "new"), (self.gone, "gone"))
        return "; ".join(f"{what}: {_listed(names)}" for names, what in groups if names)


@dataclass(frozen=True)
class Silent:
    """A writer that leaves out the results, because they are printed later, with those of earlier rounds."""

    inner: Writer

    def file(self, report: FileReport) -> str:
        return ""

    def complaints(self, report: FileReport) -> str:
        return self.inner.complaints(report)

    def end(self, run: Run) -> str:
        return ""


def watch(arguments: argparse.Namespace, held: Against | None, target: Target | None) -> int:
    """Check, and check again what changes, until the user has had enough. Raises MemmodelError where the first round
    cannot be made."""
    if STDIN in arguments.paths:
        raise UsageError("--watch: standard input cannot be watched", hint="name files or folders")
    watching = Watching(arguments, held, target)
    try:
        watching.first()
        for _ in _wakes(watching.folders):
            watching.again()
    except KeyboardInterrupt:
        pass
    return INTERRUPTED


class Watching:
    """What is watched: the items by name, the last report of each, and the files that these were made from."""

    def __init__(self, arguments: argparse.Namespace, held: Against | None, target: Target | None) -> None:
        self._arguments = arguments
        self._held = held
        self._target = target
        self._items: dict[str, str | Missing] = {}
        self._reports: dict[str, FileReport] = {}
        self._due: set[str] = set()
        """Items whose last check was broken off by an error."""
        self._seen = Seen()
        self._said = ""

    def first(self) -> None:
        """Check all. Raises MemmodelError where nothing can be checked at all."""
        self._items = self._collected()
        self._seen.look(self._known())
        count = "1 file" if len(self._items) == 1 else f"{len(self._items)} files"
        _header(f"{count}, then what changes; Ctrl-C ends it")
        self._round(list(self._items), ())

    def again(self) -> None:
        """Look for changes, and check what they may concern. An error is told once, and waits for the next change."""
        try:
            change = self._change()
            if change:
                _header(str(change))
                self._check(change)
            self._said = ""
        except MemmodelError as error:
            from memmodel.diagnostic import from_error
            from memmodel.reports.diagnostic import render

            text = render(from_error(error))
            if text != self._said:
                sys.stderr.write(text)
                sys.stderr.flush()
            self._said = text

    def folders(self) -> frozenset[str]:
        """Where something may change: the folders of all files, and those below the folders that are checked."""
        found = {os.path.dirname(path) or "." for path in self._known()}  # noqa: PTH120
        for path in self._arguments.paths:
            found.update(folder for folder, _, _ in os.walk(path))
        return frozenset(folder for folder in found if os.path.isdir(folder))  # noqa: PTH112

    def _collected(self) -> dict[str, str | Missing]:
        return {item.path if isinstance(item, Missing) else item: item for item in rounds.items_of(self._arguments)}

    def _change(self) -> Change:
        changed = self._seen.look(self._known())
        before, self._items = self._items, self._collected()
        new = tuple(name for name in self._items if _there(name, self._items) and not _there(name, before))
        gone = tuple(name for name in before if _there(name, before) and not _there(name, self._items))
        return Change(changed - {*new, *gone}, new, gone)

    def _check(self, change: Change) -> None:
        if not change.changed.isdisjoint(completed(self._arguments).candidates):
            self._configure()
            names = list(self._items)
        else:
            names = [name for name in self._items if self._is_concerned(name, change)]
        if any(not path.endswith(_TEXTS) for path in change.changed):
            _forget_models()
        self._round([name for name in names if _there(name, self._items)], change.gone)

    def _is_concerned(self, name: str, change: Change) -> bool:
        """Whether a change may have to do with an item. Of one whose files are not known, any change may."""
        report = self._reports.get(name)
        if name in self._due or report is None or not report.inputs:
            return True
        if self._arguments.baseline in change.changed:
            return True
        return any(not item.certain or item.path in change.changed for item in report.inputs)

    def _known(self) -> set[str]:
        """The files that the reports were made from, those of the items, and those that say how to check them."""
        known = {item.path for report in self._reports.values() for item in report.inputs}
        known.update(self._items)
        known.update(completed(self._arguments).candidates)
        if self._arguments.baseline is not None:
            known.add(self._arguments.baseline)
        return known

    def _configure(self) -> None:
        """Read the configuration again, under the same command line."""
        from memmodel.cli import configuration
        from memmodel.cli.commands import parser

        words = completed(self._arguments).words
        root = parser(("check",))
        arguments = root.parse_args(words)
        configuration.complete(root, words, arguments)
        self._held = rounds.held_against(arguments)
        self._arguments = arguments
        self._items = self._collected()

    def _round(self, names: Sequence[str], gone: Sequence[str]) -> None:
        for name in gone:
            self._reports.pop(name, None)
        held = replace(self._held, paths=(*names, *gone)) if self._held is not None else None
        whole = self._target is not None or self._arguments.statistics
        if names or held is not None:
            self._due.update(names)
            output = rounds.output_of(self._arguments, len(names), None)
            output = Output(Silent(output.writer), len(names)) if whole else output
            items = [self._items[name] for name in names]
            self._take(rounds.checked(self._arguments, held, items, output, whole))
        if whole:
            reports = [self._reports[name] for name in self._items if name in self._reports]
            rounds.output_of(self._arguments, len(reports), self._target).all(reports)

    def _take(self, found: rounds.Round) -> None:
        for report in found.reports:
            if report.file in self._items:
                self._reports[report.file] = report
                self._seen.learn(report.inputs)
        if found.interrupted:
            raise KeyboardInterrupt
        self._due.clear()


def _there(name: str, items: dict[str, str | Missing]) -> bool:
    return isinstance(items.get(name), str)


def _forget_models() -> None:
    """Have models read again."""
    from memmodel.engines import run

    for cached in (run.load_model, run.primitives_of, run.preload):
        cached.cache_clear()


def _wakes(folders: Callable[[], frozenset[str]]) -> Generator[None, None, None]:
    """A value whenever it is time to look: something happened in one of the folders, or nothing for a while."""
    from watchfiles import watch as events

    while True:
        watched = folders()
        try:
            stream = events(
                *watched,
                watch_filter=None,
                debounce=_SETTLE,
                rust_timeout=int(PAUSE * 1000),
                yield_on_timeout=True,
                recursive=False,
                ignore_permission_denied=True,
            )
            for _ in stream:
                yield
                if folders() != watched:
                    break
        except (OSError, RuntimeError):  # no more folders can be watched, or one has gone just now: looking will do
            time.sleep(PAUSE)
            yield


def _header(text: str) -> None:
    """A line on a round, beside the results."""
    sys.stdout.flush()
    sys.stderr.write(f"[{time.strftime('%H:%M:%S')}] {text}\n")
    sys.stderr.flush()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} files"
