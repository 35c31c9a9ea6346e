"""A cycle of accesses in a line of text in, a program of machine events out, which asks whether the cycle can be.

`W dmb-ish W | R addr R` is message passing. Threads are parted by `|`. In a thread, accesses and what lies between two
of them take turns; from the last access of a thread to the first of the next one (of the last: the first) leads what
the two say: from a write to a read that returns it, from a read to a write that comes after what it read, from a
write to a write after it. What lies between two accesses of a thread moves on to another location, except for

    pos                          the same location, nothing else
    rfi fri wsi                  the same: a read of that write; a write after what was read; a write after it
    rdw detour                   the same, with a write of one more thread in between, which the read that follows sees
    add swap x-add x-swap        the two halves of a read-modify-write: an instruction, or (x-) a pair that reserves
    <swap <x-swap                the same, backwards: the cycle comes by the write and leaves from the read

and is else one of: po (nothing), addr data ctrl (of the last read; ctrl reaches all that follows, ctrl-arm only the
next access), the name of a fence, lock, unlock; or several of them with `+`. An access is R or W, with annotations
after dots, n for a result that is thrown away; uR and uW are exchanges of which the cycle passes through one half only
(uR stores what it is to read), fR is a compare and exchange that fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from memmodel.program import ir
from memmodel.program.ir import Operator
from memmodel.program.types import ADDRESS, BOOL, INT
from memmodel.source import SourceFile, Span

SPAN = Span(SourceFile("cycle", "x"), 0, 1)
BACKWARDS = ("<swap", "<x-swap")
MODIFY = ("add", "swap", "x-add", "x-swap", *BACKWARDS)
STAY = ("pos", "rfi", "fri", "wsi", "rdw", "detour", *MODIFY)
DEPENDENCIES = ("addr", "data", "ctrl", "ctrl-arm")
LOCKS = {"lock": ir.LockKind.ACQUIRE, "unlock": ir.LockKind.RELEASE}
NEVER_STORED = 99


class Form(Enum):
    PLAIN = ""
    MODIFY = "u"
    FAILED = "f"


@dataclass(frozen=True)
class Access:
    """`value`: what a read must return, or what a write stores. `register`: of a read, where its value is."""

    write: bool
    form: Form
    annotations: frozenset[str]
    location: str
    value: int
    register: str


@dataclass(frozen=True)
class Cycle:
    """`between[t][i]` is what leads to the access i of thread t, `between[t][0]` is empty. `last`: final values."""

    threads: tuple[tuple[Access, ...], ...]
    between: tuple[tuple[tuple[str, ...], ...], ...]
    last: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Dialect:
    """How the annotations of reads and of writes are called in an architecture's model, and what the halves of a
    read-modify-write are called that is an instruction, or a pair that reserves."""

    reads: dict[str, str] = field(default_factory=dict)
    writes: dict[str, str] = field(default_factory=dict)
    atomic: frozenset[str] = frozenset()
    exclusive: frozenset[str] = frozenset()

    def tags(self, access: Access) -> frozenset[str]:
        known = self.writes if access.write else self.reads
        return frozenset(known[name] for name in access.annotations)

    def halves(
        self, read: frozenset[str], write: frozenset[str], single: bool
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Of a read-modify-write whose halves are annotated so. What stands on an instruction stands on both."""
        base = self.exclusive
        if single:
            base, read, write = self.atomic, read | write, read | write
        return (
            base | {tag for name, tag in self.reads.items() if name in read},
            base | {tag for name, tag in self.writes.items() if name in write},
        )


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def cycle(text: str) -> Cycle:
    """What the text says, with locations and values."""
    words = [thread.split() for thread in text.split("|")]
    edges = [[()] + [tuple(word.split("+")) for word in thread[1::2]] for thread in words]
    names = [thread[0::2] for thread in words]
    places = [(t, i) for t, thread in enumerate(names) for i in range(len(thread))]
    moves = [bool(edges[t][i]) and not set(edges[t][i]) & set(STAY) for t, i in places]
    if any(moves):
        start, count = moves.index(True), sum(moves)
        assert count > 1, f"one location follows another in '{text}'"
    else:
        start, count = next(n for n, (t, i) in enumerate(places) if edges[t][i]), 1
    found: dict[tuple[int, int], Access] = {}
    extra: list[Access] = []
    last: dict[str, int] = {}
    writes: dict[str, int] = {}
    location, value = 0, 0
    for step in range(len(places)):
        n = (start + step) % len(places)
        t, i = places[n]
        if step and moves[n]:
            location, value = location + 1, 0
        name = "xyzwabc"[(location + 1) % count]
        if set(edges[t][i]) & {"rdw", "detour"}:
            value += 1
            writes[name] = writes.get(name, 0) + 1
            extra.append(Access(True, Form.PLAIN, frozenset(), name, value, ""))
        kind, *annotations = names[t][i].split(".")
        form, write = Form(kind[:-1]), kind[-1] == "W"
        if write:
            value += 1
            writes[name] = writes.get(name, 0) + 1
        last[name] = value
        found[t, i] = Access(write, form, frozenset(annotations), name, value, "" if write else f"r{n}")
    threads = [tuple(found[t, i] for i in range(len(thread))) for t, thread in enumerate(names)]
    threads += [(access,) for access in extra]
    return Cycle(
        tuple(threads),
        tuple(tuple(thread) for thread in (*edges, *([()] for _ in extra))),
        tuple((name, last[name]) for name in sorted(last) if writes.get(name, 0) > 1),
    )


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def program(text: str, dialect: Dialect) -> ir.Program:
    """The program whose condition is that the cycle is there."""
    found = cycle(text)
    threads = tuple(ir.Thread(f"P{t}", _Thread(found, t, dialect).body(0)) for t in range(len(found.threads)))
    names = sorted({access.location for thread in found.threads for access in thread})
    if any("lock" in edge for thread in found.between for edge in thread):
        names += [f"l{t}" for t in range(len(threads))]
    wanted: list[ir.Expression] = [
        _equal(ir.FinalLocal(t, access.register), access.value)
        for t, thread in enumerate(found.threads)
        for access in thread
        if access.register and "n" not in access.annotations
    ]
    wanted += [_equal(ir.FinalMemory(name, 0), value) for name, value in found.last]
    condition = wanted[0]
    for term in wanted[1:]:
        condition = ir.Operation(Operator.LAND, (condition, term), BOOL)
    objects = tuple(ir.Object(name, INT) for name in names)
    return ir.Program(text, objects, threads, ir.Quantifier.EXISTS, condition, ())


