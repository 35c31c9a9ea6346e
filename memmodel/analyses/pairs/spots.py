"""A program in, the same with a place for a barrier right before each instruction that accesses memory out."""

from __future__ import annotations

from memmodel.analyses.switches import insertion_tag
from memmodel.program import ir
from memmodel.records import replace
from memmodel.source import Span

_ACCESSES = (ir.Load, ir.Store, ir.ReadModifyWrite, ir.Lock)


class _Placing:
    def __init__(self) -> None:
        self.numbers: dict[Span, int] = {}

    def body(self, instructions: tuple[ir.Instruction, ...]) -> tuple[ir.Instruction, ...]:
        found: list[ir.Instruction] = []
        last: Span | None = None
        for item in instructions:
            if isinstance(item, _ACCESSES):
                if item.span != last:  # not within the steps of one primitive
                    found.append(self._place(item.span))
                last = item.span
            else:
                last = None if isinstance(item, (ir.If, ir.Loop, ir.Block)) else last
            found.append(self._inside(item))
        return tuple(found)

    def _place(self, span: Span) -> ir.Fence:
        before = span.file.span(span.start, span.start)
        number = self.numbers.setdefault(before, len(self.numbers))
        return ir.Fence(frozenset((insertion_tag(number),)), before)

    def _inside(self, item: ir.Instruction) -> ir.Instruction:
        match item:
            case ir.If():
                return replace(item, then=self.body(item.then), otherwise=self.body(item.otherwise))
            case ir.Block() | ir.Loop():
                return replace(item, body=self.body(item.body))
        return item


def with_spots(program: ir.Program) -> tuple[ir.Program, tuple[Span, ...]]:
    """The program with a marked event before each access, and where they are: that of place n has the tag
    `insertion_tag(n)`."""
    placing = _Placing()
    threads = tuple(replace(thread, body=placing.body(thread.body)) for thread in program.threads)
    return replace(program, threads=threads), tuple(placing.numbers)
