"""What is asked of a program's end: assertions, assumptions and final code in, one condition over final values out."""

from __future__ import annotations

from collections.abc import Iterable

from memmodel.errors import Unsupported
from memmodel.program import ir
from memmodel.program.constants import Environment, Folding
from memmodel.program.ir import (
    Address,
    Constant,
    Expression,
    FinalLocal,
    FinalMemory,
    Instruction,
    Local,
    Operation,
    Operator,
)
from memmodel.program.types import BOOL, INT, IntType
from memmodel.records import replace

FAILED = "failed$"
"""The local that says whether an assertion of its thread failed."""
MISSED = "missed$"
"""The local that says whether an assumption of its thread does not hold, or a loop would have gone on."""

FALSE = Constant(0, BOOL)


def held(lock: Address) -> str:
    """The local that counts how often its thread took a lock and did not give it back."""
    return f"held${lock.object}+{lock.offset}"


class Ends:
    """Collects what the threads and the final code find out."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self._fold = Folding(program.objects)
        self.locks: dict[Address, list[int]] = {}
        """The locks that are taken or given back, and by which threads."""
        self._constants: list[Environment] = []
        self._known: dict[int, tuple[Expression, Expression]] = {}
        """By identity of the node: itself, and what it is at the end. Final code shares expressions many times."""
        self._failed: list[Expression] = []
        self._missed: list[Expression] = []

    def thread(self, number: int, flags: Iterable[str], locks: Iterable[Address], end: Environment) -> None:
        """A thread is done: it may have raised these flags and counts these locks; `end` holds its locals."""
        self._constants.append(end)
        for name, found in ((FAILED, self._failed), (MISSED, self._missed)):
            if name in flags:
                found.append(FinalLocal(number, name, BOOL))
        for lock in locks:
            self.locks.setdefault(lock, []).append(number)

    def finish(self, body: tuple[Instruction, ...]) -> None:
        """The final code, without loops and jumps."""
        self._walk(body, ir.TRUE, {})

    def condition(self) -> Expression:
        return self._at_the_end(self.program.condition)

    def filter(self) -> Expression:
        kept = self._at_the_end(self.program.filter)
        for missed in self._missed:
            kept = _both(kept, _not(missed if isinstance(missed, FinalLocal) else self._at_the_end(missed)))
        return kept

    def _at_the_end(self, node: Expression) -> Expression:
        """`node` with what stands for failed assertions, and for whether locks are held."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = node, self._replaced(node)
        return found[1]

    def _replaced(self, node: Expression) -> Expression:
        match node:
            case ir.Failed():
                failed: Expression = FALSE
                for part in self._failed:
                    failed = _either(failed, self._at_the_end(part))
                return failed
            case FinalMemory(name, offset, type_) if self.program.exact and Address(name, offset) in self.locks:
                return self._held(Address(name, offset), type_)
            case FinalLocal(thread, name, type_) if self.program.exact:
                fixed = self._constants[thread].fixed(name)
                return Constant(type_.wrap(fixed.value), type_) if isinstance(fixed, Constant) else node
            case Operation():
                operands = tuple(self._at_the_end(operand) for operand in node.operands)
                return self._fold.operation(replace(node, operands=operands))
            case _:
                return node

    def _held(self, lock: Address, type_: IntType) -> Expression:
        """Whether a lock is held: to herd7 the cell of a lock holds nothing that a condition could ask for."""
        count: Expression = Constant(0)
        for number in self.locks[lock]:
            part = self._at_the_end(FinalLocal(number, held(lock), INT))
            if part == Constant(0):
                continue
            count = part if count == Constant(0) else Operation(Operator.ADD, (count, part), INT)
        taken = Operation(Operator.NE, (count, Constant(0)), BOOL)
        return self._at_the_end(Operation(Operator.CAST, (taken,), type_))

    # ── final code ───────────────────────────────────────────────────────────────────────────────

    def _walk(self, body: tuple[Instruction, ...], guard: Expression, env: dict[str, Expression]) -> None:
        for node in body:
            match node:
                case ir.Assign(target, value, _):
                    found = _put(value, env)
                    if target in (FAILED, MISSED):
                        flagged = self._failed if target == FAILED else self._missed
                        flagged.append(_both(guard, found))
                    else:
                        env[target] = found
                case ir.Load():
                    self._load(node, env)
                case ir.If():
                    self._branch(node, guard, env)
                case ir.Fence():
                    pass
                case _:
                    hint = "final code reads and asserts"
                    raise Unsupported("final code that changes shared memory", node.span, hint)

    def _load(self, node: ir.Load, env: dict[str, Expression]) -> None:
        address = _put(node.address, env)
        if not isinstance(address, Address):
            hint = "herd7 compares single cells at the end: name each of them"
            raise Unsupported("what this final code reads depends on what it read before", node.span, hint)
        if node.target is not None:
            env[node.target] = FinalMemory(address.object, address.offset, node.type)

    def _branch(self, node: ir.If, guard: Expression, env: dict[str, Expression]) -> None:
        condition = _put(node.condition, env)
        then, otherwise = dict(env), dict(env)
        self._walk(node.then, _both(guard, condition), then)
        self._walk(node.otherwise, _both(guard, _not(condition)), otherwise)
        for name in {**then, **otherwise}:
            one, other = then.get(name), otherwise.get(name)
            known = one or other
            assert known is not None
            zero = Constant(0, known.type)
            arms = (one or zero, other or zero)
            env[name] = known if one == other else Operation(Operator.ITE, (condition, *arms), known.type)


