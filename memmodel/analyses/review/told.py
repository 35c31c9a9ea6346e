"""What a patch does to a variant of a scenario in, findings with the execution and the lines out."""

from __future__ import annotations

from memmodel.analyses.explanation import Row, Story
from memmodel.analyses.finding import Finding, Level, Related, Step
from memmodel.analyses.review.places import Places
from memmodel.analyses.review.runs import Told
from memmodel.analyses.review.verdicts import News, Verdict
from memmodel.analyses.wording import listed, sentence
from memmodel.files import Files
from memmodel.frontends.scenario import Variant
from memmodel.records import dataclass
from memmodel.result import Mishap
from memmodel.source import Span

OUTCOME = "MM203"
RACE = "MM204"
FIXES = "MM208"

WIDTH = 80
MOST_ROWS = 40
"""Steps of an execution that are printed; more are left out in its middle."""


@dataclass(frozen=True, eq=False)
class Case:
    """A variant before and after a patch. `absent`: what it runs was not there before. `lines`: where in the kernel's
    files its instructions stand."""

    variant: Variant
    before: Verdict
    after: Verdict
    places: Places
    lines: frozenset[tuple[str, int]]
    absent: bool = False

    def finding(self, news: News, told: Told, files: Files) -> Finding:
        """What is said of one kind of news. `told`: the execution that goes wrong, in the program made from `files`."""
        match news:
            case News.FAILS | News.FAULT | News.DEADLOCK:
                return self._outcome(news, told, files)
            case News.RACE:
                return self._race(files)
            case _:
                return self._fixed(news, told, files)

    def _outcome(self, news: News, told: Told, files: Files) -> Finding:
        failing = self.after.failing if news is News.FAILS else self.after.faults or ()
        what = _what(news, failing)
        title = (
            told.title
            if told.proven
            else f"{what[:1].upper()}{what[1:]}{'' if self.absent else ', as it could not before'}"
        )
        said = [sentence(f"{what} in {self.variant.path}{self._since(News.FAILS)}"), *told.paragraphs]
        if not told.proven:
            said += _out_of_order(told.story)
        return Finding(
            OUTCOME,
            Level.WARNING if self.variant.replacements else Level.ERROR,
            title,
            " ".join([*said, *self._given()]),
            self._place(list(told.pairs), told, files),
            related(told, files, self.places),
            witness(told.story),
            steps=steps(told.story),
        )

    def _race(self, files: Files) -> Finding:
        sides = self.after.racers
        texts = [f"{side.text} {side.span.where}" if side.span else side.text for side in sides]
        between = f": {' with '.join(texts)}" if texts else ""
        spans = [side.span for side in sides if side.span is not None]
        others = tuple(Related("races", place) for span in spans if (place := self.places.after(span)) is not None)
        return Finding(
            RACE,
            Level.WARNING if self.variant.replacements else Level.ERROR,
            f"Data race{between}",
            " ".join([sentence(f"in {self.variant.path} two accesses race{self._since(News.RACE)}"), *self._given()]),
            self._place(spans, Told(), files),
            others,
        )

    def _fixed(self, news: News, told: Told, files: Files) -> Finding:
        what = _what(news, self.before.failing if news is News.FAILS_NO_MORE else self.before.faults or ())
        title = f"Fixes {self.variant.path}: {what} before the patch, and not after it"
        if told.proven:
            title = f"Fixes {self.variant.path}: {told.title}"
        bound = ", up to the loop bound" if self.after.bounded else ""
        said = [f"before the patch {what} in {self.variant.path}; after it, in no execution{bound}"]
        if told.proven:
            said.append(f"what went wrong: {told.title}")
        return Finding(
            FIXES,
            Level.NOTE,
            title,
            " ".join([*map(sentence, said), *self._given()]),
            self.places.added(list(told.pairs), files) or self.places.changed(self.lines),
            witness=witness(told.story),
            steps=steps(told.story),
        )

    def _since(self, news: News) -> str:
        if self.absent:
            return ", whose code the patch adds"
        return ", as it could in no execution before the patch" if news is News.FAILS else ", as they did not before"

    def _given(self) -> tuple[str, ...]:
        """What the finding is subject to."""
        if not self.variant.replacements:
            return ()
        files = listed(list(dict.fromkeys(item.file for item in self.variant.replacements)))
        return (f"This variant changes {files} besides: {self.variant.says}",)

    def _place(self, spans: list[Span], told: Told, files: Files) -> Span | None:
        rows = told.story.rows if told.story is not None else ()
        broken = [row.place.span for row in rows if row.reordered]
        wanted = [*spans, *(span for span in broken if span is not None)]
        return self.places.best(wanted) or self.places.changed(self.lines)


def _out_of_order(story: Story | None) -> list[str]:
    """What the execution shown has out of order: all there is to say where nothing was proven."""
    pairs = () if story is None else tuple(pair for pair in story.reordered if not pair.kept)
    return [
        f"In the execution shown, {pair.second} takes effect before {pair.first}, which comes first in the program."
        for pair in pairs[:2]
    ]


def _what(news: News, mishaps: tuple[Mishap, ...]) -> str:
    """What can happen, as a clause."""
    if news is News.DEADLOCK:
        return "no execution ends, because a lock is waited for that is never released"
    if news is News.RACE_NO_MORE:
        return "there is a data race"
    said = mishaps[0].message if mishaps else ""
    if news in (News.FAULT, News.FAULT_NO_MORE):
        return f"there is a fault: {said}"
    message = said.removeprefix("assertion failed: ")
    where = (
        f" ({mishaps[0].place.file.rpartition('/')[2]}:{mishaps[0].place.line})" if mishaps and mishaps[0].place else ""
    )
    return f"the assertion `{message}`{where} can fail" if message else "an assertion can fail"


def related(told: Told, files: Files, places: Places) -> tuple[Related, ...]:
    """The two accesses that are not kept in order, where they stand in files of the patch."""
    found = [
        (label, places.after(span)) for span, label in zip(told.pairs[:2], ("overtakes", "comes first"), strict=False)
    ]
    return tuple(Related(label, place) for label, place in found if place is not None)


# ── executions ───────────────────────────────────────────────────────────────────────────────────


def steps(story: Story | None) -> tuple[Step, ...]:
    """An execution as data."""
    if story is None:
        return ()
    return tuple(Step(story.threads[row.place.thread], row.text, row.place.span) for row in story.rows)


def witness(story: Story | None) -> tuple[str, ...]:
    """An execution as lines, and what in it is out of order."""
    if story is None or not story.rows:
        return ()
    lines: list[str] = []
    rows = story.rows
    left = len(rows) - MOST_ROWS
    for number, row in enumerate(rows):
        if left > 0 and MOST_ROWS // 2 <= number < MOST_ROWS // 2 + left:
            if number == MOST_ROWS // 2:
                lines.append(f"  ({left} more steps)")
            continue
        lines += _row(row, story.threads[row.place.thread])
    return tuple(lines)


def _row(row: Row, thread: str) -> list[str]:
    mark = "!" if row.reordered else " "
    where = f" {row.place.where}:" if row.place.where else ":"
    head = f"{mark} {thread}{where} {row.place.code}"
    lines = [head if len(head) <= WIDTH else f"{head[: WIDTH - 3]}..."]
    return lines + [f"      {effect}"[:WIDTH] for effect in row.effects]
