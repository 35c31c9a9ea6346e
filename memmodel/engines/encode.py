"""Event graph to formula: guards, values, addresses, reads-from, coherence order; and, where the model demands them,
coherence per location and atomicity, which are cheap to say at once.

Everything else in the model is checked on the executions that the solver proposes. What a
reason against an execution is made of (an edge, a guard) has its literal here.
"""

from __future__ import annotations

from functools import cached_property

import z3

from memmodel.engines.encode_values import Cases, Encoded, Link, ValueEncoder
from memmodel.engines.literals import FALSE, TRUE, Literals
from memmodel.engines.ranges import Ranges
from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind
from memmodel.events.terms import Kind, Term


class Encoding:
    """The formula of a graph. `coherent` and `atomic` say whether the model has those axioms."""

    def __init__(self, graph: EventGraph, ranges: Ranges, coherent: bool, atomic: bool) -> None:
        self.graph = graph
        self.ranges = ranges
        self.literals = Literals()
        self.link = Link()
        self.values = ValueEncoder(self.literals, self.link, self._leaf)
        self.reads = [e for e in graph.events if e.kind is EventKind.READ]
        self.writes = [e for e in graph.events if e.kind is EventKind.WRITE]
        self.guards: list[int] = [TRUE] * len(graph.events)
        self.places: list[Cases] = [{} for _ in graph.events]
        self.rf: dict[int, dict[int, int]] = {}
        """Read to (write to literal)."""
        self._order: dict[tuple[int, int], int] = {}
        self._same: dict[tuple[int, int], int] = {}
        self._from_read: dict[tuple[int, int], int] = {}
        self._read_values: dict[int, Encoded] = {}
        self._coherent = coherent
        self._new_sources()
        self._define_events()
        self._define_sources()
        self._order_writes()
        if coherent:
            for events in graph.by_thread.values():
                self._cohere(events)
        if atomic:
            self._be_atomic()

    # ── literals of the base relations ───────────────────────────────────────────────────────────

    def same(self, first: int, second: int) -> int:
        """Two accesses (executed or not) are of one cell."""
        key = (first, second) if first < second else (second, first)
        known = self._same.get(key)
        if known is None:
            left, right = self.places[key[0]], self.places[key[1]]
            known = self.literals.disjunction(
                self.literals.conjunction((lit, right[cell])) for cell, lit in left.items() if cell in right
            )
            self._same[key] = known
        return known

    def order(self, first: int, second: int) -> int:
        """Write `first` comes before `second` in the order of its class of cells."""
        if first > second:
            return -self.order(second, first)
        return self._order[first, second]

    def _ordered(self, first: int, second: int) -> bool:
        """Whether two writes are in one class (those that are not never meet in a cell)."""
        return (min(first, second), max(first, second)) in self._order

    def from_read(self, read: int, write: int) -> int:
        """What `read` reads from comes before `write` in that order. FALSE for a read not executed."""
        key = (read, write)
        known = self._from_read.get(key)
        if known is None:
            known = self._from_read[key] = self._define_from_read(read, write)
        return known

    def equal(self, first: int, second: int) -> int:
        """Two executed events have the same value."""
        left, right = self.graph.events[first].value, self.graph.events[second].value
        if left is None or right is None:  # a fence has no value, and no value is that
            return TRUE if left is right else FALSE
        return self.values.same(left, right)

    def aliases(self, first: int, second: int) -> bool:
        """Whether two accesses may be of one cell."""
        return not self.ranges.addresses[first].isdisjoint(self.ranges.addresses[second])

    # ── events and values ────────────────────────────────────────────────────────────────────────

    def _new_sources(self) -> None:
        """The literals of reads-from; constraints on them come when guards and values are there."""
        for read in self.reads:
            sources = self.ranges.sources[read.id]
            if len(sources) == 1 and read.guard.value == 1:
                self.rf[read.id] = {sources[0]: TRUE}
            else:
                self.rf[read.id] = {write: self.literals.fresh() for write in sources}

    def _leaf(self, term: Term) -> Encoded:
        if term.kind is Kind.READ:
            return self._converted(self._read_value(term.number), term)
        if term.kind is Kind.CHOICE:
            cases = {value: self.literals.fresh() for value in term.choice[1]}
            self.literals.at_most_one(list(cases.values()))
            self.literals.clause(cases.values())
            return cases
        return self._final(term)

    def _converted(self, encoded: Encoded, term: Term) -> Encoded:
        """A read's value as the type of the term that mentions it (the same, almost always)."""
        if not isinstance(encoded, dict):
            return encoded
        groups: dict[int, list[int]] = {}
        for value, literal in encoded.items():
            groups.setdefault(term.type.wrap(value), []).append(literal)
        return {value: self.literals.disjunction(lits) for value, lits in groups.items()}

    def _read_value(self, read: int) -> Encoded:
        known = self._read_values.get(read)
        if known is None:
            known = self._read_values[read] = self._new_read_value(self.graph.events[read])
        return known

    def _new_read_value(self, read: Event) -> Encoded:
        """The value of a read, 0 where it is not executed: from its sources where they are all constants, else of
        its own, tied to them in `_define_sources`."""
        assert read.type is not None
        values = self.ranges.values[read.id]
        if values is None:
            return z3.BitVec(f"r{read.id}", read.type.width)
        if self._plain_sources(read):
            groups: dict[int, list[int]] = {}
            for write, literal in self.rf[read.id].items():
                written = self.graph.events[write].value
                assert written is not None and written.value is not None
                groups.setdefault(read.type.wrap(written.value), []).append(literal)
            if read.guard.value != 1:
                groups.setdefault(0, []).append(-self.values.literal(read.guard))
            return {value: self.literals.disjunction(lits) for value, lits in groups.items()}
        domain = set(values)
        if read.guard.value != 1 or not domain:
            domain.add(0)
        cases = {value: self.literals.fresh() for value in sorted(domain)}
        self.literals.at_most_one(list(cases.values()))
        self.literals.clause(cases.values())
        return cases

    def _plain_sources(self, read: Event) -> bool:
        """Whether all sources write constants (and the guard can be spelt out without the read itself)."""
        own = any(t.kind is Kind.READ and t.number == read.id for t in read.guard.support)
        return not own and all(
            (value := self.graph.events[w].value) is not None and value.value is not None for w in self.rf[read.id]
        )

    def _define_events(self) -> None:
        for event in self.graph.events:
            guard = self.values.literal(event.guard)
            self.guards[event.id] = guard
            if not self.ranges.possible[event.id]:
                self.literals.clause((-guard,))
            if event.address is None:
                continue
            cells = self.ranges.addresses[event.id]
            if len(cells) == 1 and event.address.value is not None:
                self.places[event.id] = dict.fromkeys(cells, TRUE)
                continue
            place = {cell: self.values.equals(event.address, cell) for cell in sorted(cells)}
            self.places[event.id] = {cell: lit for cell, lit in place.items() if lit != FALSE}
            self.literals.clause((-guard, *self.places[event.id].values()))

    def _define_sources(self) -> None:
        for read in self.reads:
            guard = self.guards[read.id]
            sources = self.rf[read.id]
            self.literals.clause((-guard, *sources.values()))
            self.literals.at_most_one(list(sources.values()))
            plain = self.ranges.values[read.id] is not None and self._plain_sources(read)
            for write, literal in sources.items():
                self.literals.clause((-literal, guard))
                self.literals.clause((-literal, self.guards[write]))
                self.literals.clause((-literal, self.same(write, read.id)))
                if not plain:
                    self._tie(read, write, literal)
            if not plain and guard != TRUE:
                value = self._read_value(read.id)
                if isinstance(value, dict):
                    self.literals.clause((guard, value.get(0, FALSE)))
                else:
                    self.link.assertions.append(z3.Or(self.link.name(guard), value == 0))

    def _tie(self, read: Event, write: int, literal: int) -> None:
        """If `read` reads from `write`, it has its value."""
        written = self.graph.events[write].value
        assert written is not None and read.type is not None
        value, stored = self._read_value(read.id), self.values.encode(written)
        if isinstance(value, dict) and isinstance(stored, dict):
            for number, held in stored.items():
                self.literals.clause((-literal, -held, value.get(read.type.wrap(number), FALSE)))
            return
        width = read.type.width
        right = self.values.vector(stored, written.type.width)
        if written.type.width > width:
            right = z3.Extract(width - 1, 0, right)
        elif written.type.width < width:
            grow = width - written.type.width
            right = z3.SignExt(grow, right) if written.type.signed else z3.ZeroExt(grow, right)
        left = self.values.vector(value, width)
        self.link.assertions.append(z3.Implies(self.link.name(literal), left == right))
        if isinstance(value, dict):
            inside = [right == z3.BitVecVal(number, width) for number in value]
            self.link.assertions.append(z3.Implies(self.link.name(literal), z3.Or(inside)))

    def _final(self, term: Term) -> Encoded:
        """What a cell holds at the end: the value of the write that no other write to the cell follows."""
        address = term.number
        here = [w for w in self.writes if address in self.places[w.id]]
        present = {w.id: self.literals.conjunction((self.guards[w.id], self.places[w.id][address])) for w in here}
        last: dict[int, int] = {}
        for write in here:
            after = [
                -self.literals.conjunction((present[other.id], self.order(write.id, other.id)))
                for other in here
                if other is not write
            ]
            last[write.id] = self.literals.conjunction((present[write.id], *after))
        values = {w.id: self.values.encode(w.value) for w in here if w.value is not None}
        groups: dict[int, list[int]] = {}
        for write_id, value in values.items():
            if not isinstance(value, dict):
                return self._final_bits(term, here, last)
            for number, literal in value.items():
                held = self.literals.conjunction((last[write_id], literal))
                groups.setdefault(term.type.wrap(number), []).append(held)
        if not groups:
            return {0: TRUE}
        merged = {value: self.literals.disjunction(lits) for value, lits in groups.items()}
        return {value: literal for value, literal in merged.items() if literal != FALSE}

    def _final_bits(self, term: Term, here: list[Event], last: dict[int, int]) -> z3.BitVecRef:
        result = z3.BitVecVal(0, term.type.width)
        for write in here:
            assert write.value is not None
            bits = self.values.bits(write.value)
            width = term.type.width
            if bits.size() > width:
                bits = z3.Extract(width - 1, 0, bits)
            elif bits.size() < width:
                grow = width - bits.size()
                bits = z3.SignExt(grow, bits) if write.value.type.signed else z3.ZeroExt(grow, bits)
            result = z3.If(self.link.name(last[write.id]), bits, result)
        return result

    # ── coherence order ──────────────────────────────────────────────────────────────────────────

    @cached_property
    def classes(self) -> list[list[Event]]:
        """Writes grouped so that two that may be of one cell are together."""
        leader: dict[int, int] = {}

        def find(cell: int) -> int:
            while leader.setdefault(cell, cell) != cell:
                cell = leader[cell]
            return cell

        for write in self.writes:
            cells = sorted(self.ranges.addresses[write.id])
            for cell in cells[1:]:
                leader[find(cell)] = find(cells[0])
        groups: dict[int, list[Event]] = {}
        for write in self.writes:
            if self.ranges.addresses[write.id]:
                groups.setdefault(find(min(self.ranges.addresses[write.id])), []).append(write)
        return list(groups.values())

    def _order_writes(self) -> None:
        """One total order per class, initial writes first; writes not executed have a place in it too, which binds
        nobody."""
        for group in self.classes:
            for i, first in enumerate(group):
                for second in group[i + 1 :]:
                    self._order[first.id, second.id] = self._known_order(first, second)
            for i, first in enumerate(group):
                for j in range(i + 1, len(group)):
                    second = group[j]
                    forward = self.order(first.id, second.id)
                    for third in group[j + 1 :]:
                        onward = self.order(second.id, third.id)
                        across = self.order(first.id, third.id)
                        self.literals.clause((-forward, -onward, across))
                        self.literals.clause((forward, onward, -across))

    def _known_order(self, first: Event, second: Event) -> int:
        """The literal for `first` before `second` (whose number is higher)."""
        if first.thread == INITIAL:
            return TRUE
        if self._coherent and first.thread == second.thread:
            place = self.ranges.addresses[first.id]
            if len(place) == 1 and place == self.ranges.addresses[second.id]:
                return TRUE
        return self.literals.fresh()

    def _define_from_read(self, read: int, write: int) -> int:
        sources = self.rf[read]
        before = {w: self.order(w, write) if self._ordered(w, write) else FALSE for w in sources}
        if all(literal in (TRUE, FALSE) for literal in before.values()):
            return self.literals.disjunction(sources[w] for w, literal in before.items() if literal == TRUE)
        result = self.literals.fresh()
        for source, literal in before.items():
            self.literals.clause((-sources[source], -result, literal))
            self.literals.clause((-sources[source], result, -literal))
        self.literals.clause((-result, *sources.values()))
        return result

    # ── the two axioms said at once ──────────────────────────────────────────────────────────────

    def _cohere(self, events: tuple[Event, ...]) -> None:
        """SC per location within one thread: with a total order per cell, four patterns are all of it
        (Alglave, Maranget, Tautschnig, TOPLAS 2014, section 4.1)."""
        accesses = [e for e in events if e.kind is not EventKind.FENCE and e.thread != INITIAL]
        for i, later in enumerate(accesses):
            for earlier in reversed(accesses[:i]):
                if not self.aliases(earlier.id, later.id):
                    continue
                self._cohere_pair(earlier, later)
                if self._settles(earlier, later):
                    break

    def _settles(self, earlier: Event, later: Event) -> bool:
        """Whether constraints with accesses before `earlier` follow from those with `earlier`: a write to the same
        one cell that is there whenever `later` is."""
        place = self.ranges.addresses[earlier.id]
        return (
            earlier.kind is EventKind.WRITE
            and len(place) == 1
            and place == self.ranges.addresses[later.id]
            and self.ranges.implied(earlier, later)
        )

    def _cohere_pair(self, earlier: Event, later: Event) -> None:
        a, b = earlier.id, later.id
        unless = (-self.guards[a], -self.guards[b], -self.same(a, b))
        clause = self.literals.clause
        if earlier.kind is EventKind.WRITE and later.kind is EventKind.WRITE:
            clause((*unless, self.order(a, b)))
        elif earlier.kind is EventKind.WRITE:
            clause((*unless, -self.from_read(b, a)))
        elif later.kind is EventKind.WRITE:
            clause((*unless, self.from_read(a, b)))
        else:
            for write in self.writes:
                if write.thread != INITIAL and self.aliases(write.id, a) and self.aliases(write.id, b):
                    clause((*unless, -self.from_read(b, write.id), self.from_read(a, write.id)))

    def _be_atomic(self) -> None:
        """No write of another thread between what an RMW reads and what it writes."""
        for read, write in self.graph.rmw:
            own = self.graph.events[read].thread
            if not self.aliases(read, write):
                continue
            for other in self.writes:
                if other.thread in (own, INITIAL) or not self.aliases(other.id, write):
                    continue
                self.literals.clause(
                    (
                        -self.guards[write],
                        -self.guards[other.id],
                        -self.same(read, other.id),
                        -self.same(other.id, write),
                        -self.from_read(read, other.id),
                        -self.order(other.id, write),
                    )
                )
