"""What is known of a program in, the sections of its litmus test out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from memmodel.errors import Unsupported
from memmodel.program import ir
from memmodel.program.ir import Constant, FinalMemory, Instruction
from memmodel.reports.litmus.conditions import Conditions
from memmodel.reports.litmus.knowledge import Knowledge
from memmodel.reports.litmus.operators import number
from memmodel.reports.litmus.places import Places, Variable
from memmodel.reports.litmus.threads import Threads
from memmodel.source import SourceFile, Span

_SLEEPABLE = frozenset(("srcu-lock", "srcu-unlock", "sync-srcu"))


class Sections:
    """The test of `program`, of whose form without jumps `knowledge` speaks."""

    def __init__(self, knowledge: Knowledge, program: ir.Program, origin: str, notes: tuple[str, ...]) -> None:
        self.knowledge = knowledge
        self.program = program
        self.origin = origin
        self.notes = notes
        self.places = Places(knowledge)
        self.types = _Types(self.places)
        threads = Threads(self.places, comments=program.exact)
        self.threads = [threads.spell(thread) for thread in knowledge.program.threads]
        self.span = program.condition_span or program.threads[0].span or Span(SourceFile("", ""), 0, 0)
        self.conditions = Conditions(self.places, [thread.names for thread in self.threads], self.span)

    def text(self) -> str:
        """The whole file."""
        ends = self._ends()
        parts = [f"C {_name(self.program.name)}", *self._header(), self._initial()]
        for number_, thread in enumerate(self.threads):
            parameters = ", ".join(f"{self.types.of(variable)}*{variable.name}" for variable in thread.variables)
            parts.append("\n".join([f"P{number_}({parameters})", "{", *thread.lines, "}"]))
        return "\n\n".join([*parts, "\n".join(ends)]) + "\n"

    def _header(self) -> list[str]:
        expected = self.program.expectation
        lines = []
        if expected is not None:
            lines.append(f"Result: {expected.verdict}{' DATARACE' if expected.race else ''}")
        lines += [line for line in (self.origin, *self.notes) if line]
        if not lines:
            return []
        # Comments nest in herd7's files: what looks like one more must not.
        safe = [line.replace("(*", "( *").replace("*)", "* )") for line in lines]
        return ["(*\n" + "\n".join(f" * {line}" for line in safe) + "\n *)"]

    # ── initial state ────────────────────────────────────────────────────────────────────────────

    def _initial(self) -> str:
        items = []
        for number_, thread in enumerate(self.knowledge.program.threads):
            for name, value in thread.initial.items():
                label = f"{number_}:{self.threads[number_].names[name]}"
                items.append(f"{label}={self._constant(value)}")
        mentioned = self.conditions.variables
        for thread_ in self.threads:
            mentioned.update(dict.fromkeys(thread_.variables))
        declared: dict[Variable, list[str]] = {}
        # A variable may be known by its address alone, which another one holds.
        while missing := [variable for variable in mentioned if variable not in declared]:
            for variable in missing:
                declared[variable] = self._variable(variable)
        items = [*(item for found in declared.values() for item in found), *items]
        return "{ " + " ".join(f"{item};" for item in items) + " }" if items else "{}"

    def _variable(self, variable: Variable) -> list[str]:
        """The declaration of a variable, where the initial state needs one."""
        values = [self._first(variable.start + i * variable.stride) for i in range(variable.length)]
        if variable in self.types.locks:
            if any(value != "0" for value in values):
                raise Unsupported(f"the lock '{variable.name}' is held at first", self.span, "herd7 takes it as free")
            if variable.array:
                raise Unsupported(f"the array of locks '{variable.name}'", self.span, "herd7 has single locks")
            return []
        if variable.array:
            if any(not re.fullmatch(r"-?\d+", value) for value in values):
                raise Unsupported(f"the array of pointers '{variable.name}'", self.span, "herd7 has arrays of numbers")
            return [f"int {variable.name}[{variable.length}]={{{','.join(values)}}}"]
        return [f"{self.types.plain(variable)}{variable.name}={values[0]}"] if values[0] != "0" else []

    def _first(self, address: int) -> str:
        """What is at an address at first."""
        item = self.places.object_of(address)
        value = item.initial.get(address - self.knowledge.addresses[item.name])
        return "0" if value is None else self._constant(value)

    def _constant(self, value: Constant | ir.Address) -> str:
        if isinstance(value, Constant):
            return str(number(value.value))
        found = self.places.at(self.knowledge.addresses[value.object] + value.offset)
        if found is None or found[1]:
            hint = "herd7 can only write the address of a variable"
            raise Unsupported(f"the initial address of a part of '{value.object}'", self.span, hint)
        self.conditions.variables[found[0]] = None
        return found[0].name

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    def _ends(self) -> list[str]:
        program = self.knowledge.program
        asked = self.conditions.spell(program.condition)
        lines = []
        listed = self._locations(frozenset(self.conditions.labels))
        filter_ = self.conditions.spell(program.filter)
        if listed:
            lines.append(f"locations [{' '.join(f'{label};' for label in listed)}]")
        if filter_ != "true":
            lines.append(f"filter ({filter_})")
        lines.append(f"{program.quantifier.value} ({asked})")
        return lines

    def _locations(self, asked: frozenset[str]) -> list[str]:
        """What states list besides what the condition mentions."""
        labels: dict[str, None] = {}
        for observable in self.knowledge.program.observables:
            value = observable.value
            whole = self.conditions.whole(value) if observable.whole and isinstance(value, FinalMemory) else None
            labels[whole or self.conditions.label(value)] = None
        return [label for label in labels if label not in asked]


def _name(name: str) -> str:
    """A test's name without characters that end one."""
    return re.sub(r"[^\w.+\-]", "-", name) or "test"


class _Types:
    """The types of variables, as far as herd7 tells them apart."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._knowledge = places.knowledge
        self.locks: set[Variable] = set()
        self._sleepable: set[Variable] = set()
        self._atomic: set[Variable] = set()
        for thread in self._knowledge.program.threads:
            self._body(thread.body)

    def _body(self, body: tuple[Instruction, ...]) -> None:
        for node in body:
            match node:
                case ir.Lock():
                    self._add(self.locks, node.address, node)
                case ir.Load() | ir.Store() | ir.Fence() if node.tags & _SLEEPABLE and node.address is not None:
                    self._add(self._sleepable, node.address, node)
                case ir.ReadModifyWrite() if node.carries_data:
                    self._add(self._atomic, node.address, node)
                case ir.If():
                    self._body(node.then)
                    self._body(node.otherwise)
                case _:
                    pass

    def _add(self, into: set[Variable], address: ir.Expression, node: Instruction) -> None:
        values = self._knowledge.values(address, self._knowledge.at(node)) or frozenset()
        into.update(self._places.variables[value] for value in values if value in self._places.variables)

    def of(self, variable: Variable) -> str:
        """The type of a variable, with a blank or a star behind it."""
        if variable in self.locks:
            return "spinlock_t "
        if variable in self._sleepable:
            return "struct srcu_struct "
        return self.plain(variable)

    def plain(self, variable: Variable) -> str:
        """The same where the kernel's own types have no size."""
        depth = max(self._places.depth(self._knowledge.stored(address)) for address in self._cells(variable))
        if variable in self._atomic and not depth:
            return "atomic_t "
        return f"int {'*' * depth}"

    def _cells(self, variable: Variable) -> Iterable[int]:
        return (variable.start + index * variable.stride for index in range(variable.length))
