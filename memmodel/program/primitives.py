"""The one table of the kernel's primitives: what each macro does, as steps that lowering turns into instructions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from memmodel.program.ir import Flavour, LockKind, Operator
from memmodel.records import dataclass, field


class Action(Enum):
    """What one step does. "Place" is the memory it is done to; operands are in brackets."""

    LOAD = "load"
    STORE = "store"  # [value]
    FENCE = "fence"  # with a place: a fence that speaks about that object
    EXCHANGE = "exchange"  # [value]; yields the old value
    COMPARE_EXCHANGE = "compare and exchange"  # [expected, value]; yields the old value
    TRY_EXCHANGE = "try to exchange"  # [pointer to the expected value, value]; yields whether it did, else updates it
    OPERATE = "operate"  # [operand]; yields nothing
    OPERATE_RETURN = "operate, return new"  # [operand]
    FETCH_OPERATE = "operate, return old"  # [operand]
    ADD_UNLESS = "add unless"  # [operand, limit]; yields whether it did
    LOCK = "lock"  # see `Step.lock`


class Reference(Enum):
    """How a macro's argument names memory: READ_ONCE(*x) takes an lvalue, smp_load_acquire(x) a pointer."""

    LVALUE = "lvalue"
    POINTER = "pointer"


@dataclass(frozen=True)
class Argument:
    """The macro's argument number `index`, from 0."""

    index: int


Operand = Argument | int


@dataclass(frozen=True)
class Place:
    argument: Argument
    reference: Reference


@dataclass(frozen=True)
class Tags:
    """The annotations of a step's events: its read, its write (or fence), its read when it fails (None: as `read`), and
    of fences around it (None: there are none)."""

    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()
    failed: frozenset[str] | None = None
    around: frozenset[str] | None = None


class Guard(Enum):
    """When an operation writes at all, by the value it finds; where not, it is a mere read, a failed operation."""

    CHANGES = "it would change the value"
    UNLESS = "the value is not the second operand"
    POSITIVE = "the value is more than 0"
    NOT_NEGATIVE = "the value is 0 or more"
    NOT_POSITIVE = "the value is 0 or less"


@dataclass(frozen=True)
class Step:
    action: Action
    tags: Tags = field(default_factory=Tags)
    place: Place | None = None
    operands: tuple[Operand, ...] = ()
    operator: Operator | None = None
    complement: bool = False
    """The operand is inverted first (andnot)."""
    lock: LockKind | None = None
    guard: Guard | None = None
    """Of OPERATE_RETURN and FETCH_OPERATE; None: they always write."""
    spurious: bool = False
    """Of TRY_EXCHANGE: it may fail although the value is the expected one."""
    integers: bool = False
    """Of operations with an operator: on a pointer they would count in elements, which lowering must not ignore."""
    flavour: Flavour = Flavour.USUAL

    @property
    def yields(self) -> bool:
        """Whether the step gives a value."""
        if self.action is Action.LOCK:
            return self.lock in (LockKind.TRY, LockKind.IS_LOCKED)
        return self.action not in (Action.STORE, Action.FENCE, Action.OPERATE)


@dataclass(frozen=True)
class Primitive:
    """A macro: `steps` in order, the last of which gives the value, if any; `test` compares that with a constant."""

    name: str
    parameters: tuple[str, ...]
    steps: tuple[Step, ...]
    test: tuple[Operator, int] | None = None

    @property
    def yields(self) -> bool:
        return bool(self.steps) and self.steps[-1].yields


class PrimitiveTable:
    """The primitives known to one kernel's model, by name."""

    def __init__(self, primitives: Iterable[Primitive]) -> None:
        self._by_name = {primitive.name: primitive for primitive in primitives}

    def find(self, name: str) -> Primitive | None:
        return self._by_name.get(name)

    def nearest(self, name: str) -> str | None:
        """The known name that `name` is most likely a slip of the pen for."""
        from difflib import get_close_matches

        close = get_close_matches(name, self._by_name, 1, 0.7)
        return close[0] if close else None

    def extended(self, primitives: Iterable[Primitive]) -> PrimitiveTable:
        """This table and `primitives`; a name that is here already keeps its meaning."""
        return PrimitiveTable((*primitives, *self))

    def __iter__(self) -> Iterator[Primitive]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)


