"""An expanded Text in, its definitions by name out: functions, structures, typedefs, enumerators and variables.

Nothing is converted before it is asked for, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from tree_sitter import Node

from memmodel.errors import MemmodelError, Unsupported
from memmodel.frontends.c.syntax.declarators import Shape
from memmodel.frontends.c.syntax.definitions import Definition, Sort, Source
from memmodel.frontends.c.syntax.functions import function
from memmodel.frontends.c.syntax.names import Names
from memmodel.frontends.c.syntax.statements import StatementConverter
from memmodel.frontends.c.text.text import Text
from memmodel.program.objects import Types
from memmodel.source import Span
from memmodel.syntax import tree

Missing = Callable[[str, str], Text | None]
"""Asked for the sort ('function', 'structure', 'typedef', 'enumerator', 'variable', 'enumeration') and the name of a
definition that no text has; may give one that has it."""

_BUILT_IN = Types()
_DEEPEST = 20
"""Enumerations that use each other's values."""


class Unit:
    """All definitions of a Text, and of the texts that `missing` gives for names that it lacks.

    Where a name has several definitions, the one with the lowest rank counts.

    Raises:
        SyntaxError: the harness itself (rank 0) is no C.
    """

    def __init__(self, text: Text, missing: Missing | None = None) -> None:
        self._missing = missing
        self._sources: list[Source] = []
        self._types: dict[str, bool] = {}
        self._found: dict[tuple[Sort, str], Definition | None] = {}
        self._functions: dict[str, tree.Function | MemmodelError | None] = {}
        self._structures: dict[str, tree.Structure | MemmodelError | None] = {}
        self._local_structures: dict[str, tree.Structure] = {}
        self._enumerators: dict[str, tree.Expression] = {}
        self._statics: dict[str, tree.Declaration] = {}
        self._computing: list[Node] = []
        """The enumerations whose values are being converted."""
        self._sizes: dict[str, str] = {}
        self._asked: set[tuple[Sort, str]] = set()
        self._sources.append(Source(text, 0, self.is_type))
        self._sources[0].check_harness()

    # ── what there is ──

    def functions(self) -> tuple[str, ...]:
        """The names of all functions that are defined, in the order of the text."""
        return self._names(Sort.FUNCTION)

    def variables(self) -> tuple[str, ...]:
        """The names of all variables at file scope, in the order of the text."""
        return self._names(Sort.VARIABLE)

    def _names(self, sort: Sort) -> tuple[str, ...]:
        return tuple(dict.fromkeys(d.name for d in self._sources[0].all(sort)))

    def library(self, name: str) -> bool:
        """Whether the function or variable of this name comes from the package's own headers."""
        found = self._any(name)
        return found is not None and found.source.text.library(found.start)

    def span_of(self, name: str) -> Span | None:
        """Where a function, variable, typedef or structure ('struct x') is named in its definition."""
        found = self._any(name)
        return found.span if found is not None else None

    def _any(self, name: str) -> Definition | None:
        sorts = (Sort.FUNCTION, Sort.VARIABLE, Sort.TYPEDEF, Sort.STRUCTURE, Sort.ENUMERATOR)
        return next((found for sort in sorts if (found := self._find(sort, name))), None)

    def _find(self, sort: Sort, name: str) -> Definition | None:
        """The definition that counts."""
        key = (sort, name)
        if key not in self._found:
            found = self._best(sort, name)
            if found is None and self._ask(sort, name):
                found = self._best(sort, name)
            self._found[key] = found
        return self._found[key]

    def _ask(self, sort: Sort, name: str) -> bool:
        """Whether `missing` gives a text for a name that it was not asked for before; the text is then one of ours."""
        if self._missing is None or (sort, name) in self._asked:
            return False
        self._asked.add((sort, name))
        text = self._missing(sort.value, name)
        if text is None:
            return False
        self._sources.append(Source(text, len(self._sources), self.is_type))
        return True

    def _best(self, sort: Sort, name: str) -> Definition | None:
        candidates: Iterator[Definition] = (d for source in self._sources for d in source.named(sort, name))
        return min(candidates, key=lambda d: (d.weakness, d.rank), default=None)

    # ── functions ──

    def function(self, name: str) -> tree.Function | None:
        """The function of this name, None if none is defined. Raises SyntaxError or Unsupported for what is in it."""
        if name not in self._functions:
            found = self._find(Sort.FUNCTION, name)
            try:
                self._functions[name] = function(found.parsed, found.node, self) if found else None
            except MemmodelError as error:
                self._functions[name] = error
        return _settled(self._functions[name])

    # ── types ──

    def structure(self, key: str) -> tree.Structure | None:
        """The structure of a key such as 'struct x' or 'union x'; None if it is not defined."""
        if key in self._local_structures:
            return self._local_structures[key]
        if key not in self._structures:
            found = self._find(Sort.STRUCTURE, key)
            try:
                self._structures[key] = self._converter(found).structure(found.node) if found else None
            except MemmodelError as error:
                self._structures[key] = error
        return _settled(self._structures[key])

    def typedef(self, name: str) -> tuple[tree.TypeName, tree.Declarator] | None:
        """What a typedef stands for: a type, and the stars and dimensions around it."""
        found = self._find(Sort.TYPEDEF, name)
        if found is None:
            return None
        declaration = self._declaration(found, found.declarator)
        return declaration.type, declaration.declarators[0]

    def is_type(self, name: str) -> bool:
        """Whether the name is that of a type at file scope. Parsing asks this: it is answered from the words alone."""
        if name not in self._types:
            known = _BUILT_IN.known(tree.TypeName(name, 0, self._sources[0].text.span(0, 0)))
            if not known and not self._has_type(name) and name not in self._sources[0].declared:
                self._ask(Sort.TYPEDEF, name)
            self._types[name] = known or self._has_type(name)
        return self._types[name]

    def _has_type(self, name: str) -> bool:
        return any(name in source.type_names for source in self._sources)

    # ── enumerations ──

    def enumerator(self, name: str) -> tree.Expression | None:
        """The value of an enumerator: a constant expression."""
        if name not in self._enumerators:
            found = self._find(Sort.ENUMERATOR, name)
            # An enumeration may use others: in a circle, in C that is broken.
            if found is None or found.node in self._computing or len(self._computing) > _DEEPEST:
                return None
            self._computing.append(found.node)
            try:
                members = self._converter(found).enumerators(found.node)
            finally:
                self._computing.pop()
            for member, value in members:
                self._enumerators.setdefault(member, value)
        return self._enumerators.get(name)

    def enumeration(self, tag: str, span: Span) -> str:
        """The integer type of `enum tag`."""
        if tag not in self._sizes:
            found = self._find(Sort.ENUMERATION, tag)
            if found is None:
                raise Unsupported(f"'enum {tag}' is not defined", span, "its values decide its type: define it")
            converter = self._converter(found)
            self._sizes[tag] = converter.enumeration_base(found.node, found.span)
        return self._sizes[tag]

    # ── variables ──

    def variable(self, name: str) -> tuple[tree.Declaration, tree.Declarator] | None:
        """The declaration of a variable at file scope."""
        if name in self._statics:
            return self._statics[name], self._statics[name].declarators[0]
        found = self._find(Sort.VARIABLE, name)
        if found is None:
            return None
        declaration = self._declaration(found, found.declarator)
        return declaration, declaration.declarators[0]

    def _declaration(self, found: Definition, declarator: Node) -> tree.Declaration:
        converter = self._converter(found)
        before = converter.specifiers(found.node)
        inner, value = declarator, None
        if declarator.type == "init_declarator":
            inner, value = converter.field(declarator, "declarator"), converter.field(declarator, "value")
        shape: Shape = converter.shape(inner)
        initial = converter.expression(value) if value is not None else None
        alignment, dimensions = converter.alignment(found.node, shape), converter.dimensions(shape)
        span = found.span
        written = tree.Declarator(found.name, shape.pointers, dimensions, initial, span, None, alignment)
        return converter.declaration(found.node, before.type, shape, written, before.storage)

    def _converter(self, found: Definition) -> StatementConverter:
        found.parsed.check(found.node)
        return StatementConverter(found.parsed, self, Names())

    # ── what functions define ──

    def define(self, key: str, structure: tree.Structure) -> None:
        """Make a structure known that a function defines."""
        self._local_structures[key] = structure

    def define_enumerator(self, name: str, value: tree.Expression) -> None:
        """Make an enumerator known that a function defines."""
        self._enumerators[name] = value

    def define_variable(self, declaration: tree.Declaration) -> None:
        """Make a static variable known that a function declares."""
        self._statics[declaration.declarators[0].name] = declaration


_T = TypeVar("_T")


def _settled(found: _T | MemmodelError) -> _T:
    if isinstance(found, MemmodelError):
        raise found
    return found
