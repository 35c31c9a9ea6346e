"""A kernel program and a table in, the same program with the events that the architecture's instructions make out.

Each access keeps its place in program order, its address and its value; what changes are the annotations, and the
fences around it. Control flow, and with it all dependencies, stays as the source has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.errors import Unsupported
from memmodel.machines.machine import Machine, Row, Use
from memmodel.program import ir
from memmodel.program.types import INT
from memmodel.records import replace
from memmodel.source import Span

_FENCES = {
    "mb": Use.MB,
    "rmb": Use.RMB,
    "wmb": Use.WMB,
    "barrier": Use.BARRIER,
    "before-atomic": Use.BEFORE_ATOMIC,
    "after-atomic": Use.AFTER_ATOMIC,
    "after-spinlock": Use.AFTER_SPINLOCK,
    "after-unlock-lock": Use.AFTER_UNLOCK_LOCK,
    "after-srcu-read-unlock": Use.AFTER_SRCU,
    "rcu-lock": Use.READER,
    "rcu-unlock": Use.READER,
    "sync-rcu": Use.GRACE_PERIOD,
    "sync-srcu": Use.GRACE_PERIOD,
}
_LOADS = {"once": Use.LOAD, "acquire": Use.LOAD_ACQUIRE, "srcu-lock": Use.SRCU_LOCK}
_STORES = {"once": Use.STORE, "release": Use.STORE_RELEASE, "srcu-unlock": Use.SRCU_UNLOCK}
_MODIFIES = {
    "noreturn": Use.MODIFY_NORETURN,
    "once": Use.MODIFY_RELAXED,
    "acquire": Use.MODIFY_ACQUIRE,
    "release": Use.MODIFY_RELEASE,
    "mb": Use.MODIFY_FULL,
}
_COMPARES = {
    "once": Use.COMPARE_RELAXED,
    "acquire": Use.COMPARE_ACQUIRE,
    "release": Use.COMPARE_RELEASE,
    "mb": Use.COMPARE_FULL,
}
_LAW = frozenset(("rcu-lock", "rcu-unlock", "sync-rcu", "sync-srcu", "srcu-lock", "srcu-unlock"))
"""Annotations that stay: that a grace period waits for readers is a law of the kernel's, on every machine."""


def translate(program: ir.Program, machine: Machine, kept: frozenset[str] = frozenset()) -> ir.Program:
    """The program as the machine runs it. `kept`: annotations of fences that stay as they are. Raises Unsupported for
    one that the table has no row for."""
    made = _Translation(machine, kept)
    threads = tuple(replace(thread, body=made.body(thread.body)) for thread in program.threads)
    return replace(program, threads=threads)


def instructions(program: ir.Program, machine: Machine) -> dict[tuple[str, int], str]:
    """By file and offset of each access and barrier, the instructions that it becomes."""
    made = _Translation(machine)
    for thread in program.threads:
        made.body(thread.body)
    return made.texts


class _Translation:
    def __init__(self, machine: Machine, kept: frozenset[str] = frozenset()) -> None:
        self._machine = machine
        self._kept = kept
        self._rows = {row.use: row for row in machine.rows}
        self.texts: dict[tuple[str, int], str] = {}
        """By file and offset, the instructions of what was translated."""

    def body(self, items: tuple[ir.Instruction, ...]) -> tuple[ir.Instruction, ...]:
        return tuple(made for item in items for made in self._one(item))

    def _one(self, item: ir.Instruction) -> Iterator[ir.Instruction]:
        match item:
            case ir.Load():
                row = self._row(_LOADS, item.tags, Use.PLAIN_LOAD, item.span)
                yield from _fences(row.before, item.span)
                yield replace(item, tags=row.read | item.tags & _LAW)
                yield from _fences(row.after, item.span)
            case ir.Store():
                row = self._row(_STORES, item.tags, Use.PLAIN_STORE, item.span)
                yield from _fences(row.before, item.span)
                yield replace(item, tags=row.write | item.tags & _LAW)
                yield from _fences(row.after, item.span)
            case ir.ReadModifyWrite():
                yield from self._modify(item)
            case ir.Fence() if item.tags & self._kept:
                yield item
            case ir.Fence():
                row = self._row(_FENCES, item.tags, None, item.span)
                yield from _fences(row.before, item.span)
                if item.tags & _LAW:
                    yield replace(item, tags=item.tags & _LAW)
                yield from _fences(row.after, item.span)
            case ir.Lock():
                yield from self._lock(item)
            case ir.If():
                yield replace(item, then=self.body(item.then), otherwise=self.body(item.otherwise))
            case ir.Block() | ir.Loop():
                yield replace(item, body=self.body(item.body))
            case _:
                yield item

    def _modify(self, item: ir.ReadModifyWrite) -> Iterator[ir.Instruction]:
        uses = _MODIFIES if item.condition is None else {**_COMPARES, "noreturn": Use.COMPARE_RELAXED}
        row = self._row(uses, item.read_tags, None, item.span)
        self._noted(row, item.span, exchange=item.condition is None and not item.carries_data)
        yield from _fences(row.before, item.span)
        yield replace(item, read_tags=row.read, write_tags=row.write, around=None, failed_tags=row.failed)
        yield from _fences(row.after, item.span)
        if row.succeeded and item.condition is not None:
            yield ir.If(item.condition, tuple(_fences(row.succeeded, item.span)), (), item.span)

    def _lock(self, item: ir.Lock) -> Iterator[ir.Instruction]:
        if item.kind is ir.LockKind.IS_LOCKED:
            yield item
            return
        row = self._noted(self._rows[Use.UNLOCK if item.kind is ir.LockKind.RELEASE else Use.LOCK], item.span)
        yield from _fences(row.before, item.span)
        yield item
        yield from _fences(row.after, item.span)
        if item.kind is ir.LockKind.TRY and row.succeeded and item.target is not None:
            taken = ir.Local(item.target, INT)
            yield ir.If(taken, tuple(_fences(row.succeeded, item.span)), (), item.span)
        elif item.kind is ir.LockKind.ACQUIRE:
            yield from _fences(row.succeeded, item.span)

    def _row(self, uses: dict[str, Use], tags: frozenset[str], plain: Use | None, span: Span) -> Row:
        for tag, use in uses.items():
            if tag in tags:
                return self._noted(self._rows[use], span)
        if plain is None or tags - {"RMW"}:
            raise Unsupported(
                f"what {', '.join(sorted(tags)) or 'this'} is on {self._machine.name}",
                span,
                "the table has no row for it",
            )
        return self._noted(self._rows[plain], span)

    def _noted(self, row: Row, span: Span, exchange: bool = False) -> Row:
        text = row.exchange if exchange and row.exchange else row.text
        if row.use in (Use.PLAIN_LOAD, Use.PLAIN_STORE):
            text = f"{text} (plain)"  # as far as the compiler leaves it so
        self.texts[span.file.name, span.start] = text
        return row


def _fences(names: tuple[str, ...], span: Span) -> Iterator[ir.Fence]:
    for name in names:
        yield ir.Fence(frozenset((name,)), span)
