"""Clauses known before the search: cycles of an acyclic axiom that two reads-from edges close with what is static.

When a read r is always ordered before a write w', and a read r' before a write w, then r cannot read from w while r'
reads from w'. For rings and other hand-overs these are most of what the lazy search would learn one by one; here
they are found by bit sets in one pass. Only facts whose whole reason is known become clauses; the rest is left to
the search, so nothing depends on this being complete.
"""

from __future__ import annotations

from memmodel.cat.evaluate import DYNAMIC, Evaluation
from memmodel.cat.facts import FactKind, Facts
from memmodel.cat.frame import Frame
from memmodel.cat.reasons import Reasons
from memmodel.cat.relations import Rows, closure
from memmodel.cat.terms import Check, CheckKind, Op, Sort, Term, make
from memmodel.engines.encode import Encoding
from memmodel.engines.narrow import Narrowed


def add_cycles(encoding: Encoding, narrowed: Narrowed) -> int:
    """Add the clauses; returns how many. Does nothing where addresses vary: then little is static."""
    if not narrowed.fixed.addresses:
        return 0
    return sum(
        _Axiom(encoding, narrowed, check).add()
        for check in narrowed.axioms
        if check.kind is CheckKind.ACYCLIC
        and not check.negated
        and check.term.sort is Sort.RELATION
        and grows(check.term)
    )


def grows(term: Term) -> bool:
    """Whether more reads-from and coherence can only make `term` larger."""
    if term.op is Op.BASE:
        return term.name != "FW"  # the last writes: more coherence, fewer of them
    if term.op is Op.DIFF:
        return grows(term.args[0]) and not _mentions(term.args[1])
    if term.op in (Op.COMPLEMENT, Op.DIFFERENT_VALUES):
        return not _mentions(term.args[0])
    return all(grows(arg) for arg in term.args)


def _mentions(term: Term) -> bool:
    """Whether reads-from or coherence (or a variable, whose value may rest on them) occurs in `term`."""
    if term.op is Op.BASE:
        return term.name in DYNAMIC
    return term.op in (Op.VARIABLE, Op.FIX, Op.DIFFERENT_VALUES) or any(_mentions(arg) for arg in term.args)


class _Axiom:
    """One axiom on an imagined execution in which every event runs and nothing is read or overwritten."""

    def __init__(self, encoding: Encoding, narrowed: Narrowed, check: Check) -> None:
        self.encoding = encoding
        self.term = check.term
        tables = narrowed.tables
        size = tables.size
        addresses = tuple(min(cells) if cells else None for cells in encoding.ranges.addresses)
        frame = Frame(tables, (1 << size) - 1, addresses, dict.fromkeys(tables.dependencies, -1))
        nothing = [0] * size
        still = Evaluation(frame, nothing, nothing)
        self.step: Rows = still.relation(self.term)
        self.reasons = Reasons(still, narrowed.bounds, narrowed.fixed, {})
        self.reach = closure(self.step)
        self.path = make(Op.PLUS, Sort.RELATION, (self.term,))
        moving = Evaluation(frame, narrowed.bounds.rows(make(Op.BASE, Sort.RELATION, (), "rf")), nothing)
        self.moved = moving.relation(self.term)
        self.move_reasons = Reasons(moving, narrowed.bounds, narrowed.fixed, {})
        self._ordered: dict[tuple[int, int], bool] = {}

    def add(self) -> int:
        readers = {read.id: self._edges(read.id) for read in self.encoding.reads}
        readers = {read: writes for read, writes in readers.items() if writes}
        count = 0
        for first, first_sources in readers.items():
            for second, second_sources in readers.items():
                if second <= first:
                    continue
                after_second = [w for w in first_sources if self._before(second, w)]
                after_first = [w for w in second_sources if self._before(first, w)]
                if after_second and after_first:
                    literals = self.encoding.literals
                    late = literals.disjunction(self.encoding.rf[first][w] for w in after_second)
                    early = literals.disjunction(self.encoding.rf[second][w] for w in after_first)
                    literals.clause((-late, -early))
                    count += 1
        return count

    def _edges(self, read: int) -> list[int]:
        """The writes whose being read from is, by itself, a step of the axiom's relation."""
        return [
            write
            for write in self.encoding.rf[read]
            if self.moved[write] >> read & 1 and self._alone(self.move_reasons.why(self.term, write, read), write, read)
        ]

    def _alone(self, facts: Facts, write: int, read: int) -> bool:
        """Whether the facts are this edge, and events that run whenever it is there."""
        events = self.encoding.graph.events
        for fact in facts:
            if fact.kind is FactKind.RF and (fact.first, fact.second) == (write, read) and fact.holds:
                continue
            if fact.kind is not FactKind.EXECUTED or not fact.holds:
                return False
            runs = events[fact.first]
            if not any(self.encoding.ranges.implied(runs, events[e]) for e in (write, read)):
                return False
        return True

    def _before(self, read: int, write: int) -> bool:
        """Whether `read` is ordered before `write` in every execution in which both run."""
        if not self.reach[read] >> write & 1:
            return False
        key = (read, write)
        known = self._ordered.get(key)
        if known is None:
            events = self.encoding.graph.events
            known = self._ordered[key] = all(
                fact.kind is FactKind.EXECUTED
                and fact.holds
                and any(self.encoding.ranges.implied(events[fact.first], events[e]) for e in (read, write))
                for fact in self.reasons.why(self.path, read, write)
            )
        return known
