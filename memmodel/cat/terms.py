"""Typed relation terms: what a cat model means once names, functions and includes are resolved.

A term is a set of events or a relation between events. Equal terms are the same object.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from memmodel.records import dataclass, field
from memmodel.source import Span


class Sort(Enum):
    SET = "set"
    RELATION = "relation"


class Op(Enum):
    """`args` of each in brackets: S a set, r a relation, X either."""

    BASE = "base"  # name: a set or relation that the execution provides
    EMPTY = "empty"
    UNIVERSE = "_"  # the set of all executed events
    UNION = "|"  # [X, X, …]
    INTER = "&"  # [X, X, …]
    DIFF = "\\"  # [X, X]
    COMPLEMENT = "~"  # [X], against all events or all pairs
    SEQ = ";"  # [r, r, …]
    PLUS = "^+"  # [r]
    STAR = "^*"  # [r]
    OPTIONAL = "?"  # [r]
    INVERSE = "^-1"  # [r]
    IDENTITY = "[_]"  # [S]
    PRODUCT = "*"  # [S, S]
    DOMAIN = "domain"  # [r]
    RANGE = "range"  # [r]
    DIFFERENT_VALUES = "different-values"  # [r]
    VARIABLE = "variable"  # bound by a FIX; index says which
    FIX = "fix"  # args: the bodies of one `let rec … and …`; index: the one meant


@dataclass(frozen=True, eq=False)
class Term:
    op: Op
    sort: Sort
    args: tuple[Term, ...] = ()
    name: str = ""
    """BASE: the provided name. VARIABLE and FIX: the group's unique name."""
    index: int = 0
    free: frozenset[str] = field(default=frozenset(), repr=False)
    """Names of the FIX groups whose variables occur free."""

    def __str__(self) -> str:
        if self.op in (Op.BASE, Op.VARIABLE):
            return self.name
        return f"({self.op.value} {' '.join(map(str, self.args))})".replace(" )", ")")


_table: dict[tuple[object, ...], Term] = {}


def make(op: Op, sort: Sort, args: Iterable[Term] = (), name: str = "", index: int = 0) -> Term:
    """The term, built once: asking again for the same gives the same object."""
    arguments = tuple(args)
    key = (op, sort, arguments, name, index)
    term = _table.get(key)
    if term is None:
        free = frozenset().union(*(a.free for a in arguments))
        if op is Op.VARIABLE:
            free = frozenset((name,))
        elif op is Op.FIX:
            free = free - {name}
        term = _table[key] = Term(op, sort, arguments, name, index, free)
    return term


def base(name: str, sort: Sort) -> Term:
    return make(Op.BASE, sort, (), name)


EMPTY_SET = make(Op.EMPTY, Sort.SET)
EMPTY_RELATION = make(Op.EMPTY, Sort.RELATION)
UNIVERSE = make(Op.UNIVERSE, Sort.SET)
ID = make(Op.IDENTITY, Sort.RELATION, (UNIVERSE,))


def other_member(fix: Term, index: int) -> Term:
    """The term for another member of the same `let rec` group."""
    return make(Op.FIX, fix.args[index].sort, fix.args, fix.name, index)


def is_monotone(fix: Term) -> bool:
    """Whether growing a variable of a `let rec` group can only grow its bodies."""
    return all(grows_with(body, fix.name) for body in fix.args)


def grows_with(term: Term, group: str) -> bool:
    """Whether more in the group's variables never means less in `term`: none is subtracted or complemented."""
    seen: set[Term] = set()
    stack = [term]
    while stack:
        part = stack.pop()
        if group not in part.free or part in seen:
            continue
        seen.add(part)
        if part.op in (Op.COMPLEMENT, Op.DIFFERENT_VALUES):
            return False
        if part.op is Op.DIFF and group in part.args[1].free:
            return False
        stack.extend(part.args)
    return True


class CheckKind(Enum):
    ACYCLIC = "acyclic"
    IRREFLEXIVE = "irreflexive"
    EMPTY = "empty"


@dataclass(frozen=True)
class Check:
    """`acyclic t as name`, or its negation (`~`). An axiom forbids executions that fail it. A flag
    (`flag ~empty t as name`) forbids nothing: it is raised in executions where the check, as written, holds."""

    kind: CheckKind
    negated: bool
    term: Term
    name: str
    flag: bool
    span: Span | None = field(default=None, compare=False)


BASE_SETS = ("R", "W", "F", "M", "IW", "FW", "RMW", "LKR", "LKW", "UL", "LF", "RL", "RU")
"""Provided besides one set for each tag: tag 'rcu-lock' gives the set Rcu-lock (first letter capital).
R and W hold reads and writes of locks too; M = R | W; RMW: both events of a read-modify-write primitive, also when it
failed; IW initial writes; FW each cell's last write."""

BASE_RELATIONS = ("po", "rf", "co", "fr", "loc", "int", "ext", "rmw", "addr", "data", "ctrl")
"""Provided relations. fr = rf^-1 ; co; loc holds between events on the same cell, fences about an object included;
int/ext same/different thread (each initial write is a thread of its own)."""


@dataclass(frozen=True)
class Definition:
    """A `let` of the model, for showing executions and for derivations."""

    name: str
    term: Term
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Model:
    """A memory model: the checks in the order written, and the final value of each top-level name."""

    name: str
    title: str
    checks: tuple[Check, ...]
    definitions: tuple[Definition, ...]

    @property
    def axioms(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.flag)

    @property
    def flags(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.flag)
