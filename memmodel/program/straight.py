"""A program in, the same without loops, blocks, choices, claims and final code out: what herd7 can be told.

Loops become as many copies of their bodies as their bounds allow; a local of each thread says where one would have gone
on, and the filter drops those executions, as a cut does. What follows a jump moves into the arms that come there, so
that it is controlled by the decisions that it would be controlled by, and by no others: an `if` whose arms both
go on to the end of a block ends there. Assertions become a local of each thread, too. A choice becomes a read of an
object of its own, before all else in its thread, to which another thread writes.
"""

from __future__ import annotations

from memmodel.errors import Unsupported
from memmodel.program import ir
from memmodel.program.constants import Environment, Folding, known
from memmodel.program.ends import FAILED, MISSED, Ends, held, live, mentioned
from memmodel.program.ir import TRUE, Address, Constant, Expression, Instruction, Local, LockKind, Operation, Operator
from memmodel.program.sequence import (
    CutOff,
    End,
    Item,
    Items,
    Iteration,
    Last,
    LastEnd,
    after,
    counting,
    may_leave,
    must_leave,
    push,
    split,
)
from memmodel.program.types import BOOL, INT
from memmodel.records import dataclass, field, replace
from memmodel.source import Span

MOST_INSTRUCTIONS = 5_000
DEEPEST = 100
MOST_ITERATIONS = 4096


def straight(program: ir.Program) -> ir.Program:
    """The program in Assign, Load, Store, ReadModifyWrite, Fence, Lock and If alone. Its loops are run as often as
    `program.unroll` says. Raises Unsupported where that grows too large."""
    ends = Ends(program)
    choices = _Choices(len(program.threads))
    bodies = []
    for number, thread in enumerate(program.threads):
        body = _Body(program, choices)
        instructions, end = body.run(push(thread.body, None), Environment.of(thread.initial), 0)
        bodies.append((*choices.reads(), *instructions))
        ends.thread(number, body.flags, body.locks, end or Environment.of({}))
    if program.finish:
        body = _Body(program, choices, final=True)
        instructions, _ = body.run(push(program.finish, None), Environment.of({}), 0)
        ends.finish(instructions)
    condition, filter_ = ends.condition(), ends.filter()
    observed = [o.value for o in program.observables]
    threads = tuple(
        replace(thread, body=live(body, mentioned(number, (condition, filter_, *observed))))
        for number, (thread, body) in enumerate(zip(program.threads, bodies, strict=True))
    )
    return replace(
        program,
        objects=(*program.objects, *choices.objects),
        threads=(*threads, *choices.threads),
        condition=condition,
        filter=filter_,
        finish=(),
    )


@dataclass
class _Choices:
    """The objects and threads that stand for choices. The reads come first in their thread and are ordered by nothing,
    so that no cycle can go through them."""

    first: int
    """The number of the first thread that is added."""
    objects: list[ir.Object] = field(default_factory=list)
    threads: list[ir.Thread] = field(default_factory=list)
    _reads: list[ir.Load] = field(default_factory=list)

    def choose(self, node: ir.Choose) -> Local:
        """The local that holds a chosen value from the start."""
        name = f"choice${len(self.objects)}"
        place, once = Address(name), frozenset(("once",))
        first, *others = (Constant(value, node.type) for value in node.values)
        self.objects.append(ir.Object(name, node.type, {0: first}, node.span))
        writes = tuple(ir.Store(place, value, node.type, once, node.span) for value in others)
        self.threads.append(ir.Thread(f"P{self.first + len(self.threads)}", writes))
        self._reads.append(ir.Load(name, place, node.type, once, node.span))
        return Local(name, node.type)

    def reads(self) -> tuple[ir.Load, ...]:
        """What the thread at hand begins with; the next one begins with others."""
        found, self._reads = tuple(self._reads), []
        return found


