"""Local and ghost variables: types in, the registers of their cells out; and which of them need memory after all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from memmodel.frontends.c.lowering.fold import Split, stride
from memmodel.program.ir import (
    Address,
    Assert,
    Assign,
    Assume,
    Block,
    Choose,
    Exit,
    Expression,
    Fence,
    If,
    Instruction,
    Load,
    Local,
    Lock,
    Loop,
    Operation,
    ReadModifyWrite,
    Store,
)
from memmodel.program.types import ArrayType, IntType, PointerType, StructType, Type
from memmodel.program.values import Scalar
from memmodel.records import dataclass
from memmodel.source import Span

MOST_CELLS = 64
"""Cells of an array that an index may choose from while they are registers."""

MOST_REGISTERS = 512
"""Cells of one local variable: beyond, it lies in memory."""

Identity = tuple[str, str]
"""A local variable as written: its function and its name. All its instances are treated alike."""


@dataclass(frozen=True)
class Cell:
    """One single value of a variable: the register that holds it."""

    offset: int
    register: str
    type: Scalar


class Storage:
    """A local variable. Its address is that of an object called `name`, which exists only if the address escapes."""

    def __init__(self, name: str, type_: Type, identity: Identity, span: Span, ghost: bool = False) -> None:
        self.name = name
        self.type = type_
        self.identity = identity
        self.span = span
        self.ghost = ghost

    @cached_property
    def cells(self) -> dict[int, Cell]:
        """The cells by offset; of what overlaps in a union only the first is one."""
        found: dict[int, Cell] = {}
        end = 0
        for offset, label, type_ in labelled(self.type, self.name):
            if offset >= end:
                found[offset] = Cell(offset, label, type_)
                end = offset + type_.size
        return found

    def cell(self, offset: int, type_: Scalar) -> Cell | None:
        """The cell that an access of `type_` at `offset` is to; None where it is to no single one."""
        found = self.cells.get(offset)
        return found if found is not None and _fits(found.type, type_) else None

    def reachable(self, place: Split, type_: Scalar) -> tuple[Cell, ...]:
        """The cells that an access at a place known only when the program runs may be to."""
        start, end = place.inside or (0, self.type.size)
        step = stride(place.rest)
        return tuple(
            cell
            for cell in self.cells.values()
            if start <= cell.offset < end and _fits(cell.type, type_) and (cell.offset - place.offset) % step == 0
        )


def _fits(cell: Scalar, type_: Scalar) -> bool:
    return cell.size == type_.size and _width(cell) == _width(type_)


def _width(type_: Scalar) -> int:
    return type_.width if isinstance(type_, IntType) else 64


def few(type_: Type) -> bool:
    """Whether an object of `type_` has few enough cells to be kept in registers."""
    return type_.size <= MOST_REGISTERS or count(type_) <= MOST_REGISTERS


def count(type_: Type) -> int:
    """How many cells an object of `type_` has."""
    if isinstance(type_, ArrayType):
        return type_.length * count(type_.element)
    if isinstance(type_, StructType):
        return sum(count(field.type) for field in type_.fields)
    return 1


def labelled(type_: Type, label: str, offset: int = 0) -> Iterator[tuple[int, str, Scalar]]:
    """The offset, the name and the type of every cell, in order."""
    if isinstance(type_, ArrayType):
        for index in range(type_.length):
            yield from labelled(type_.element, f"{label}[{index}]", offset + index * type_.element.size)
    elif isinstance(type_, StructType):
        for field in type_.fields:
            yield from labelled(field.type, f"{label}.{field.name}", offset + field.offset)
    else:
        assert isinstance(type_, (IntType, PointerType))
        yield offset, label, type_


# ── what instructions mention ────────────────────────────────────────────────────────────────────


def expressions(node: Instruction) -> tuple[Expression, ...]:
    """The expressions of an instruction, without those of instructions inside."""
    match node:
        case Assign():
            return (node.value,)
        case Load() | Lock():
            return (node.address,)
        case Store():
            return (node.address, node.value)
        case ReadModifyWrite():
            return (node.address, node.value, *((node.condition,) if node.condition is not None else ()))
        case Fence():
            return (node.address,) if node.address is not None else ()
        case If():
            return (node.condition, *node.consulted)
        case Assume() | Assert():
            return (node.condition,)
        case Block() | Loop() | Exit() | Choose():
            return ()


def inner(node: Instruction) -> tuple[tuple[Instruction, ...], ...]:
    """The bodies inside an instruction."""
    match node:
        case If():
            return (node.then, node.otherwise)
        case Block() | Loop():
            return (node.body,)
        case _:
            return ()


def every(body: tuple[Instruction, ...]) -> Iterator[Instruction]:
    """All instructions, those inside others after them."""
    for node in body:
        yield node
        for part in inner(node):
            yield from every(part)


def assigned(node: Instruction) -> str | None:
    """The local that an instruction gives a value."""
    match node:
        case Assign() | Choose() | Load() | Lock():
            return node.target
        case ReadModifyWrite():
            return node.old
        case _:
            return None


def leaves(node: Expression) -> Iterator[Address | Local]:
    """The addresses and locals in an expression."""
    waiting = [node]
    while waiting:
        top = waiting.pop()
        if isinstance(top, Operation):
            waiting.extend(reversed(top.operands))
        elif isinstance(top, (Address, Local)):
            yield top


def addresses(body: tuple[Instruction, ...]) -> Iterator[tuple[Address, Instruction]]:
    """All addresses of objects that instructions mention."""
    for node in every(body):
        for expression in expressions(node):
            for leaf in leaves(expression):
                if isinstance(leaf, Address):
                    yield leaf, node


def read_dependent(body: tuple[Instruction, ...]) -> frozenset[str]:
    """The locals whose values may rest on what was read from memory, by data or by the path taken."""
    known: set[str] = set()
    while True:
        before = len(known)
        _spread(body, False, known)
        if len(known) == before:
            return frozenset(known)


def _spread(body: tuple[Instruction, ...], controlled: bool, known: set[str]) -> bool:
    """One pass over `body`; whether what follows it is controlled by reads (because some way out of it is)."""
    for node in body:
        match node:
            case Load(target=str(target)) | ReadModifyWrite(old=target) | Lock(target=str(target)):
                known.add(target)
            case Assign() if controlled or _rests(node.value, known):
                known.add(node.target)
            case Choose() if controlled:
                known.add(node.target)
            case If():
                inside = controlled or any(_rests(e, known) for e in (node.condition, *node.consulted))
                _spread(node.then, inside, known)
                _spread(node.otherwise, inside, known)
                # A way out in one arm makes the rest of the block around hang on the condition.
                if inside and any(isinstance(i, Exit) for i in every((node,))):
                    controlled = True
            case Block() | Loop():
                inside = _spread(node.body, controlled, known)
                controlled = controlled or inside
            case _:
                pass
    return controlled


def _rests(node: Expression, known: set[str]) -> bool:
    return any(isinstance(leaf, Local) and leaf.name in known for leaf in leaves(node))
