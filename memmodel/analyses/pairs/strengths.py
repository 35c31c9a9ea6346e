"""A freed graph in, the same with a switch at each barrier and ordered access, and at places for more barriers, out."""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.analyses.switches import Point, Site, Switches, build
from memmodel.events.graph import EventGraph
from memmodel.program.primitives import PrimitiveTable
from memmodel.program.strengths import FENCES, NOTHING, PLAIN, Family, Form, Kind
from memmodel.source import Span

FULL = FENCES.form("smp_mb")


def switched(graph: EventGraph, primitives: PrimitiveTable, places: Sequence[Span]) -> Switches:
    """Each barrier can be taken out, each ordered access made one that orders nothing; at each of the places there can
    be a full barrier."""
    return build(graph, primitives, _weakest, [Point(span, (FULL,)) for span in places], macros=True)


def _weakest(family: Family, present: Form) -> tuple[Form, ...]:
    """The form that orders nothing."""
    if family.kind is Kind.FENCE:
        return (NOTHING,)
    marked = [form for form in family.forms if form != PLAIN]
    return (min(marked, key=lambda form: len(form.powers)),) if present != PLAIN and marked else ()


def weak(site: Site) -> int:
    """The option of a site that orders nothing."""
    return min(range(len(site.options)), key=lambda number: len(site.options[number].powers))


def full(site: Site) -> int:
    """The option of a place for a barrier that is one."""
    return max(range(len(site.options)), key=lambda number: len(site.options[number].powers))
