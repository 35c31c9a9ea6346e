"""The intermediate representation: a bounded concurrent program over shared objects.

Every front end produces a `Program`; everything after reads nothing else. Expressions have no side effects and
touch no shared memory: each access is an instruction of its own, in program order, so that what an
access depends on can be read off its operands. Control flow is structured: `Exit` leaves the
enclosing `Block` of that label (so break, continue, return and forward goto are all one thing), and a
`Loop` repeats until an `Exit` leaves it.

`spec.check` states, executably, what a legal program is.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from memmodel.program.types import ADDRESS, BOOL, INT, IntType, Type
from memmodel.records import dataclass, field
from memmodel.source import Span


class Operator(Enum):
    """Operators on integers. Operands and result have the types the front end gave them: it inserts
    the casts of C's promotions, so that an operator never converts. Comparisons and the logical
    operators yield 0 or 1."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    MOD = "%"
    AND = "&"
    OR = "|"
    XOR = "^"
    SHL = "<<"
    SHR = ">>"
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    NEG = "neg"
    INVERT = "~"
    NOT = "!"
    LAND = "&&"
    LOR = "||"
    ITE = "?:"
    CAST = "cast"


# ── expressions ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Constant:
    value: int
    type: IntType = INT


@dataclass(frozen=True)
class Local:
    """The present value of a thread's local variable (a register); 0 before its first assignment."""

    name: str
    type: IntType = INT


@dataclass(frozen=True)
class Address:
    """The address of an object, `offset` bytes in."""

    object: str
    offset: int = 0
    type: IntType = ADDRESS


@dataclass(frozen=True)
class Operation:
    """An operator applied to one to three operands; CAST converts its operand to `type`. Within
    LAND, LOR and ITE all operands are evaluated (they have no effects) and all are depended upon."""

    operator: Operator
    operands: tuple[Expression, ...]
    type: IntType
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class FinalLocal:
    """In conditions only: what a local of a thread holds at the end; 0 if never assigned."""

    thread: int
    name: str
    type: IntType = INT


@dataclass(frozen=True)
class FinalMemory:
    """In conditions only: what the cell `offset` bytes into an object holds at the end."""

    object: str
    offset: int
    type: IntType = INT


@dataclass(frozen=True)
class Failed:
    """In conditions only: 1 where some assertion of the program failed."""

    type: IntType = BOOL


Expression = Constant | Local | Address | Operation | FinalLocal | FinalMemory | Failed

TRUE = Constant(1, BOOL)


# ── instructions ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Assign:
    """`target = value`, no memory access. Locals are created by assignment."""

    target: str
    value: Expression
    span: Span


@dataclass(frozen=True)
class Load:
    """`target = *address`, one read event. `type` is what the cell is read as; an address that may be
    no cell is a fault on that path."""

    target: str | None
    address: Expression
    type: IntType
    tags: frozenset[str]
    span: Span


@dataclass(frozen=True)
class Store:
    """`*address = value`, one write event. `value` has the type `type`."""

    address: Expression
    value: Expression
    type: IntType
    tags: frozenset[str]
    span: Span


class Flavour(Enum):
    """Which of several primitives that are one to the kernel's model: architectures tell some apart. Of a barrier: what
    it orders besides memory that CPUs share; of a read-modify-write: on whose behalf, and what it writes only if."""

    USUAL = "usual"
    DMA = "memory that a device shares"
    DEVICE = "a device's registers too"
    LOCAL = "of a local_t"
    THIS_CPU = "among the operations of this CPU alone"
    UNLESS = "unless it has some value"
    UNLESS_SIGN = "unless it has some sign"
    BIT = "where that changes a bit"


@dataclass(frozen=True)
class ReadModifyWrite:
    """One read event and, where `condition` holds, one write event paired with it by `rmw`.

    `old` names the local that holds the value read, and may be used in `condition` and `value`;
    `condition` None means the write always happens. `carries_data` says whether the write depends on the read by
    data (an atomic_add does; xchg and cmpxchg do not, however their success was decided).
    """

    old: str
    address: Expression
    value: Expression
    condition: Expression | None
    type: IntType
    read_tags: frozenset[str]
    write_tags: frozenset[str]
    carries_data: bool
    span: Span
    around: frozenset[str] | None = None
    """Tags of two fences, before and after, that are there when the write is (how the models of older kernels
    make a successful operation fully ordered)."""
    failed_tags: frozenset[str] | None = None
    """Tags of the read when the write does not take place; None: `read_tags` all the same."""
    flavour: Flavour = Flavour.USUAL


@dataclass(frozen=True)
class Fence:
    """An event that touches no memory: barriers, RCU markers. `address`, where given, is the object
    that it speaks about (synchronize_srcu's domain)."""

    tags: frozenset[str]
    span: Span
    address: Expression | None = None
    flavour: Flavour = Flavour.USUAL


class LockKind(Enum):
    ACQUIRE = "spin_lock"
    RELEASE = "spin_unlock"
    TRY = "spin_trylock"
    IS_LOCKED = "spin_is_locked"


