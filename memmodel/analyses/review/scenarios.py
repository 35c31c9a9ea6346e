"""A patch as applied in; out come the scenarios whose programs it changes, decided before and after it.

Variants that run code of the kernel's tree are read twice. One whose program the patch leaves as it is needs no run.
The others are decided, the small ones first, until the time is over: what was not run is said.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from memmodel.analyses.finding import Finding
from memmodel.analyses.review.comments import COMMENT
from memmodel.analyses.review.places import Places
from memmodel.analyses.review.result import Looked, Skipped
from memmodel.analyses.review.runs import Report, Told, decide, explain, observe, read, widened
from memmodel.analyses.review.told import Case
from memmodel.analyses.review.touched import How, Touched
from memmodel.analyses.review.variants import Offered, candidates, offered
from memmodel.analyses.review.verdicts import ABSENT, News, Verdict, news, undecided, verdict
from memmodel.engines.isolate import GRACE, Work
from memmodel.engines.pool import check_all
from memmodel.engines.programs import settled
from memmodel.engines.task import Options, Task
from memmodel.files import Files
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.frontends.scenario import Variant
from memmodel.records import dataclass, replace
from memmodel.result import FileReport, Outcome

SECONDS = 8.0
"""What the scenarios of one patch may take, unless the caller says otherwise."""

LEAST = 0.5
"""Seconds that it is worth to begin reading with, or explaining."""

LEAST_RUN = 2.0
"""And deciding: what is not decided then may take as long again to be ended."""

OVER = "not run: the time for scenarios was over"


Ask = Callable[[tuple[str, ...], float], FileReport]
"""Architectures and seconds in, a report with what they show out."""


@dataclass(frozen=True)
class ScenarioReview:
    """`remarks`: what goes wrong and did not before; `fixes`: what does not any more."""

    remarks: tuple[Finding, ...] = ()
    fixes: tuple[Finding, ...] = ()
    looked: tuple[Looked, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    asks: tuple[tuple[Finding, Ask], ...] = ()
    """Of remarks on what goes wrong: what asks architectures whether they show it."""


@dataclass(frozen=True)
class _Read:
    """A variant whose program the patch changes."""

    offered: Offered
    variant: Variant
    before: Report
    after: Report
    absent: bool


class Turn(Enum):
    """In which order variants are looked at, and what not to look at once something was shown: those that are right
    with the kernel's code as it stands, those that go wrong, and those that change its text."""

    RIGHT = "right"
    WRONG = "wrong"
    CHANGED = "changed"


class Scenarios:
    """The scenarios for one series of patches: what was decided for one is known for the next."""

    def __init__(
        self,
        names: Iterable[str] = (),
        options: Options | None = None,
        jobs: int | None = None,
        chosen: frozenset[str] = frozenset(),
    ) -> None:
        """`names`: scenarios besides those in scenarios/; `chosen`: names of the options that the user gave, which win
        over those of a scenario. Raises MemmodelError for a name that names none."""
        self.offered = offered(names)
        self.options = options or Options()
        self.jobs = jobs or len(os.sched_getaffinity(0))
        self.chosen = chosen
        self._verdicts: dict[tuple[str, str], Verdict] = {}

    def review(self, applied: Applied, touched: Sequence[Touched], seconds: float = SECONDS) -> ScenarioReview:
        """What the patch does to the scenarios that run the code which it changes."""
        return _Review(self, applied, touched, time.monotonic() + seconds).run()

    def task(self, variant: Variant, files: Files) -> Task:
        """The task of a variant on a tree, its own time limit included. Raises MemmodelError."""
        return Task(variant.path, settled(self.options, variant.path, self.chosen), None, files)

    def known(self, task: Task, shape: str) -> Verdict | None:
        """The verdict of a program that was decided already."""
        return self._verdicts.get((task.options.model, shape))

    def learn(self, task: Task, shape: str, found: Verdict) -> None:
        """Keep what is decided."""
        if not found.reason:
            self._verdicts[task.options.model, shape] = found


