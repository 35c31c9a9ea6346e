"""A program and the strengths that its accesses and barriers may have in; one event graph with a switch for each out.

A site is a place in the text with several options, a setting one option for each site. The options of an access
differ only in the annotations of its events, so that all settings share values, guards, reads-from and coherence. A
barrier that an option leaves out is an event that does not run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind, Mark
from memmodel.events.terms import Term, both, choice, member
from memmodel.program.primitives import Action, Primitive, PrimitiveTable
from memmodel.program.strengths import FENCES, LOADS, STORES, Family, Form, Kind, Power, family
from memmodel.program.types import INT
from memmodel.records import dataclass, replace
from memmodel.source import Span

FIRST_CHOICE = 1 << 20
"""Where the numbers of switches begin: the choices of programs are numbered from 0."""

_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")

Setting = tuple[int, ...]
"""For each site the number of the option taken."""


@dataclass(frozen=True)
class Site:
    """A place whose strength can vary. `options` are the forms it may take, `current` the number of the one in the
    text. A point where a barrier may be inserted has an empty span and no barrier as its current option."""

    span: Span
    kind: Kind
    options: tuple[Form, ...]
    current: int
    events: tuple[int, ...]
    thread: int

    @property
    def form(self) -> Form:
        return self.options[self.current]

    @property
    def insertion(self) -> bool:
        """Whether nothing is there yet."""
        return self.span.start == self.span.end

    def index(self, form: Form) -> int:
        return self.options.index(form)


@dataclass(frozen=True)
class Optional:
    """An event that does not run under the options `gone` of its site; under the others it does where `guard` holds."""

    event: int
    site: int
    gone: frozenset[int]
    guard: Term


@dataclass(frozen=True)
class Switches:
    """A graph with switches, and the sites that they belong to."""

    graph: EventGraph
    sites: tuple[Site, ...]
    terms: tuple[Term, ...]
    """For each site the CHOICE term whose value is the number of the option."""
    optional: tuple[Optional, ...]
    """The events that some options leave out."""
    marks: tuple[tuple[int, frozenset[int]], ...]
    """For each mark of the graph its site, and the options under which it is active."""

    @property
    def current(self) -> Setting:
        """The setting that the text has."""
        return tuple(site.current for site in self.sites)


Chooser = Callable[[Family, Form], Sequence[Form]]
"""Given a family and the form in the text: the forms to have as options (the present one is always there)."""


@dataclass(frozen=True)
class _Wanted:
    """A site to be, with the events and the annotations that each option gives them; None: the event is not there."""

    span: Span
    kind: Kind
    options: tuple[Form, ...]
    current: int
    events: tuple[Event, ...]
    tags: tuple[tuple[frozenset[str] | None, ...], ...]
    """For each event, for each option."""


def insertion_tag(number: int) -> str:
    """The tag of the events of insertion point `number`, which only `build` understands."""
    return f"insertion point {number}"


def primitive_at(span: Span) -> str | None:
    """The name of the call at `span`; None if the text there is no call."""
    found = _CALL.match(span.text)
    return found[1] if found else None


def build(
    graph: EventGraph,
    primitives: PrimitiveTable,
    chooser: Chooser,
    points: Sequence[Point] = (),
    macros: bool = False,
) -> Switches:
    """The switches of `graph`: a site for each access and barrier for which `chooser` names some other form, and
    for each of `points`. `macros`: also for each macro of the user's that orders something, with that or without."""
    groups: dict[Span, list[Event]] = {}
    for event in graph.events:
        if event.thread != INITIAL and event.span is not None and not _is_point(event):
            groups.setdefault(event.span, []).append(event)
    wanted = []
    for events in groups.values():
        found = _at(tuple(events), primitives, chooser)
        if found is None and macros:
            found = _by_macro(tuple(events), primitives)
        if found is not None:
            wanted.append(found)
    for number, point in enumerate(points):
        tag = insertion_tag(number)
        here = tuple(event for event in graph.events if tag in event.tags)
        if here:
            wanted.append(_point(point, here, primitives))
    files = {name: number for number, name in enumerate(dict.fromkeys(item.span.file.name for item in wanted))}
    wanted.sort(key=lambda item: (files[item.span.file.name], item.span.start, item.span.end))
    return _assemble(graph, [item for item in wanted if len(item.options) > 1])


@dataclass(frozen=True)
class Point:
    """Where a barrier may be inserted, and which: `span` is empty."""

    span: Span
    forms: tuple[Form, ...]


def _is_point(event: Event) -> bool:
    return any(tag.startswith("insertion point") for tag in event.tags)


def _at(events: tuple[Event, ...], primitives: PrimitiveTable, chooser: Chooser) -> _Wanted | None:
    """The site of the events of one piece of text; None if nothing there can vary."""
    span = events[0].span
    assert span is not None
    name = primitive_at(span)
    known = primitives.find(name) if name is not None else None
    if known is None:
        return _plain(span, events, primitives, chooser)
    found = family(known.name, primitives)
    if found is None:
        return None
    return _site(span, events, found, found.form(known.name), primitives, chooser)


def _plain(span: Span, events: tuple[Event, ...], primitives: PrimitiveTable, chooser: Chooser) -> _Wanted | None:
    """A plain access: all events there are of one kind and without annotation."""
    kinds = {event.kind for event in events}
    if len(kinds) != 1 or kinds == {EventKind.FENCE} or any(event.tags for event in events):
        return None
    found = LOADS if kinds == {EventKind.READ} else STORES
    return _site(span, events, found, found.form(""), primitives, chooser)


