"""Functions of a C file as the threads of a program in, their instructions out: what nobody defines is anything."""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.frontends.c.alone.gotos import forwards
from memmodel.frontends.c.alone.open_calls import OpenStatements
from memmodel.frontends.c.alone.regions import Seen
from memmodel.frontends.c.alone.surroundings import Surroundings
from memmodel.frontends.c.lowering.lower import Lowering
from memmodel.frontends.c.lowering.names import Names
from memmodel.frontends.c.lowering.objects import Objects
from memmodel.frontends.c.lowering.storage import every, expressions, leaves
from memmodel.frontends.c.lowering.types import Environment
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.ir import Choose, Instruction, Local, Program, Thread
from memmodel.program.primitives import PrimitiveTable
from memmodel.program.unset import unset
from memmodel.records import replace
from memmodel.source import Span
from memmodel.syntax import tree


class Overlay(Unit):
    """A unit in which these threads run. It shares with the unit below all that either finds."""

    def __init__(self, unit: Unit, threads: tuple[tree.Function, ...]) -> None:
        vars(self).update(vars(unit))
        self._threads = {thread.name: thread for thread in threads}
        self._straight: dict[str, tree.Function] = {}

    def functions(self) -> tuple[str, ...]:
        return tuple(self._threads)

    def function(self, name: str) -> tree.Function | None:
        found = self._threads.get(name) or super().function(name)
        if found is not None and name not in self._straight:
            self._straight[name] = forwards(found)
        return self._straight.get(name)


class _OpenTypes(Environment):
    """Types in which a bit-field is the word that it lies in: its accesses are right, its values are not."""

    words = True


class _OpenNames(Names):
    """Names among which the functions of headers are."""

    lenient = True
    surroundings: Surroundings

    def has_function(self, name: str) -> bool:
        return self.surroundings.is_known(name)


class OpenLowering(Lowering):
    """Lowering in which what is not known is taken for anything."""

    copies = False
    """Whether a copy of any size has its effect on the first value; else it has none."""

    def __init__(
        self, unit: Unit, surroundings: Surroundings, function: tree.Function, primitives: PrimitiveTable
    ) -> None:
        self.surroundings = surroundings
        self.assumed: set[str] = set()
        self.touched: set[tuple[str, str]] = set()
        self.seen: dict[str, Seen] = {}
        """What was seen of each thread, by its name."""
        super().__init__(unit, function.name, function.span, primitives, None)
        names = _OpenNames(unit, _OpenTypes(unit), self.warnings, Span(function.span.file, 0, 0))
        names.surroundings = surroundings
        self.names = names
        self.evaluator = self.statements("", frozenset())
        self.objects = Objects(self.names, self.evaluator)

    def statements(self, who: str, in_memory: frozenset[tuple[str, str]]) -> OpenStatements:
        made = OpenStatements(self.names, self.primitives, in_memory, who)
        made.surroundings, made.assumed, made.touched = self.surroundings, self.assumed, self.touched
        made.seen = self.seen[who] = Seen()
        made.copies = self.copies
        return made

    def released(self, bodies: list[tuple[Instruction, ...]]) -> list[Instruction]:
        """A function on its own may keep a lock."""
        return []

    def all_set(self, program: Program) -> Program:
        """A local that nothing sets here may be set by a function that has its address: it holds anything."""
        return replace(program, threads=tuple(self._all_set(thread) for thread in program.threads))

    def _all_set(self, thread: Thread) -> Thread:
        types = {leaf.name: leaf.type for leaf in _locals(thread.body)}
        chosen = tuple(
            Choose(name, tuple(dict.fromkeys(types[name].wrap(value) for value in (0, 1, -1))), types[name], span)
            for name, span in unset(thread.body, set(thread.initial)).items()
        )
        self.assumed.update(item.target.partition(".")[2].split("#")[0] for item in chosen)
        return replace(thread, body=(*chosen, *thread.body))


def _locals(body: tuple[Instruction, ...]) -> Iterator[Local]:
    """The locals that instructions read."""
    for node in every(body):
        for expression in expressions(node):
            yield from (leaf for leaf in leaves(expression) if isinstance(leaf, Local))
