"""Each model of an architecture allows what the architecture's own literature allows, and nothing that it forbids."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from memmodel.cat.models import load
from memmodel.cat.terms import Model
from memmodel.engines.base import Engine, Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.translate import translate
from memmodel.program.load import load as load_program
from memmodel.program.primitives import DEFAULT
from memmodel.program.spec import check
from memmodel.result import Observation
from memmodel.source import SourceFile
from tests.machines.strength.cycles import program
from tests.machines.strength.tables import DIALECTS, HERE, SHAPES, TABLES, Row, graph, rows

WORKS = {
    "x86": ("CACM", "TSO", "iwp", "amd"),
    "arm64": ("POPL", "ARM"),
    "power": ("TOPLAS", "PLDI11", "PLDI12"),
    "riscv": ("rule", "appendix", "global memory order", "atomicity axiom", "load value axiom"),
}
LOCK_IS_A_BARRIER = {"x86", "riscv"}
"""There, what takes a lock orders its write before what follows: `lock cmpxchg`, CACM; `amoadd.aqrl`, rule 5."""

ALL = [row for architecture in TABLES for row in rows(architecture)]


@cache
def model(architecture: str) -> Model:
    return load(architecture).model


@pytest.mark.parametrize("row", ALL, ids=lambda row: f"{row.architecture}: {row.cycle}")
def test_the_literature_says_so_and_both_engines(row: Row) -> None:
    check(program(row.cycle, DIALECTS[row.architecture]))
    expected = Observation.SOMETIMES if row.allowed else Observation.NEVER
    engines: tuple[Engine, ...] = (SmtEngine(), EnumerateEngine())
    for engine in engines:
        found = engine.run(graph(row), model(row.architecture), Request(timeout=60))
        assert found.observation is expected, (engine.name, row.source)


@pytest.mark.parametrize("architecture", TABLES)
def test_a_table_has_every_shape_and_a_source_for_each_row(architecture: str) -> None:
    table = rows(architecture)
    assert len({row.cycle for row in table}) == len(table) >= 60
    assert set(SHAPES.values()) <= {row.shape for row in table}
    assert [row for row in table if not row.source.startswith(WORKS[architecture])] == []


@pytest.mark.parametrize("machine", registry.MACHINES, ids=registry.name)
@pytest.mark.parametrize("path", sorted((HERE / "kernel").glob("*.litmus")), ids=lambda path: path.stem)
def test_locks_and_grace_periods_do_on_machines_what_they_promise(path: Path, machine: Machine) -> None:
    lowered = load_program(SourceFile(str(path), path.read_text()), DEFAULT)
    promised = lowered.program.expectation
    assert promised is not None
    allowed = promised.verdict == "Sometimes" and machine.name not in LOCK_IS_A_BARRIER
    expected = Observation.SOMETIMES if allowed else Observation.NEVER
    compiled = unroll(translate(lowered.program, machine))
    engines: tuple[Engine, ...] = (SmtEngine(), EnumerateEngine())
    for engine in engines:
        found = engine.run(compiled, model(machine.name), Request(timeout=60))
        assert found.observation is expected, engine.name
