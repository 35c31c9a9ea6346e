"""Is there a bad execution under a setting of switches, and under which stronger settings is it still there?

One solver answers for all settings: a setting is a handful of assumptions, and what was learnt under one helps with
the next.
"""

from __future__ import annotations

from collections.abc import Callable

from memmodel.analyses.advice import Bad, Harm
from memmodel.analyses.switches import Setting, Switches
from memmodel.cat.evaluate import Evaluation
from memmodel.cat.facts import Fact, FactKind
from memmodel.cat.frame import MARKS, Frame
from memmodel.cat.terms import Check, Model, Term
from memmodel.engines.flags import FlagSearch
from memmodel.engines.literals import FALSE
from memmodel.engines.search import Candidate, Search
from memmodel.engines.smt import Goals
from memmodel.program.ir import Quantifier
from memmodel.records import dataclass, replace
from memmodel.result import Note, Witness


@dataclass(frozen=True)
class Danger:
    """A bad execution under some setting. `name`: the flag, fault or assertion; '' for the outcome of a litmus test."""

    harm: Harm
    name: str
    witness: Witness
    candidate: Candidate
    optional: int
    """The events that some option leaves out and that would run here if none did."""
    check: Check | None = None
    """The flag's check, narrowed."""

    @property
    def bad(self) -> Bad:
        """For reports."""
        return Bad(self.harm, self.name, self.witness.state)


class SwitchSearch(Search):
    """A search on a graph with switches."""

    def __init__(self, switches: Switches, model: Model, deadline: float | None) -> None:
        super().__init__(switches.graph, model, deadline)
        self.switches = switches
        self._conditions[MARKS] = [self.encoding.values.literal(m.condition) for m in switches.graph.marks]
        self._choices = tuple(dict.fromkeys((*self._choices, *switches.terms)))
        self._levels = [
            [self.encoding.values.equals(term, option) for option in range(len(site.options))]
            for term, site in zip(switches.terms, switches.sites, strict=True)
        ]

    def _literal(self, fact: Fact) -> int:
        if fact.kind is FactKind.MARK:
            return self._conditions[MARKS][fact.first]
        return super()._literal(fact)

    def setting(self, setting: Setting) -> list[int]:
        """The literals that say that the switches stand so."""
        return [levels[option] for levels, option in zip(self._levels, setting, strict=True)]


class _Flags(FlagSearch):
    """A flag's search that is asked again and again: what it learnt of a pair stays with the pair's selector."""

    def __init__(self, search: Search, check: Check) -> None:
        super().__init__(search, check)
        self._kept: dict[Term, dict[tuple[int, int], int]] = {}

    def _selectors(self, term: Term) -> dict[tuple[int, int], int]:
        known = self._kept.get(term)
        if known is None:
            known = self._kept[term] = super()._selectors(term)
        return known


