"""What a picture shows in, one or two sentences on it out."""

from __future__ import annotations

from memmodel.analyses import wording
from memmodel.analyses.drawing.cycle import Surprise
from memmodel.analyses.drawing.forbidden import Nothing
from memmodel.analyses.nothing import describe
from memmodel.analyses.story import Execution
from memmodel.analyses.wording import sentence, the
from memmodel.events.graph import EventKind
from memmodel.program.ir import Program, Quantifier


def _what(program: Program) -> str:
    if program.exact:
        return "an assertion to fail"
    return "the condition to fail" if program.quantifier is Quantifier.FORALL else "the outcome"


def reachable(execution: Execution, found: Surprise) -> str:
    """Of an allowed execution with the outcome: what is out of order in it."""
    failing = _failing(execution)
    if found.pair is None:
        text = "No CPU departs from its program here: it takes no more than this interleaving, whatever the barriers"
        return f"{failing}{sentence(text)}"
    events = execution.graph.events
    a, b = found.pair
    pair = execution.pair(a, b)
    entry, leave = found.links[0].first, found.links[0].second
    kept = bool(execution.kept[entry] >> leave & 1)
    because, _ = describe(execution, entry, leave, kept)
    if kept:
        text = f"{the(pair.first)} and {the(pair.second)} are in no order that all CPUs agree on: {because}"
    else:
        verb = "becomes visible" if events[leave].kind is EventKind.WRITE else "is executed"
        text = f"{the(pair.second)} {verb} before {the(pair.first)}: {because}"
    return f"{failing}{sentence(text)}"


def _failing(execution: Execution) -> str:
    if not execution.graph.program.exact:
        return ""
    failed = [item for item in execution.graph.assertions if execution.done.value(item.failed)]
    return f"The assertion at {failed[0].span.where} fails: {failed[0].message}. " if failed else ""


def noted(message: str) -> str:
    """Of an execution that runs into a fault or a failed assertion."""
    return sentence(f"this execution ends in a finding: {message}")


def race(execution: Execution, first: int, second: int) -> str:
    """Of two accesses that race."""
    events = execution.graph.events
    a, b = (wording.place(execution.done, events[e]) for e in (first, second))
    names = execution.graph.program.threads
    sides = [f"{names[events[e].thread].name}'s {place}" for e, place in ((first, a), (second, b))]
    return sentence(f"data race: nothing orders {sides[0]} and {sides[1]}")


def forbidden(execution: Execution, axiom: str, closed: bool) -> str:
    """Of an execution that an axiom forbids."""
    model = execution.model.name
    what = _what(execution.graph.program)
    text = f"the model {model} forbids this execution, one of those that it would take for {what}"
    how = "the bold edges lead back to where they begin" if closed else "by the bold edges"
    link = ": " if closed else " "
    return f"{sentence(text)} {sentence(f'The axiom {axiom} is broken{link}{how}')}"


def impossible(program: Program, why: Nothing) -> str:
    """Of an allowed execution shown because there is none with the outcome to show."""
    what = _what(program)
    if why is Nothing.TIME:
        return f"No execution was found in time that shows what forbids {what}. This is one that is allowed."
    if why is Nothing.THIN_AIR:
        said = f"For {what}, some value would have to depend on itself."
    else:
        said = f"No choice of what is read from where is enough for {what}, whatever the model."
    return f"{said} This is another execution of the program."


def left_out(count: int) -> str:
    """How many accesses have no box."""
    if not count:
        return ""
    accesses = "1 access that plays" if count == 1 else f"{count} accesses that play"
    return f" Not drawn: {accesses} no part in it."
