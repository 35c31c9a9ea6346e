"""Why a stronger form helps: which accesses it orders, and which barrier of another thread it pairs with.

Asked of one bad execution: it must be there without the form and gone with it, and it comes back when the
partner is made weaker. So a pairing is found by trying, not by comparing names.
"""

from __future__ import annotations

from memmodel.analyses.advice import Pairing, Partner
from memmodel.analyses.hunt import Danger, Hunt
from memmodel.analyses.switches import Setting, Site
from memmodel.cat.evaluate import Evaluation
from memmodel.cat.relations import Rows, bits
from memmodel.cat.terms import Model
from memmodel.events.graph import Event, EventGraph
from memmodel.program.strengths import MARKED

FENCE = "fence"
"""The name by which the kernel's model, of any release, calls all pairs that barriers order."""

STRONG_FENCE = "strong-fence"
"""And those that full barriers order, for every CPU alike."""


def pairing(hunt: Hunt, model: Model, danger: Danger, setting: Setting, site: int) -> Pairing:
    """What the site does under `setting`, which forbids `danger`, an execution found with that site left as it was."""
    without = (*setting[:site], hunt.switches.sites[site].current, *setting[site + 1 :])
    partners = _partners(hunt, danger, setting, site)
    for name in (FENCE, STRONG_FENCE):
        ordered = _ordered(hunt, model, name, danger, setting, without)
        if ordered:
            first, second = _nearest(hunt.switches.graph, ordered, hunt.under(danger, setting))
            return Pairing(first, second, name == STRONG_FENCE, partners)
    return Pairing(None, None, False, partners)


def _ordered(
    hunt: Hunt, model: Model, name: str, danger: Danger, setting: Setting, without: Setting
) -> list[tuple[int, int]]:
    """The pairs of one thread that are in the relation `name` in one setting and not in the other."""
    term = next((d.term for d in model.definitions if d.name == name), None)
    if term is None:
        return []
    new: Rows = hunt.under(danger, setting).relation(term)
    old = hunt.under(danger, without).relation(term)
    thread = [e.thread for e in hunt.switches.graph.events]
    pairs = [(a, b) for a, row in enumerate(new) for b in bits(row & ~old[a])]
    return [(a, b) for a, b in pairs if thread[a] == thread[b]]


def _nearest(graph: EventGraph, pairs: list[tuple[int, int]], evaluation: Evaluation) -> tuple[Event, Event]:
    """The pair to speak of: of those whose two accesses other threads meet in this execution, the closest."""
    met = _met(graph, evaluation)
    first, second = min(pairs, key=lambda p: (not (met >> p[0] & 1 and met >> p[1] & 1), p[1] - p[0], p))
    return graph.events[first], graph.events[second]


def _met(graph: EventGraph, evaluation: Evaluation) -> int:
    """Events joined with another thread's (not the initial writes) by reads-from or an overwriting."""
    thread = [e.thread for e in graph.events]
    found = 0
    for rows in (evaluation.rf, evaluation.co, evaluation.fr):
        for a, row in enumerate(rows):
            for b in bits(row):
                if thread[a] != thread[b] and thread[a] >= 0 and thread[b] >= 0:
                    found |= 1 << a | 1 << b
    return found


def _partners(hunt: Hunt, danger: Danger, setting: Setting, site: int) -> tuple[Partner, ...]:
    """Sites of other threads that must not become weaker: those that count alone, else a smallest group that is found
    by trying. Barriers and ordered accesses, if there are such; else accesses that must be marked."""
    sites = hunt.switches.sites
    weakest = {
        number: option
        for number, other in enumerate(sites)
        if other.thread != sites[site].thread and (option := _weakest(other, setting[number])) != setting[number]
    }
    alone = [n for n, option in weakest.items() if hunt.survives(danger, _with(setting, {n: option}))]
    if not alone:
        group = dict(weakest)
        if not hunt.survives(danger, _with(setting, group)):
            return ()
        for number in weakest:
            rest = {n: option for n, option in group.items() if n != number}
            if hunt.survives(danger, _with(setting, rest)):
                group = rest
        alone = list(group)
    found = [Partner(sites[n], sites[n].options[setting[n]]) for n in alone]
    return tuple([p for p in found if p.form.powers != MARKED] or found)


def _weakest(site: Site, option: int) -> int:
    present = site.options[option]
    below = [i for i, form in enumerate(site.options) if present.at_least(form)]
    return min(below, key=lambda i: len(site.options[i].powers))


def _with(setting: Setting, changed: dict[int, int]) -> Setting:
    return tuple(changed.get(number, option) for number, option in enumerate(setting))
