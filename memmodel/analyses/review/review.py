"""Patches and a tree in, the review out: what each does to the ordering, one after the other.

Three things are asked of a patch: what becomes of the scenarios that run the code which it changes; what the rules say
of the functions that it touches; and, with the pairing tables before and after it, which orders it loses,
lacks or makes.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence

from memmodel.analyses.finding import Finding
from memmodel.analyses.pairs.remedies import Remedy
from memmodel.analyses.pairs.row import Row
from memmodel.analyses.pairs.table import Tables
from memmodel.analyses.review.barriers import BarrierChange, Becomes, barrier_changes
from memmodel.analyses.review.comments import comment_findings
from memmodel.analyses.review.lines import PatchLines
from memmodel.analyses.review.machines import Observing
from memmodel.analyses.review.order_findings import defect_finding, fix_finding
from memmodel.analyses.review.orders import Defect, compare
from memmodel.analyses.review.result import PatchReview, Remark, Review, Skipped
from memmodel.analyses.review.rules_alone import rules_alone
from memmodel.analyses.review.scenarios import ScenarioReview, Scenarios
from memmodel.analyses.review.tables import Pairs, Rows
from memmodel.analyses.review.touched import Touched, touching
from memmodel.cat.terms import Model
from memmodel.engines.solver import OutOfTime
from memmodel.files import NOWHERE, Files
from memmodel.frontends.c.alone.index import Headers
from memmodel.frontends.patch.applied import Applied
from memmodel.frontends.patch.apply import apply
from memmodel.frontends.patch.patch import Patch
from memmodel.records import dataclass
from memmodel.source import Span

SECONDS = 9.0
"""What a single patch may take."""
SERIES = 54.0
"""What all patches of a series may take together."""
LEAST = 2.5
"""What each of them may take all the same."""

FOR_PAIRS = 0.5
"""The part of a patch's time that pairing tables may take."""
FOR_LOOKING = 0.3
"""The part that looking for executions may take besides, which show that an order does not hold."""


@dataclass(frozen=True)
class Settings:
    """`seconds`: for each patch; None: SECONDS for one, of a series SERIES in all."""

    model: Model
    scenarios: Scenarios | None
    seconds: float | None = None
    machines: tuple[str, ...] = ()
    """Architectures of which each remark says whether they show what it is about."""


def review(
    patches: Sequence[Patch], files: Files, settings: Settings, progress: Callable[[Patch], None] = lambda _: None
) -> Review:
    """The review of the patches, each applied on the ones before. Raises MemmodelError where one does not apply."""
    seconds = settings.seconds or max(LEAST, min(SECONDS, SERIES / max(1, len(patches))))
    headers = Headers(files)
    found = []
    for patch in patches:
        progress(patch)
        applied = apply(patch, files, rebuild=files.root == NOWHERE)
        after = headers.with_files(applied.after)
        found.append(_Work(applied, headers, after, settings, seconds).run())
        files, headers = applied.after, after
        gc.collect()  # the command has put it off, and what a patch leaves behind is large
    tree = None if files.root == NOWHERE else str(files.root)
    return Review(tuple(found), settings.model.name, tree)