# ── the kernel's primitives ──────────────────────────────────────────────────────────────────────
#
# Sources: Documentation/atomic_t.txt, Documentation/memory-barriers.txt, include/linux/atomic. As the kernel's model
# has it, both events of a read-modify-write carry its annotation: the model drops what means nothing there
# (acquire on a write, anything on an operation that failed).

_ORDERINGS = (("", "mb"), ("_relaxed", "once"), ("_acquire", "acquire"), ("_release", "release"))

_FENCES = (
    ("smp_mb", "mb"),
    ("smp_rmb", "rmb"),
    ("smp_wmb", "wmb"),
    ("barrier", "barrier"),
    ("smp_mb__before_atomic", "before-atomic"),
    ("smp_mb__after_atomic", "after-atomic"),
    ("smp_mb__after_spinlock", "after-spinlock"),
    ("smp_mb__after_unlock_lock", "after-unlock-lock"),
    ("smp_mb__after_srcu_read_unlock", "after-srcu-read-unlock"),
    ("rcu_read_lock", "rcu-lock"),
    ("rcu_read_unlock", "rcu-unlock"),
    ("synchronize_rcu", "sync-rcu"),
    ("synchronize_rcu_expedited", "sync-rcu"),
)

_LVALUE = Place(Argument(0), Reference.LVALUE)
_POINTER = Place(Argument(0), Reference.POINTER)
_FIRST, _SECOND, _THIRD = Argument(0), Argument(1), Argument(2)


def _tags(tag: str) -> Tags:
    return Tags(frozenset((tag,)), frozenset((tag,)))


def _load(name: str, tag: str, place: Place = _POINTER) -> Primitive:
    return Primitive(name, ("place",), (Step(Action.LOAD, _tags(tag), place),))


def _store(name: str, tag: str, place: Place = _POINTER) -> Primitive:
    return Primitive(name, ("place", "value"), (Step(Action.STORE, _tags(tag), place, (_SECOND,)),))


def _fence(name: str, tag: str) -> Primitive:
    return Primitive(name, (), (Step(Action.FENCE, _tags(tag)),))


def _lock(name: str, kind: LockKind) -> Primitive:
    return Primitive(name, ("lock",), (Step(Action.LOCK, place=_POINTER, lock=kind),))


def _accesses() -> Iterator[Primitive]:
    yield _load("READ_ONCE", "once", _LVALUE)
    yield _load("rcu_dereference", "once", _LVALUE)
    yield _load("smp_load_acquire", "acquire")
    yield _store("WRITE_ONCE", "once", _LVALUE)
    yield _store("rcu_assign_pointer", "release", _LVALUE)
    yield _store("smp_store_release", "release")
    write = Step(Action.STORE, _tags("once"), _LVALUE, (_SECOND,))
    yield Primitive("smp_store_mb", ("place", "value"), (write, Step(Action.FENCE, _tags("mb"))))


def _sleepable() -> Iterator[Primitive]:
    """SRCU: the reader's index is the value that it reads, and hands back."""
    for enter, leave in (("srcu_read_lock", "srcu_read_unlock"), ("srcu_down_read", "srcu_up_read")):
        yield _load(enter, "srcu-lock")
        yield _store(leave, "srcu-unlock")
    for name in ("synchronize_srcu", "synchronize_srcu_expedited"):
        yield Primitive(name, ("domain",), (Step(Action.FENCE, _tags("sync-srcu"), _POINTER),))


def _locks() -> Iterator[Primitive]:
    yield _lock("spin_lock", LockKind.ACQUIRE)
    yield _lock("spin_unlock", LockKind.RELEASE)
    yield _lock("spin_trylock", LockKind.TRY)
    yield _lock("spin_is_locked", LockKind.IS_LOCKED)


