"""The instructions of one thread in, what its pointers point to out: regions of memory, and how each is used.

A region is what one pointer from outside leads to: one that is passed, a variable's address, or what a place in another
region points to. No size and no place is known of it yet; offsets in it count from where the pointer leads. Nothing
here looks at the order of instructions: a local points to whatever it points to anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from memmodel.frontends.c.lowering.fold import distance_of, stride
from memmodel.frontends.c.lowering.storage import addresses, every
from memmodel.frontends.c.lowering.structures import Structure
from memmodel.program.ir import (
    Address,
    Assign,
    Constant,
    Expression,
    Fence,
    Instruction,
    Load,
    Local,
    Lock,
    Operation,
    Operator,
    ReadModifyWrite,
    Store,
)
from memmodel.program.types import ADDRESS, INT
from memmodel.records import dataclass, field

DEEPEST = 5
"""Pointers that are followed from one that is passed."""

ELEMENTS = 4
"""Elements that an index may choose from: loops are run less often."""

RECORD = 64
"""Bytes between two places that an offset in bytes may choose from."""

_CHAIN = 3
_MOST_PLACES = 16
_ROUNDS = 24
_ALIGNED = 64
"""A pointer whose last bits are cleared is the same, up to so many bytes: they hold flags."""

_COMPUTED = (Operator.AND, Operator.OR, Operator.XOR)


@dataclass(eq=False)
class Region:
    """`name`: the object of the program that it is; '' where it is what `parent` points to."""

    name: str
    parent: Place | None
    depth: int
    accesses: set[tuple[int, int, int]] = field(default_factory=set)
    """The offset, the size and the step of each access."""
    views: dict[tuple[Structure, int, int], None] = field(default_factory=dict)
    """The structures that it is accessed as: each with its offset, and with the step between several."""
    computed: bool = False
    """The pointer to it is computed from another in a way that is not followed."""

    @property
    def used(self) -> bool:
        return bool(self.name or self.accesses or self.views)


@dataclass(frozen=True)
class Place:
    """An offset in a region; with a step, one of the places that lie so many bytes apart from there on."""

    region: Region
    offset: int
    step: int = 0

    def moved(self, distance: int) -> Place:
        return Place(self.region, self.offset + distance, self.step)

    @property
    def offsets(self) -> tuple[int, ...]:
        return tuple(self.offset + n * self.step for n in range(ELEMENTS if self.step else 1))


Places = frozenset[Place]
NOWHERE: Places = frozenset()


@dataclass(frozen=True)
class View:
    """Code looks at `address` as the field `name`, which lies `offset` bytes into a structure."""

    address: Expression
    offset: int
    structure: Structure
    name: str


@dataclass(frozen=True)
class Seen:
    """What lowering knows of a thread, and instructions do not say: the fields, and which loads are of pointers."""

    views: list[View] = field(default_factory=list)
    pointers: set[Expression] = field(default_factory=set)


Known = Callable[[str, int], Address | None]
"""What an object of the program holds at an offset from the start, if that is an address."""


class Regions:
    """The regions of one thread."""

    def __init__(self, body: tuple[Instruction, ...], seen: Seen, known: Known) -> None:
        self._body = tuple(every(body))
        self._seen = seen
        self._known = known
        self.roots: dict[str, Region] = {}
        self._pointees: dict[tuple[Region, int], Region] = {}
        self._computed: dict[tuple[Region, str], Region] = {}
        self._locals: dict[str, Places] = {}
        self._stored: dict[tuple[Region, int], Places] = {}
        self._typed: set[str] = set()
        """The locals that hold a pointer by their type."""
        self.tainted: set[str] = set()
        """The locals that rest on what was read or chosen."""
        for address, _ in addresses(body):
            self._root(address.object)
        self._follow()
        for node in self._body:
            self._use(node)
        for view in seen.views:
            for place in self.places(view.address):
                place.region.views[view.structure, place.offset - view.offset, place.step] = None

    def all(self) -> Iterator[Region]:
        """All regions, in the order in which they were found."""
        yield from self.roots.values()
        yield from self._pointees.values()
        yield from self._computed.values()

    # ── pointers ──

    def _follow(self) -> None:
        for _ in range(_ROUNDS):
            before = dict(self._locals), dict(self._stored), len(self.tainted), len(self._pointees)
            for node in self._body:
                self._step(node)
            if before == (self._locals, self._stored, len(self.tainted), len(self._pointees)):
                return

    def _step(self, node: Instruction) -> None:
        match node:
            case Assign(target, value, _):
                self._point(target, self.places(value))
                if self.is_tainted(value):
                    self.tainted.add(target)
                if self._likely(value) > 1 and self.places(value):
                    self._typed.add(target)
            case Load(target, address, type_, _, _) if target is not None:
                self.tainted.add(target)
                if type_.size == ADDRESS.size:
                    self._point(target, self._loaded(address))
                    if address in self._seen.pointers:
                        self._typed.add(target)
            case Store(address, value, type_, _, _) if type_.size == ADDRESS.size:
                self._store(address, self.places(value))
            case ReadModifyWrite():
                self.tainted.add(node.old)
                if node.type.size == ADDRESS.size:
                    self._point(node.old, self._loaded(node.address))
                    self._store(node.address, self.places(node.value))
            case Lock(_, _, str(target), _):
                self.tainted.add(target)
            case _:
                target = getattr(node, "target", None)
                if isinstance(target, str):
                    self.tainted.add(target)

    def _point(self, target: str, places: Places) -> None:
        if places:
            known = self._locals.get(target, NOWHERE) | places
            self._locals[target] = known if len(known) <= _MOST_PLACES else self._locals.get(target, NOWHERE)

    def _store(self, address: Expression, places: Places) -> None:
        for place in self.places(address) if places else ():
            key = place.region, place.offset
            self._stored[key] = self._stored.get(key, NOWHERE) | places

    def _loaded(self, address: Expression) -> Places:
        found: set[Place] = set()
        for place in self.places(address):
            region = place.region
            initial = self._known(region.name, place.offset) if region.name else None
            if initial is not None:
                found.add(Place(self._root(initial.object), initial.offset))
            elif region.depth < DEEPEST:
                found.add(Place(self._pointee(place), 0))
            found |= self._stored.get((region, place.offset), NOWHERE)
        return frozenset(found)

    def _pointee(self, place: Place) -> Region:
        """What a place points to: in a chain of structures of one kind the last one points to itself."""
        region = place.region
        if region.depth >= _CHAIN and region.parent is not None and region.parent.offset == place.offset:
            return region
        key = region, place.offset
        if key not in self._pointees:
            self._pointees[key] = Region("", place, region.depth + 1)
        return self._pointees[key]

    def _root(self, name: str) -> Region:
        if name not in self.roots:
            self.roots[name] = Region(name, None, 0)
        return self.roots[name]

    def is_tainted(self, node: Expression) -> bool:
        """Whether an expression rests on what was read or chosen."""
        if isinstance(node, Operation):
            return any(self.is_tainted(operand) for operand in node.operands)
        return isinstance(node, Local) and node.name in self.tainted

    # ── expressions ──

    def places(self, node: Expression) -> Places:
        """Where an address may lead; nowhere for what is no address."""
        match node:
            case Address(name, offset, _):
                return frozenset((Place(self._root(name), offset),))
            case Local(name, _):
                return self._locals.get(name, NOWHERE)
            case Operation(Operator.ADD, (_, _), _):
                return self._sum(node)
            case Operation(Operator.SUB, (first, second), _):
                return self._shifted(self.places(first), second, -1)
            case Operation(Operator.CAST, (inner,), type_):
                return self.places(inner) if type_.size == ADDRESS.size else NOWHERE
            case Operation(Operator.ITE, (_, first, second), _):
                return self.places(first) | self.places(second)
            case Operation(operator, (_, _), _) if operator in _COMPUTED:
                return self._masked(node)
            case _:
                return NOWHERE

    def parts(self, node: Operation) -> tuple[Expression, Expression]:
        """The pointer and the distance in a sum or a difference."""
        first, second = node.operands
        if node.operator is Operator.ADD and self._likely(second) > self._likely(first):
            return second, first
        return first, second

    def _likely(self, node: Expression) -> int:
        """How sure it is that this is the pointer in a sum: any word that was read might be one."""
        if isinstance(node, Address):
            return 3
        if isinstance(node, Local):
            return 2 if node.name in self._typed else int(bool(self._locals.get(node.name)))
        if isinstance(node, Operation) and node.operator in (Operator.ADD, Operator.SUB, Operator.ITE, Operator.CAST):
            return max(map(self._likely, node.operands[1:] if node.operator is Operator.ITE else node.operands))
        return int(bool(self.places(node)))

    def _sum(self, node: Operation) -> Places:
        pointer, distance = self.parts(node)
        return self._shifted(self.places(pointer), distance, 1)

    def _shifted(self, places: Places, distance: Expression, sign: int) -> Places:
        if isinstance(distance, Constant):
            return frozenset(place.moved(sign * distance_of(distance.value)) for place in places)
        if sign < 0 and not self.is_tainted(distance) and self.places(distance):
            return NOWHERE
        step = step_of(distance)
        return frozenset(p if p.step or p.region.computed else Place(p.region, p.offset, step) for p in places)

    def _masked(self, node: Operation) -> Places:
        """A pointer of which some bits are changed: flags in the last ones, or else another pointer."""
        first, second = node.operands
        places = self.places(first)
        if isinstance(second, Constant):
            value = distance_of(second.value)
            if abs(value) <= _ALIGNED and (value < 0 or node.operator is not Operator.AND):
                return places
            if value >= 0:
                return NOWHERE
        if self._likely(first) < 2 or node.span is None:
            return NOWHERE
        return frozenset(Place(self._from(place.region, node.span.start_label), 0) for place in places)

    def _from(self, region: Region, where: str) -> Region:
        if region.computed:
            return region
        key = region, where
        if key not in self._computed:
            self._computed[key] = Region(f"computed at {where}", None, region.depth, computed=True)
        return self._computed[key]

    # ── uses ──

    def _use(self, node: Instruction) -> None:
        match node:
            case Load() | Store() | ReadModifyWrite():
                self._touch(node.address, node.type.size)
            case Lock():
                self._touch(node.address, INT.size)
            case Fence() if node.address is not None:
                self._touch(node.address, 1)
            case _:
                pass

    def _touch(self, address: Expression, size: int) -> None:
        for place in self.places(address):
            place.region.accesses.add((place.offset, size, place.step))


def step_of(distance: Expression) -> int:
    """The bytes between two places that lie a distance apart which is known only when the program runs."""
    known = stride((distance,))
    return known if known > 1 else RECORD


def used(regions: Iterable[Region]) -> list[Region]:
    """The regions that code looks into, and those on the way there."""
    found: dict[Region, None] = {}
    for region in regions:
        if region.used:
            at: Region | None = region
            while at is not None and at not in found:
                found[at] = None
                at = at.parent.region if at.parent is not None else None
    return list(found)