@dataclass(frozen=True)
class Lock:
    """A spinlock primitive. ACQUIRE is a read (set LKR) that must see the lock free and a write (LKW);
    RELEASE is a write (UL); TRY is either an acquisition, with result 1, or a read (LF) that sees the lock held,
    with result 0; IS_LOCKED is a read that sees it held (RL), result 1, or free (RU), result 0."""

    kind: LockKind
    address: Expression
    target: str | None
    span: Span


@dataclass(frozen=True)
class If:
    condition: Expression
    then: tuple[Instruction, ...]
    otherwise: tuple[Instruction, ...]
    span: Span
    consulted: tuple[Expression, ...] = ()
    """What else the arms are controlled by: operands of the accesses that the source has inside its condition."""


@dataclass(frozen=True)
class Block:
    """`body`, which `Exit(label)` leaves."""

    label: str
    body: tuple[Instruction, ...]
    span: Span


@dataclass(frozen=True)
class Exit:
    """Leave the enclosing Block (not Loop) of that label."""

    label: str
    span: Span


@dataclass(frozen=True)
class Loop:
    """`body` again and again, left only by an Exit to a Block around the loop. It is run at most
    `bound` + 1 times up to the first Exit (as herd7 counts: `bound` complete bodies, then one more test of the
    condition); what would go on is a cut."""

    body: tuple[Instruction, ...]
    span: Span
    bound: int | None = None
    """Iterations for this loop alone; None: the program's own."""


@dataclass(frozen=True)
class Assume:
    """Executions in which `condition` is 0 here are not executions of the program."""

    condition: Expression
    span: Span


class Undefined(Enum):
    """What C gives no meaning to, and lowering therefore asserts not to happen."""

    INDEX = "index outside the array"
    SHIFT = "shift by less than 0 or more than the width"


@dataclass(frozen=True)
class Assert:
    """Executions in which `condition` is 0 here are bad. `undefined`: they do there what C gives no meaning to, which
    is a fault of the program and no failed assertion of its author's."""

    condition: Expression
    message: str
    span: Span
    undefined: Undefined | None = None


@dataclass(frozen=True)
class Choose:
    """`target` = any value of the listed ones, not determined by anything."""

    target: str
    values: tuple[int, ...]
    type: IntType
    span: Span


Instruction = (
    Assign | Load | Store | ReadModifyWrite | Fence | Lock | If | Block | Exit | Loop | Assume | Assert | Choose
)


# ── program ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Object:
    """A shared object. `initial` maps a byte offset to what that cell holds at first (absent: 0)."""

    name: str
    type: Type
    initial: Mapping[int, Constant | Address] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False)
    unwritten: bool = False
    """What `initial` does not mention was never written: to read it is a fault, where a cell has 32 bits or more."""


@dataclass(frozen=True)
class Thread:
    """`initial` gives locals a value before the first instruction."""

    name: str
    body: tuple[Instruction, ...]
    initial: Mapping[str, Constant | Address] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False)


class Quantifier(Enum):
    EXISTS = "exists"
    FORALL = "forall"
    NOT_EXISTS = "~exists"


@dataclass(frozen=True)
class Observable:
    """A final value that states list; `label` is how herd7 names it: `0:r1`, `x`, `a[1]`."""

    label: str
    value: FinalLocal | FinalMemory
    pointer: bool
    """Whether values are addresses where they can be (shown by name)."""
    whole: str = ""
    """The array, if this is one of its elements and states list it as one: `a={1,2}`. Its elements stand in a row."""


@dataclass(frozen=True)
class Expectation:
    """What the file says its verdict is: Never, Sometimes, Always, DEADLOCK or Maybe."""

    verdict: str
    race: bool
    span: Span
    fault: str | None = None
    """Part of the message of a fault that is expected; '': any fault; None: no fault is."""
    bounded: bool = False
    """The verdict is expected up to a loop bound only."""


@dataclass(frozen=True)
class Program:
    name: str
    objects: tuple[Object, ...]
    threads: tuple[Thread, ...]
    quantifier: Quantifier
    condition: Expression
    """Over FinalLocal and FinalMemory."""
    observables: tuple[Observable, ...]
    filter: Expression = TRUE
    expectation: Expectation | None = None
    unroll: int = 2
    condition_text: str = ""
    """The condition as herd7 prints it after `Condition`."""
    condition_span: Span | None = field(default=None, compare=False)
    exact: bool = False
    """Every access has the size of its type, so that accesses, not declarations, say where the cells of a byte area or
    of a union lie. In litmus tests an access is to the whole cell at its address, whatever it is called there."""
    finish: tuple[Instruction, ...] = ()
    """What runs alone after all threads: its loads see final memory, and its expressions may mention FinalLocal."""


FIRST_ADDRESS = 0x6D6D0000
"""Where the first object lies: far from the integers that programs compute with, and still positive in 32 bits."""

ALIGNMENT = 64


def layout(objects: tuple[Object, ...]) -> dict[str, int]:
    """The address of each object: as declared, one after the other, each on a 64-byte boundary."""
    addresses: dict[str, int] = {}
    free = FIRST_ADDRESS
    for item in objects:
        addresses[item.name] = free
        free += (max(item.type.size, 1) + ALIGNMENT) // ALIGNMENT * ALIGNMENT
    return addresses
