"""Functions of a C file in, a program out in which each is a thread, and all work on the same objects.

Nobody says what the pointers that are passed point to. Assumed is: where two threads have a pointer to a structure of
one type, it is to the same one; within one thread, two pointers are to two objects.
"""

from __future__ import annotations

from collections.abc import Sequence

from memmodel.errors import Unsupported
from memmodel.frontends.c.alone.environment import AREA, around, connected
from memmodel.frontends.c.alone.open_lowering import OpenLowering, Overlay
from memmodel.frontends.c.alone.surroundings import ANY, CALLED_BACK, PRINT, Surroundings
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.ir import Program
from memmodel.program.places import Warning_
from memmodel.program.primitives import PrimitiveTable
from memmodel.records import dataclass, replace
from memmodel.syntax import tree


@dataclass(frozen=True)
class Fields:
    """What the places in the objects of a program are called."""

    def named(self, object_: str, offset: int) -> str:
        """The field at `offset` bytes into an object: "ptr_ring.consumer_head"."""
        return f"{object_}+{offset}"


@dataclass(frozen=True)
class Together:
    """Functions as the threads P0, P1 … of a program. `opaque`: what was taken to have no effect and any result;
    nothing that is said of the program holds without that."""

    program: Program
    opaque: tuple[str, ...]
    warnings: tuple[Warning_, ...]
    fields: Fields


def together(
    surroundings: Surroundings, unit: Unit, functions: Sequence[tree.Function], primitives: PrimitiveTable
) -> Together:
    """The program. Raises errors.SyntaxError and errors.Unsupported, each with its place."""
    threads = []
    for number, function in enumerate(functions):
        name = f"__alone_thread_{number}_{function.name}"
        surroundings.threads[name] = _call(name, function)
        thread = unit.function(name)
        if thread is None:
            raise Unsupported(f"the parameters of '{function.name}'", function.span, "write a harness that calls it")
        threads.append(replace(thread, name=f"P{number}"))
    lowering = OpenLowering(Overlay(unit, tuple(threads)), surroundings, functions[0], primitives)
    lowered = lowering.lower()
    program = connected(lowered.program, lowering.names, lowering.touched)
    return Together(program, tuple(sorted(lowering.assumed - {ANY, PRINT})), lowered.warnings, Fields())


def _call(name: str, function: tree.Function) -> str:
    objects, arguments = [], []
    seen: dict[str, int] = {}
    for parameter in function.parameters:
        type_ = parameter.type
        base = type_.base.removeprefix("const ")
        seen[base] = seen.get(base, 0) + 1
        object_ = f"__together_{base.replace(' ', '_')}_{seen[base]}"
        if type_.pointers and base == "function":
            arguments.append(CALLED_BACK)
        elif type_.pointers:
            inner = f"{base} {'*' * (type_.pointers - 1)}"
            area = type_.pointers == 1 and base in ("void", "char", "unsigned char", "u8", "__u8")
            objects.append(f"char {object_}[{AREA}];" if area else f"struct {{ {around(inner)} }} {object_};")
            arguments.append(object_ if area else f"&{object_}.it")
        elif base.startswith(("struct ", "union ")):
            objects.append(f"{base} {object_};")
            arguments.append(object_)
        else:
            arguments.append(f"{ANY}()")
    return f"{' '.join(objects)}\nvoid {name}(void) {{ ({function.name})({', '.join(arguments)}); }}\n"
