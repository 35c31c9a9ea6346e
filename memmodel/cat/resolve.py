"""Files in the cat language in, one Model of resolved terms out: includes read, names looked up, functions inlined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from memmodel.cat import build
from memmodel.cat.environment import initial
from memmodel.cat.expressions import Expressions, Scope, set_name, suggestion
from memmodel.cat.terms import BASE_SETS, Check, CheckKind, Definition, Model, Sort, Term, base
from memmodel.cat.values import Orders, Routine, Several, TagSet, convert
from memmodel.errors import ModelError, Unsupported
from memmodel.records import dataclass, field, replace
from memmodel.source import SourceFile
from memmodel.syntax import cat_tree as cat
from memmodel.syntax.cat import parse

NATIVE = frozenset(("cos.cat", "cos-opt.cat", "cos-ok-opt.cat", "cos-no-opt.cat", "cross.cat", "stdlib.cat"))
"""Files that enumerate coherence orders, or that are always there: including them adds nothing."""

DEEPEST_INCLUDE = 30

FILE_STEPS = 100
"""What reading a file counts, in steps of resolving expressions."""

WRITES = base("W", Sort.SET)
CO = base("co", Sort.RELATION)
LOC = base("loc", Sort.RELATION)


class Reader(Protocol):
    """Where the files of a model come from."""

    def main(self) -> list[SourceFile]:
        """The files to resolve one after the other (a bell file before its cat file)."""
        ...

    def library(self, name: str) -> SourceFile:
        """A file of the package's own library."""
        ...

    def included(self, path: str, by: SourceFile) -> SourceFile | None:
        """The file that an `include` in `by` means; None if there is none. One file has always one name."""
        ...


@dataclass
class _State:
    """What grows while statements are read."""

    scope: Scope
    title: str = ""
    checks: list[Check] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)


def resolve(reader: Reader, name: str, variants: frozenset[str] = frozenset(), prelude: tuple[str, ...] = ()) -> Model:
    """The model that the reader's main files make. `prelude` names library files to read before them.

    Raises errors.SyntaxError, ModelError and Unsupported, each with its place.
    """
    resolver = _Resolver(reader, Expressions(name, variants))
    for file in ("stdlib.cat", *prelude):
        resolver.file(reader.library(file))
    for source in reader.main():
        resolver.file(source)
    state = resolver.state
    return Model(name, state.title or name, tuple(state.checks), tuple(state.definitions.values()))


