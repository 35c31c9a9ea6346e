"""One function of a C file in, a program out in which it runs alone: what it is given is its own, and may be anything.

This is for looking at a function without a harness: its accesses, their order and what they hang on. Nothing is proved
of it that way. What is assumed: a pointer that is passed points to an object of its own; what a pointer in such an
object points to is another object, a list is empty; an integer is 0, 1 or -1; a function that is defined neither in the
file nor in a header has no effect, and any result.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from memmodel.errors import MemmodelError, SyntaxError, Unsupported
from memmodel.frontends.c.alone.beginnings import Kind, closing
from memmodel.frontends.c.alone.conditionals import opening
from memmodel.frontends.c.alone.environment import AREA, around, connected
from memmodel.frontends.c.alone.index import Definition, Headers, Index
from memmodel.frontends.c.alone.open_lowering import OpenLowering, Overlay
from memmodel.frontends.c.alone.surroundings import ANY, CALLED_BACK, PRINT, Surroundings
from memmodel.frontends.c.alone.together import Together, together
from memmodel.frontends.c.primitives import extended
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.ir import Program
from memmodel.program.places import Warning_
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.records import dataclass, replace
from memmodel.source import SourceFile, Span
from memmodel.syntax import tree

_BY_MACRO = re.compile(r"^[A-Z][A-Z0-9_]*\((\w+)\b[^;{}]*\)\s*\{", re.MULTILINE)
"""A function that a macro makes: BPF_CALL_2(name, …) {"""


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
            found = unit.function(self._named(unit, function))
            assert found is not None
            return _lone(surroundings, unit, found, self.primitives)
        except RecursionError:
            raise Unsupported("the code is nested too deeply", start, "split expressions and calls up") from None

    def together(self, functions: Sequence[str], lines: Sequence[int | None] = (), callers: bool = False) -> Together:
        """The program in which each function is a thread, on the same objects. `lines` say which of several definitions
        are meant: one in each. `callers`: what their callers may do before and after is in it too. Raises as `lower`
        does."""
        start = self.file.span(0, 0)
        wanted = [*lines, *[None] * (len(functions) - len(lines))]
        try:
            surroundings, unit = self._around_all(functions, wanted)
            named = [self._named(unit, name) for name in functions]
            found = [function for name in named if (function := unit.function(name)) is not None]
            return together(surroundings, unit, found, self.primitives, callers)
        except RecursionError:
            raise Unsupported("the code is nested too deeply", start, "split expressions and calls up") from None

    def written(self) -> tuple[tuple[str, Span], ...]:
        """The functions that are defined in the file itself, in order, each with all of its definition."""
        found = [(d.start, name, d.end) for name in self.index.own.starts for d in self._written(name)]
        found += [(span.start, name, span.end) for name, span in self._by_macro.items()]
        return tuple((name, self.file.span(start, end)) for start, name, end in sorted(found))

    @cached_property
    def _by_macro(self) -> dict[str, Span]:
        """The functions that macros make, each with all of its definition."""
        text = self.file.text
        found = {}
        for match in _BY_MACRO.finditer(text):
            end = closing(text, match.end() - 1)
            if end is not None:
                found[match[1]] = self.file.span(match.start(), end)
        return found

    def _named(self, unit: Unit, function: str) -> str:
        """The name of a function in the unit. Where a macro makes several of one, and hands pointers from one to the
        next as integers, it is the last, whose body is the one that is written."""
        whole = self._by_macro.get(function)
        if whole is None:
            return function
        spans = [(name, unit.span_of(name)) for name in unit.functions() if function in name]
        inside = [name for name, span in spans if span is not None and self._within(span, whole)]
        return inside[-1] if inside else function

    def _within(self, span: Span, whole: Span) -> bool:
        return span.file.name == self.file.name and whole.start <= span.start < whole.end

    def _written(self, function: str) -> list[Definition]:
        return list(self.index.own.definitions(function, (Kind.FUNCTION,)))

    def _around_all(self, functions: Sequence[str], lines: Sequence[int | None]) -> tuple[Surroundings, Unit]:
        """The unit that has all of the functions."""
        found = [self._around(name, line) for name, line in zip(functions, lines, strict=True)]
        for surroundings, unit in found:
            if all(unit.span_of(f) == other.span_of(f) for f, (_, other) in zip(functions, found, strict=True)):
                return surroundings, unit
        where = found[0][1].span_of(functions[0])
        raise Unsupported(f"{' and '.join(functions)} in one program", where, "their #ifs exclude each other")

    def _around(self, function: str, line: int | None) -> tuple[Surroundings, Unit]:
        """The unit that has the function: with the CONFIG_ names that its `#if`s ask for, where need be."""
        none: frozenset[str] = frozenset()
        written = [self.file.span(d.start, d.end) for d in self._written(function)]
        if line is not None:
            written = [span for span in written if _has(span, line)]
        for define, undefine in ((none, none), *(opening(self.file, span.start) for span in written)):
            surroundings, unit = self._unit(define, undefine)
            if self._named(unit, function) in unit.functions():
                span = unit.span_of(self._named(unit, function))
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
    overlay = Overlay(unit, (replace(thread, name="P0"),))
    lowering = OpenLowering(overlay, surroundings, function, primitives)
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
