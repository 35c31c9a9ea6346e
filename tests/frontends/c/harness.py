"""Short C harnesses in, what their threads do and what is decided about them out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memmodel.cat import models
from memmodel.engines.base import Engine, Request
from memmodel.engines.smt import SmtEngine
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load
from memmodel.program import ir, spec
from memmodel.result import Result
from memmodel.source import SourceFile
from tests.program.programs import write

_KIND = re.compile(r"(R|W|F|RMW)(\[\w*(-\w+)*\])+( data)?|spin_\w+")


def program(text: str, unroll: int | None = None) -> ir.Program:
    """The legal program that a harness means."""
    source = SourceFile("harness.c", text)
    result = load(source, folder=None, tree=None, defines={}, unroll=unroll).program
    spec.check(result)
    return result


def result(text: str, engine: Engine | None = None) -> Result:
    """What is found in a harness under the kernel's model."""
    return (engine or SmtEngine()).run(unroll(program(text)), models.load("lkmm").model, Request())


def does(body: str, before: str = "", thread: str = "P0") -> list[str]:
    """The memory accesses, fences and locks of a thread with this body, each written out."""
    found = program(f"{before}\nint x, y;\nlong w;\nvoid {thread}(void)\n{{\n{body}\n}}\n").threads[0]
    return [write(instruction) for instruction in _visible(found.body)]


def kinds(body: str, before: str = "") -> list[str]:
    """What each of these is and how it is annotated, without where and what."""
    return [_KIND.search(line)[0] for line in does(body, before)]  # type: ignore[index]


def _visible(body: tuple[ir.Instruction, ...]) -> Iterator[ir.Instruction]:
    for instruction in body:
        match instruction:
            case ir.Load() | ir.Store() | ir.ReadModifyWrite() | ir.Fence() | ir.Lock():
                yield instruction
            case ir.If():
                yield from _visible(instruction.then)
                yield from _visible(instruction.otherwise)
            case ir.Block() | ir.Loop():
                yield from _visible(instruction.body)