def _exchanges(prefix: str) -> Iterator[Primitive]:
    for suffix, tag in _ORDERINGS:
        exchange = Step(Action.EXCHANGE, _tags(tag), _POINTER, (_SECOND,))
        yield Primitive(f"{prefix}xchg{suffix}", ("place", "value"), (exchange,))
        for name, action in (("cmpxchg", Action.COMPARE_EXCHANGE), ("try_cmpxchg", Action.TRY_EXCHANGE)):
            step = Step(action, _tags(tag), _POINTER, (_SECOND, _THIRD))
            yield Primitive(f"{prefix}{name}{suffix}", ("place", "expected", "value"), (step,))


_ARITHMETIC = (
    # name, operator, complement, the operand where it is not an argument
    ("add", Operator.ADD, False, None),
    ("sub", Operator.SUB, False, None),
    ("inc", Operator.ADD, False, 1),
    ("dec", Operator.SUB, False, 1),
    ("and", Operator.AND, False, None),
    ("or", Operator.OR, False, None),
    ("xor", Operator.XOR, False, None),
    ("andnot", Operator.AND, True, None),
)


def _arithmetic(prefix: str) -> Iterator[Primitive]:
    """atomic_OP, atomic_OP_return, atomic_fetch_OP; and the tests on a new value."""
    for name, operator, complement, constant in _ARITHMETIC:
        parameters = ("place",) if constant is not None else ("operand", "place")
        place = Place(Argument(len(parameters) - 1), Reference.POINTER)
        operand: Operand = _FIRST if constant is None else constant

        def step(
            action: Action,
            tag: str,
            place: Place = place,
            operand: Operand = operand,
            operator: Operator = operator,
            complement: bool = complement,
        ) -> tuple[Step, ...]:
            return (Step(action, _tags(tag), place, (operand,), operator, complement),)

        yield Primitive(f"{prefix}{name}", parameters, step(Action.OPERATE, "noreturn"))
        for suffix, tag in _ORDERINGS:
            returning, fetching = step(Action.OPERATE_RETURN, tag), step(Action.FETCH_OPERATE, tag)
            if name in ("add", "sub", "inc", "dec"):
                yield Primitive(f"{prefix}{name}_return{suffix}", parameters, returning)
            yield Primitive(f"{prefix}fetch_{name}{suffix}", parameters, fetching)
            if name == "add":
                yield Primitive(f"{prefix}add_negative{suffix}", parameters, returning, (Operator.LT, 0))
        if name in ("sub", "inc", "dec"):
            fully = step(Action.OPERATE_RETURN, "mb")
            yield Primitive(f"{prefix}{name}_and_test", parameters, fully, (Operator.EQ, 0))


def _atomics(prefix: str) -> Iterator[Primitive]:
    yield _load(f"{prefix}read", "once")
    yield _load(f"{prefix}read_acquire", "acquire")
    # Plain stores to the model, not read-modify-writes: smp_mb__before_atomic() next to them orders nothing.
    yield _store(f"{prefix}set", "once")
    yield _store(f"{prefix}set_release", "release")
    yield from _arithmetic(prefix)
    yield from _exchanges(prefix)
    unless = Step(Action.ADD_UNLESS, _tags("mb"), _POINTER, (_SECOND, _THIRD))
    yield Primitive(f"{prefix}add_unless", ("place", "operand", "limit"), (unless,))
    not_zero = Step(Action.ADD_UNLESS, _tags("mb"), _POINTER, (1, 0))
    yield Primitive(f"{prefix}inc_not_zero", ("place",), (not_zero,))


def _table() -> Iterator[Primitive]:
    yield from _accesses()
    for name, tag in _FENCES:
        yield _fence(name, tag)
    yield from _sleepable()
    yield from _locks()
    yield from _exchanges("")
    for prefix in ("atomic_", "atomic_long_", "atomic64_"):
        yield from _atomics(prefix)


DEFAULT = PrimitiveTable(_table())
"""The kernel's current primitives, with the annotations of the package's own lkmm."""