class _Body:
    """One thread: items in order, instructions out."""

    def __init__(self, program: ir.Program, choices: _Choices, final: bool = False) -> None:
        self.fold = Folding(program.objects)
        self.bound = program.unroll
        self.choices = choices
        self.final = final
        self.exact = program.exact
        self.locks: dict[Address, None] = {}
        self.flags: set[str] = set()
        self._cut = False
        self._count = 0
        self._turns = 0

    def run(self, items: Items, env: Environment, depth: int) -> tuple[tuple[Instruction, ...], Environment | None]:
        """What `items` come to from `env` on, and the locals afterwards; None where the end is never reached."""
        out: list[Instruction] = []
        while items is not None:
            head, items = items
            match head:
                case ir.If():
                    arms = (push(head.then, None), push(head.otherwise, None))
                    items, end = self._if(head, arms, items, env, depth, out)
                case Last():
                    items, end = self._last(head, items, env, depth, out)
                case Iteration():
                    items, end = self._iteration(head, items, env), env
                case LastEnd() | CutOff():
                    self._miss(TRUE, head.span, env, out)
                    return tuple(out), None
                case ir.Block():
                    items, end = push(head.body, (End(head.label), items)), env
                case ir.Exit():
                    items, end = after(head.label, items), env
                case ir.Loop():
                    self._turns += 1
                    items, end = (Iteration(head, 0, self._turns, None), items), env
                case End():
                    end = env
                case _:
                    self._step(head, env, out)
                    end = env
            if end is None:
                return tuple(out), None
            env = end
        return tuple(out), env

    # ── what does not decide where control goes ──────────────────────────────────────────────────

    def _add(self, instruction: Instruction, out: list[Instruction]) -> None:
        self._count += 1
        if self._count > MOST_INSTRUCTIONS:
            hint = "give loops a smaller bound"
            raise Unsupported("the program grows too large when it is written without jumps", instruction.span, hint)
        out.append(instruction)

    def _step(self, node: Item, env: Environment, out: list[Instruction]) -> None:
        fold = self.fold
        match node:
            case ir.Assign():
                self._assign(node.target, fold.value(node.value, env), node.span, env, out)
            case ir.Load():
                self._add(replace(node, address=fold.value(node.address, env)), out)
                env.unknown(node.target)
            case ir.Store():
                address, value = fold.value(node.address, env), fold.value(node.value, env)
                self._add(replace(node, address=address, value=value), out)
            case ir.ReadModifyWrite():
                self._modify(node, env, out)
            case ir.Fence():
                address_ = fold.value(node.address, env) if node.address is not None else None
                self._add(replace(node, address=address_), out)
            case ir.Lock():
                self._lock(node, env, out)
            case ir.Assert():
                failed = Operation(Operator.NOT, (_truth(node.condition),), BOOL, node.span)
                self._flag(FAILED, failed, node.span, env, out)
            case ir.Assume():
                missed = Operation(Operator.NOT, (_truth(node.condition),), BOOL, node.span)
                self._miss(missed, node.span, env, out)
            case ir.Choose():
                self._choose(node, env, out)
            case _:
                raise TypeError(f"{type(node).__name__} is no step")

    def _assign(self, target: str, value: Expression, span: Span, env: Environment, out: list[Instruction]) -> None:
        env.assign(target, value, self.fold.values(value, env))
        self._add(ir.Assign(target, value, span), out)

    def _modify(self, node: ir.ReadModifyWrite, env: Environment, out: list[Instruction]) -> None:
        address = self.fold.value(node.address, env)
        env.unknown(node.old)
        value = self.fold.value(node.value, env)
        condition = self.fold.value(node.condition, env) if node.condition is not None else None
        self._add(replace(node, address=address, value=value, condition=condition), out)

    def _lock(self, node: ir.Lock, env: Environment, out: list[Instruction]) -> None:
        address = self.fold.value(node.address, env)
        self._add(replace(node, address=address), out)
        env.unknown(node.target, frozenset((0, 1)))
        if not self.exact or node.kind is LockKind.IS_LOCKED:
            return
        if not isinstance(address, Address):
            hint = "whether it is given back in the end could not be asked"
            raise Unsupported("which lock this is depends on what was read", node.span, hint)
        change: Expression = Constant(-1 if node.kind is LockKind.RELEASE else 1)
        if node.kind is LockKind.TRY:
            change = Local(node.target or "", INT)
        name = held(address)
        count = Operation(Operator.ADD, (Local(name), change), INT, node.span)
        self.locks[address] = None
        self._assign(name, self.fold.value(count, env), node.span, env, out)

    def _choose(self, node: ir.Choose, env: Environment, out: list[Instruction]) -> None:
        if self.final:
            raise Unsupported("a choice after all threads", node.span, "choose in a thread")
        values = tuple(dict.fromkeys(node.values))
        if len(values) == 1:
            self._assign(node.target, Constant(values[0], node.type), node.span, env, out)
            return
        chosen = self.choices.choose(replace(node, values=values))
        env.unknown(chosen.name, frozenset(values))
        self._assign(node.target, chosen, node.span, env, out)

    def _flag(self, name: str, raised: Expression, span: Span, env: Environment, out: list[Instruction]) -> None:
        """Raise a flag of the thread where `raised`; it stays up."""
        before = Local(name, BOOL)
        value = self.fold.value(Operation(Operator.LOR, (before, raised), BOOL, span), env)
        if known(value) == 0:
            return
        self.flags.add(name)
        if self.final:
            # Kept as it is, for the ends to read the guard off the branches around.
            self._add(ir.Assign(name, self.fold.value(raised, env), span), out)
            return
        self._assign(name, value, span, env, out)

    def _miss(self, missed: Expression, span: Span, env: Environment, out: list[Instruction]) -> None:
        if self._cut:
            # Where a loop was cut off the locals are no longer followed, but this one is still there.
            env.unknown(MISSED, frozenset((0, 1)))
        self._cut = self._cut or missed == TRUE
        self._flag(MISSED, missed, span, env, out)

    # ── branches ─────────────────────────────────────────────────────────────────────────────────

    def _if(
        self,
        node: ir.If,
        arms: tuple[Items, Items],
        items: Items,
        env: Environment,
        depth: int,
        out: list[Instruction],
    ) -> tuple[Items, Environment | None]:
        """A branch with `arms` in place of its own; what is still to be done, and the locals."""
        condition = self.fold.value(node.condition, env)
        consulted = tuple(c for c in (self.fold.value(c, env) for c in node.consulted) if known(c) is None)
        values = self.fold.values(condition, env)
        taken = [values is None or any(values), values is None or 0 in values]
        if known(condition) is not None and not consulted:
            return _join(arms[0 if taken[0] else 1], items), env
        if depth == DEEPEST:
            raise Unsupported("the branches are nested too deeply when loops are unrolled", node.span)
        leaving = frozenset().union(*(may_leave(arm) for arm, live_ in zip(arms, taken, strict=True) if live_))
        segment, items = split(items, leaving)
        bodies: list[tuple[Instruction, ...]] = []
        ends: list[Environment] = []
        for arm, live_ in zip(arms, taken, strict=True):
            body, end = self.run(_join(arm, segment), env.copy(), depth + 1) if live_ else ((), None)
            bodies.append(body)
            if end is not None:
                ends.append(end)
        if any(bodies):
            self._add(ir.If(condition, bodies[0], bodies[1], node.span, consulted), out)
        return (items, env.merged(ends)) if ends else (None, None)

    # ── loops ────────────────────────────────────────────────────────────────────────────────────

    def _iteration(self, turn: Iteration, items: Items, env: Environment) -> Items:
        if turn.number > MOST_ITERATIONS:
            raise Unsupported(f"a loop of more than {MOST_ITERATIONS} iterations", turn.loop.span)
        bound = self.bound if turn.loop.bound is None else turn.loop.bound
        following = Iteration(turn.loop, turn.number + 1, turn.turn, env.copy())
        if turn.number < bound:
            return push(turn.loop.body, (following, items))
        ending = LastEnd(turn.turn, following, turn.loop.span)
        return (Last(turn.loop.body, turn.turn, turn.before, env.copy()), (ending, items))

    def _last(
        self, last: Last, items: Items, env: Environment, depth: int, out: list[Instruction]
    ) -> tuple[Items, Environment | None]:
        """The last iteration of a loop, up to the first test that would leave it."""
        if not last.body:
            return items, env
        node = last.body[0]
        rest: Items = (replace(last, body=last.body[1:]), items)
        if not may_leave((node, None)):
            return (node, rest), env
        if isinstance(node, ir.Block):
            return (replace(last, body=node.body), (End(node.label), rest)), env
        if not isinstance(node, ir.If):
            return (node, rest), env
        values = self.fold.values(self.fold.value(node.condition, env), env)
        if values is not None and len({bool(value) for value in values}) == 1:
            if last.before is None or any(last.changed(name) for name in sorted(self.fold.locals(node.condition))):
                rest = counting(rest, last.turn)
                arms = (push(node.then, None), push(node.otherwise, None))
            else:
                arms = _all_last(node, last)
            return self._if(node, arms, rest, env, depth, out)
        leaves = must_leave(node.then), must_leave(node.otherwise)
        if leaves[0] == leaves[1]:
            return self._if(node, _all_last(node, last), rest, env, depth, out)
        cut: Items = (CutOff(last.span), None)
        arms = (push(node.then, None), cut) if leaves[0] else (cut, push(node.otherwise, None))
        return self._if(node, arms, rest, env, depth, out)


def _all_last(node: ir.If, last: Last) -> tuple[Items, Items]:
    return (replace(last, body=node.then), None), (replace(last, body=node.otherwise), None)


def _join(first: Items, second: Items) -> Items:
    """All of `first`, then all of `second`."""
    parts: list[Item] = []
    while first is not None:
        head, first = first
        parts.append(head)
    return push(tuple(parts), second)


def _truth(expression: Expression) -> Expression:
    if expression.type == BOOL:
        return expression
    return Operation(Operator.NE, (expression, Constant(0, expression.type)), BOOL)
