"""The text of a litmus test in, the program out that an analysis is asked about."""

from __future__ import annotations

from memmodel.cat.models import LoadedModel
from memmodel.program.lower import Lowered, lower
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.records import replace
from memmodel.source import SourceFile


def program_of(source: SourceFile, loaded: LoadedModel, unroll: int | None, where: str | None = None) -> Lowered:
    """Read and lower a test in the spelling of the model's own tree. `where`: ask about that condition instead of the
    file's own, and forget what the file expects. Raises MemmodelError."""
    from memmodel.syntax.litmus import parse

    ast = parse(source)
    if where is not None:
        from memmodel.program.conditions import places
        from memmodel.syntax.litmus import parse_condition
        from memmodel.syntax.tree import Condition

        proposition = parse_condition(SourceFile("--where", where))
        before = places(ast.condition.proposition) if ast.condition else []
        condition = Condition("exists", proposition, proposition.span)
        ast = replace(ast, condition=condition, locations=(*ast.locations, *before), expected=None)
    return lower(ast, _primitives(loaded), unroll)


def _primitives(loaded: LoadedModel) -> PrimitiveTable:
    if loaded.definitions is None:
        return DEFAULT
    from memmodel.program.definitions import read

    return read(loaded.definitions, loaded.version)
