"""The cheapest changes that make a bad outcome impossible: a litmus test in, verified edits of its text out.

Candidates come from a solver for hitting sets over all ways to strengthen an access, replace a primitive or insert
a barrier; every bad execution that a candidate leaves is learnt from. What is reported has been read again from the
edited text and decided anew by both engines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memmodel import errors
from memmodel.analyses import edits
from memmodel.analyses.advice import Change, Fix, FixReport, Harm, Need, Pairing, Partner, Verification
from memmodel.analyses.costs import Architecture, cost
from memmodel.analyses.cover import Choice, Cover
from memmodel.analyses.finding import Edit
from memmodel.analyses.hunt import Danger, Hunt
from memmodel.analyses.idle import idle
from memmodel.analyses.pairing import pairing
from memmodel.analyses.points import points, with_points
from memmodel.analyses.subject import Subject
from memmodel.analyses.switches import Setting, Site, Switches, build
from memmodel.analyses.verify import expected_events, verify
from memmodel.cat import models
from memmodel.events.graph import Event
from memmodel.events.unroll import unroll
from memmodel.program.ir import Quantifier
from memmodel.program.strengths import MARKED, Family, Form, Kind
from memmodel.result import RACE_FLAG, Observation

SCALE = 1000
"""Costs of the table are multiplied by this, so that what is added for taste decides only between equal ones."""


def fix(subject: Subject, architecture: Architecture, alternatives: int, recheck: float) -> FixReport:
    """Up to `alternatives` minimal fixes, the cheapest first. `recheck`: seconds for the explicit engine on each.
    Raises OutOfTime, and Unsupported for what cannot be decided."""
    return _Fixing(subject, architecture, recheck).run(alternatives)


class _Fixing:
    def __init__(self, subject: Subject, architecture: Architecture, recheck: float) -> None:
        self.subject = subject
        self.recheck = recheck
        marked, places = with_points(subject.program)
        graph = unroll(marked)
        self.switches: Switches = build(graph, subject.primitives, _forms, points(graph, places))
        self.hunt = Hunt(self.switches, subject.model, subject.deadline)
        self.hunt.tolerated.add(Harm.CUT.value)
        if subject.race_announced:
            self.hunt.tolerated.add(RACE_FLAG)
        self.architecture = architecture
        self.idle = idle(graph, subject.model, self.switches.sites)
        sites = self.switches.sites
        self.cover = Cover([[self._weight(site, form) for form in site.options] for site in sites])
        for number, site in enumerate(sites):
            self.cover.demand((number, i) for i, form in enumerate(site.options) if form.at_least(site.form))

    def run(self, alternatives: int) -> FixReport:
        present = self.hunt.find(self.switches.current)
        if present is None:
            return FixReport(Need.NOTHING, queries=self.hunt.queries)
        found: list[Fix] = []
        need = Need.FIXABLE
        if present.harm is Harm.OUTCOME and self._beyond_barriers():
            need = Need.BEYOND_BARRIERS
        else:
            for solution in self._solutions(present):
                found.append(solution)
                if len(found) >= alternatives:
                    break
            if not found:
                need = Need.NOT_FOUND
        return FixReport(need, present.bad, tuple(found), self.hunt.queries, self.subject.race_announced)

    def _beyond_barriers(self) -> bool:
        """Whether the outcome is possible when everything takes effect in program order."""
        plain = build(unroll(self.subject.program), self.subject.primitives, lambda family, form: ())
        order = Hunt(plain, models.load("sc").model, self.subject.deadline)
        return order.outcome(()) is not None

    # ── candidates ───────────────────────────────────────────────────────────────────────────────

    def _solutions(self, present: Danger) -> Iterator[Fix]:
        self._learn(present, self.switches.current)
        while (setting := self.cover.cheapest()) is not None:
            danger = self.hunt.find(setting)
            if danger is not None:
                self._learn(danger, setting)
                continue
            solution = self._verified(setting)
            changed = self._changed(setting)
            if solution is None:
                # The text does not let itself be changed so; perhaps with another form somewhere.
                self.cover.demand(c for site in changed for c in self._other(site, setting[site]))
            else:
                yield solution
                self.cover.demand(c for site in changed for c in self._not_at_least(site, setting[site]))

    def _learn(self, danger: Danger, setting: Setting) -> None:
        strongest = self.hunt.strongest(danger, setting)
        ways = [c for site, option in enumerate(strongest) for c in self._beyond(site, option)]
        if not self.hunt.survives(danger, self.switches.current):
            # A change has made it, such as READ_ONCE() of what the thread writes plainly: without it, all may be well.
            ways += [c for site in self._changed(setting) for c in self._not_at_least(site, setting[site])]
        self.cover.demand(ways)

    def _beyond(self, site: int, option: int) -> list[Choice]:
        """The options of a site that give something which `option` does not."""
        options = self.switches.sites[site].options
        return [(site, i) for i, form in enumerate(options) if not options[option].at_least(form)]

    def _not_at_least(self, site: int, option: int) -> list[Choice]:
        options = self.switches.sites[site].options
        return [(site, i) for i, form in enumerate(options) if not form.at_least(options[option])]

    def _other(self, site: int, option: int) -> list[Choice]:
        return [(site, i) for i in range(len(self.switches.sites[site].options)) if i != option]

    def _changed(self, setting: Setting) -> list[int]:
        return [i for i, site in enumerate(self.switches.sites) if setting[i] != site.current]

    # ── costs ────────────────────────────────────────────────────────────────────────────────────

    def _price(self, site: Site, form: Form) -> int:
        """What the change costs by the table. A barrier without effect is no discount on another: it could go."""
        had = 0 if site.span in self.idle and not site.insertion else cost(site.form, site.kind, self.architecture)
        return max(0, cost(form, site.kind, self.architecture) - had)

    def _weight(self, site: Site, form: Form) -> int:
        """The price, and for equal ones: few changes, in what is there already."""
        if form == site.form:
            return 0
        taste = 30 if site.insertion else 20 if site.kind is Kind.FENCE else 10
        return SCALE * self._price(site, form) + taste + len(form.powers)

    # ── from a setting to a fix ──────────────────────────────────────────────────────────────────

    def _verified(self, setting: Setting) -> Fix | None:
        """The fix that a setting is, once its text is decided to be right; None where it cannot be written."""
        sites = self.switches.sites
        changes = tuple(self._change(setting, number) for number in self._changed(setting))
        made: list[Edit] = []
        said: set[tuple[str, str]] = set()
        for change in changes:
            words = comment(change.form, change.pairing)
            key = (change.site.span.where, words)
            found = edits.edit(change.site, change.form, self.subject.primitives, "" if key in said else words)
            said.add(key)
            if found is None:
                return None
            made.extend(found)
        made.extend(self._expectation())
        texts = edits.apply_all(made)
        verification = verify(self.subject, texts, expected_events(self.switches, setting), self.recheck)
        if verification is Verification.FAILED:
            return None
        if verification is Verification.SMT:
            self.recheck = 0.0  # what was too much for the explicit engine once will be again
        price = sum(self._price(sites[n], sites[n].options[setting[n]]) for n in self._changed(setting))
        return Fix(changes, price, tuple(made), texts, verification)

    def _expectation(self) -> list[Edit]:
        """The header's verdict, where it says that the outcome is possible. What a scenario says of variants stays."""
        program = self.subject.program
        stated = program.expectation
        wanted = Observation.ALWAYS if program.quantifier is Quantifier.FORALL else Observation.NEVER
        if stated is None or self.subject.apart(stated.span):
            return []
        if stated.verdict not in (o.value for o in Observation) or stated.verdict == wanted.value:
            return []
        return [Edit(stated.span, stated.span.text.replace(stated.verdict, wanted.value, 1))]

    def _change(self, setting: Setting, number: int) -> Change:
        site = self.switches.sites[number]
        without = (*setting[:number], site.current, *setting[number + 1 :])
        danger = self.hunt.find(without)
        if danger is None:
            raise errors.EngineError("a minimal fix has a change that is not needed")
        form = site.options[setting[number]]
        found = pairing(self.hunt, self.subject.model, danger, setting, number)
        return Change(site, form, found, why(site, form, found))


