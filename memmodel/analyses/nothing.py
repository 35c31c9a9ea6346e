"""Two accesses of a thread in; a clause on why nothing orders them, and remarks on what might have, out."""

from __future__ import annotations

from memmodel.analyses import wording
from memmodel.analyses.story import Execution
from memmodel.cat.terms import Sort, base
from memmodel.events.graph import Event, EventKind

_BARRIERS = {
    "wmb": "orders stores with stores only",
    "rmb": "orders loads with loads only",
    "barrier": "binds the compiler, not the CPU",
    "before-atomic": "orders what precedes it before a read-modify-write that follows it",
    "after-atomic": "orders a read-modify-write that precedes it before what follows it",
    "after-spinlock": "orders only what surrounds taking a lock",
    "after-unlock-lock": "needs an unlock and a lock before it",
    "after-srcu-read-unlock": "needs an srcu_read_unlock() before it",
}


def describe(execution: Execution, first: int, second: int, kept: bool) -> tuple[str, tuple[str, ...]]:
    """`nothing orders a WRITE_ONCE after a release store`, and sentences about what stands there. `first` and `second`
    are events; `kept` says that the model keeps them in order, though not so that this would do."""
    a, b = (execution.graph.events[e] for e in (first, second))
    if kept:
        plain = next((e for e in (b, a) if not e.tags), None)
        if plain is not None:
            marked = "a WRITE_ONCE" if plain.kind is EventKind.WRITE else "a READ_ONCE"
            return f"what would order {marked} there does not order {wording.noun(plain)}", ()
        clause = f"{_orderer(execution, a, b)} orders them for their own CPU only"
        return clause, ()
    clause = f"nothing orders {wording.noun(b)} after {wording.noun(a)}"
    return clause, (*_annotations(execution, a, b), *_barriers(execution, a, b))


def _annotations(execution: Execution, a: Event, b: Event) -> list[str]:
    """Annotations of the two that order other things."""
    said: list[str] = []
    if a.kind is EventKind.WRITE and "release" in a.tags:
        said.append(f"{_name(execution, a)} orders what comes before it, not what follows")
    if b.kind is EventKind.READ and "acquire" in b.tags:
        said.append(f"{_name(execution, b)} orders what follows it, not what comes before")
    if a.kind is EventKind.WRITE and "RMW" in a.tags and _half_acquires(execution, a):
        said.append(f"{_name(execution, a)} orders what follows after its read, not after its write")
    if b.kind is EventKind.READ and "RMW" in b.tags and "release" in b.tags:
        said.append(f"{_name(execution, b)} orders what comes before it before its write, not before its read")
    if _failed(execution, a):
        said.append(f"{_name(execution, a)} fails here, and one that fails orders nothing")
    elif "RMW" in a.tags and a.tags.isdisjoint(("mb", "acquire", "release")):
        said.append(f"{_name(execution, a)} is relaxed and orders nothing")
    if b.kind is EventKind.READ and _controlled(execution, a, b):
        said.append("a control dependency orders no later load")
    return said


def _orderer(execution: Execution, a: Event, b: Event) -> str:
    """What keeps the two in order, as far as that is one thing that has a name."""
    executed = execution.witness.execution.executed
    for event in execution.graph.by_thread[a.thread]:
        between = a.id < event.id < b.id and executed >> event.id & 1
        kind = {EventKind.READ: "rmb", EventKind.WRITE: "wmb"}.get(a.kind) if a.kind is b.kind else None
        if between and event.kind is EventKind.FENCE and kind in event.tags and event.span is not None:
            return f"{wording.code(event.span)} {event.span.where}"
    if a.kind is EventKind.READ and "acquire" in a.tags:
        return _name(execution, a)
    if b.kind is EventKind.WRITE and "release" in b.tags:
        return _name(execution, b)
    for name in ("addr", "data", "ctrl"):
        if execution.evaluation.relation(base(name, Sort.RELATION))[a.id] >> b.id & 1:
            return {"addr": "an address dependency", "data": "a data dependency"}.get(name, "a control dependency")
    return "what is there"


def _barriers(execution: Execution, a: Event, b: Event) -> list[str]:
    """Barriers between the two in program order."""
    executed = execution.witness.execution.executed
    said: list[str] = []
    for event in execution.graph.by_thread[a.thread]:
        if not a.id < event.id < b.id or event.kind is not EventKind.FENCE or not executed >> event.id & 1:
            continue
        for tag in sorted(event.tags):
            if tag in _BARRIERS and event.span is not None:
                name = wording.code(event.span)
                plain = f", and {_bare(b)} is none" if tag == "before-atomic" and "RMW" not in b.tags else ""
                plain = f", and {_bare(a)} is none" if tag == "after-atomic" and "RMW" not in a.tags else plain
                said.append(f"{name} {event.span.where} does not: it {_BARRIERS[tag]}{plain}")
    return said


def _bare(event: Event) -> str:
    called = wording.macro(event.span)
    return f"{called}()" if called else wording.noun(event)


def _name(execution: Execution, event: Event) -> str:
    return str(wording.place(execution.done, event))


def _half_acquires(execution: Execution, write: Event) -> bool:
    """Whether the read of the same read-modify-write is an acquire."""
    events = execution.graph.events
    return any(w == write.id and "acquire" in events[r].tags for r, w in execution.graph.rmw)


def _failed(execution: Execution, event: Event) -> bool:
    """A conditional read-modify-write that did not take place."""
    executed = execution.witness.execution.executed
    pairs = execution.graph.rmw
    return "RMW" in event.tags and not any(event.id in pair and executed >> pair[1] & 1 for pair in pairs)


def _controlled(execution: Execution, a: Event, b: Event) -> bool:
    return bool(execution.evaluation.relation(base("ctrl", Sort.RELATION))[a.id] >> b.id & 1)
