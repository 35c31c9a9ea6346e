"""A kernel program and the name of a machine in; whether the machine shows what the program asks about out."""

from __future__ import annotations

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load as load_c
from memmodel.frontends.c.primitives import extended
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.translate import translate
from memmodel.program.ir import Program
from memmodel.program.lower import lower
from memmodel.program.primitives import DEFAULT
from memmodel.source import SourceFile
from memmodel.syntax.litmus import parse

TABLE = extended(DEFAULT)


def litmus(*threads: str, exists: str, variables: str = "int *x, int *y, int *z", initial: str = "") -> Program:
    """A test whose threads have these bodies; of primitives also those that only C code has."""
    bodies = "\n".join(f"P{n}({variables})\n{{\n{body}\n}}" for n, body in enumerate(threads))
    return lower(parse(SourceFile("t", f"C t\n{{ {initial} }}\n{bodies}\nexists ({exists})\n")), TABLE, None).program


def code(text: str) -> Program:
    return load_c(SourceFile("harness.c", text), folder=None, tree=None, defines={}).program


def shows(program: Program, *machines: str | Machine) -> tuple[bool, ...]:
    """For each machine whether its model has an execution with the outcome; both engines say so."""
    return tuple(_shows(program, machine) for machine in machines)


def _shows(program: Program, machine: str | Machine) -> bool:
    found = registry.find(machine) if isinstance(machine, str) else machine
    assert found is not None, machine
    model = models.load(found.name).model
    graph = unroll(translate(program, found))
    first, second = (engine.run(graph, model, Request(timeout=60)) for engine in (SmtEngine(), EnumerateEngine()))
    assert first.observation is second.observation is not None
    return first.witness is not None
