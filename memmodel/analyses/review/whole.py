"""A C file in, its pairing table out, with what a review would say of its orders if all of the file were new."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from memmodel.analyses.pairs.remedies import Remedy
from memmodel.analyses.pairs.row import Row, Standing
from memmodel.analyses.pairs.table import Paired, Table
from memmodel.analyses.review.file_result import Pair, Whole
from memmodel.analyses.review.lines import PatchLines
from memmodel.analyses.review.order_findings import defect_finding
from memmodel.analyses.review.orders import Defect, compare
from memmodel.engines.pool import mapped
from memmodel.engines.solver import OutOfTime
from memmodel.errors import UsageError
from memmodel.files import Files
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.frontends.patch.patch import Change, Patch
from memmodel.records import dataclass, replace
from memmodel.source import SourceFile

FOR_REMEDIES = 2.0
"""Seconds in which what would answer a remark is looked for."""


FOR_ROWS = 0.7
"""The part of a pair's time in which its rows are found; in the rest, executions of them."""


@dataclass(frozen=True)
class Settings:
    """`seconds`: for each pair; `jobs`: pairs that are worked on at a time; `full`: an execution is looked for also of
    rows that nothing says are meant to be in order. `until`: a time.monotonic() after which no pair is begun; those of
    short functions are looked at first, so that there are many."""

    seconds: float
    jobs: int
    full: bool = False
    until: float | None = None


def whole(
    table: Table,
    files: Files,
    names: Sequence[str],
    settings: Settings,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Whole:
    """The table of a file, or of those of its functions that are named. `progress` is told how many pairs are done.
    Raises UsageError for a function that the file has not."""
    start = time.monotonic()
    pairs = table.pairs(_outer(table, names) if names else None)
    if settings.until is not None:
        pairs = tuple(sorted(pairs, key=lambda pair: sum(_length(table, name) for name in pair)))
    found = _Found(table, settings)
    for done in found.find(pairs):
        progress(done, len(pairs))
        if settings.until is not None and time.monotonic() > settings.until:
            break
    orders = compare(tuple(found.shown), (), _all_new(table.file, files), frozenset(), found)
    remarks = [defect_finding(item, found.remedies(item)) for item in orders.defects]
    remarks.sort(key=lambda item: item.span.start if item.span is not None else 0)
    return Whole(table.file.name, tuple(remarks), tuple(found.pairs), time.monotonic() - start)


def _length(table: Table, name: str) -> int:
    """How long a function is, in characters."""
    span = table.functions.units[name].span
    return span.end - span.start


def _outer(table: Table, names: Iterable[str]) -> list[str]:
    """The functions in which those of that name are looked at."""
    units = table.functions.units
    for name in names:
        if name not in units:
            near = difflib.get_close_matches(name, units, 3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"it has {len(units)} functions"
            raise UsageError(f"{table.file.name}: no function {name}()", hint=hint)
    return list(dict.fromkeys(outer for name in names for outer in table.functions.stands_for(name)))


def _all_new(file: SourceFile, files: Files) -> PatchLines:
    """The lines of a file as those of a patch that creates it."""
    change = Change(None, file.name, (), 1)
    patch = Patch(file, "", "", "", "", None, (change,))
    added = frozenset(range(1, file.text.count("\n") + 2))
    created = AppliedFile(change, None, file, added, frozenset(), {}, {})
    return PatchLines(Applied(patch, files.with_changes({file.name: None}), files, (created,)))


@dataclass(frozen=True)
class _Answer:
    """What one process finds of a pair: `shown` is each of its rows after an execution was looked for."""

    paired: Paired
    shown: tuple[Row, ...]
    claims: bool


class _Found:
    """The pairs of a file that were looked at. `shown`: the rows as they are told, each with the pair it is of."""

    def __init__(self, table: Table, settings: Settings) -> None:
        self._table = table
        self._settings = settings
        self.pairs: list[Pair] = []
        self.shown: dict[Row, tuple[Row, _Answer]] = {}

    def find(self, pairs: Sequence[tuple[str, str]]) -> Iterator[int]:
        """Look at all of them, and tell after each how many are done."""
        with closing(mapped(self._answer, pairs, self._settings.jobs)) as answers:
            for names, answer in zip(pairs, answers, strict=True):
                self._keep(names, answer)
                yield len(self.pairs)

    def _keep(self, names: tuple[str, str], answer: _Answer | None) -> None:
        if answer is None:
            self.pairs.append(Pair(names, (), why="the process that looked at it died"))
            return
        paired = answer.paired
        self.pairs.append(Pair(names, answer.shown, paired.opaque, paired.why))
        for row, shown in zip(paired.rows, answer.shown, strict=True):
            self.shown.setdefault(shown, (row, answer))

    def _answer(self, names: tuple[str, str]) -> _Answer:
        paired = self._paired(names)
        shown = tuple(paired.look(row) if self._wanted(row) else row for row in paired.rows)
        claims = paired.pairing is not None and paired.pairing.claims
        return _Answer(replace(paired, pairing=None), shown, claims)  # the rest stays in the process

    def _paired(self, names: tuple[str, str]) -> Paired:
        start = time.monotonic()
        rows, all_of_it = start + FOR_ROWS * self._settings.seconds, start + self._settings.seconds
        return self._table.paired(*names, rows, until=all_of_it)

    def _wanted(self, row: Row) -> bool:
        """Whether an execution is looked for: where one side has a barrier or an ordered access, and not the other."""
        return row.standing is not Standing.ORDERED and (self._settings.full or bool(row.one.spans or row.other.spans))

    # ── what the comparison asks ─────────────────────────────────────────────────────────────────

    def look(self, row: Row) -> Row:
        return row

    def claims(self, row: Row) -> bool:
        return self.shown[row][1].claims

    def remedies(self, defect: Defect) -> tuple[Remedy, ...]:
        """What would answer a defect, in the pair of functions in which it is plainest."""
        answer = self.shown[defect.row][1]
        same = [self.shown[row][0] for row in defect.rows if self.shown[row][1] is answer]
        paired = self._paired(answer.paired.functions)  # again, if it was another process that looked at it
        if paired.pairing is None:
            return ()
        questions = [paired.pairing.question(row) for row in same if row in paired.rows]
        try:
            deadline = time.monotonic() + FOR_REMEDIES
            return paired.pairing.remedies(questions, defect.side.value, deadline) if questions else ()
        except OutOfTime:
            return ()
