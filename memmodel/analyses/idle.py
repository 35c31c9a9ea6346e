"""Barriers in, those that order nothing in any execution of the program out."""

from __future__ import annotations

from collections.abc import Iterable

from memmodel.analyses.effect import without_effect
from memmodel.analyses.switches import Site
from memmodel.cat.terms import Model
from memmodel.engines.narrow import is_coherence, narrow
from memmodel.engines.ranges import Ranges
from memmodel.events.graph import EventGraph
from memmodel.program.strengths import Kind
from memmodel.source import Span


def idle(graph: EventGraph, model: Model, sites: Iterable[Site]) -> frozenset[Span]:
    """The places of those of `sites` that are barriers without effect in `graph`, the program without switches."""
    barriers = [site for site in sites if site.kind is Kind.FENCE and not site.insertion]
    if not barriers:
        return frozenset()
    coherent = any(is_coherence(check) for check in model.axioms)
    bounds = narrow(graph, model, Ranges(graph, coherent), coherent).bounds
    found = set()
    for site in barriers:
        fences = [e for e in graph.events if e.span == site.span]
        if without_effect(bounds, model, fences):
            found.add(site.span)
    return frozenset(found)
