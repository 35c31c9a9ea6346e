"""Litmus text in, what the rules say of it out; and the same program with the annotation of one instruction changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from memmodel.analyses.finding import Finding
from memmodel.analyses.rules import inspect
from memmodel.analyses.rules.subject import Subject
from memmodel.cat.evaluate import judge
from memmodel.cat.models import load as load_model
from memmodel.cat.terms import Model
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.events.execution import replay
from memmodel.events.graph import Event, EventGraph
from memmodel.events.unroll import unroll
from memmodel.program.load import load
from memmodel.result import Result, State
from memmodel.source import SourceFile, Span

ONCE = frozenset(("once",))
ACQUIRE = frozenset(("acquire",))
BARE: frozenset[str] = frozenset()


@cache
def model(name: str = "lkmm") -> Model:
    return load_model(name).model


def litmus(condition: str, *threads: str, init: str = "", shared: str = "int *x, int *y, int *z") -> str:
    """A test over x, y and z (or `shared`), one body for each thread."""
    bodies = "\n".join(f"P{number}({shared})\n{{\n{body}\n}}\n" for number, body in enumerate(threads))
    return f"C test\n{{ {init} }}\n{bodies}\nexists ({condition})\n"


@dataclass(frozen=True)
class Inspected:
    subject: Subject
    findings: tuple[Finding, ...]

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]

    def places(self, code: str) -> list[str]:
        """The source of each place that the rule reports."""
        return [finding.span.text for finding in self.findings if finding.code == code and finding.span is not None]


def inspected(text: str, model_name: str = "lkmm", unrolled: int | None = None) -> Inspected:
    graph = unroll(load(SourceFile("test.litmus", text), unroll=unrolled).program)
    result = SmtEngine().run(graph, model(model_name), Request(timeout=20))
    subject = Subject(graph, model(model_name), result)
    return Inspected(subject, inspect(subject))


def retagged(graph: EventGraph, span: Span, change: Callable[[Event], frozenset[str]]) -> EventGraph:
    """The same events, with what comes from `span` annotated otherwise."""
    events = tuple(replace(event, tags=change(event)) if event.span == span else event for event in graph.events)
    return replace(graph, events=events)


def outcomes(graph: EventGraph, under: Model) -> tuple[tuple[State, ...] | None, frozenset[str], Result]:
    """Every reachable final state, and the flags."""
    result = SmtEngine().run(graph, under, Request(states=True, timeout=20))
    return result.states, result.flags, result


def assert_without_effect(seen: Inspected, finding: Finding) -> None:
    """What the rule calls useless makes no difference: not to any state over all values that the test lists, not to the
    verdict, not to any flag."""
    subject = seen.subject
    assert finding.span is not None
    bare = retagged(subject.graph, finding.span, lambda event: ONCE if event.address is not None else BARE)
    before, after = outcomes(subject.graph, subject.model), outcomes(bare, subject.model)
    assert before[0] is not None and after[0] is not None
    assert before[:2] == after[:2]
    assert before[2].observation == after[2].observation


def assert_forbidden_when_ordered(seen: Inspected, finding: Finding, ordered: Span, tags: frozenset[str]) -> None:
    """The execution that the rule rests on is allowed, and no longer once the accesses of `ordered` have `tags`."""
    subject = seen.subject
    assert subject.bad is not None
    execution = subject.bad.execution
    assert judge(subject.model, replay(subject.graph, execution)).allowed
    stronger = retagged(subject.graph, ordered, lambda event: tags)
    assert not judge(subject.model, replay(stronger, execution)).allowed
