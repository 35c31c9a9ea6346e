"""The text of a litmus test in, the program out that an analysis is asked about."""

from __future__ import annotations

from memmodel.cat.models import LoadedModel
from memmodel.errors import UsageError
from memmodel.program.lower import Lowered, lower
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.records import replace
from memmodel.source import SourceFile
from memmodel.syntax.tree import Condition, LitmusFile, Location


def program_of(source: SourceFile, loaded: LoadedModel, unroll: int | None, where: str | None = None) -> Lowered:
    """Read and lower a test in the spelling of the model's own tree. `where`: ask about that condition instead of the
    file's own, and forget what the file expects. Raises MemmodelError."""
    from memmodel.syntax.litmus import parse

    ast = parse(source)
    if where is not None:
        ast = _asking(ast, lower(ast, _primitives(loaded), unroll), SourceFile("--where", where))
    return lower(ast, _primitives(loaded), unroll)


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


def _primitives(loaded: LoadedModel) -> PrimitiveTable:
    if loaded.definitions is None:
        return DEFAULT
    from memmodel.program.definitions import read

    return read(loaded.definitions, loaded.version)
