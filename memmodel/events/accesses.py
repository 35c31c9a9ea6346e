"""Instructions that touch shared memory become events, with their guards, tags, dependencies and assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memmodel.events.builder import Reach
from memmodel.events.dependencies import NONE, Local
from memmodel.events.expressions import as_condition
from memmodel.events.graph import EventKind
from memmodel.events.terms import TRUE, Term, both, constant, either, negate, operation, read
from memmodel.program import ir
from memmodel.program.ir import LockKind, Operator
from memmodel.program.types import BOOL, INT, IntType
from memmodel.source import Span

if TYPE_CHECKING:
    from memmodel.events.walker import Walker

NO_TAGS: frozenset[str] = frozenset()
RMW = frozenset(("RMW",))


def _event(
    walker: Walker,
    kind: EventKind,
    tags: frozenset[str],
    span: Span,
    *,
    when: Term = TRUE,
    address: Local | None = None,
    value: Local | None = None,
    type_: IntType | None = None,
) -> int:
    """An event where the walker is, if `when` holds besides."""
    literals = walker.literals if when is TRUE else walker.literals | {when}
    guard = both(walker.guard, when)
    control = walker.control
    return walker.builder.add(walker.thread, kind, tags, guard, literals, control, span, address, value, type_)


def _reach(walker: Walker, events: tuple[int, ...], address: Local, span: Span) -> None:
    walker.builder.reaches.append(Reach(events, address.term, walker.counts, walker.thread, span))


def load(walker: Walker, instruction: ir.Load) -> None:
    """One read event."""
    address = walker.value(instruction.address, instruction.span)
    event = _event(walker, EventKind.READ, instruction.tags, instruction.span, address=address, type_=instruction.type)
    _reach(walker, (event,), address, instruction.span)
    walker.assign(instruction.target, read(event, instruction.type), {event: TRUE})


def store(walker: Walker, instruction: ir.Store) -> None:
    """One write event."""
    address = walker.value(instruction.address, instruction.span)
    value = _typed(walker.value(instruction.value, instruction.span), instruction.type)
    event = _event(
        walker,
        EventKind.WRITE,
        instruction.tags,
        instruction.span,
        address=address,
        value=value,
        type_=instruction.type,
    )
    _reach(walker, (event,), address, instruction.span)


def fence(walker: Walker, instruction: ir.Fence) -> None:
    """One event that touches no memory."""
    address = None if instruction.address is None else walker.value(instruction.address, instruction.span)
    _event(walker, EventKind.FENCE, instruction.tags, instruction.span, address=address)


def read_modify_write(walker: Walker, instruction: ir.ReadModifyWrite) -> None:
    """A read and, where the condition holds, a write; around it the fences of older models.

    Where a failed operation's read has tags of its own, there are two reads, of which a choice takes one, and
    the choice must say what the condition says.
    """
    span, type_ = instruction.span, instruction.type
    address = walker.value(instruction.address, span)
    succeeds: Term | None = None
    if instruction.failed_tags is not None and instruction.condition is not None:
        succeeds = walker.builder.choose((0, 1), BOOL)
    before = len(walker.builder.events)
    tags = instruction.read_tags | RMW
    number = before + 1 if instruction.around is not None else before
    seen = read(number, type_)
    writes = succeeds if succeeds is not None else _condition(walker, instruction, seen, number)
    if instruction.around is not None:
        _event(walker, EventKind.FENCE, instruction.around, span, when=writes)
    first = _event(walker, EventKind.READ, tags, span, when=succeeds or TRUE, address=address, type_=type_)
    assert first == number
    value = _written(walker, instruction, seen, first)
    last = _event(
        walker,
        EventKind.WRITE,
        instruction.write_tags | RMW,
        span,
        when=writes,
        address=address,
        value=value,
        type_=type_,
    )
    if instruction.around is not None:
        _event(walker, EventKind.FENCE, instruction.around, span, when=writes)
    walker.builder.rmw.append((first, last))
    if succeeds is None:
        _reach(walker, (first, last), address, span)
        walker.assign(instruction.old, seen, {first: TRUE})
        return
    failed = _event(
        walker,
        EventKind.READ,
        _failed_tags(instruction.failed_tags or NO_TAGS),
        span,
        when=negate(succeeds),
        address=address,
        type_=type_,
    )
    _reach(walker, (first, last, failed), address, span)
    for event, expected in ((first, succeeds), (failed, negate(succeeds))):
        holds = _condition(walker, instruction, read(event, type_), event)
        agrees = holds if expected is succeeds else negate(holds)
        walker.assume(either(negate(expected), agrees), span)
    old = operation(Operator.ITE, (succeeds, seen, read(failed, type_)), type_)
    walker.assign(instruction.old, old, {first: TRUE, failed: TRUE})


def _failed_tags(tags: frozenset[str]) -> frozenset[str]:
    """The tags of a failed operation's read. The model takes all ordering from one that it knows as such, so one that
    is to acquire all the same (C11 has those) is a mere read to it."""
    return tags if "acquire" in tags else tags | RMW


def _condition(walker: Walker, instruction: ir.ReadModifyWrite, old: Term, event: int) -> Term:
    """Whether the write takes place, when `old` was read."""
    if instruction.condition is None:
        return TRUE
    return as_condition(_with_old(walker, instruction, instruction.condition, old, event).term)


def _written(walker: Walker, instruction: ir.ReadModifyWrite, old: Term, event: int) -> Local:
    """The value written, and what it depends on: on the operation's own read only where that carries data."""
    value = _typed(_with_old(walker, instruction, instruction.value, old, event), instruction.type)
    data = {source: when for source, when in value.data.items() if source != event}
    if instruction.carries_data:
        data[event] = TRUE
    return Local(value.term, data)


