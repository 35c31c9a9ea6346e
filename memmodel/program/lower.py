"""The syntax tree of a litmus test in, a program out, with warnings about what is legal but probably not meant."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import conditions
from memmodel.program.conditions import Conditions
from memmodel.program.ir import (
    TRUE,
    Address,
    Block,
    Constant,
    Expectation,
    If,
    Instruction,
    Loop,
    Object,
    Program,
    Quantifier,
    Thread,
)
from memmodel.program.objects import Objects, Types, constant
from memmodel.program.places import Warning_
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.program.statements import Statements, changed_names, walk
from memmodel.program.types import LONG, ArrayType, IntType, PointerType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree
from memmodel.syntax.tree import LitmusFile

MAXIMUM_UNROLL = 1000
MAXIMUM_DEPTH = 120
"""Levels of branches, loops and blocks, with helper functions inlined."""


@dataclass(frozen=True)
class Lowered:
    """A program and what there is to say about its text."""

    program: Program
    warnings: tuple[Warning_, ...]


def lower(ast: LitmusFile, primitives: PrimitiveTable = DEFAULT, unroll: int | None = None) -> Lowered:
    """The program that a litmus test means. `unroll`, if given, wins over the file's own `Unroll=`, and that over 2.

    Raises errors.SyntaxError for what means nothing, errors.Unsupported for what is outside the dialect.
    """
    try:
        lowered = _Lowering(ast, primitives, unroll).lower()
    except RecursionError:
        # The parser bounds the depth of one function; calls of helpers in helpers' arguments can add it up.
        span = next(f.span for f in ast.functions if f.process is not None)
        raise Unsupported("the calls of helper functions are nested too deeply", span) from None
    for thread in lowered.program.threads:
        check_depth(thread)
    return lowered


def check_depth(thread: Thread) -> None:
    """Refuse what later passes, which walk branches and blocks recursively, could not walk."""
    level: list[Instruction] = list(thread.body)
    for _ in range(MAXIMUM_DEPTH):
        level = [inner for node in level for inner in _inner(node)]
        if not level:
            return
    raise Unsupported("the branches and calls are nested too deeply", level[0].span, f"the limit is {MAXIMUM_DEPTH}")


def _inner(node: Instruction) -> tuple[Instruction, ...]:
    if isinstance(node, If):
        return (*node.then, *node.otherwise)
    return node.body if isinstance(node, (Block, Loop)) else ()


class _Lowering:
    def __init__(self, ast: LitmusFile, primitives: PrimitiveTable, unroll: int | None) -> None:
        self.ast = ast
        self.primitives = primitives
        self.unroll = unroll
        self.warnings: list[Warning_] = []
        self.types = Types(ast.structures)
        self.processes = [f for f in ast.functions if f.process is not None]
        self.helpers = {f.name: f for f in ast.functions if f.process is None}
        self.registers: list[dict[str, Scalar]] = []
        """For each thread the types of its locals."""
        self.assigned: list[set[str]] = []
        """For each thread the locals that hold something other than 0 at some time."""

    def lower(self) -> Lowered:
        ast = self.ast
        asked = [ast.condition.proposition] if ast.condition else []
        propositions = [*asked, ast.filter] if ast.filter else asked
        mentioned = [place for p in propositions for place in conditions.places(p)]
        observed = [*ast.locations, *(place for p in asked for place in conditions.places(p))]
        objects = self._objects([*mentioned, *ast.locations], propositions)
        cells = {item.name: item.type for item in objects}
        threads = tuple(self._thread(p, cells, [*mentioned, *ast.locations]) for p in self.processes)
        self._warn_unknown(mentioned)
        judged = Conditions(cells, self._register_type)
        condition = judged.lower(ast.condition.proposition) if ast.condition else TRUE
        program = Program(
            ast.name,
            objects,
            threads,
            # As herd7 has it, a test without a condition asks whether true holds in every execution.
            Quantifier(ast.condition.quantifier) if ast.condition else Quantifier.FORALL,
            condition,
            judged.observables(observed),
            judged.lower(ast.filter) if ast.filter else TRUE,
            self._expectation(),
            self._bound(),
            conditions.spell(ast.condition),
            ast.condition.span if ast.condition else None,
        )
        return Lowered(program, tuple(dict.fromkeys(self.warnings)))

    def _expectation(self) -> Expectation | None:
        stated = self.ast.expected
        return Expectation(stated.verdict, stated.race, stated.span) if stated else None

    def _bound(self) -> int:
        """The loop bound."""
        if self.unroll is not None:
            return self.unroll
        for setting in self.ast.settings:
            if setting.key.lower() == "unroll":
                if not setting.value.isdigit() or int(setting.value) > MAXIMUM_UNROLL:
                    hint = f"expected a number up to {MAXIMUM_UNROLL}"
                    raise SyntaxError(f"'{setting.value}' is no loop bound", setting.span, hint)
                return int(setting.value)
        return 2

    def _objects(self, places: list[tree.Place], propositions: list[tree.Proposition]) -> tuple[Object, ...]:
        objects = Objects(self.types)
        for item in self.ast.initial:
            if item.thread is None:
                objects.initialise(item)
            else:
                self._check_thread(item.thread, item.span)
                if isinstance(item.value, tree.Unary) and item.value.operator == "&":
                    for node in walk(item.value):
                        if isinstance(node, tree.Name):
                            objects.mention(node.text, node.span)
        for process in self.processes:
            for parameter in process.parameters:
                objects.parameter(parameter)
        for place in places:
            if isinstance(place, tree.Location):
                objects.mention(place.name, place.span)
        for proposition in propositions:
            for location in conditions.addresses(proposition):
                objects.mention(location.name, location.span)
        return objects.finish()

    def _check_thread(self, number: int, span: Span) -> None:
        if number >= len(self.processes):
            last = f"P{len(self.processes) - 1}"
            raise SyntaxError(f"there is no process P{number}", span, f"the last one is {last}")

    def _thread(self, process: tree.Function, cells: dict[str, Type], places: list[tree.Place]) -> Thread:
        lowering = Statements(self.types, cells, self.warnings, self.primitives, self.helpers)
        lowering.parameters = frozenset(p.name for p in process.parameters)
        scope = lowering.scope
        number = process.process
        named = {p.name for p in places if isinstance(p, tree.Register) and p.thread == number}
        changed = changed_names(process) | named
        initial: dict[str, Constant | Address] = {}
        for parameter in process.parameters:
            name = parameter.name
            if name in scope.bindings or name in scope.locals:
                raise SyntaxError(f"the parameter '{name}' is there twice", parameter.span)
            type_ = PointerType(_element(cells[name]))
            if name in changed:
                # The parameter is used as a register: it starts out as the address.
                scope.locals[name], initial[name] = type_, Address(name)
            else:
                scope.bindings[name] = Value(Address(name), type_)
        for item in self.ast.initial:
            if item.thread == number:
                self._register(item, scope.locals, initial, cells)
                scope.bindings.pop(item.name, None)
        body = lowering.body(process, None)
        self.registers.append(scope.locals)
        self.assigned.append(lowering.assigned | set(initial))
        self._warn_missing(process, self.assigned[-1], scope.bindings)
        for name, value in initial.items():
            scope.locals.setdefault(name, LONG)
            if isinstance(value, Constant):
                into = scalar(scope.locals[name])
                initial[name] = Constant(into.wrap(value.value), into)
        return Thread(process.name, body, initial, process.span)

    def _register(
        self,
        item: tree.InitialItem,
        locals_: dict[str, Scalar],
        initial: dict[str, Constant | Address],
        cells: dict[str, Type],
    ) -> None:
        """`0:r1=3` in the initial state."""
        if isinstance(item.value, tree.Braces) or item.dimensions:
            raise SyntaxError("a register holds one value", item.span)
        type_ = self.types.resolve(item.type) if item.type and self.types.known(item.type) else None
        value = constant(item.value, LONG, cells) if item.value else Constant(0, LONG)
        if isinstance(value, Address):
            cell = _element(cells[value.object])
            locals_[item.name] = type_ if isinstance(type_, PointerType) else PointerType(cell)
        elif isinstance(type_, (IntType, PointerType)):
            locals_[item.name] = type_
        initial[item.name] = value

    def _warn_missing(self, process: tree.Function, assigned: set[str], bindings: dict[str, Value]) -> None:
        """A shared variable that the parameter list lacks is a register of its own, which starts at zero."""
        declared = {node.name for node in walk(process.body) if isinstance(node, tree.Declarator)}
        called = {node.function for node in walk(process.body) if isinstance(node, tree.Call)}
        known = {"NULL", *assigned, *bindings, *declared, *self.helpers}
        for node in walk(process.body):
            if isinstance(node, tree.Name) and node not in called and node.text not in known:
                known.add(node.text)
                message = (
                    f"'{node.text}' is not among the parameters of {process.name}: here it is a register, 0 at first"
                )
                self.warnings.append(Warning_(message, node.span))

    def _warn_unknown(self, places: list[tree.Place]) -> None:
        """A location of the condition of which nothing else speaks: most often a register without its process."""
        shared = {parameter.name for process in self.processes for parameter in process.parameters}
        shared |= {node.text for item in self.ast.initial for node in walk(item) if isinstance(node, tree.Name)}
        shared |= {item.name for item in self.ast.initial if item.thread is None}
        for place in places:
            if isinstance(place, tree.Location) and place.name not in shared:
                shared.add(place.name)
                owners = [number for number, names in enumerate(self.assigned) if place.name in names]
                meant = f"; did you mean {owners[0]}:{place.name}?" if owners else ""
                message = f"'{place.name}' is no parameter of any process: it is a location that stays 0{meant}"
                self.warnings.append(Warning_(message, place.span))

    def _register_type(self, node: tree.Register) -> Scalar:
        self._check_thread(node.thread, node.span)
        if node.name not in self.assigned[node.thread]:
            message = f"no statement of P{node.thread} assigns '{node.name}': it counts as 0"
            self.warnings.append(Warning_(message, node.span))
        return self.registers[node.thread].get(node.name, LONG)


def _element(type_: Type) -> Type:
    """What a pointer to an object points to: of an array its first element."""
    return type_.element if isinstance(type_, ArrayType) else type_
