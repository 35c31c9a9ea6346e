"""Functions of a C file in, a program out in which each is a thread, and all work on the same objects.

Nobody says what the pointers that are passed point to. Assumed is: where two threads have a pointer to a structure of
one type, it is to the same one, and also where one of them has it as a part of a larger structure; within one thread,
two pointers are to two objects. What memory holds is not assumed: a pointer in it leads to an object that fits what
code does with it, an index in it may be any.
"""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.errors import Unsupported
from memmodel.frontends.c.alone.fields import Fields
from memmodel.frontends.c.alone.open_lowering import OpenLowering, Overlay
from memmodel.frontends.c.alone.passed import Passed, call
from memmodel.frontends.c.alone.placing import Placing
from memmodel.frontends.c.alone.regions import Regions
from memmodel.frontends.c.alone.sharing import Root, Sharing
from memmodel.frontends.c.alone.surroundings import ANY, PRINT, Surroundings
from memmodel.frontends.c.alone.world import STOOD_IN, World
from memmodel.frontends.c.lowering.names import Names
from memmodel.frontends.c.lowering.structures import Structure
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.ir import (
    Address,
    Block,
    Fence,
    If,
    Instruction,
    Load,
    Lock,
    Loop,
    Program,
    ReadModifyWrite,
    Store,
)
from memmodel.program.places import Warning_
from memmodel.program.primitives import PrimitiveTable
from memmodel.records import dataclass, replace
from memmodel.syntax import tree

TURNS = 1
"""How often a loop runs, up to where it is left: one turn has all accesses, and a second test of the condition."""

MOST_ACCESSES = 500
"""Accesses of all threads together, those in loops as often as loops run."""

_CURRENT = "__alone_current"
_OWN = ("alloc", "create", "dup", "new", "init", "clone")
"""In the names of functions whose result nobody else has."""


@dataclass(frozen=True)
class Together:
    """Functions as the threads P0, P1 … of a program. `opaque`: what was taken to have no effect and any result;
    nothing that is said of the program holds without that. `fields` says what places are called."""

    program: Program
    opaque: tuple[str, ...]
    warnings: tuple[Warning_, ...]
    fields: Fields


def together(
    surroundings: Surroundings,
    unit: Unit,
    functions: Sequence[tree.Function],
    primitives: PrimitiveTable,
    callers: bool = False,
) -> Together:
    """The program. Raises errors.SyntaxError and errors.Unsupported, each with its place."""
    threads: list[tree.Function] = []
    passed: list[tuple[Passed, ...]] = []
    for number, function in enumerate(functions):
        name = f"__alone_{'called' if callers else 'thread'}_{number}_{function.name}"
        surroundings.threads[name], objects = call(name, number, function, callers)
        thread = unit.function(name)
        if thread is None:
            raise Unsupported(f"the parameters of '{function.name}'", function.span, "write a harness that calls it")
        threads.append(replace(thread, name=f"P{number}"))
        passed.append(objects)
    lowering = OpenLowering(Overlay(unit, tuple(threads)), surroundings, functions[0], primitives)
    lowering.copies = True
    lowered = lowering.lower()
    number = sum(_accesses(thread.body) for thread in lowered.program.threads)
    if number > MOST_ACCESSES:
        hint = "the functions that they call count too: those are looked at one by one"
        names = " and ".join(function.name for function in functions)
        raise Unsupported(f"{names} with about {number} accesses", functions[0].span, hint)
    program, fields, computed = _shared(lowered.program, lowering, passed)
    opaque = (lowering.assumed - {ANY, PRINT}) | computed
    return Together(program, tuple(sorted(opaque)), lowered.warnings, fields)


def _accesses(body: tuple[Instruction, ...]) -> int:
    """About how many events there will be."""
    number = 0
    for node in body:
        match node:
            case Load() | Store() | Fence():
                number += 1
            case ReadModifyWrite() | Lock():
                number += 2
            case If():
                number += _accesses(node.then) + _accesses(node.otherwise)
            case Block():
                number += _accesses(node.body)
            case Loop():
                number += (1 + TURNS) * _accesses(node.body)
            case _:
                pass
    return number


def _shared(
    program: Program, lowering: OpenLowering, passed: Sequence[tuple[Passed, ...]]
) -> tuple[Program, Fields, set[str]]:
    """The program on shared objects, what its places are called, and the pointers that were guessed."""
    objects = {item.name: item for item in program.objects}

    def known(name: str, offset: int) -> Address | None:
        item = objects.get(name)
        found = item.initial.get(offset) if item is not None else None
        return found if isinstance(found, Address) else None

    regions = [Regions(thread.body, lowering.seen[thread.name], known) for thread in program.threads]
    labels = {one.name: one.label for each in passed for one in each}
    pointed = {one.name: one.pointed for each in passed for one in each}
    roots = [{name: _root(name, pointed, lowering.names) for name in each.roots} for each in regions]
    sharing = Sharing([each.all() for each in regions], roots)
    used = frozenset((v.structure.name, v.name) for seen in lowering.seen.values() for v in seen.views)
    world = World(objects, sharing, labels, used)
    made = tuple(
        replace(thread, body=Placing(each, world.placed()).run(thread.body))
        for thread, each in zip(program.threads, regions, strict=True)
    )
    computed = {region.name for region in sharing.place if region.computed}
    return replace(program, objects=world.objects(), threads=made, unroll=TURNS), world.fields(), computed


def _root(name: str, passed: dict[str, bool], names: Names) -> Root:
    """What begins at an object of the program as it was lowered. `passed`: those that threads pass, and whether a
    pointer says their types."""
    variable = names.object(name)
    if variable is None:
        function = names.has_function(name)
        return Root(variable=function, private=not function)
    structure = variable.type if isinstance(variable.type, Structure) else None
    if name in passed:
        return Root(private=structure is None or not passed[name], structure=structure)
    if name == _CURRENT or (name.startswith(STOOD_IN) and (structure is None or any(w in name for w in _OWN))):
        return Root(private=True, structure=structure)
    return Root(variable=not name.startswith(STOOD_IN), structure=structure)
