"""An order that is missing in, what would make it out: barriers and stronger accesses, each tried."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memmodel.analyses.edits import edit
from memmodel.analyses.finding import Edit
from memmodel.analyses.hunt import SwitchSearch
from memmodel.analyses.pairs.question import Asking, Question
from memmodel.analyses.points import Statements
from memmodel.analyses.switches import Point, Setting, Site, build
from memmodel.cat.terms import Model
from memmodel.engines.smt import Goals
from memmodel.events.graph import EventGraph
from memmodel.program.primitives import PrimitiveTable
from memmodel.program.strengths import FENCES, NOTHING, Family, Form, Kind
from memmodel.records import dataclass
from memmodel.source import Span

_LOOP = re.compile(r"(?:for|while|do)\b")
_TRIED = ("smp_wmb", "smp_rmb", "smp_mb", "smp_mb__before_atomic", "smp_mb__after_atomic")


@dataclass(frozen=True)
class Remedy:
    """A change that was tried. `span`: of the access that becomes `name`, or, empty, where a barrier of that name is
    put; `instead`: the name of what is there. `works`: for each of the questions, whether the order is there then."""

    name: str
    span: Span
    instead: str
    works: tuple[bool, ...]
    edits: tuple[Edit, ...] = ()
    """The change of the text, where one can be told."""

    @property
    def inserted(self) -> bool:
        return self.span.start == self.span.end

    @property
    def complete(self) -> bool:
        return all(self.works)


class Remedies:
    """A freed graph with all strengths of its accesses, and any barrier before any of them."""

    def __init__(
        self,
        graph: EventGraph,
        spans: Sequence[Span],
        model: Model,
        primitives: PrimitiveTable,
        deadline: float | None,
    ) -> None:
        barriers = tuple(form for form in FENCES.forms if form.name in _TRIED)
        self.switches = build(graph, primitives, _stronger, [Point(span, barriers) for span in spans])
        self._primitives = primitives
        self._search = SwitchSearch(self.switches, model, deadline)
        self._asking = Asking(self._search, Goals(self._search).assumed)

    def tried(self, questions: Sequence[Question], side: int) -> tuple[Remedy, ...]:
        """What can be done on a side of the questions, whose accesses on that side they share: the access that
        publishes or looks made stronger, or a barrier between the two. The least first. Raises OutOfTime."""
        first = questions[0]
        access = {q.sees if side else q.second for q in first.quartets}
        later = {q.then if side else q.second for q in first.quartets}
        found = []
        for number, site in enumerate(self.switches.sites):
            if site.insertion and any(self._right_before(event, later) for event in site.events):
                found += [(number, option) for option, form in enumerate(site.options) if form != NOTHING]
            elif not site.insertion and not access.isdisjoint(site.events):
                found += [(n, o) for n, o in self._better(number)]
        return tuple(self._remedy(number, option, questions) for number, option in found)

    def _better(self, number: int) -> list[tuple[int, int]]:
        site = self.switches.sites[number]
        return [
            (number, option)
            for option, form in enumerate(site.options)
            if option != site.current and form.at_least(site.form)
        ]

    def _right_before(self, fence: int, accesses: set[int]) -> bool:
        """Whether a place for a barrier is the one right before one of the accesses."""
        return any(fence < event and not self._between(fence, event) for event in accesses)

    def _between(self, fence: int, event: int) -> bool:
        """Whether there is another place for a barrier from here to there."""
        return any(fence < other < event for site in self.switches.sites if site.insertion for other in site.events)

    def _remedy(self, number: int, option: int, questions: Sequence[Question]) -> Remedy:
        site = self.switches.sites[number]
        current = self.switches.current
        setting: Setting = (*current[:number], option, *current[number + 1 :])
        literals = self._search.setting(setting)
        works = tuple(not self._asking.possible(question, True, *literals) for question in questions)
        form = site.options[option]
        edits = self._insertion(site, form, questions) if site.insertion else edit(site, form, self._primitives)
        return Remedy(form.name, site.span, site.form.name, works, edits or ())

    def _insertion(self, site: Site, form: Form, questions: Sequence[Question]) -> tuple[Edit, ...]:
        """A line of its own in front of the statement, if the accesses to be ordered are not both in it."""
        file = site.span.file
        start = Statements(file).start(site.span.start)
        if start is None or _LOOP.match(file.text, start):
            return ()
        for question in questions:
            for span in (question.first, question.sees):
                if span.file == file and start <= span.start < site.span.start:
                    return ()
        line = file.line(file.position(start)[0])
        indent = line[: len(line) - len(line.lstrip())]
        return (Edit(file.span(start, start), f"{form.name}();\n{indent}"),)


def _stronger(family: Family, present: Form) -> tuple[Form, ...]:
    """The stronger forms of an access; a barrier stays what it is."""
    if family.kind is Kind.FENCE:
        return ()
    return tuple(form for form in family.forms if form.at_least(present) and form != present)