def _with_old(
    walker: Walker, instruction: ir.ReadModifyWrite, expression: ir.Expression, old: Term, event: int
) -> Local:
    kept = walker.locals
    walker.locals = {**kept, instruction.old: Local(old, {event: TRUE})}
    result = walker.value(expression, instruction.span)
    walker.locals = kept
    return result


def _typed(value: Local, type_: IntType) -> Local:
    if value.term.type == type_:
        return value
    return Local(operation(Operator.CAST, (value.term,), type_), value.data, value.control)


def lock(walker: Walker, instruction: ir.Lock) -> None:
    """The events of a spinlock primitive. Free is 0 and held is 1; which of its outcomes a primitive has is a
    choice, and an assumption ties the choice to the value read."""
    span = instruction.span
    address = walker.value(instruction.address, span)
    if instruction.kind is LockKind.RELEASE:
        _reach(walker, (_lock_write(walker, "UL", 0, address, span, TRUE),), address, span)
        return
    if instruction.kind is LockKind.ACQUIRE:
        _reach(walker, _acquire(walker, address, span, TRUE), address, span)
        return
    succeeds = walker.builder.choose((0, 1), BOOL)
    result = operation(Operator.CAST, (succeeds,), INT)
    if instruction.kind is LockKind.TRY:
        acquired = _acquire(walker, address, span, succeeds)
        failed = _lock_read(walker, "LF", address, span, negate(succeeds))
        _reach(walker, (*acquired, failed), address, span)
        walker.assign(instruction.target, result, {failed: TRUE})
        return
    held = _lock_read(walker, "RL", address, span, succeeds)
    free = _lock_read(walker, "RU", address, span, negate(succeeds))
    _reach(walker, (held, free), address, span)
    walker.assign(instruction.target, result, {held: TRUE, free: TRUE})


def _acquire(walker: Walker, address: Local, span: Span, when: Term) -> tuple[int, int]:
    first = _lock_read(walker, "LKR", address, span, when)
    last = _lock_write(walker, "LKW", 1, address, span, when)
    walker.builder.rmw.append((first, last))
    return first, last


def _lock_read(walker: Walker, tag: str, address: Local, span: Span, when: Term) -> int:
    """A read that sees the lock free (LKR, RU) or held (LF, RL)."""
    event = _event(walker, EventKind.READ, frozenset((tag,)), span, when=when, address=address, type_=INT)
    operator = Operator.EQ if tag in ("LKR", "RU") else Operator.NE
    seen = operation(operator, (read(event, INT), constant(0, INT)), BOOL)
    walker.assume(either(negate(when), seen), span, lock=tag == "LKR" and when is TRUE)
    return event


def _lock_write(walker: Walker, tag: str, value: int, address: Local, span: Span, when: Term) -> int:
    stored = Local(constant(value, INT), NONE)
    tags = frozenset((tag,))
    return _event(walker, EventKind.WRITE, tags, span, when=when, address=address, value=stored, type_=INT)
