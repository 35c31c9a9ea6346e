"""A unit that is a harness in, the program that it means out."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.fold import split
from memmodel.frontends.c.lowering.harness import Harness, Part, harness
from memmodel.frontends.c.lowering.names import Names
from memmodel.frontends.c.lowering.objects import Objects
from memmodel.frontends.c.lowering.statements import CStatements
from memmodel.frontends.c.lowering.storage import Identity, addresses, every, read_dependent
from memmodel.frontends.c.lowering.types import Environment
from memmodel.frontends.c.primitives import extended
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.program.interpret import run
from memmodel.program.ir import (
    Address,
    Assert,
    Constant,
    Failed,
    Instruction,
    Load,
    Local,
    Lock,
    LockKind,
    Operation,
    Operator,
    Program,
    Quantifier,
    ReadModifyWrite,
    Store,
    Thread,
)
from memmodel.program.lower import Lowered, check_depth
from memmodel.program.places import PLAIN, Warning_
from memmodel.program.primitives import PrimitiveTable
from memmodel.program.types import ADDRESS, BOOL, INT
from memmodel.program.unset import unset
from memmodel.source import Span
from memmodel.syntax import tree

DEFAULT_UNROLL = 2


def lower(unit: Unit, name: str, start: Span, primitives: PrimitiveTable, unroll: int | None = None) -> Lowered:
    """The program that a unit means. `start` is the beginning of the harness: where to say what it lacks.

    Raises errors.SyntaxError for what means nothing, errors.Unsupported for what is outside the subset of C.
    """
    return Lowering(unit, name, start, extended(primitives), unroll).lower()


class Lowering:
    """Lowering of one harness. `statements` and `released` are what a function on its own has otherwise."""

    def __init__(self, unit: Unit, name: str, start: Span, primitives: PrimitiveTable, unroll: int | None) -> None:
        self.unit = unit
        self.name = name
        self.start = start
        self.primitives = primitives
        self.unroll = unroll
        self.warnings: list[Warning_] = []
        self.names = Names(unit, Environment(unit), self.warnings, start)
        self.evaluator = self.statements("", frozenset())
        self.objects = Objects(self.names, self.evaluator)

    def lower(self) -> Lowered:
        found = harness(self.unit, self.start)
        self.names.threads = [part.name for part in found.threads]
        before = self._body(found, found.before) if found.before is not None else ()
        bodies = [self._body(found, part) for part in found.threads]
        after = self._body(found, found.after) if found.after is not None else ()
        self.names.ghosts.check(found.after.name if found.after is not None else "")
        finish = (*after, *self.released(bodies))
        for body in (*bodies, finish, before):
            self.objects.use(body)
        self._check_folded((*bodies, after, before))
        if before:
            self.objects.replace(run(self.objects.all(), before))
        program = Program(
            self.name,
            self.objects.all(),
            tuple(self._thread(part, body) for part, body in zip(found.threads, bodies, strict=True)),
            Quantifier.NOT_EXISTS,
            Failed(),
            (),
            unroll=self.unroll if self.unroll is not None else DEFAULT_UNROLL,
            condition_text="(an assertion fails)",
            exact=True,
            finish=finish,
        )
        for thread in program.threads:
            check_depth(thread)
        return Lowered(self.all_set(program), tuple(dict.fromkeys(self.warnings)))

    def all_set(self, program: Program) -> Program:
        """Refuse computing with a local variable that has no value: C leaves that open, and 0 would be a guess."""
        for thread in program.threads:
            known = {*thread.initial, *self.names.ghosts.used(thread.name)}
            for name, span in unset(thread.body, known).items():
                variable = name.rpartition(".")[2].split("#")[0]
                hint = "give it a value first"
                raise SyntaxError(f"'{variable}' is read before anything is assigned to it", span, hint)
        return program

    def _thread(self, part: Part, body: tuple[Instruction, ...]) -> Thread:
        ghosts = self.names.ghosts
        initial = {r: ghosts.initial[r] for r in sorted(ghosts.used(part.name)) if r in ghosts.initial}
        return Thread(part.name, body, initial, part.function.span)

    # ── one thread ──

    def statements(self, who: str, in_memory: frozenset[Identity]) -> CStatements:
        """What lowers the statements of a thread."""
        return CStatements(self.names, self.primitives, in_memory, who)

    def _body(self, found: Harness, part: Part) -> tuple[Instruction, ...]:
        """The instructions of a thread: lowered again where local variables turn out to need memory."""
        in_memory: frozenset[Identity] = frozenset()
        while True:
            lowering = self.statements(part.name, in_memory)
            lowering.in_main = found.main is not None
            lowering.final = part is found.after
            body = _instructions(lowering, part)
            escaped = self._escaped(lowering, body)
            if escaped <= in_memory:
                break
            in_memory |= escaped
        self.objects.add_locals(lowering.objects.items())
        self.names.taken.update(lowering.objects)
        if part is found.before:
            self._check_init(body)
        return body

    def _escaped(self, lowering: CStatements, body: tuple[Instruction, ...]) -> frozenset[Identity]:
        """The local variables that cannot be registers: something else than an access has their address, or they are
        accessed where values that were read say. Registers would take part in dependencies that memory does not."""
        escaped = set(lowering.escaped)
        registers = {storage.name: storage for storage in lowering.storages.values()}
        for address, node in addresses(body):
            storage = registers.get(address.object)
            if storage is None or storage.name in lowering.objects:
                continue
            if storage.ghost:
                message = f"the address of the ghost variable '{storage.identity[1]}' is used"
                raise Unsupported(message, node.span, "ghosts are no memory: access whole cells of them by name")
            escaped.add(storage.identity)
        read = read_dependent(body) if lowering.indexed else frozenset()
        for storage, place in lowering.indexed:
            mentioned = {leaf for part in place.rest for leaf in _locals(part)}
            if not storage.ghost and mentioned & read:
                escaped.add(storage.identity)
        return frozenset(escaped)

    def _check_init(self, body: tuple[Instruction, ...]) -> None:
        ghosts = self.names.ghosts
        for register in sorted(ghosts.used("init")):
            if ghosts.writer(register) == "init":
                raise SyntaxError(
                    "init() writes a ghost variable", body[0].span, "give it its value where it is declared"
                )

    # ── what is checked of the whole ──

    def released(self, bodies: list[tuple[Instruction, ...]]) -> list[Instruction]:
        """Assertions that no lock is held in the end."""
        locks: dict[Address, Span] = {}
        for body in bodies:
            for node in every(body):
                if isinstance(node, Lock) and node.kind in (LockKind.ACQUIRE, LockKind.TRY):
                    if isinstance(node.address, Address):
                        locks.setdefault(node.address, node.span)
                    else:
                        self.warnings.append(
                            Warning_("whether this lock is released in the end is not checked", node.span)
                        )
        found: list[Instruction] = []
        for number, (address, span) in enumerate(locks.items()):
            name = f"held${number}"
            free = Operation(Operator.EQ, (Local(name, INT), Constant(0, INT)), BOOL, span)
            label = self._label(address)
            found.append(Load(name, address, INT, PLAIN, span))
            found.append(Assert(free, f"the lock '{label}' is never released", span))
        return found

    def _label(self, address: Address) -> str:
        from memmodel.frontends.c.lowering.storage import labelled

        variable = self.names.object(address.object)
        if variable is None:
            return address.object
        cells = labelled(variable.type, address.object)
        return next((label for offset, label, _ in cells if offset == address.offset), address.object)

    def _check_folded(self, bodies: tuple[tuple[Instruction, ...], ...]) -> None:
        """Pointers to functions that were taken for constants must be: nothing may write them."""
        for body in bodies:
            for node in every(body):
                if isinstance(node, (Store, ReadModifyWrite)):
                    self._check_store(node)

    def _check_store(self, node: Store | ReadModifyWrite) -> None:
        place = split(node.address)
        for pointer in self.names.folded:
            same = (
                place is not None and place.object == pointer.object and (place.rest or place.offset == pointer.offset)
            )
            if same or (place is None and node.type == ADDRESS):
                hint = (
                    f"the pointer to a function in '{pointer.object}' may be written here, and was taken for constant"
                )
                raise Unsupported("a store that may change which function is called", node.span, hint)


def _instructions(lowering: CStatements, part: Part) -> tuple[Instruction, ...]:
    if part.argument is None:
        return lowering.body(part.function, None)
    name = tree.Name(part.function.name, part.argument.span)
    arguments = (part.argument,) if part.function.parameters else ()
    lowering.inline(tree.Call(name, arguments, part.argument.span), part.function)
    return tuple(lowering.instructions)


def _locals(part: object) -> set[str]:
    from memmodel.frontends.c.lowering.storage import leaves

    return {leaf.name for leaf in leaves(part) if isinstance(leaf, Local)}  # type: ignore[arg-type]
