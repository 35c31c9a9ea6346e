"""An architecture in, the programs out that should notice if a part of its model were gone."""

from __future__ import annotations

from functools import cache

from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.translate import translate
from memmodel.program.load import load
from memmodel.program.primitives import DEFAULT
from memmodel.source import SourceFile
from tests.machines.strength.tables import graph, rows
from tests.mutation.run import ROOT, Program

FOLDERS = [*(ROOT / "litmus" / name for name in ("locks", "rcu", "srcu")), ROOT / "tests/machines/strength/kernel"]
"""Of what tables of instructions do not speak of: locks, and grace periods."""


def files(architecture: str) -> tuple[str, ...]:
    return ("machine.cat", f"{architecture}.cat")


@cache
def programs(architecture: str) -> tuple[Program, ...]:
    """The rows of its table, and the kernel's tests as they are compiled for it: small ones first."""
    found = [Program(row.cycle, graph(row)) for row in rows(architecture)]
    usual = registry.variants(architecture)[0]
    for path in sorted(path for folder in FOLDERS for path in folder.glob("*.litmus")):
        lowered = load(SourceFile(str(path), path.read_text()), DEFAULT, None)
        compiled = translate(lowered.program, usual)
        found.append(Program(f"{path.name} on {registry.name(usual)}", unroll(compiled)))
    return tuple(sorted(found, key=lambda program: len(program.graph.events)))