_ORDERS = frozenset(("mb", "acquire", "release"))
_ONCE = frozenset(("once",))


def _by_macro(events: tuple[Event, ...], primitives: PrimitiveTable) -> _Wanted | None:
    """The site of a macro, which is as it is, or orders nothing."""
    span = events[0].span
    assert span is not None
    name = primitive_at(span)
    if name is None or primitives.find(name) is not None:
        return None
    columns: list[tuple[frozenset[str] | None, frozenset[str] | None]] = []
    for event in events:
        if event.kind is EventKind.FENCE:
            columns.append((event.tags, None))
        else:
            columns.append((event.tags, event.tags - _ORDERS | _ONCE if event.tags & _ORDERS else event.tags))
    if all(now == without for now, without in columns):
        return None
    forms = (Form(name, frozenset(Power)), Form("", frozenset()))
    return _Wanted(span, Kind.MODIFY, forms, 0, events, tuple(columns))


def _site(
    span: Span, events: tuple[Event, ...], found: Family, present: Form, primitives: PrimitiveTable, chooser: Chooser
) -> _Wanted | None:
    here = _annotations(present, found.kind, events, primitives)
    if here is None or any(tags is None or not tags <= event.tags for tags, event in zip(here, events, strict=True)):
        return None
    options, columns = [], []
    wanted = {present, *chooser(found, present)}
    for form in found.forms:
        tags = _annotations(form, found.kind, events, primitives) if form in wanted else None
        if tags is not None:
            options.append(form)
            columns.append(tags)
    rest = [event.tags - (tags or frozenset()) for event, tags in zip(events, here, strict=True)]
    rows = tuple(tuple(_with(rest[i], column[i]) for column in columns) for i in range(len(events)))
    return _Wanted(span, found.kind, tuple(options), options.index(present), events, rows)


def _with(rest: frozenset[str], tags: frozenset[str] | None) -> frozenset[str] | None:
    return None if tags is None else rest | tags


def _annotations(
    form: Form, kind: Kind, events: tuple[Event, ...], primitives: PrimitiveTable
) -> list[frozenset[str] | None] | None:
    """What `form` annotates each of the events with, None where it has no such event; None if it would have other
    events than these, so that one graph cannot stand for both."""
    if not form.name:
        if kind is Kind.FENCE:
            return [None] * len(events)
        return [frozenset()] * len(events) if all(e.kind is not EventKind.FENCE for e in events) else None
    primitive = primitives.find(form.name)
    if primitive is None or not _simple(primitive):
        return None
    tags: dict[EventKind, frozenset[str]] = {}
    for step in primitive.steps:
        if step.action is Action.FENCE:
            tags[EventKind.FENCE] = step.tags.write
        else:
            tags[EventKind.READ] = step.tags.read
            tags[EventKind.WRITE] = step.tags.write
    if EventKind.FENCE in tags and all(event.kind is not EventKind.FENCE for event in events):
        return None
    return [tags.get(event.kind) for event in events]


def _simple(primitive: Primitive) -> bool:
    """Whether the primitive's events are the same at every strength."""
    return all(step.tags.around is None and step.tags.failed is None and step.lock is None for step in primitive.steps)


def _point(point: Point, events: tuple[Event, ...], primitives: PrimitiveTable) -> _Wanted:
    options, columns = [FENCES.form("")], [frozenset[str]()]
    for form in point.forms:
        primitive = primitives.find(form.name)
        if primitive is not None and len(primitive.steps) == 1:
            options.append(form)
            columns.append(primitive.steps[0].tags.write)
    row: tuple[frozenset[str] | None, ...] = (None, *columns[1:])
    return _Wanted(point.span, Kind.FENCE, tuple(options), 0, events, (row,) * len(events))


def _assemble(graph: EventGraph, wanted: Sequence[_Wanted]) -> Switches:
    events = list(graph.events)
    sites: list[Site] = []
    terms: list[Term] = []
    optional: list[Optional] = []
    marks: list[Mark] = []
    active: list[tuple[int, frozenset[int]]] = []
    for number, item in enumerate(wanted):
        count = len(item.options)
        term = choice(FIRST_CHOICE + number, tuple(range(count)), INT)
        terms.append(term)
        numbers = tuple(event.id for event in item.events)
        sites.append(Site(item.span, item.kind, item.options, item.current, numbers, item.events[0].thread))
        for event, row in zip(item.events, item.tags, strict=True):
            present = [tags for tags in row if tags is not None]
            always = frozenset.intersection(*present)
            gone = frozenset(i for i, tags in enumerate(row) if tags is None)
            guard = event.guard
            if gone:
                optional.append(Optional(event.id, number, gone, guard))
                guard = both(guard, member(term, frozenset(range(count)) - gone))
            events[event.id] = replace(event, tags=always, guard=guard)
            for tag in sorted(frozenset.union(*present) - always):
                having = frozenset(i for i, tags in enumerate(row) if tags is not None and tag in tags)
                marks.append(Mark(event.id, tag, member(term, having)))
                active.append((number, having))
    switched = replace(graph, events=tuple(events), marks=tuple(marks))
    return Switches(switched, tuple(sites), tuple(terms), tuple(optional), tuple(active))
