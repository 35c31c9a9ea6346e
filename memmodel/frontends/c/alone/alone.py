"""One function of a C file in, a program out in which it runs alone: what it is given is its own, and may be anything.

This is for looking at a function without a harness: its accesses, their order and what they hang on. Nothing is proved
of it that way. What is assumed: a pointer that is passed points to an object of its own; what a pointer in such an
object points to is another object, a list is empty; an integer is 0, 1 or -1; a function that is defined neither in the
file nor in a header has no effect, and any result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from memmodel.errors import MemmodelError, SyntaxError, Unsupported
from memmodel.frontends.c.alone.conditionals import opening
from memmodel.frontends.c.alone.environment import AREA, around, connected
from memmodel.frontends.c.alone.index import Headers, Index, Kind
from memmodel.frontends.c.alone.open_calls import OpenStatements
from memmodel.frontends.c.alone.surroundings import ANY, CALLED_BACK, PRINT, Surroundings
from memmodel.frontends.c.lowering.lower import Lowering
from memmodel.frontends.c.lowering.names import Names
from memmodel.frontends.c.lowering.objects import Objects
from memmodel.frontends.c.lowering.storage import every, expressions, leaves
from memmodel.frontends.c.lowering.types import Environment
from memmodel.frontends.c.primitives import extended
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.ir import Choose, Instruction, Local, Program
from memmodel.program.places import Warning_
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.program.unset import unset
from memmodel.records import dataclass, replace
from memmodel.source import SourceFile, Span
from memmodel.syntax import tree


@dataclass(frozen=True)
class Lone:
    """A function as a program. `opaque`: the functions that were taken to have no effect and any result, and the names
    that stand for any number; nothing that is said of the program holds without that."""

    program: Program
    opaque: tuple[str, ...]
    warnings: tuple[Warning_, ...]


def alone(
    file: SourceFile, function: str, tree: Path | None, path: Path | None = None, line: int | None = None
) -> Lone:
    """The program of one function of `file`, which lies at `path` (unless given, its name says where). `line` says
    which of several definitions of that name is meant: one in it.

    Raises errors.SyntaxError and errors.Unsupported, each with its place; also where there is no such function.
    """
    return Alone(file, path or Path(file.name), Headers(tree)).lower(function, line)


class Alone:
    """The functions of one file. What was read for one of them serves the next."""

    def __init__(self, file: SourceFile, path: Path, headers: Headers, primitives: PrimitiveTable = DEFAULT) -> None:
        self.file = file
        self.index = Index(headers, file, path)
        self.primitives = extended(primitives)
        self._units: dict[tuple[frozenset[str], frozenset[str]], tuple[Surroundings, Unit]] = {}

    def prepare(self) -> None:
        """Read the file and what it includes, which the first function would do else; what is wrong is said then."""
        with contextlib.suppress(MemmodelError):
            self._unit(frozenset(), frozenset())[1].functions()

    def lower(self, function: str, line: int | None = None) -> Lone:
        """The program of one function: see `alone`. `line` says which of several definitions is meant: one in it."""
        start = self.file.span(0, 0)
        try:
            surroundings, unit = self._around(function, line)
            found = unit.function(function)
            assert found is not None
            return _lone(surroundings, unit, found, self.primitives)
        except RecursionError:
            raise Unsupported("the code is nested too deeply", start, "split expressions and calls up") from None

    def _around(self, function: str, line: int | None) -> tuple[Surroundings, Unit]:
        """The unit that has the function: with the CONFIG_ names that its `#if`s ask for, where need be."""
        none: frozenset[str] = frozenset()
        written = [self.file.span(d.start, d.end) for d in self.index.own.definitions(function, (Kind.FUNCTION,))]
        if line is not None:
            written = [span for span in written if _has(span, line)]
        for define, undefine in ((none, none), *(opening(self.file, span.start) for span in written)):
            surroundings, unit = self._unit(define, undefine)
            if function in unit.functions():
                span = unit.span_of(function)
                if span is None or not written or any(_has(w, span.line) for w in written):
                    return surroundings, unit
        hint = "is it left out by an #if?" if written else None
        where = written[0] if written else self.file.span(0, 0)
        raise SyntaxError(f"'{function}' is not defined in {self.file.name}", where, hint)

    def _unit(self, define: frozenset[str], undefine: frozenset[str]) -> tuple[Surroundings, Unit]:
        key = define, undefine
        if key not in self._units:
            surroundings = Surroundings(self.index, define, undefine)
            self._units[key] = surroundings, surroundings.unit()
        return self._units[key]


def _has(span: Span, line: int) -> bool:
    """Whether a line is one of those of a definition."""
    return span.line <= line <= span.file.position(span.end)[0]


def _lone(surroundings: Surroundings, unit: Unit, function: tree.Function, primitives: PrimitiveTable) -> Lone:
    name = f"__alone_call_{function.name}"
    surroundings.threads[name] = _call(name, function)
    thread = unit.function(name)
    if thread is None:
        raise Unsupported(f"the parameters of '{function.name}'", function.span, "write a harness that calls it")
    overlay = _Overlay(unit, replace(thread, name="P0"))
    lowering = _Lowering(overlay, surroundings, function, primitives)
    lowered = lowering.lower()
    program = connected(lowered.program, lowering.names, lowering.touched)
    return Lone(program, tuple(sorted(lowering.assumed - {ANY, PRINT})), lowered.warnings)


def _call(name: str, function: tree.Function) -> str:
    """C that calls the function with objects of its own, and any integers. The name stands in parentheses because there
    may be a macro of that name."""
    objects, arguments = [], []
    for number, parameter in enumerate(function.parameters):
        type_ = parameter.type
        base = type_.base.removeprefix("const ")
        object_ = f"{function.name}_{parameter.name or number}"
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


class _Overlay(Unit):
    """A unit in which one thread runs. It shares with the unit below all that either finds."""

    def __init__(self, unit: Unit, thread: tree.Function) -> None:
        vars(self).update(vars(unit))
        self._thread = thread

    def functions(self) -> tuple[str, ...]:
        return (self._thread.name,)

    def function(self, name: str) -> tree.Function | None:
        return self._thread if name == self._thread.name else super().function(name)


class _OpenTypes(Environment):
    """Types in which a bit-field is the word that it lies in: its accesses are right, its values are not."""

    words = True


class _OpenNames(Names):
    """Names among which the functions of headers are."""

    lenient = True
    surroundings: Surroundings

    def has_function(self, name: str) -> bool:
        return self.surroundings.is_known(name)


class _Lowering(Lowering):
    """Lowering in which what is not known is taken for anything."""

    def __init__(
        self, unit: Unit, surroundings: Surroundings, function: tree.Function, primitives: PrimitiveTable
    ) -> None:
        self.surroundings = surroundings
        self.assumed: set[str] = set()
        self.touched: set[tuple[str, str]] = set()
        super().__init__(unit, function.name, function.span, primitives, None)
        names = _OpenNames(unit, _OpenTypes(unit), self.warnings, Span(function.span.file, 0, 0))
        names.surroundings = surroundings
        self.names = names
        self.evaluator = self.statements("", frozenset())
        self.objects = Objects(self.names, self.evaluator)

    def statements(self, who: str, in_memory: frozenset[tuple[str, str]]) -> OpenStatements:
        made = OpenStatements(self.names, self.primitives, in_memory, who)
        made.surroundings, made.assumed, made.touched = self.surroundings, self.assumed, self.touched
        return made

    def released(self, bodies: list[tuple[Instruction, ...]]) -> list[Instruction]:
        """A function on its own may keep a lock."""
        return []

    def all_set(self, program: Program) -> Program:
        """A local that nothing sets here may be set by a function that has its address: it holds anything."""
        (thread,) = program.threads
        types = {leaf.name: leaf.type for leaf in _locals(thread.body)}
        chosen = tuple(
            Choose(name, tuple(dict.fromkeys(types[name].wrap(value) for value in (0, 1, -1))), types[name], span)
            for name, span in unset(thread.body, set(thread.initial)).items()
        )
        self.assumed.update(item.target.partition(".")[2].split("#")[0] for item in chosen)
        return replace(program, threads=(replace(thread, body=(*chosen, *thread.body)),))


def _locals(body: tuple[Instruction, ...]) -> Iterator[Local]:
    """The locals that instructions read."""
    for node in every(body):
        for expression in expressions(node):
            yield from (leaf for leaf in leaves(expression) if isinstance(leaf, Local))
