"""A task and an outcome to ask about in, the program out that an analysis is asked about."""

from __future__ import annotations

from memmodel.engines.programs import Opened, is_code
from memmodel.engines.programs import program_of as open_program
from memmodel.engines.task import Task, read
from memmodel.errors import UsageError
from memmodel.program.lower import Lowered, lower
from memmodel.program.primitives import PrimitiveTable
from memmodel.records import replace
from memmodel.source import SourceFile
from memmodel.syntax.tree import Condition, LitmusFile, Location


def program_of(task: Task, primitives: PrimitiveTable, where: str | None = None) -> Opened:
    """Read and lower a test. `where`: ask about that condition instead of the file's own, and forget what the file
    expects. Raises MemmodelError."""
    if where is None:
        return open_program(task, primitives)
    if is_code(task.file):
        hint = "say what you ask about with an assert() in final()"
        raise UsageError("--where: a C program has no registers and locations to ask about", hint=hint)
    from memmodel.syntax.litmus import parse

    source, unroll = read(task), task.options.unroll
    ast = parse(source)
    ast = _asking(ast, lower(ast, primitives, unroll), SourceFile("--where", where))
    return Opened(source, lower(ast, primitives, unroll), source.text)


def _asking(ast: LitmusFile, lowered: Lowered, where: SourceFile) -> LitmusFile:
    """The test with another condition; final states show what either condition mentions."""
    from memmodel.program.conditions import places
    from memmodel.syntax.litmus import parse_condition

    proposition = parse_condition(where)
    known = {item.name for item in lowered.program.objects}
    for place in places(proposition):
        if isinstance(place, Location) and place.name not in known:
            raise UsageError(
                f"--where: the test has no variable '{place.name}'",
                hint=f"it has {', '.join(sorted(known))}; a register is named with its process, as in 0:r0",
            )
    before = places(ast.condition.proposition) if ast.condition else []
    condition = Condition("exists", proposition, proposition.span)
    return replace(ast, condition=condition, locations=(*ast.locations, *before), expected=None)
