"""A graph in, the same in which memory may hold at first what its conditions ask for out: where witnesses come from."""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.events.graph import INITIAL, LOCK_TAGS, Event, EventGraph
from memmodel.events.terms import Kind, Term, choice
from memmodel.program.ir import FIRST_ADDRESS
from memmodel.program.types import IntType
from memmodel.records import replace

FIRST_CHOICE = 1 << 23
"""Where the numbers of the choices of what cells hold begin."""

MOST = 12
"""Numbers that a cell may hold, at most."""

USUAL = (0, 1, 8, 16)

MEMORIES: tuple[tuple[int, ...] | None, ...] = ((0, 8), USUAL, None)
"""What memory may hold, the plainest first; None: also what conditions mention."""


def with_any_memory(graph: EventGraph, memory: tuple[int, ...] | None) -> EventGraph:
    """The graph with a choice of initial values for each cell: of a number, those of `memory`, one of MEMORIES. Locks
    are free, pointers lead where they do or are NULL."""
    numbers = list(memory) if memory is not None else _numbers(graph)
    locks = {
        event.address.number
        for event in graph.events
        if event.tags & LOCK_TAGS and event.address is not None and event.address.kind is Kind.CONSTANT
    }
    return replace(graph, events=tuple(_opened(event, numbers, locks) for event in graph.events))


def _opened(event: Event, numbers: list[int], locks: set[int]) -> Event:
    if event.thread != INITIAL or event.value is None or event.address is None or event.type is None:
        return event
    if event.address.number in locks or event.value.kind is not Kind.CONSTANT:
        return event
    known = event.value.number
    others = numbers if _is_number(event.value) else [0]
    values = tuple(dict.fromkeys((known, *(event.type.wrap(number) for number in others))))
    return replace(event, value=choice(FIRST_CHOICE + event.id, values[:MOST], event.type))


def _is_number(value: Term) -> bool:
    return value.kind is Kind.CONSTANT and not 0 < FIRST_ADDRESS <= value.number


def _numbers(graph: EventGraph) -> list[int]:
    """What conditions compare with, the most frequent first."""
    count: dict[int, int] = {}
    seen: set[Term] = set()
    waiting = [event.guard for event in graph.events] + [item.condition for item in graph.assumptions]
    while waiting:
        term = waiting.pop()
        if term in seen:
            continue
        seen.add(term)
        waiting.extend(term.operands)
        for number, type_ in _compared(term):
            if not FIRST_ADDRESS <= number < 1 << 62:
                wrapped = type_.wrap(number)
                count[wrapped] = count.get(wrapped, 0) + 1
    return [*USUAL, *(number for number in sorted(count, key=lambda n: (-count[n], n)) if number not in USUAL)]


def _compared(term: Term) -> Iterator[tuple[int, IntType]]:
    if isinstance(term.payload, frozenset):
        yield from ((number, term.operands[0].type) for number in sorted(term.payload)[:4])
    for operand in term.operands:
        if operand.kind is Kind.CONSTANT:
            yield operand.number, operand.type