def _forms(family: Family, present: Form) -> Sequence[Form]:
    """Everything stronger, for the fix; everything weaker but plain accesses, to see what pairs with what."""
    return [form for form in family.forms if form.at_least(present) or form.name or family.kind is Kind.FENCE]


def comment(form: Form, found: Pairing) -> str:
    """What the kernel wants to read beside a barrier: its partner, or else what it orders. A mere READ_ONCE needs no
    word."""
    if form.powers == MARKED:
        return ""
    if found.partners:
        partner = found.partners[0]
        return f"Pairs with {partner.form.name}() in P{partner.site.thread}."
    if found.before is not None and found.after is not None:
        return f"Orders {_code(found.before)} before {_code(found.after)}."
    return ""


def _code(event: Event) -> str:
    return " ".join(event.span.text.split()) if event.span is not None else "an access"


def _line(event: Event) -> str:
    return f" ({event.span.where})" if event.span is not None else ""


def why(site: Site, form: Form, found: Pairing) -> str:
    """One sentence: what the change orders and what it pairs with."""
    name = f"{form.name}()"
    if form.powers == MARKED:
        said = f"{name} keeps the compiler from splitting, repeating or moving the access, as it may do with plain ones"
    elif found.before is not None and found.after is not None:
        first, second = f"{_code(found.before)}{_line(found.before)}", f"{_code(found.after)}{_line(found.after)}"
        said = f"{name} orders {first} before {second}"
        if found.everywhere:
            said = f"{name} orders {first} before {second} for every CPU, not only for those that take part"
    else:
        said = f"{name} orders what comes before it in P{site.thread} with what follows"
    if not found.partners:
        return f"{said}."
    return f"{said}; it pairs with {' and '.join(_partner(p) for p in found.partners)}."


def _partner(partner: Partner) -> str:
    site = partner.site
    where = f"P{site.thread} ({site.span.where})"
    if partner.form != site.form:
        return f"the new {partner.form.name}() in {where}"
    return f"{' '.join(site.span.text.split())} in {where}"