def _put(node: Expression, env: dict[str, Expression]) -> Expression:
    """`node` with what its locals hold."""
    if isinstance(node, Local):
        found = env.get(node.name, Constant(0, node.type))
        return found if found.type == node.type else Operation(Operator.CAST, (found,), node.type)
    if isinstance(node, Operation):
        return replace(node, operands=tuple(_put(operand, env) for operand in node.operands))
    return node


def _both(first: Expression, second: Expression) -> Expression:
    if FALSE in (first, second):
        return FALSE
    if first == ir.TRUE:
        return second
    return first if second == ir.TRUE else Operation(Operator.LAND, (first, second), BOOL)


def _either(first: Expression, second: Expression) -> Expression:
    if ir.TRUE in (first, second):
        return ir.TRUE
    if first == FALSE:
        return second
    return first if second == FALSE else Operation(Operator.LOR, (first, second), BOOL)


def _not(node: Expression) -> Expression:
    return Constant(1 - node.value, BOOL) if isinstance(node, Constant) else Operation(Operator.NOT, (node,), BOOL)


# ── what is not needed ───────────────────────────────────────────────────────────────────────────


def mentioned(number: int, expressions: Iterable[Expression]) -> frozenset[str]:
    """The locals of a thread whose final values somebody asks for."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = list(expressions)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FinalLocal) and node.thread == number:
            found.add(node.name)
        elif isinstance(node, Operation) and id(node) not in seen:
            seen.add(id(node))
            waiting.extend(node.operands)
    return frozenset(found)


def live(body: tuple[Instruction, ...], after: frozenset[str]) -> tuple[Instruction, ...]:
    """`body`, which has no jumps, without the assignments that nothing uses; `after` are the locals used afterwards."""
    return _live(body, set(after))


def _live(body: tuple[Instruction, ...], needed: set[str]) -> tuple[Instruction, ...]:
    """As `live`; `needed` becomes what is used from the beginning of `body` on."""
    kept: list[Instruction] = []
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if waiting and (merged := _merged(waiting[-1], node, needed)) is not None:
            waiting[-1] = merged
            continue
        match node:
            case ir.Assign():
                if node.target not in needed:
                    continue
                needed.discard(node.target)
                needed |= _used(node.value)
            case ir.Load():
                if node.target not in needed:
                    node = replace(node, target=None)
                needed.discard(node.target or "")
                needed |= _used(node.address)
            case ir.Store():
                needed |= _used(node.address) | _used(node.value)
            case ir.ReadModifyWrite():
                needed |= _used(node.address) | _used(node.value) | _used(node.condition)
                needed.discard(node.old)
            case ir.Fence():
                needed |= _used(node.address)
            case ir.Lock():
                needed.discard(node.target or "")
                needed |= _used(node.address)
            case ir.If():
                arms = set(needed), set(needed)
                node = replace(node, then=_live(node.then, arms[0]), otherwise=_live(node.otherwise, arms[1]))
                if not node.then and not node.otherwise:
                    continue
                needed |= arms[0] | arms[1] | _used(node.condition).union(*map(_used, node.consulted))
            case _:
                raise TypeError(f"{type(node).__name__} is gone by now")
        kept.append(node)
    return tuple(reversed(kept))


def _merged(first: Instruction, second: Instruction, needed: set[str]) -> Instruction | None:
    """An operation whose value is copied at once, with the copy's name; None if the first name is used again."""
    if not isinstance(second, ir.Assign) or not isinstance(second.value, Local):
        return None
    name, target = second.value.name, second.target
    if name in needed or not isinstance(first, (ir.Assign, ir.Load, ir.ReadModifyWrite)):
        return None
    if isinstance(first, ir.Assign):
        alike = first.target == name and first.value.type == second.value.type
        return replace(first, target=target) if alike else None
    if isinstance(first, ir.Load):
        return replace(first, target=target) if first.target == name and first.type == second.value.type else None
    mentions = _used(first.address) | _used(first.value) | _used(first.condition)
    if first.old != name or first.type != second.value.type or target in mentions:
        return None
    old = {name: Local(target, first.type)}
    condition = _put_locals(first.condition, old) if first.condition is not None else None
    return replace(first, old=target, value=_put_locals(first.value, old), condition=condition)


def _put_locals(node: Expression, renamed: dict[str, Local]) -> Expression:
    """`node` with some locals replaced."""
    if isinstance(node, Local):
        return renamed.get(node.name, node)
    if isinstance(node, Operation):
        return replace(node, operands=tuple(_put_locals(operand, renamed) for operand in node.operands))
    return node


def _used(node: Expression | None) -> frozenset[str]:
    if isinstance(node, Local):
        return frozenset((node.name,))
    if isinstance(node, Operation):
        return frozenset().union(*map(_used, node.operands))
    return frozenset()