class _Work:
    """One patch."""

    def __init__(self, applied: Applied, before: Headers, after: Headers, settings: Settings, seconds: float) -> None:
        self._start = time.monotonic()
        self._deadline = self._start + seconds
        self._seconds = seconds
        self._applied = applied
        self._settings = settings
        self._tables = Tables(before, settings.model), Tables(after, settings.model)
        self._lines = PatchLines(applied)
        self._defects: dict[Finding, Defect] = {}
        self._skipped = [Skipped(item.change.path, item.why) for item in applied.left_out]

    def run(self) -> PatchReview:
        applied = self._applied
        touch = touching(applied)
        self._skipped += touch.skipped
        changes = barrier_changes(applied, touch.functions)
        headers = self._tables[0].headers, self._tables[1].headers
        rules = rules_alone(applied, touch.functions, self._settings.model, *headers)
        pairs, rows = self._rows(touch.functions, changes)
        scenarios = self._scenarios(touch.functions)
        remarks, fixes, opened = self._orders(rows, touch.functions, changes)
        observing = Observing(self._settings.machines, self._settings.model.name, self._deadline)
        self._skipped += pairs.late(rows)
        shown = tuple(rows.looked.get(row, row) for row in rows.after)
        defects = _without(remarks, scenarios.remarks)
        remarks = [*observing.scenarios(scenarios), *observing.orders(defects, self._defects, rows)]
        fixes = [*scenarios.fixes, *fixes, *rules.fixes]
        remarks += [*rules.findings, *comment_findings(applied, changes, shown)]
        return PatchReview(
            applied.patch,
            tuple(sorted((self._remark(item) for item in remarks), key=_position)),
            tuple(dict.fromkeys(fixes)),
            shown,
            (*scenarios.looked, *pairs.looked(rows)),
            tuple(dict.fromkeys((*self._skipped, *scenarios.skipped))),
            time.monotonic() - self._start,
            opened,
        )

    def _remark(self, finding: Finding) -> Remark:
        line = self._lines.shown(finding.span)
        if line is None:
            line = next((n for r in finding.related if (n := self._lines.shown(r.span)) is not None), None)
        return Remark(finding, line)

    def _scenarios(self, functions: Sequence[Touched]) -> ScenarioReview:
        left = self._deadline - time.monotonic()
        if self._settings.scenarios is None:
            return ScenarioReview()
        return self._settings.scenarios.review(self._applied, functions, max(left, 0.1))

    def _rows(self, functions: Sequence[Touched], changes: Sequence[BarrierChange]) -> tuple[Pairs, Rows]:
        """The pairing tables."""
        before, after = self._tables
        pairs = Pairs((before, self._applied.before), (after, self._applied.after))
        ends = (self._start + self._seconds * FOR_PAIRS, self._start + self._seconds * (FOR_PAIRS + FOR_LOOKING))
        rows = pairs.rows(functions, changes, *ends)
        self._skipped += pairs.skipped
        return pairs, rows

    def _remedies(self, defect: Defect, rows: Rows) -> tuple[Remedy, ...]:
        """What would answer a defect, in the pair of functions in which it is plainest."""
        of = {shown: row for row, shown in rows.looked.items()}
        paired = rows.after[of[defect.row]]
        if paired.pairing is None:
            return ()
        same = [row for row in defect.rows if rows.after[of[row]] is paired]
        try:
            questions = [paired.pairing.question(row) for row in same]
            return paired.pairing.remedies(questions, defect.side.value, time.monotonic() + 2.0)
        except OutOfTime:
            return ()

    def _orders(
        self, rows: Rows, functions: Iterable[Touched], changes: Sequence[BarrierChange]
    ) -> tuple[list[Finding], list[Finding], tuple[Row, ...]]:
        known = frozenset(item.function_before for item in functions if item.function_before)
        orders = compare(tuple(rows.after), tuple(rows.before), self._lines, known, rows)
        defects = []
        for item in orders.defects:
            finding = defect_finding(item, self._remedies(item, rows), self._elsewhere(item, changes))
            self._defects[finding] = item
            defects.append(finding)
        return defects, _once([fix_finding(item) for item in orders.made]), orders.opened

    def _elsewhere(self, defect: Defect, changes: Sequence[BarrierChange]) -> tuple[Span, ...]:
        """Where the patch weakens what kept an order that is lost at a line that it does not show, as in a macro."""
        if not defect.lost or self._lines.shown(defect.place) is not None:
            return ()
        weaker = [item for item in changes if item.orders and item.kind in _WEAKER]
        return tuple(item.span for item in weaker if self._lines.shown(item.span) is not None)[:1]


_WEAKER = (Becomes.WEAKENED, Becomes.REMOVED, Becomes.MOVED)


def _without(findings: Iterable[Finding], shown: Sequence[Finding]) -> list[Finding]:
    """The findings about lines that a scenario has not shown to go wrong already."""
    lines = {(item.span.file.name, item.span.line) for item in shown if item.span is not None}
    return [item for item in findings if item.span is None or (item.span.file.name, item.span.line) not in lines]


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each place."""
    return list({item.span: item for item in reversed(findings)}.values())[::-1]


def _position(remark: Remark) -> tuple[int, str]:
    return remark.line if remark.line is not None else 1 << 30, remark.finding.code
