"""Two functions as threads of one program in, the rows of the pairing table that are about them out.

Each question is put to one search with switches. An order that holds is one that no execution of the freed graph
breaks; what makes it is what it cannot do without. Of one that does not hold, an execution of the program itself is
looked for, from any memory; without one, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

from memmodel.analyses import wording
from memmodel.analyses.finding import Step
from memmodel.analyses.hunt import SwitchSearch
from memmodel.analyses.pairs.free import MOST_TERMS, Freed, free, going_on
from memmodel.analyses.pairs.machines import Observing
from memmodel.analyses.pairs.memory import MEMORIES, with_any_memory
from memmodel.analyses.pairs.places import Places
from memmodel.analyses.pairs.question import Asking, Quartet, Question, questions, stretches, unmirrored
from memmodel.analyses.pairs.remedies import Remedies, Remedy
from memmodel.analyses.pairs.row import Access, Order, Row, Shape, Standing
from memmodel.analyses.pairs.spots import with_spots
from memmodel.analyses.pairs.strengths import full, switched, weak
from memmodel.analyses.pairs.telling import lines, steps_of
from memmodel.analyses.pairs.turns import Turns
from memmodel.analyses.switches import Setting, Switches
from memmodel.analyses.trial import least
from memmodel.cat.terms import Model
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals
from memmodel.engines.solver import OutOfTime
from memmodel.events.graph import Event, EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.frontends.c.alone.open_calls import UNKNOWN_CALL
from memmodel.frontends.c.alone.passed import CALLER_WROTE
from memmodel.program.ir import Program
from memmodel.program.primitives import PrimitiveTable
from memmodel.records import dataclass, replace
from memmodel.result import MachineVerdict
from memmodel.source import Span

CALLERS = "what the pointer leads to"
"""The field of what callers access."""

LATER_TURN = "a later turn of a loop may break it"

NOT_LOOKED = "not looked at"
"""Why a row is open before an execution was looked for."""

LATE = "no execution was found in time"
"""Why a row stays open after one was looked for, where time was short."""

Namer = Callable[[str, int], str]
"""The field at an offset of an object, as people write it."""


@dataclass(frozen=True)
class Answer:
    """What was found of a question. `holds`: in no execution of the freed graph is it broken. `one`, `other`: what
    makes the order within either thread; None where nothing does. Where it does not hold and one of them is there, it
    would hold with a full barrier on the other side."""

    question: Question
    holds: bool
    one: Order | None
    other: Order | None

    @property
    def half(self) -> bool:
        """Whether one side alone is in order."""
        return not self.holds and (self.one is None) != (self.other is None)


@dataclass(frozen=True)
class Callee:
    """A function and where it begins: what its callers do is said there."""

    name: str
    span: Span


class Pairing:
    """Two functions that run as the threads 0 and 1 of `program`."""

    def __init__(
        self,
        program: Program,
        functions: tuple[Callee, Callee],
        named: Namer,
        model: Model,
        primitives: PrimitiveTable,
        deadline: float | None,
        everything: bool = False,
        until: float | None = None,
    ) -> None:
        """`everything`: ask of crossings even where there is no full barrier. `until`: how long executions may be
        looked for, where that is longer than the deadline."""
        self.functions = functions[0].name, functions[1].name
        self._callees = functions
        self._program = program
        self._everything = everything
        self._named = named
        self._model = model
        self._primitives = primitives
        self._deadline = deadline
        self._until = until if until is not None else deadline
        marked, self._spans = with_spots(program)
        self._graph = going_on(unroll(marked, MOST_TERMS))
        self._freed: Freed = free(self._graph)
        self.switches: Switches = switched(self._freed.graph, primitives, self._spans)
        self._memories: list[tuple[EventGraph, Asking]] = []
        self._asked: dict[Row, Question] = {}
        self._turning: set[Question] = set()
        self._current: Setting = self.switches.current

    # ── questions ────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All that can be asked, of both threads."""
        graph, places = self._freed.graph, self._freed.places
        sides = ((0, 1),) if self.functions[0] == self.functions[1] else ((0, 1), (1, 0))
        of_callers = frozenset(number for number in places if places[number].starts and self._of_caller(number))
        found = [item for a, b in sides for item in questions(graph, places, a, b, of_callers)]
        if self._everything or any(event.tags & _FULL for event in graph.events):
            crossing = questions(graph, places, 0, 1, of_callers, Shape.CROSSING)
            found += crossing if len(sides) > 1 else unmirrored(crossing)
        return tuple(found)

    @cached_property
    def _search(self) -> SwitchSearch:
        return SwitchSearch(self.switches, self._model, self._deadline)

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self._search, Goals(self._search).assumed)

    @cached_property
    def _turns(self) -> Turns | None:
        """The program with one more turn of each loop, where a loop may run more often than it does here."""
        if all(cut.awaits for cut in self._graph.cuts):
            return None
        return Turns(self._program, self._freed.graph, self._model, self._deadline)

    def _late(self, question: Question, setting: Setting) -> bool:
        return self._asking.possible(question, True, *self._search.setting(setting))

    def question(self, row: Row) -> Question:
        """The question that a row answers."""
        return self._asked[row]

    def answer(self, question: Question) -> Answer | None:
        """What holds of a question; None where its four instructions never run together. Raises OutOfTime."""
        if not self._asking.possible(question, False, *self._search.setting(self._current)):
            return None
        if not self._late(question, self._current):
            if self._turns is not None and self._turns.break_(question):
                self._turning.add(question)
                return Answer(question, False, None, None)
            needed = self._needed(question, self._current, (0, 1))
            return Answer(question, True, self._order(question, needed, 0), self._order(question, needed, 1))
        for side in (0, 1):
            site = self._point_of(question, side)
            if site is not None:
                setting = self._with(self._current, {site: full(self.switches.sites[site])})
                if not self._late(question, setting):
                    needed = self._needed(question, setting, (1 - side,))
                    there = self._order(question, needed, 1 - side)
                    here = Order("control dependency") if self._branches(question, side) else None
                    return Answer(question, False, there if side else here, here if side else there)
        return Answer(question, False, None, None)

    # ── what makes an order ──────────────────────────────────────────────────────────────────────

    def _sites(self, question: Question, side: int) -> list[int]:
        """The barriers and ordered accesses from the one access of a side to the other."""
        found = []
        for number, site in enumerate(self.switches.sites):
            if not site.insertion and any(
                low <= event <= high for event in site.events for low, high in stretches(question, side)
            ):
                found.append(number)
        return found

    def _needed(self, question: Question, setting: Setting, sides: tuple[int, ...]) -> set[int]:
        """Sites that the order cannot do without."""
        sites = list(dict.fromkeys(site for side in sides for site in self._sites(question, side)))

        def suffices(kept: Collection[int]) -> bool:
            gone = {site: weak(self.switches.sites[site]) for site in sites if site not in kept}
            return not self._late(question, self._with(setting, gone))

        return least(sites, suffices)

    def _order(self, question: Question, needed: set[int], side: int) -> Order:
        sites = [self.switches.sites[number] for number in self._sites(question, side) if number in needed]
        if sites:
            names = dict.fromkeys(site.form.name or wording.code(site.span) for site in sites)
            return Order(" and ".join(names), tuple(site.span for site in sites))
        return Order(self._dependency(question, side))

    @cached_property
    def _dependencies(self) -> dict[str, frozenset[tuple[int, int]]]:
        """The pairs of events that depend on each other, by kind."""
        graph = self._freed.graph
        kinds = (("address", graph.addr), ("data", graph.data), ("control", graph.ctrl))
        return {name: frozenset((item.source, item.target) for item in items) for name, items in kinds}

    def _dependency(self, question: Question, side: int) -> str:
        """What else keeps two accesses in order."""
        for name, pairs in self._dependencies.items():
            if any((low, high) in pairs for low, high in stretches(question, side)):
                return f"{name} dependency"
        if any(self._locked(low, high) for low, high in stretches(question, side)):
            return "the lock"
        return "the order of accesses"

    def _locked(self, low: int, high: int) -> bool:
        """Whether there is something of a lock on the way, or one taken before and not given back."""
        events = self._freed.graph.events
        before = [event.tags for event in self._freed.graph.by_thread[events[low].thread] if event.id < low]
        taken = sum("LKW" in tags for tags in before)
        return taken > sum("UL" in tags for tags in before) or any(e.tags & _LOCKING for e in events[low:high])

    def _branches(self, question: Question, side: int) -> bool:
        """Whether a plain write hangs on a branch that hangs on a marked read. No machine writes before it knows that
        it will; the model leaves it open because of what compilers may do with what is plain."""
        events, pairs = self._freed.graph.events, self._dependencies["control"]
        return all(
            (low, high) in pairs and events[low].tags and events[high].kind is EventKind.WRITE and not events[high].tags
            for low, high in stretches(question, side)
        )

    def _with(self, setting: Setting, changes: dict[int, int]) -> Setting:
        return tuple(changes.get(number, option) for number, option in enumerate(setting))

    # ── places for more barriers ─────────────────────────────────────────────────────────────────

    def _point_of(self, question: Question, side: int) -> int | None:
        """The place for a barrier between the two accesses of a side, as near the second as can be."""
        best: tuple[int, int] | None = None
        for number, site in enumerate(self.switches.sites):
            if site.insertion:
                for event in site.events:
                    for low, high in stretches(question, side):
                        if low < event < high and (best is None or event > best[0]):
                            best = event, number
        return best[1] if best is not None else None

    @cached_property
    def claims(self) -> bool:
        """Whether the first function takes something by a read-modify-write or a lock: else it is not meant to run on
        two CPUs at a time."""
        return any(e.thread == 0 and e.tags & _CLAIMING for e in self._freed.graph.events)

    def remedies(self, questions: Sequence[Question], side: int, deadline: float | None) -> tuple[Remedy, ...]:
        """What would make the order that is missing on a side of these questions. Raises OutOfTime."""
        made = Remedies(self._freed.graph, self._spans, self._model, self._primitives, deadline)
        return made.tried(questions, side)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────

    def row(self, answer: Answer) -> Row:
        """The row of the table. Where the order does not hold it is open as long as nobody looks."""
        question = answer.question
        first, second, sees, then = (self._access(number) for number in question.quartets[0])
        one, other = answer.one or Order(""), answer.other or Order("")
        standing = Standing.ORDERED if answer.holds else Standing.OPEN
        why = "" if answer.holds else LATER_TURN if question in self._turning else NOT_LOOKED
        row = Row(first, second, sees, then, standing, one, other, why=why, shape=question.shape)
        self._asked[row] = question
        return row

    def look(self, row: Row) -> Row:
        """The row with an execution that shows that the order does not hold, where there is one."""
        if row.why != NOT_LOOKED:
            return row
        question = self.question(row)
        looked = self._looked(row, question)
        self._asked[looked] = question
        return looked

    def _looked(self, row: Row, question: Question) -> Row:
        try:
            shown = self._shown(question)
        except OutOfTime:
            return replace(row, why=LATE)
        if shown is not None:
            return replace(row, standing=Standing.REORDERED, witness=lines(shown), steps=shown, why="")
        if self._unknown_between(question):
            return replace(row, why="only with a call in between of what is not known here, and may order anything")
        return replace(row, why="no values were found with which it happens")

    def _access(self, number: int) -> Access:
        event = self._freed.graph.events[number]
        assert event.span is not None
        does = "writes" if event.kind is EventKind.WRITE else "reads"
        who = self._callees[event.thread]
        if self._of_caller(number):
            return Access(who.name, CALLERS, does, self._callers_code(number), who.span, caller=True)
        return Access(who.name, self._field(number), does, wording.code(event.span), event.span, not event.tags)

    def is_of_callers(self, question: Question) -> bool:
        """Whether it is about what callers do before and after."""
        return self._of_caller(question.quartets[0].first)

    def _of_caller(self, number: int) -> bool:
        """Whether an access is one that a function's caller makes, before or after it."""
        return self._field(number).startswith(CALLER_WROTE)

    def _callers_code(self, number: int) -> str:
        event = self._freed.graph.events[number]
        name = self.functions[event.thread]
        if event.kind is EventKind.WRITE:
            return f"what a caller writes before {name}()"
        return f"what a caller reads through the pointer from {name}()"

    def _field(self, number: int) -> str:
        start = min(self._freed.places[number].starts)
        found = self._places.object_at(start)
        assert found is not None
        return self._named(*found)

    @cached_property
    def _places(self) -> Places:
        return self._freed.where

    def _unknown_between(self, question: Question) -> list[int]:
        """The events of the program that stand for calls of unknown functions between the accesses of either side; of
        those that take a lock also before."""
        before = self._before
        events = self._freed.graph.events
        found: dict[int, None] = {}
        for side in (0, 1):
            for low, high in stretches(question, side):
                for event in self._freed.graph.by_thread[events[low].thread]:
                    if UNKNOWN_CALL in event.tags and event.id < high and (event.id > low or _locks(event)):
                        found[before[event.id]] = None
        return list(found)

    # ── machines ─────────────────────────────────────────────────────────────────────────────────

    def observed(self, row: Row, architectures: Sequence[str], deadline: float) -> tuple[MachineVerdict, ...]:
        """Which architectures show what a row's execution shows."""
        question = self.question(row)
        quartets = tuple(Quartet(*(self._before[number] for number in freed)) for freed in question.quartets)
        asked = replace(question, quartets=quartets), self._unknown_between(question)
        return Observing(self._program, self._graph, deadline).observed(*asked, architectures)

    # ── witnesses ────────────────────────────────────────────────────────────────────────────────

    def _concrete(self) -> Iterator[tuple[EventGraph, Asking]]:
        """The program from memory that holds simple numbers, and from any other that its conditions may ask for."""
        for number, memory in enumerate(MEMORIES):
            if number == len(self._memories):
                graph = with_any_memory(self._graph, memory)
                search = Search(graph, self._model, self._until)
                self._memories.append((graph, Asking(search, Goals(search).complete)))
            yield self._memories[number]

    @cached_property
    def _before(self) -> dict[int, int]:
        """The numbers of the freed graph's events in the program's own."""
        return {after: before for before, after in self._freed.number.items()}

    def _shown(self, question: Question) -> tuple[Step, ...] | None:
        """An execution of the program in which it happens."""
        before = self._before
        unknown = self._unknown_between(question)
        for graph, asking in self._concrete():
            for freed in question.quartets:
                quartet = Quartet(*(before[number] for number in freed))
                witness = asking.witness(replace(question, quartets=(quartet,)), unknown)
                if witness is not None:
                    roles = {before[number]: self._access(number) for number in freed}
                    return steps_of(graph, self._model, witness, quartet, roles)
        return None


_FULL = frozenset(("mb", "sync-rcu", "sync-srcu"))
"""Tags of what orders a write before a later read."""

_CLAIMING = frozenset(("RMW", "LKR"))
_LOCKING = frozenset(("LKR", "LKW", "UL"))


_LOCKS = re.compile(r"\w*lock|\w*(down|acquire)(_\w+)?\s*\(")
"""What calls of functions that take a lock look like."""


def _locks(event: Event) -> bool:
    """Whether a call of an unknown function takes a lock by its name: the model knows none but spinlocks."""
    return event.span is not None and _LOCKS.match(event.span.text) is not None