class _Thread:
    def __init__(self, found: Cycle, thread: int, dialect: Dialect) -> None:
        self._accesses = found.threads[thread]
        self._between = found.between[thread]
        self._lock = ir.Address(f"l{thread}")
        self._dialect = dialect

    def body(self, start: int) -> tuple[ir.Instruction, ...]:
        """What is left of the thread from an access on, without what leads to it."""
        made: list[ir.Instruction] = []
        i = start
        while i < len(self._accesses):
            words = self._between[i] if i > start else ()
            made += [instruction for word in words for instruction in self._fence(word)]
            if "ctrl" in words:
                arm = (*made[len(made) - self._fences(words) :], *self.body(i))
                return (*made[: len(made) - self._fences(words)], self._when(i, arm))
            access = self._access(i)
            made.append(self._when(i, (access,)) if "ctrl-arm" in words else access)
            i += 2 if self._modifies(i) else 1
        return tuple(made)

    def _fences(self, words: tuple[str, ...]) -> int:
        return sum(len(tuple(self._fence(word))) for word in words)

    def _fence(self, word: str) -> tuple[ir.Instruction, ...]:
        if word in LOCKS:
            return (ir.Lock(LOCKS[word], self._lock, None, SPAN),)
        if word in STAY or word in DEPENDENCIES or word == "po":
            return ()
        return (ir.Fence(frozenset((word,)), SPAN),)

    def _when(self, i: int, arm: tuple[ir.Instruction, ...]) -> ir.If:
        source = self._source(i)
        return ir.If(_equal(ir.Local(source.register), source.value), arm, (), SPAN)

    def _source(self, i: int) -> Access:
        return next(access for access in reversed(self._accesses[:i]) if access.register)

    def _modifies(self, i: int) -> bool:
        return i + 1 < len(self._accesses) and bool(set(self._between[i + 1]) & set(MODIFY))

    def _access(self, i: int) -> ir.Instruction:
        access, words = self._accesses[i], self._between[i]
        address: ir.Expression = ir.Address(access.location)
        value: ir.Expression = ir.Constant(access.value)
        if "addr" in words:
            address = ir.Operation(Operator.ADD, (address, self._nothing(i, ADDRESS)), ADDRESS)
        if "data" in words:
            value = ir.Operation(Operator.ADD, (value, self._nothing(i, INT)), INT)
        if self._modifies(i):
            how = self._between[i + 1][0]
            halves = (access, self._accesses[i + 1])
            return self._modify(*(halves[::-1] if how in BACKWARDS else halves), how.lstrip("<"), address)
        if access.form is not Form.PLAIN:
            return self._alone(access, address, value)
        if access.write:
            return ir.Store(address, value, INT, self._dialect.tags(access), SPAN)
        return ir.Load(access.register, address, INT, self._dialect.tags(access), SPAN)

    def _nothing(self, i: int, type_: ir.IntType) -> ir.Expression:
        register = ir.Local(self._source(i).register)
        nothing = ir.Operation(Operator.AND, (register, ir.Constant(0)), INT)
        return nothing if type_ is INT else ir.Operation(Operator.CAST, (nothing,), type_)

    def _modify(self, first: Access, second: Access, how: str, address: ir.Expression) -> ir.ReadModifyWrite:
        read, write = self._dialect.halves(first.annotations, second.annotations, not how.startswith("x-"))
        adds = how.endswith("add")
        stored = _plus(first.register, 1) if adds else ir.Constant(second.value)
        return ir.ReadModifyWrite(first.register, address, stored, None, INT, read, write, adds, SPAN)

    def _alone(self, access: Access, address: ir.Expression, value: ir.Expression) -> ir.ReadModifyWrite:
        read, write = self._dialect.halves(access.annotations, access.annotations, True)
        old = access.register or f"unused{access.location}"
        if access.form is Form.FAILED:
            fails = _equal(ir.Local(old), NEVER_STORED)
            return ir.ReadModifyWrite(old, address, ir.Constant(0), fails, INT, read, write, False, SPAN)
        return ir.ReadModifyWrite(old, address, value, None, INT, read, write, False, SPAN)


def _plus(register: str, number: int) -> ir.Expression:
    return ir.Operation(Operator.ADD, (ir.Local(register), ir.Constant(number)), INT)


def _equal(value: ir.Expression, number: int) -> ir.Expression:
    return ir.Operation(Operator.EQ, (value, ir.Constant(number)), BOOL)
