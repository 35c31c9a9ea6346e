"""An event in, the words for it out: as the source spells it, and as the kernel's documents speak of its kind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memmodel.analyses.explanation import Place
from memmodel.events.execution import Replay
from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind
from memmodel.source import Span

_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")
_LOCKS = {"LKR": "taking a lock", "LKW": "taking a lock", "UL": "releasing a lock"}


def macro(span: Span | None) -> str | None:
    """The primitive that a piece of source calls; None for plain C."""
    match = _CALL.match(span.text) if span is not None else None
    return match[1] if match else None


def code(span: Span | None) -> str:
    """The source on one line."""
    return " ".join(span.text.split()) if span is not None else ""


def place(done: Replay, event: Event) -> Place:
    """An event under its own name."""
    return place_at(done.graph, done.addresses, event)


def place_at(graph: EventGraph, addresses: Sequence[int | None], event: Event) -> Place:
    """The same, given where each event accesses memory."""
    where = cell_at(graph, addresses, event)
    if event.thread == INITIAL:
        return Place(INITIAL, f"the initial value of {where}", "", event.span)
    called = macro(event.span)
    if event.kind is EventKind.FENCE:
        name = code(event.span)
    elif called is not None:
        name = f"{called}({where})"
    else:
        name = f"plain {'write' if event.kind is EventKind.WRITE else 'read'} of {where}"
    return Place(event.thread, name, code(event.span), event.span)


def cell(done: Replay, event: Event) -> str:
    """The name of what is accessed."""
    return cell_at(done.graph, done.addresses, event)


def cell_at(graph: EventGraph, addresses: Sequence[int | None], event: Event) -> str:
    """The same, given where each event accesses memory."""
    address = addresses[event.id]
    return graph.cells.get(address, "memory") if address is not None else "memory"


def value(done: Replay, event: Event) -> str:
    """What was read or written, an address by its name."""
    found = done.values[event.id]
    return "?" if found is None else done.graph.show(found, False)


def noun(event: Event) -> str:
    """`a release store`, `a WRITE_ONCE`, `an atomic_set`: with its article."""
    for tag, words in _LOCKS.items():
        if tag in event.tags:
            return words
    called = macro(event.span)
    if called is None:
        return "a plain write" if event.kind is EventKind.WRITE else "a plain read"
    if "RMW" not in event.tags:
        if event.kind is EventKind.WRITE and "release" in event.tags:
            return "a release store"
        if event.kind is EventKind.READ and "acquire" in event.tags:
            return "an acquire load"
    article = "an" if called[0].lower() in "aeioux" else "a"
    return f"{article} {called}"


def the(place: Place) -> str:
    """Its name within a sentence."""
    return f"the {place}" if place.name.startswith("plain ") else str(place)


def sentence(text: str) -> str:
    """`text` with a capital, unless it starts with code, and a full stop."""
    first = re.match(r"[A-Za-z_]\w*", text)
    word = first[0] if first else ""
    starts = word.islower() and "_" not in word and not text[len(word) :].startswith("(")
    return f"{text[0].upper() + text[1:] if starts else text}."


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def on(span: Span | None) -> str:
    """`on line 12`; in C `at ring.c:12`."""
    if span is None:
        return "nowhere in the text"
    return f"on {span.where}" if span.where.startswith("line ") else f"at {span.where}"


def lines(first: Span | None, second: Span | None, link: str) -> str:
    """`lines 12 to 14`, `line 12`; in C `ring.c:12 to ring.c:14`."""
    if first is None or second is None or first.where == second.where:
        place = first or second
        return place.where if place is not None else "no line"
    if first.where.startswith("line ") and second.where.startswith("line "):
        return f"lines {first.line} {link} {second.line}"
    return f"{first.where} {link} {second.where}"
