"""What is still to be run, as a list that shares its tail: instructions, ends of blocks, turns of loops."""

from __future__ import annotations

from typing import TypeAlias

from memmodel.program import ir
from memmodel.program.constants import Environment
from memmodel.program.ir import Instruction
from memmodel.records import dataclass
from memmodel.source import Span


@dataclass(frozen=True)
class End:
    """The end of the block of that label, to which its Exits go."""

    label: str


@dataclass(frozen=True)
class Iteration:
    """A turn of a loop is to begin. `turn` is the loop's own number, `before` the locals when the turn before began."""

    loop: ir.Loop
    number: int
    turn: int
    before: Environment | None


@dataclass(frozen=True)
class Last:
    """The rest of a loop's last turn; `now` holds the locals at its beginning."""

    body: tuple[Instruction, ...]
    turn: int
    before: Environment | None
    now: Environment

    @property
    def span(self) -> Span:
        return self.body[0].span

    def changed(self, name: str) -> bool:
        """Whether a local has another value than one turn before."""
        return self.before is None or self.before.values(name) != self.now.values(name)


@dataclass(frozen=True)
class LastEnd:
    """The end of a last turn: to come here is to be cut off. `following` is the turn after, if the loop counts."""

    turn: int
    following: Iteration
    span: Span


@dataclass(frozen=True)
class CutOff:
    """The loop would go on here."""

    span: Span


Item = Instruction | End | Iteration | Last | LastEnd | CutOff
Items: TypeAlias = "tuple[Item, Items] | None"


def push(items: tuple[Item, ...], rest: Items) -> Items:
    """`items` in front of `rest`."""
    for item in reversed(items):
        rest = (item, rest)
    return rest


def after(label: str, items: Items) -> Items:
    """What follows the end of the block of that label."""
    while items is not None:
        head, items = items
        if isinstance(head, End) and head.label == label:
            return items
    raise ValueError(f"no end of {label} is ahead")


def split(items: Items, labels: frozenset[str]) -> tuple[Items, Items]:
    """`items` up to the ends of the blocks of these labels, and of all that what is on the way may leave; and the
    rest."""
    before: list[Item] = []
    wanted = set(labels)
    while wanted:
        assert items is not None, f"the end of {wanted} is ahead"
        head, items = items
        before.append(head)
        if isinstance(head, End):
            wanted.discard(head.label)
        else:
            wanted |= may_leave((head, None))
    return push(tuple(before), None), items


def counting(items: Items, turn: int) -> Items:
    """`items` where the last turn of a loop is one like any other: it ends by itself."""
    before: list[Item] = []
    while items is not None:
        head, items = items
        if isinstance(head, Last) and head.turn == turn:
            before.extend(head.body)
        elif isinstance(head, LastEnd) and head.turn == turn:
            return push((*before, head.following), items)
        else:
            before.append(head)
    raise ValueError("a last turn has an end")


def may_leave(items: Items) -> frozenset[str]:
    """The labels of the blocks around that Exits in `items` go to."""
    found: set[str] = set()
    while items is not None:
        head, items = items
        match head:
            case ir.If():
                found |= may_leave(push(head.then, None)) | may_leave(push(head.otherwise, None))
            case ir.Block():
                found |= may_leave(push(head.body, None)) - {head.label}
            case ir.Loop() | Last():
                found |= may_leave(push(head.body, None))
            case Iteration():
                found |= may_leave(push(head.loop.body, None))
            case LastEnd():
                found |= may_leave((head.following, None))
            case ir.Exit():
                found.add(head.label)
            case _:
                pass
    return frozenset(found)


def must_leave(body: tuple[Instruction, ...], inside: frozenset[str] = frozenset()) -> bool:
    """Whether control surely leaves `body` for a Block around it."""
    for node in body:
        match node:
            case ir.Exit():
                return node.label not in inside
            case ir.If():
                if must_leave(node.then, inside) and must_leave(node.otherwise, inside):
                    return True
            case ir.Block():
                if must_leave(node.body, inside | {node.label}):
                    return True
            case _:
                pass
    return False