class _Review:
    """One patch."""

    def __init__(self, scenarios: Scenarios, applied: Applied, touched: Sequence[Touched], deadline: float) -> None:
        self.scenarios = scenarios
        self.applied = applied
        self.touched = touched
        self.deadline = deadline
        self.places = Places(applied)
        self.remarks: list[Finding] = []
        self.fixes: list[Finding] = []
        self.looked: list[Looked] = []
        self._candidates: list[tuple[Offered, tuple[Variant, ...]]] = []
        self._skipped: dict[tuple[str, str], list[str]] = {}
        self._asks: list[tuple[Finding, Ask]] = []
        self._shown: set[str] = set()
        """Folders of scenarios with which something was shown."""
        self._same: set[str] = set()
        self._other: set[str] = set()
        """And of those in which some variants that were read make the same program as before, or another one."""

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    def run(self) -> ScenarioReview:
        if all(_same_code(item) for item in self.applied.files) and not self.applied.left_out:
            return ScenarioReview()
        for item in self.scenarios.offered:
            self._consider(item)
        for turn in Turn:
            reads = [found for item, variants in self._candidates for found in self._reads(item, variants, turn)]
            for found in sorted(reads, key=lambda found: found.after.size):
                self._decide(found)
        return ScenarioReview(
            tuple(self.remarks), tuple(self.fixes), tuple(self.looked), self._all_skipped(), tuple(self._asks)
        )

    def _skip(self, folder: str, variant: str, why: str) -> None:
        self._skipped.setdefault((folder, why), []).append(variant)

    def _all_skipped(self) -> tuple[Skipped, ...]:
        return tuple(
            Skipped(f"{folder}:{','.join(variants)}" if variants[0] else folder, why)
            for (folder, why), variants in self._skipped.items()
        )

    # ── reading ──

    def _consider(self, item: Offered) -> None:
        """Note the variants of a scenario that may run what the patch changes."""
        if item.wrong:
            self._skip(item.folder, "", item.wrong)
            return
        paths = [path for change in self.applied.patch.changes for path in (change.old, change.new) if path is not None]
        variants = tuple(variant for variant in candidates(item, dict.fromkeys(paths)) if _worth(variant))
        if variants:
            self._candidates.append((item, variants))
        elif self._speaks_for(item):
            self._skip(item.folder, "", "it speaks for this code, but runs its own, which the patch does not change")

    def _reads(self, item: Offered, variants: tuple[Variant, ...], turn: Turn) -> list[_Read]:
        """The variants of a scenario, of those whose turn it is, whose programs the patch changes."""
        variants = tuple(variant for variant in variants if _turn(variant) is turn)
        if item.folder in self._shown or (turn is Turn.CHANGED and item.folder in self._same - self._other):
            return []
        if self.left < LEAST:
            for variant in variants:
                self._skip(item.folder, variant.name, OVER)
            return []
        reports = self._work(read, [(v, files) for v in variants for files in self._trees], self.left, 1)
        pairs = zip(variants, reports[::2], reports[1::2], strict=True)
        found = [one for pair in pairs if (one := self._read(item, *pair)) is not None]
        if variants:
            (self._other if found else self._same).add(item.folder)
        return found

    @property
    def _trees(self) -> tuple[Files, Files]:
        return self.applied.before, self.applied.after

    def _speaks_for(self, item: Offered) -> bool:
        """Whether the patch touches a function that the scenario is about."""
        known = item.scenario
        if known is None:
            return False
        names = {(one.path, one.function) for one in self.touched} | {
            (one.path_before or one.path, one.function_before) for one in self.touched
        }
        wanted = {(path, name.rpartition("(")[2].rstrip(")")) for path, name in names if path in known.files}
        return any(not known.functions or name in known.functions for _, name in wanted)

    def _read(self, item: Offered, variant: Variant, before: Report, after: Report) -> _Read | None:
        if after.outcome is not Outcome.PASS:
            self._unread(item, variant, before, after)
            return None
        if before.outcome is not Outcome.PASS and not self._is_new(after):
            self._skip(item.folder, variant.name, f"before the patch: {before.reason}")
            return None
        if before.shape != after.shape:
            return _Read(item, variant, before, after, before.outcome is not Outcome.PASS)
        if self._runs_touched(after):
            self.looked.append(Looked(variant.path, "the same program as before"))
        return None

    def _unread(self, item: Offered, variant: Variant, before: Report, after: Report) -> None:
        """A variant that cannot be read after the patch: that counts where the patch is why, or it is meant for it."""
        if before.outcome is Outcome.PASS or (self._speaks_for(item) and not variant.replacements):
            reason = after.reason or "its program could not be read"
            gone = "the text to replace" in reason
            self._skip(
                item.folder,
                variant.name,
                "what it replaces in the kernel's file is not there after the patch"
                if gone
                else f"after the patch: {reason}",
            )

    def _is_new(self, after: Report) -> bool:
        """Whether the patch adds code that a program runs."""
        added = [item.change.new for item in self.applied.files if item.before is None]
        return any(name in added for name, _ in after.lines) or self._runs_touched(after, How.ADDED)

    def _runs_touched(self, after: Report, how: How | None = None) -> bool:
        """Whether a program runs a function that the patch touches, or adds."""
        for one in self.touched:
            span = one.span_after
            if span is None or one.path_after is None or how not in (None, one.how):
                continue
            last = span.file.position(span.end)[0]
            if any(name == one.path_after and span.line <= line <= last for name, line in after.lines):
                return True
        return False

    # ── deciding ──

    def _decide(self, found: _Read) -> None:
        folder, name = found.offered.folder, found.variant.name
        if folder in self._shown:
            self._skip(folder, name, "not run: another variant shows what the patch does")
            return
        if self.left < LEAST_RUN:
            self._skip(folder, name, OVER)
            return
        before, after = self._verdicts(found)
        why = undecided(before, after)
        found_news = news(before, after)
        if why and not found_news:
            self._skip(folder, name, why)
            return
        as_before = "as before" if before.words == after.words else f"before: {before.words}"
        self.looked.append(Looked(found.variant.path, f"{after.words}; {as_before}"))
        if found_news:
            self._shown.add(folder)
            self._say(found, before, after, found_news)

    def _verdicts(self, found: _Read) -> tuple[Verdict, Verdict]:
        """Both verdicts; what is known already is not decided again."""
        sides = [(found.before, self.applied.before), (found.after, self.applied.after)]
        known: list[Verdict | None] = []
        for report, files in sides:
            known.append(self.scenarios.known(self.scenarios.task(found.variant, files), report.shape))
        if found.absent:
            known[0] = ABSENT
        missing = [number for number, one in enumerate(known) if one is None]
        limit = self.left / (1 if self.scenarios.jobs > 1 else max(1, len(missing)))
        reports = self._work(decide, [(found.variant, sides[number][1]) for number in missing], limit)
        for number, report in zip(missing, reports, strict=True):
            known[number] = decided = verdict(report)
            self.scenarios.learn(self.scenarios.task(found.variant, sides[number][1]), sides[number][0].shape, decided)
        before, after = known
        assert before is not None
        assert after is not None
        return before, after

    def _work(
        self, work: Work, wanted: Sequence[tuple[Variant, Files]], seconds: float, jobs: int | None = None
    ) -> list[Report]:
        """Reports of variants on trees, none of which takes longer than that. To read is so quick that the processes of
        several jobs would take longer than they save."""
        tasks = [self.scenarios.task(variant, files) for variant, files in wanted]
        tasks = [
            replace(task, options=replace(task.options, timeout=min(seconds, task.options.timeout))) for task in tasks
        ]
        reports = check_all(tasks, jobs or self.scenarios.jobs, work)
        return [_whole(one) for one in reports]

    # ── saying ──

    def _say(self, found: _Read, before: Verdict, after: Verdict, what: tuple[News, ...]) -> None:
        """A finding for the worst news, and for each of another kind."""
        case = Case(found.variant, before, after, self.places, found.after.lines, found.absent)
        for one in what:
            match one:
                case News.FAILS | News.FAULT | News.DEADLOCK:
                    if one is what[0]:
                        told = self._told(found, self.applied.after) if one is News.FAILS else Told()
                        finding = case.finding(one, told, self.applied.after)
                        self.remarks.append(finding)
                        if one is not News.DEADLOCK:
                            self._asks.append((finding, self._asking(found.variant, one, after.races is True)))
                case News.RACE:
                    if News.FAILS not in what:
                        self.remarks.append(case.finding(one, Told(), self.applied.after))
                case _:
                    if one is News.FAILS_NO_MORE or News.FAILS_NO_MORE not in what:
                        told = self._told(found, self.applied.before) if one is News.FAILS_NO_MORE else Told()
                        self.fixes.append(case.finding(one, told, self.applied.before))

    def _asking(self, variant: Variant, news: News, races: bool) -> Ask:
        """What asks architectures whether they show what goes wrong."""

        def ask(architectures: tuple[str, ...], seconds: float) -> FileReport:
            question = functools.partial(observe, architectures=architectures, fault=news is News.FAULT, races=races)
            (report,) = self._work(question, [(variant, self.applied.after)], seconds)
            return report

        return ask

    def _told(self, found: _Read, files: Files) -> Told:
        """How an assertion fails, if there is time to find out."""
        left = self.left - GRACE / 2
        if left < LEAST:
            return Told()
        (report,) = self._work(explain, [(found.variant, files)], left)
        return report.told


def _same_code(item: AppliedFile) -> bool:
    """Whether nothing but comments and blanks changes in a file, line by line."""
    if item.before is None or item.after is None or item.change.old != item.change.new:
        return False
    return _code(item.before.text) == _code(item.after.text)


def _code(text: str) -> list[str]:
    plain = COMMENT.sub(lambda match: match[0] if match[0][0] in "\"'" else " ", text)
    return [words for line in plain.split("\n") if (words := " ".join(line.split()))]


def _worth(variant: Variant) -> bool:
    """Whether a variant says something of a patch: not one that changes the kernel's text to make it go wrong."""
    return not (variant.replacements and (_wrong(variant) or variant.expectation.race))


def _turn(variant: Variant) -> Turn:
    return Turn.CHANGED if variant.replacements else Turn.WRONG if _wrong(variant) else Turn.RIGHT


def _wrong(variant: Variant) -> bool:
    """Whether a variant is stated to go wrong; a race alone, with which it does what it should, does not count."""
    return variant.expectation.verdict != "Never" or variant.expectation.fault is not None


def _whole(report: FileReport) -> Report:
    """A report as it is, or what is left of one whose process was ended."""
    return report if isinstance(report, Report) else widened(report)
