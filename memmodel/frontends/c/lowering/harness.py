"""A unit in, what of it is a harness out: its threads, and what runs before and after them."""

from __future__ import annotations

import re

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree

_THREAD = re.compile(r"P(0|[1-9][0-9]*)")


@dataclass(frozen=True, eq=False)
class Part:
    """A thread, or what runs alone: a function, with the constant argument that it is called with."""

    name: str
    function: tree.Function
    argument: tree.Expression | None = None


@dataclass(frozen=True, eq=False)
class Harness:
    """`main`: the locals of main() are shared by its parts."""

    threads: tuple[Part, ...]
    before: Part | None
    after: Part | None
    main: tree.Function | None = None


def harness(unit: Unit, start: Span) -> Harness:
    """The threads of a unit: P0, P1 …, or those that main() makes. Raises SyntaxError where there are none."""
    numbered = sorted(int(match[1]) for name in unit.functions() if (match := _THREAD.fullmatch(name)))
    main = unit.function("main") if "main" in unit.functions() else None
    if numbered and main is not None:
        raise SyntaxError("there are both P0() and main()", main.span, "threads are one or the other")
    if main is not None:
        return _Main(unit, main).harness()
    if not numbered:
        raise SyntaxError("there are no threads", start, "expected functions P0(), P1() … or a main()")
    if numbered != list(range(len(numbered))):
        missing = next(n for n in range(len(numbered)) if n not in numbered)
        raise SyntaxError(f"there is no P{missing}()", unit.span_of(f"P{numbered[-1]}"), "threads count from P0()")
    threads = tuple(_alone(unit, f"P{number}") for number in numbered)
    return Harness(threads, _optional(unit, "init"), _optional(unit, "final"))


def _alone(unit: Unit, name: str) -> Part:
    function = unit.function(name)
    assert function is not None
    if function.parameters:
        raise SyntaxError(f"{name}() takes no parameters", function.span, "shared variables are at file scope")
    return Part(name, function)


def _optional(unit: Unit, name: str) -> Part | None:
    return _alone(unit, name) if name in unit.functions() and not unit.library(name) else None


class _Main:
    """main() taken apart: before its first pthread_create, between, and after its joins."""

    def __init__(self, unit: Unit, main: tree.Function) -> None:
        self.unit = unit
        self.main = main
        self.threads: list[Part] = []

    def harness(self) -> Harness:
        body = self.main.body.body
        calls = [_thread_call(statement) for statement in body]
        creates = [i for i, call in enumerate(calls) if call is not None and call.function.text == "pthread_create"]
        joins = [i for i, call in enumerate(calls) if call is not None and call.function.text == "pthread_join"]
        self._check_hidden(body, calls)
        if not creates:
            raise SyntaxError("main() makes no threads", self.main.span, "expected pthread_create, or P0(), P1() …")
        first_join = joins[0] if joins else len(body)
        if joins and joins[0] < creates[-1]:
            raise Unsupported("a thread made after another was joined", _span(body[creates[-1]]), "make all, then join")
        for index in creates:
            call = calls[index]
            assert call is not None
            self.threads.append(self._thread(call))
        between = [s for i, s in enumerate(body[creates[0] : first_join], creates[0]) if calls[i] is None]
        early = next((s for s in body[creates[0] : creates[-1]] if _works(s) and _thread_call(s) is None), None)
        if early is not None:
            raise Unsupported("main() works between two pthread_create", _span(early), "make all threads first")
        if any(_works(statement) for statement in between):
            self.threads.append(Part("main", self._part("main", between)))
        if len(joins) not in (0, len(creates)):
            raise Unsupported("main() joins only some of its threads", self.main.span, "join all of them, or none")
        last = joins[-1] + 1 if joins else len(body)
        inside = next(
            (s for i, s in enumerate(body[first_join:last], first_join) if calls[i] is None and _works(s)), None
        )
        if inside is not None:
            raise Unsupported("main() works between two pthread_join", _span(inside), "join all threads first")
        before = self._optional("init", body[: creates[0]])
        after = self._optional("final", [s for s in body[last:] if not isinstance(s, tree.Jump)])
        return Harness(tuple(self.threads), before, after, self.main)

    def _optional(self, name: str, body: tuple[tree.Statement, ...] | list[tree.Statement]) -> Part | None:
        return Part(name, self._part(name, body)) if any(_works(statement) for statement in body) else None

    def _part(self, name: str, body: tuple[tree.Statement, ...] | list[tree.Statement]) -> tree.Function:
        main = self.main
        whole = tree.Compound(tuple(body), main.body.span)
        return tree.Function(main.name, None, None, (), whole, main.span)

    def _check_hidden(self, body: tuple[tree.Statement, ...], calls: list[tree.Call | None]) -> None:
        """Threads that are made inside loops and branches are not found."""
        from memmodel.program.statements import walk

        for statement, call in zip(body, calls, strict=True):
            for node in walk(statement):
                if isinstance(node, tree.Call) and node is not call and node.function.text in _CALLS:
                    hint = "call it straight in main(), once for each thread"
                    raise Unsupported(f"{node.function.text} inside another statement", node.span, hint)

    def _thread(self, call: tree.Call) -> Part:
        if len(call.arguments) != 4:
            raise SyntaxError(f"pthread_create takes 4 arguments, not {len(call.arguments)}", call.span)
        function = call.arguments[2]
        while isinstance(function, (tree.Cast, tree.Unary)):
            function = function.operand
        found = self.unit.function(function.text) if isinstance(function, tree.Name) else None
        if found is None:
            raise SyntaxError("the thread's function is not defined", call.arguments[2].span, "name a function")
        return Part(f"P{len(self.threads)}", found, call.arguments[3])


_CALLS = ("pthread_create", "pthread_join")


def _thread_call(statement: tree.Statement) -> tree.Call | None:
    """The pthread_create or pthread_join that a statement is, also where its result is tested or stored."""
    node: tree.Expression | None = statement.expression if isinstance(statement, tree.Evaluate) else None
    if isinstance(statement, tree.If) and statement.otherwise is None:
        node = statement.test
    while isinstance(node, (tree.Cast, tree.Unary, tree.Assignment, tree.Binary)):
        if isinstance(node, tree.Assignment):
            node = node.value
        elif isinstance(node, tree.Binary):
            node = node.left
        else:
            node = node.operand
    return node if isinstance(node, tree.Call) and node.function.text in _CALLS else None


def _works(statement: tree.Statement) -> bool:
    """Whether a statement does anything."""
    if isinstance(statement, tree.Declaration):
        return any(d.initial is not None for d in statement.declarators)
    if isinstance(statement, tree.Jump):
        return False
    return not (isinstance(statement, tree.Evaluate) and statement.expression is None)


def _span(statement: tree.Statement) -> Span:
    return statement.span
