"""A program and places in it in, the same program with full barriers there out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from memmodel.machines.machine import Use
from memmodel.machines.registry import MACHINES
from memmodel.program import ir
from memmodel.records import replace
from memmodel.source import Span

FULL = frozenset(("mb", *(tag for machine in MACHINES for tag in machine.row(Use.MB).before)))
"""The tags of smp_mb(), and of what it is compiled to: each model knows those that it speaks of."""


class Spot(NamedTuple):
    """Just before the instructions of a thread that come from one piece of source."""

    thread: int
    start: int
    end: int
    file: str


def spot(thread: int, span: Span) -> Spot:
    """The place before the instruction with this span."""
    return Spot(thread, span.start, span.end, span.file.name)


def with_barriers(program: ir.Program, wanted: Mapping[Spot, str]) -> ir.Program:
    """`program` with a full barrier at each of the spots, which has the tag given there besides."""
    threads = tuple(
        replace(thread, body=_body(thread.body, number, wanted)) for number, thread in enumerate(program.threads)
    )
    return replace(program, threads=threads)


def _body(body: tuple[ir.Instruction, ...], thread: int, wanted: Mapping[Spot, str]) -> tuple[ir.Instruction, ...]:
    result: list[ir.Instruction] = []
    last: ir.Instruction | None = None
    for item in body:
        fresh = last is None or last.span != item.span  # one barrier before several steps of one primitive
        tag = wanted.get(spot(thread, item.span)) if fresh and _accesses(item) else None
        if tag is not None:
            result.append(ir.Fence(FULL | {tag}, item.span))
        result.append(_inside(item, thread, wanted))
        last = item
    return tuple(result)


def _accesses(item: ir.Instruction) -> bool:
    return isinstance(item, (ir.Load, ir.Store, ir.ReadModifyWrite, ir.Lock, ir.Fence))


def _inside(item: ir.Instruction, thread: int, wanted: Mapping[Spot, str]) -> ir.Instruction:
    match item:
        case ir.If():
            then, otherwise = (_body(part, thread, wanted) for part in (item.then, item.otherwise))
            return replace(item, then=then, otherwise=otherwise)
        case ir.Block() | ir.Loop():
            return replace(item, body=_body(item.body, thread, wanted))
    return item
