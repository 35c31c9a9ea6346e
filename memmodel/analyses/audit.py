"""A test in; what each of its barriers is good for out: required, stronger than needed, redundant or without effect.

Barriers stand in for each other, so the question is asked of the whole set too: the cheapest placements that keep the
verdict and add no race, and groups of which one must stay. All is asked of one solver with switches; each claim that
something may go was decided by it under exactly that setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from memmodel.analyses.advice import AuditReport, Placement, PlainAudit, SiteAudit, Standing
from memmodel.analyses.costs import Architecture, cost
from memmodel.analyses.cover import Choice, Cover
from memmodel.analyses.hunt import Danger, Hunt
from memmodel.analyses.idle import idle
from memmodel.analyses.story import Execution, tell
from memmodel.analyses.subject import Subject
from memmodel.analyses.switches import Chooser, Setting, Site, build
from memmodel.events.graph import INITIAL, EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.program.strengths import Family, Form, Kind
from memmodel.result import RACE_FLAG
from memmodel.source import Span

PAIRS = 12
"""Up to so many sites that could each go alone, all pairs of them are tried; beyond, only groups that the search
met are told."""

SCALE = 1000


def audit(subject: Subject, architecture: Architecture, alternatives: int) -> AuditReport:
    """Audit a test. Raises OutOfTime, and Unsupported for what cannot be decided."""
    graph = unroll(subject.program)
    ordering = _Weakening(subject, graph, _weaker, architecture)
    placements = ordering.placements(alternatives)
    sites = tuple(ordering.judge(number) for number in range(len(ordering.sites)))
    either = ordering.groups(sites)
    plainness = _Weakening(subject, graph, _plain, architecture)
    together = plainness.placements(1)
    plain = tuple(plainness.judge_plain(number) for number in range(len(plainness.sites)))
    changed = {site.span for placement in together for site, _ in placement.changed}
    return AuditReport(
        ordering.reachable,
        tuple(sorted(ordering.hunt.tolerated)),
        sites,
        either,
        ordering.cover.cost(ordering.present) // SCALE,
        placements,
        plain,
        tuple(site for site in plainness.sites if site.span in changed),
        ordering.hunt.queries + plainness.hunt.queries,
    )


def _weaker(family: Family, present: Form) -> Sequence[Form]:
    """Weaker forms that are still accesses for the compiler to leave alone; of barriers also none."""
    return [f for f in family.forms if present.at_least(f) and (f.name or family.kind is Kind.FENCE)]


def _plain(family: Family, present: Form) -> Sequence[Form]:
    """The plain access."""
    return [f for f in family.forms if not f.name and family.kind is not Kind.FENCE]


class _Weakening:
    """The program with its sites in all forms up to the present ones."""

    def __init__(self, subject: Subject, graph: EventGraph, chooser: Chooser, architecture: Architecture) -> None:
        self.subject = subject
        self.graph = graph
        self.switches = build(graph, subject.primitives, chooser)
        self.sites = self.switches.sites
        self.present: Setting = self.switches.current
        self.hunt = Hunt(self.switches, subject.model, subject.deadline)
        found = self.hunt.outcome(self.present)
        self.reachable = found.bad if found is not None else None
        self.hunt.ask_outcome = found is None
        if subject.race_announced:
            self.hunt.tolerated.add(RACE_FLAG)
        self.hunt.tolerate(self.present)
        self.cover = Cover(
            [[cost(f, site.kind, architecture) * SCALE + len(f.powers) for f in site.options] for site in self.sites]
        )
        self.good: list[Setting] = []
        self.dangers: list[tuple[frozenset[Choice], Danger]] = []

    # ── the whole set ────────────────────────────────────────────────────────────────────────────

    def placements(self, most: int) -> tuple[Placement, ...]:
        """Cheapest settings that are as good as the present one; none of them is the strengthening of another."""
        found: list[Placement] = []
        while len(found) < most and (setting := self.cover.cheapest()) is not None:
            danger = self.hunt.find(setting)
            if danger is not None:
                self._learn(danger, setting)
                continue
            self.good.append(setting)
            changed = [(s, s.options[o]) for s, o in zip(self.sites, setting, strict=True) if s.options[o] != s.form]
            found.append(Placement(tuple(changed), self.cover.cost(setting) // SCALE))
            self._block(setting)
        return tuple(found)

    def _block(self, setting: Setting) -> None:
        """No other setting at least as strong as this one at every site is of interest."""
        weaker = []
        for number, (site, option) in enumerate(zip(self.sites, setting, strict=True)):
            here = site.options[option]
            weaker += [(number, i) for i, form in enumerate(site.options) if not form.at_least(here)]
        self.cover.demand(weaker)

    def _learn(self, danger: Danger, setting: Setting) -> frozenset[Choice]:
        strongest = self.hunt.strongest(danger, setting)
        clause = frozenset(
            (number, i)
            for number, (site, option) in enumerate(zip(self.sites, strongest, strict=True))
            for i, form in enumerate(site.options)
            if not site.options[option].at_least(form)
        )
        self.cover.demand(clause)
        self.dangers.append((clause, danger))
        return clause

    # ── one site at a time ───────────────────────────────────────────────────────────────────────

    def _with(self, changed: dict[int, int]) -> Setting:
        return tuple(changed.get(number, option) for number, option in enumerate(self.present))

    def _danger(self, setting: Setting) -> Danger | None:
        """A bad execution under a setting: one met before, or a new one."""
        for clause, known in self.dangers:
            if not any(setting[site] == option for site, option in clause) and self.hunt.survives(known, setting):
                return known
        danger = self.hunt.find(setting)
        if danger is not None:
            self._learn(danger, setting)
        return danger

    def judge(self, number: int) -> SiteAudit:
        """What a site is good for while all others stay as they are."""
        site = self.sites[number]
        order = sorted(range(len(site.options)), key=lambda i: self.cover.price(number, i))
        last: tuple[Form, Danger] | None = None
        for option in order:
            if option == site.current:
                continue
            danger = self._danger(self._with({number: option}))
            form = site.options[option]
            if danger is not None:
                last = form, danger
                continue
            if option == order[0] and site.kind is Kind.FENCE:
                useless = site.span in self._idle
                return SiteAudit(site, Standing.NO_EFFECT if useless else Standing.REDUNDANT, form)
            return SiteAudit(site, Standing.STRONGER, form)
        assert last is not None
        weaker, danger = last
        story = tell(Execution(self.hunt.search.graph, self.subject.model, danger.witness))
        return SiteAudit(site, Standing.REQUIRED, site.form, weaker, danger.bad, story)

    @cached_property
    def _idle(self) -> frozenset[Span]:
        """Where barriers are that order nothing, whatever else there is."""
        return idle(self.graph, self.subject.model, self.sites)

    def judge_plain(self, number: int) -> PlainAudit:
        """What goes wrong if a marked access becomes plain."""
        plain = 1 - self.sites[number].current
        danger = self._danger(self._with({number: plain}))
        return PlainAudit(self.sites[number], danger.bad if danger is not None else None, self._shared(number))

    def _shared(self, number: int) -> bool:
        """Whether another thread may access the same cell, one of the two writing."""
        ranges, events = self.hunt.search.ranges, self.graph.events
        return any(
            other.thread not in (events[mine].thread, INITIAL)
            and EventKind.WRITE in (events[mine].kind, other.kind)
            and not ranges.addresses[mine].isdisjoint(ranges.addresses[other.id])
            for mine in self.sites[number].events
            for other in events
        )

    # ── either … or … ────────────────────────────────────────────────────────────────────────────

    def groups(self, audits: Sequence[SiteAudit]) -> tuple[tuple[Site, ...], ...]:
        """Smallest groups of sites that could each go alone but not all together, each in its weakest form."""
        loose = [n for n, found in enumerate(audits) if found.standing is not Standing.REQUIRED]
        weakest = {n: self.sites[n].index(audits[n].weakest) for n in loose}
        if len(loose) <= PAIRS:
            for i, first in enumerate(loose):
                for second in loose[:i]:
                    self._breaks({n: weakest[n] for n in (first, second)})
        found: set[frozenset[int]] = set()
        for clause, _ in self.dangers:
            group = {site for site, _ in clause}
            if group <= set(loose):
                found.add(self._smallest(group, weakest))
        kept = [g for g in found if len(g) > 1 and not any(other < g for other in found)]
        ordered = sorted(kept, key=lambda g: (len(g), sorted(g)))
        return tuple(tuple(self.sites[n] for n in sorted(group)) for group in ordered)

    def _smallest(self, group: set[int], weakest: dict[int, int]) -> frozenset[int]:
        """A smallest part of a group that may not all be weakened."""
        kept = set(group)
        for number in sorted(group):
            rest = kept - {number}
            if rest and self._breaks({n: weakest[n] for n in rest}):
                kept = rest
        return frozenset(kept)

    def _breaks(self, changed: dict[int, int]) -> bool:
        """Whether weakening these sites together lets something bad happen."""
        setting = self._with(changed)
        return not any(self._above(setting, good) for good in self.good) and self._danger(setting) is not None

    def _above(self, setting: Setting, other: Setting) -> bool:
        return all(
            site.options[a].at_least(site.options[b]) for site, a, b in zip(self.sites, setting, other, strict=True)
        )
