"""The regions of several threads in, the objects that they are out: which regions are one and the same.

What is one by itself stays so: variables, and what one place in memory points to. Beyond that, a structure that one
thread is passed is the first one of its type that another thread has, the second one the second, and so on; that is an
assumption. Within a thread no two regions become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from memmodel.errors import MemmodelError
from memmodel.frontends.c.alone.regions import Region, used
from memmodel.frontends.c.lowering.structures import Structure
from memmodel.program.types import ArrayType, StructType, Type
from memmodel.records import dataclass, field

_NAMES = """
    list_head hlist_head hlist_node hlist_nulls_head hlist_nulls_node rb_node rb_root rb_root_cached callback_head
    rcu_head work_struct delayed_work timer_list hrtimer mutex rw_semaphore wait_queue_head wait_queue_entry completion
    kref llist_head llist_node seqcount irq_work spinlock raw_spinlock spinlock_t qspinlock optimistic_spin_queue
    percpu_ref lockdep_map swait_queue_head kobject semaphore refcount_struct atomic_t seqlock_t
"""

GENERAL = frozenset(f"struct {name}" for name in _NAMES.split())
"""Structures that are parts of many others: having one says nothing of what is around it."""


@dataclass(frozen=True)
class Whole:
    """The largest structure that a region is accessed as, and where in it that begins."""

    structure: Structure
    offset: int


@dataclass(eq=False)
class Shared:
    """An object: the regions that it is, each with where its offset 0 lies. `whole`: its type; `threads`: who has it.
    `name`: of the variable that it is, '' for one that is none."""

    name: str = ""
    whole: Whole | None = None
    threads: set[int] = field(default_factory=set)
    regions: dict[Region, int] = field(default_factory=dict)
    private: bool = False
    """It is nobody else's, whatever its type."""
    pointees: dict[int, tuple[Shared, int]] = field(default_factory=dict)
    """What its places point to: an object, and the offset in it."""
    parent: tuple[Shared, int] | None = None
    """The place that points to it, where it has no type to be known by."""


class Sharing:
    """The objects of a program. `threads`: the regions of each; `roots`: what those of each that have a name are."""

    def __init__(self, threads: Sequence[Iterable[Region]], roots: Sequence[dict[str, Root]]) -> None:
        self.objects: list[Shared] = []
        self.place: dict[Region, tuple[Shared, int]] = {}
        """Where each region lies: its object, and the offset of its offset 0."""
        self._order: dict[Region, tuple[int, int]] = {}
        self._roots = roots
        for number, regions in enumerate(threads):
            for region in used(regions):
                self._order[region] = (number, len(self._order))
        waiting = list(self._order)
        while waiting:
            ready = [r for r in waiting if r.parent is None or r.parent.region in self.place]
            groups = self._groups(ready)
            if not groups:
                break
            for group in groups:
                self._settle(group)
            waiting = [region for region in waiting if region not in self.place]

    def _groups(self, ready: list[Region]) -> list[list[Region]]:
        """Regions that surely are one; those of larger types first, for smaller ones may be parts of them."""
        found: dict[object, list[Region]] = {}
        for region in ready:
            found.setdefault(self._key(region), []).append(region)

        def rank(group: list[Region]) -> tuple[bool, int, tuple[int, int]]:
            whole = self._whole(group)
            own = self._root(group[0])
            variable = own is not None and own.variable
            return not variable, -whole.structure.size if whole is not None else 0, self._order[group[0]]

        return sorted(found.values(), key=rank)

    def _key(self, region: Region) -> object:
        if region.parent is not None:
            object_, shift = self.place[region.parent.region]
            return object_, region.parent.offset + shift
        root = self._root(region)
        return region.name if root is not None and root.variable else region

    def _root(self, region: Region) -> Root | None:
        return self._roots[self._order[region][0]].get(region.name)

    def _whole(self, group: list[Region]) -> Whole | None:
        """The largest structure that a group of regions is accessed as."""
        found: Whole | None = None
        for region in group:
            views = [Whole(structure, offset) for structure, offset, _ in region.views]
            root = self._root(region)
            if root is not None and root.structure is not None:
                views.append(Whole(root.structure, 0))
            for view in views:
                if found is None or size_of(view.structure) > size_of(found.structure):
                    found = view
        return found

    def _settle(self, group: list[Region]) -> None:
        """Say which object a group is."""
        first = group[0]
        whole, root = self._whole(group), self._root(first)
        threads = {self._order[region][0] for region in group}
        known: tuple[Shared, int] | None = None
        if first.parent is not None:
            object_, shift = self.place[first.parent.region]
            known = object_.pointees.get(first.parent.offset + shift)
        if known is None and root is not None and (root.variable or root.private):
            known = Shared(first.name if root.variable else "", whole, private=root.private), 0
        elif known is None:
            known = self._same(whole, threads) or (Shared(whole=whole), 0)
        object_, shift = known
        if object_ not in self.objects:
            self.objects.append(object_)
        self._adopt(object_, whole, shift)
        object_.threads |= threads
        for region in group:
            object_.regions[region] = shift
            self.place[region] = known
            if region.parent is not None:
                above, distance = self.place[region.parent.region]
                above.pointees[region.parent.offset + distance] = known
                if object_.whole is None and object_.parent is None:
                    object_.parent = above, region.parent.offset + distance

    def _adopt(self, object_: Shared, whole: Whole | None, shift: int) -> None:
        """An object is what the largest structure is that it is accessed as."""
        if whole is not None and not object_.name:
            known = object_.whole
            if known is None or size_of(whole.structure) > size_of(known.structure):
                object_.whole = Whole(whole.structure, whole.offset + shift)

    def _same(self, whole: Whole | None, threads: set[int]) -> tuple[Shared, int] | None:
        """The object of others that a structure is: of its type, or one that it is part of, or the reverse."""
        if whole is None:
            return None
        free = [o for o in self.objects if o.whole is not None and not o.private and not o.threads & threads]
        general = whole.structure.name in GENERAL
        for object_ in free:
            assert object_.whole is not None
            if object_.whole.structure is whole.structure and not (general and object_.name):
                return object_, object_.whole.offset - whole.offset
        for object_ in free:
            assert object_.whole is not None
            inside = [] if general else list(parts(object_.whole.structure, whole.structure))
            if len(inside) == 1:
                return object_, object_.whole.offset + inside[0] - whole.offset
        for object_ in free:
            assert object_.whole is not None
            if object_.name or object_.whole.structure.name in GENERAL:
                continue
            inside = list(parts(whole.structure, object_.whole.structure))
            if len(inside) == 1:
                return object_, object_.whole.offset - inside[0] - whole.offset
        return None


@dataclass(frozen=True)
class Root:
    """What a region is that begins at an object of its own: one variable for all, a thread's own, or neither; and the
    structure that it is declared as."""

    variable: bool = False
    private: bool = False
    structure: Structure | None = None


def size_of(structure: Structure) -> int:
    """The size of a structure; 0 for one that is not defined."""
    try:
        return structure.size
    except MemmodelError:
        return 0


def parts(outer: Type, wanted: Structure) -> Iterator[int]:
    """The offsets at which a type has a structure inside."""
    if outer is wanted:
        yield 0
    elif isinstance(outer, StructType):
        try:
            fields = outer.fields
        except MemmodelError:
            return
        for item in fields:
            yield from (item.offset + inner for inner in parts(item.type, wanted))
    elif isinstance(outer, ArrayType) and outer.length:
        yield from parts(outer.element, wanted)
