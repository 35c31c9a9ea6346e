"""A kernel program and a table in, the same program with the events that the architecture's instructions make out.

Each access keeps its place in program order, its address and its value; what changes are the annotations, and the
fences around it. Control flow, and with it all dependencies, stays as the source has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

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
_DEVICES = {
    ir.Flavour.DMA: {Use.MB: Use.DMA_MB, Use.RMB: Use.DMA_RMB, Use.WMB: Use.DMA_WMB},
    ir.Flavour.DEVICE: {Use.MB: Use.DEVICE_MB, Use.RMB: Use.DEVICE_RMB, Use.WMB: Use.DEVICE_WMB},
}
_LOADS = {"once": Use.LOAD, "acquire": Use.LOAD_ACQUIRE, "srcu-lock": Use.SRCU_LOCK}
_STORES = {"once": Use.STORE, "release": Use.STORE_RELEASE, "srcu-unlock": Use.SRCU_UNLOCK}


class _Order(Enum):
    """How a read-modify-write is ordered. BOTH: it acquires and releases and is no full barrier, which C11 has."""

    NORETURN = "noreturn"
    RELAXED = "relaxed"
    ACQUIRE = "acquire"
    RELEASE = "release"
    BOTH = "acquire and release"
    FULL = "full"


_MODIFIES = {
    _Order.NORETURN: Use.MODIFY_NORETURN,
    _Order.RELAXED: Use.MODIFY_RELAXED,
    _Order.ACQUIRE: Use.MODIFY_ACQUIRE,
    _Order.RELEASE: Use.MODIFY_RELEASE,
    _Order.BOTH: Use.MODIFY_BOTH,
    _Order.FULL: Use.MODIFY_FULL,
}
_COMPARES = {
    _Order.NORETURN: Use.COMPARE_RELAXED,
    _Order.RELAXED: Use.COMPARE_RELAXED,
    _Order.ACQUIRE: Use.COMPARE_ACQUIRE,
    _Order.RELEASE: Use.COMPARE_RELEASE,
    _Order.BOTH: Use.COMPARE_BOTH,
    _Order.FULL: Use.COMPARE_FULL,
}
_KNOWN = frozenset(("noreturn", "once", "acquire", "release", "mb"))
_FLAVOURS = {
    ir.Flavour.UNLESS: Use.UNLESS,
    ir.Flavour.UNLESS_SIGN: Use.UNLESS_SIGN,
    ir.Flavour.THIS_CPU: Use.CPU_COMPARE,
}
_LOCKS = {
    ir.LockKind.ACQUIRE: Use.LOCK,
    ir.LockKind.TRY: Use.TRYLOCK,
    ir.LockKind.RELEASE: Use.UNLOCK,
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
        made: list[ir.Instruction] = []
        for before, item in zip((None, *items), items, strict=False):
            if isinstance(before, ir.Store) and isinstance(item, ir.Fence) and _with_barrier(before, item):
                made += self._store_mb(item)
            else:
                made += self._one(item)
        return tuple(made)

    def _store_mb(self, item: ir.Fence) -> Iterator[ir.Instruction]:
        """The barrier of smp_store_mb(), whose store has been met."""
        return _fences(self._noted(self._rows[Use.STORE_MB], item.span).after, item.span)

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
                row = self._fence(item)
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
        if not item.read_tags | item.write_tags <= _KNOWN or not item.read_tags:
            raise self._unknown(item.read_tags | item.write_tags, item.span)
        order = _order(item)
        acquires = item.failed_tags is not None and "acquire" in item.failed_tags
        if acquires and order in (_Order.RELAXED, _Order.RELEASE):
            order = _Order.ACQUIRE if order is _Order.RELAXED else _Order.BOTH
        row = self._rows[_use(item, order)]
        self._noted(row, item.span, exchange=item.condition is None and not item.carries_data)
        condition = None if row.always else item.condition
        yield from _fences(row.before, item.span)
        yield replace(
            item,
            condition=condition,
            read_tags=row.read,
            write_tags=row.write,
            around=frozenset(row.around) or None,
            failed_tags=None if condition is None or acquires else row.failed,
            flavour=ir.Flavour.USUAL,
        )
        yield from _fences(row.after, item.span)
        if row.succeeded and condition is not None:
            barrier = tuple(_fences(row.succeeded, item.span))
            # What C11 has acquire also where it fails is compiled with the barrier on both paths.
            yield ir.If(condition, barrier, barrier if acquires else (), item.span)

    def _lock(self, item: ir.Lock) -> Iterator[ir.Instruction]:
        if item.kind is ir.LockKind.IS_LOCKED:
            yield item
            return
        row = self._noted(self._rows[_LOCKS[item.kind]], item.span)
        yield from _fences(row.before, item.span)
        yield item
        yield from _fences(row.after, item.span)
        if item.kind is ir.LockKind.TRY and row.succeeded and item.target is not None:
            taken = ir.Local(item.target, INT)
            yield ir.If(taken, tuple(_fences(row.succeeded, item.span)), (), item.span)
        elif item.kind is ir.LockKind.ACQUIRE:
            yield from _fences(row.succeeded, item.span)

    def _fence(self, item: ir.Fence) -> Row:
        row = self._row(_FENCES, item.tags, None, item.span)
        use = _DEVICES.get(item.flavour, {}).get(row.use)
        return row if use is None else self._noted(self._rows[use], item.span)

    def _row(self, uses: dict[str, Use], tags: frozenset[str], plain: Use | None, span: Span) -> Row:
        for tag, use in uses.items():
            if tag in tags:
                return self._noted(self._rows[use], span)
        if plain is None or tags - {"RMW"}:
            raise self._unknown(tags, span)
        return self._noted(self._rows[plain], span)

    def _unknown(self, tags: frozenset[str], span: Span) -> Unsupported:
        what = f"what {', '.join(sorted(tags)) or 'this'} is on {self._machine.name}"
        return Unsupported(what, span, "the table has no row for it")

    def _noted(self, row: Row, span: Span, exchange: bool = False) -> Row:
        text = row.exchange if exchange and row.exchange else row.text
        if row.use in (Use.PLAIN_LOAD, Use.PLAIN_STORE):
            text = f"{text} (plain)"  # as far as the compiler leaves it so
        self.texts[span.file.name, span.start] = text
        return row


def _fences(names: tuple[str, ...], span: Span) -> Iterator[ir.Fence]:
    for name in names:
        yield ir.Fence(frozenset((name,)), span)


def _with_barrier(store: ir.Store, fence: ir.Fence) -> bool:
    """Whether the two are one smp_store_mb()."""
    return store.span == fence.span and "mb" in fence.tags and fence.flavour is ir.Flavour.USUAL


def _order(item: ir.ReadModifyWrite) -> _Order:
    """How the kernel's model orders an operation: acquire of its read, release of its write; in the models of older
    kernels a fully ordered one has its barriers around it."""
    read, write = item.read_tags, item.write_tags
    if "mb" in (item.around or read):
        return _Order.FULL
    if "noreturn" in read:
        return _Order.NORETURN
    acquires, releases = "acquire" in read, "release" in write
    if acquires and releases:
        return _Order.BOTH
    return _Order.ACQUIRE if acquires else _Order.RELEASE if releases else _Order.RELAXED


def _use(item: ir.ReadModifyWrite, order: _Order) -> Use:
    fails = item.condition is not None
    match item.flavour:
        case ir.Flavour.LOCAL if fails:
            return Use.LOCAL_COMPARE
        case ir.Flavour.LOCAL:
            return Use.LOCAL_NORETURN if order is _Order.NORETURN else Use.LOCAL_MODIFY
        case ir.Flavour.BIT:
            return Use.BIT_LOCK if order is _Order.ACQUIRE else Use.BIT
    return _FLAVOURS.get(item.flavour) or (_COMPARES if fails else _MODIFIES)[order]