class _Resolver:
    def __init__(self, reader: Reader, expressions: Expressions) -> None:
        self.reader = reader
        self.expressions = expressions
        self.state = _State(initial())
        self._open: list[str] = []
        self._local = 0
        """How many procedure calls we are inside: what they define is not the model's."""

    def file(self, source: SourceFile) -> None:
        """Read a whole file in the present scope."""
        tree = parse(source)
        self.state.title = tree.title or self.state.title
        self._open.append(source.name)
        self.statements(tree.statements)
        self._open.pop()

    def statements(self, statements: Iterable[cat.Statement]) -> None:
        for statement in statements:
            self.expressions.step(statement.span)
            self._statement(statement)

    def _statement(self, statement: cat.Statement) -> None:
        match statement:
            case cat.Let():
                self._let(statement)
            case cat.Check():
                self._check(statement)
            case cat.Include():
                self._include(statement)
            case cat.Enumeration():
                self._enumeration(statement)
            case cat.Procedure():
                self._procedure(statement)
            case cat.Call():
                self._call(statement)
            case cat.WithFrom():
                self._with_from(statement)
            case cat.If():
                chosen = self.expressions.holds(statement.condition)
                self.statements(statement.then if chosen else statement.otherwise)
            case cat.Iteration():
                raise Unsupported(f"'{statement.word}' as a statement is not supported", statement.span)
            case cat.Remark():
                pass

    def _let(self, statement: cat.Let) -> None:
        scope = self.expressions.bind_all(statement.bindings, statement.recursive, self.state.scope)
        self.state.scope = scope
        if self._local:
            return
        for binding in statement.bindings:
            for name in binding.pattern.names:
                value = scope.get(name) if name is not None else None
                # A name keeps its first place in the list, and its last meaning.
                if name is not None and isinstance(value, Term):
                    self.state.definitions[name] = Definition(name, value, binding.span)
                elif name is not None:
                    self.state.definitions.pop(name, None)

    def _check(self, statement: cat.Check) -> None:
        if statement.qualifier in (cat.Qualifier.ASSERT, cat.Qualifier.UNDEFINED_UNLESS):
            raise Unsupported(f"'{statement.qualifier.value}' is not supported", statement.span, "flag is")
        kind = CheckKind(statement.word.value)
        user = f"'{kind.value}'"
        value = self.expressions.value(statement.body, self.state.scope)
        if kind is CheckKind.EMPTY and isinstance(value, Term):
            term = value
        else:
            term = convert(value, Sort.RELATION, statement.body.span, user)
        name = statement.name or " ".join(statement.body.span.text.split())[:60]
        flag = statement.qualifier is cat.Qualifier.FLAG
        self._add(Check(kind, statement.negated, term, name, flag, statement.span))

    def _add(self, check: Check) -> None:
        """Keep a check, unless it is one on nothing that can neither forbid nor flag anything."""
        idle = build.is_empty(check.term) and check.negated == check.flag
        if not idle:
            self.state.checks.append(check)

    # ── includes ─────────────────────────────────────────────────────────────────────────────────

    def _include(self, statement: cat.Include) -> None:
        path = statement.path
        if path in NATIVE:
            return
        source = self.reader.included(path, statement.span.file)
        if source is None:
            raise ModelError(
                f"no file '{path}'", statement.span, "includes are looked for next to the file, then in the library"
            )
        if source.name in self._open:
            chain = [*self._open[self._open.index(source.name) :], source.name]
            raise ModelError("a cycle of includes", statement.span, " includes ".join(chain))
        self.expressions.step(statement.span, FILE_STEPS)
        if len(self._open) >= DEEPEST_INCLUDE:
            raise ModelError("includes nested too deeply", statement.span, f"at most {DEEPEST_INCLUDE} levels")
        title = self.state.title
        self.file(source)
        self.state.title = title or self.state.title

    # ── annotations ──────────────────────────────────────────────────────────────────────────────

    def _enumeration(self, statement: cat.Enumeration) -> None:
        scope = dict(self.state.scope)
        for tag in statement.tags:
            name = set_name(tag.name)
            if name not in BASE_SETS:
                scope[name] = base(name, Sort.SET)
        scope[statement.name] = TagSet(tuple(tag.name for tag in statement.tags))
        self.state.scope = scope

    # ── procedures ───────────────────────────────────────────────────────────────────────────────

    def _procedure(self, statement: cat.Procedure) -> None:
        if statement.recursive:
            raise Unsupported("a recursive procedure is not supported", statement.span)
        self.state.scope = {**self.state.scope, statement.name: Routine(statement, self.state.scope)}

    def _call(self, statement: cat.Call) -> None:
        scope = self.state.scope
        routine = scope.get(statement.procedure)
        if not isinstance(routine, Routine):
            known: Scope = {name: value for name, value in scope.items() if isinstance(value, Routine)}
            hint = suggestion(statement.procedure, known) if known else "procedures are called, functions applied"
            raise ModelError(f"no procedure '{statement.procedure}'", statement.span, hint)
        argument = self.expressions.value(statement.argument, scope)
        inner = dict(routine.scope)
        whose = f"'{statement.procedure}'"
        self.expressions.bind(routine.definition.parameters, argument, inner, statement.argument.span, whose)
        before = len(self.state.checks)
        self.state.scope = inner
        self._local += 1
        self.statements(routine.definition.body)
        self._local -= 1
        self.state.scope = scope
        if statement.name is not None:
            checks = self.state.checks
            checks[before:] = [replace(check, name=statement.name) for check in checks[before:]]

    # ── coherence ────────────────────────────────────────────────────────────────────────────────

    def _with_from(self, statement: cat.WithFrom) -> None:
        """`with co from generate_cos(r)`: co is one of the orders of writes, cell by cell, that extend r. The
        orders are there anyway; what remains to be said is that co extends r."""
        base_order = self._base_order(statement)
        if statement.name != "co" or base_order is None:
            raise Unsupported(
                "this choice among relations is not supported", statement.span, "only `with co from generate_cos(r)` is"
            )
        same_cell = build.intersection((base_order, LOC, build.product(WRITES, WRITES)), Sort.RELATION)
        missing = build.difference(same_cell, CO)
        if base_order is not self.state.scope.get("co0"):
            self._add(Check(CheckKind.EMPTY, False, missing, "co-extends-its-base", False, statement.span))
        self.state.scope = {**self.state.scope, "co": CO}

    def _base_order(self, statement: cat.WithFrom) -> Term | None:
        """The r of generate_cos(r) or generate_orders(W, r); None where it is something else."""
        choices = statement.choices
        scope = self.state.scope
        if not isinstance(choices, cat.Apply) or not isinstance(choices.function, cat.Name):
            return None
        function = scope.get(choices.function.name)
        if not isinstance(function, Orders):
            return None
        argument = self.expressions.value(choices.argument, scope)
        if function.name == "generate_orders":
            if not isinstance(argument, Several) or len(argument.items) != 2 or argument.items[0] is not WRITES:
                return None
            argument = argument.items[1]
        return convert(argument, Sort.RELATION, choices.argument.span, f"'{function.name}'")