class Hunt:
    """Bad executions of a program with switches.

    What is bad: the outcome that the program asks about (for `forall`, its opposite), and any flag, fault, failed
    assertion or loop cut short but those in `tolerated`, by name. `ask_outcome` False: the outcome does not matter
    either.
    """

    def __init__(self, switches: Switches, model: Model, deadline: float | None) -> None:
        self.switches = switches
        self.tolerated: set[str] = set()
        self.search = SwitchSearch(switches, model, deadline)
        self.queries = 0
        self._model = model
        self._goals = goals = Goals(self.search)
        program = switches.graph.program
        bad = -goals.condition if program.quantifier is Quantifier.FORALL else goals.condition
        self._outcome = bad
        self.ask_outcome = True
        self._asserts = program.exact
        """The outcome is that an assertion fails: there is no need to ask for each of them too."""
        self._some: dict[tuple[tuple[int, str], ...], int] = {}
        self._flags = [(check, _Flags(self.search, check)) for check in self.search.narrowed.flags]

    def find(self, setting: Setting) -> Danger | None:
        """A bad execution under `setting`, None if there is none. Raises OutOfTime."""
        self.queries += 1
        found = self.outcome(setting) if self.ask_outcome else None
        return found or self._fault(setting) or self._flag(setting)

    def outcome(self, setting: Setting) -> Danger | None:
        """An execution that ends in the bad outcome."""
        literals = self.search.setting(setting)
        found = self._confirmed(
            Harm.OUTCOME, "", lambda: self.search.find(self._goals.complete, self._outcome, *literals)
        )
        return replace(found, name=self._failed(found)) if found is not None and self._asserts else found

    def _failed(self, danger: Danger) -> str:
        """The assertion that fails."""
        done = self.search.replayed(danger.candidate)
        assert done is not None
        failed = next(item for item in self.switches.graph.assertions if done.value(item.failed))
        return f"{failed.span.where}: {failed.message}"

    def runs(self, setting: Setting) -> bool:
        """Whether there is any complete execution."""
        literals = self.search.setting(setting)
        return self._confirmed(Harm.OUTCOME, "", lambda: self.search.find(self._goals.complete, *literals)) is not None

    def tolerate(self, setting: Setting) -> tuple[Danger, ...]:
        """Find all that is bad about `setting` besides the outcome, and count it as bad no more."""
        found: list[Danger] = []
        while (danger := self._fault(setting) or self._flag(setting)) is not None:
            self.tolerated.add(danger.name)
            found.append(danger)
        return tuple(found)

    def _fault(self, setting: Setting) -> Danger | None:
        goals, literals = self._goals, self.search.setting(setting)
        sides = [(Harm.FAULT, goals.assumed, goals.faults)]
        if not (self._asserts and self.ask_outcome):
            sides.append((Harm.ASSERTION, goals.complete, goals.failures))
        for harm, base, notes in sides:
            for literal, name in self._possible(base, notes, literals):

                def look(base: int = base, literal: int = literal) -> Candidate | None:
                    return self.search.find(base, literal, *literals)

                found = self._confirmed(harm, name, look)
                if found is not None:
                    return found
        if Harm.CUT.value in self.tolerated or goals.cut == FALSE:
            return None
        return self._confirmed(Harm.CUT, Harm.CUT.value, lambda: self.search.find(goals.assumed, goals.cut, *literals))

    def _possible(self, base: int, notes: list[tuple[int, Note]], literals: list[int]) -> list[tuple[int, str]]:
        """Those of `notes` that count, by literal and name; none where one question says that none can be reached."""
        named = [(literal, _label(note)) for literal, note in notes]
        counting = tuple((literal, name) for literal, name in named if name not in self.tolerated and literal != FALSE)
        if len(counting) > 2:
            some = self._some.get(counting)
            if some is None:
                some = self._some[counting] = self.search.literals.disjunction([literal for literal, _ in counting])
            if self.search.find(base, some, *literals) is None:
                return []
        return list(counting)

    def _flag(self, setting: Setting) -> Danger | None:
        search = self.search
        complete = search.literals.conjunction([self._goals.complete, *search.setting(setting)])
        for check, flag in self._flags:
            if check.name in self.tolerated:
                continue

            def look(flag: FlagSearch = flag) -> Candidate | None:
                return flag.find(complete)

            found = self._confirmed(Harm.FLAG, check.name, look, check)
            if found is not None:
                return found
        return None

    def _confirmed(
        self, harm: Harm, name: str, look: Callable[[], Candidate | None], check: Check | None = None
    ) -> Danger | None:
        while (candidate := look()) is not None:
            witness = self.search.confirm(candidate)
            if witness is not None:
                done = self.search.replayed(candidate)
                assert done is not None
                optional = sum(1 << item.event for item in self.switches.optional if done.value(item.guard))
                return Danger(harm, name, witness, candidate, optional, check)
        return None

    # ── the same execution elsewhere ─────────────────────────────────────────────────────────────

    def survives(self, danger: Danger, setting: Setting) -> bool:
        """Whether the execution is allowed, and as bad, with the switches set so."""
        evaluation = self.under(danger, setting)
        if not all(evaluation.holds(axiom) for axiom in self.search.narrowed.axioms):
            return False
        return danger.check is None or evaluation.holds(danger.check)

    def under(self, danger: Danger, setting: Setting) -> Evaluation:
        """The execution evaluated with the switches set so."""
        before = danger.candidate.evaluation
        executed = before.frame.executed
        for item in self.switches.optional:
            bit = 1 << item.event
            executed &= ~bit
            if danger.optional & bit and setting[item.site] not in item.gone:
                executed |= bit
        active = dict(before.frame.active)
        active[MARKS] = sum(1 << i for i, (s, having) in enumerate(self.switches.marks) if setting[s] in having)
        frame = Frame(before.frame.tables, executed, before.frame.addresses, active)
        return Evaluation(frame, before.rf, before.co, danger.witness.values)

    def strongest(self, danger: Danger, setting: Setting) -> Setting:
        """A setting at least as strong as `setting` under which the execution is there, and bad; one such that no
        single site can be made stronger still."""
        found = setting
        waiting = [list(range(len(setting)))]
        while waiting:
            group = waiting.pop()
            trial = list(found)
            for site in group:
                trial[site] = self._above(site, found[site])[0]
            if tuple(trial) == found:
                continue
            if self.survives(danger, tuple(trial)):
                found = tuple(trial)
            elif len(group) > 1:
                half = len(group) // 2
                waiting += [group[half:], group[:half]]
            else:
                found = self._single(danger, found, group[0])
        return found

    def _single(self, danger: Danger, setting: Setting, site: int) -> Setting:
        """`setting` with one site as strong as it may be; its strongest option has been tried already."""
        for option in self._above(site, setting[site])[1:]:
            trial = (*setting[:site], option, *setting[site + 1 :])
            if option != setting[site] and self.survives(danger, trial):
                return trial
        return setting

    def _above(self, site: int, option: int) -> list[int]:
        """The options of a site that are at least as strong as one of them, the strongest first."""
        options = self.switches.sites[site].options
        above = [i for i, form in enumerate(options) if form.at_least(options[option])]
        return sorted(above, key=lambda i: -len(options[i].powers))


def _label(note: Note) -> str:
    return f"{note.message} at {note.span.start_label}" if note.span else note.message
