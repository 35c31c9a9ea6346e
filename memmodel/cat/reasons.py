"""Why a pair is in a relation of the model, or is not: the base facts of one execution that it rests on.

In comes the evaluation of a narrowed model on an execution; out come small sets of facts such that every execution of
the program with the same facts has the same answer. A search turns them into clauses (CAAT: Haas, Meyer,
Ponce de León, OOPSLA 2022), an explanation into sentences.

Polarity: a fact about `\\`, `~` or a `let rec` that is not monotone may rest on something's absence; then the
negative facts are part of the reason. Where spelling them out is not worth it, FULL stands for the whole execution.
"""

from __future__ import annotations

from itertools import islice

from memmodel.cat.bounds import Bounds
from memmodel.cat.evaluate import Evaluation, is_dynamic
from memmodel.cat.facts import DEPENDENCIES, FULL, NONE, PATH, Derived, Fact, FactKind, Facts, Fixed
from memmodel.cat.frame import MARKS, Value
from memmodel.cat.relations import Rows, bits, inverse, shortest_cycles
from memmodel.cat.terms import Check, CheckKind, Op, Sort, Term, is_monotone, other_member

LOOK = 2
"""Cycles derived for each one kept."""

MIDPOINTS = 8
"""Most ways through a composition that are compared for the shortest reason."""


class Reasons:
    """Derivations on one evaluation. `bounds` must be those that the model was narrowed with; `derived` is kept by
    the caller, one for each frame."""

    def __init__(self, evaluation: Evaluation, bounds: Bounds, fixed: Fixed, derived: Derived) -> None:
        self._evaluation = evaluation
        self._bounds = bounds
        self._fixed = fixed
        self._static = fixed.addresses and fixed.dependencies and fixed.always == bounds.all
        self._executed = evaluation.frame.executed
        self._derived = derived
        self._why: dict[tuple[Term, int, int, int], Facts] = {}
        self._stage: dict[str, int] = {}
        self._staged: dict[tuple[Term, int], Value] = {}
        self._columns: dict[Term, Rows] = {}
        self._groups: dict[str, Term] = {}

    # ── values, also of terms inside a `let rec` at one of its iterates ──────────────────────────

    def _value(self, term: Term) -> Value:
        if not term.free:
            return self._evaluation.value(term)
        (name,) = term.free
        key = (term, self._stage[name])
        known = self._staged.get(key)
        if known is None:
            known = self._staged[key] = self._evaluation.value_at(term, name, self._stage[name])
        return known

    def _rows(self, term: Term) -> Rows:
        value = self._value(term)
        assert not isinstance(value, int)
        return value

    def _has(self, term: Term, first: int, second: int) -> bool:
        value = self._value(term)
        return bool((value if isinstance(value, int) else value[first]) >> second & 1)

    def _key(self, term: Term, first: int, second: int) -> tuple[Term, int, int, int]:
        stage = self._stage[next(iter(term.free))] if term.free else 0
        return term, first, second, stage

    # ── presence ─────────────────────────────────────────────────────────────────────────────────

    def why(self, term: Term, first: int, second: int) -> Facts:
        """Facts that put (first, second) into a relation; for a set, `first` = `second` = the event."""
        if not term.free and not is_dynamic(term):
            return self._why_static(term, first, second)
        key = self._key(term, first, second)
        known = self._why.get(key)
        if known is None:
            known = self._why[key] = self._derive(term, first, second)
        return known

    def _why_static(self, term: Term, first: int, second: int) -> Facts:
        """The same for a term that the frame decides: derived once for all executions that share it."""
        if self._static:
            return NONE
        key = (term, first, second)
        known = self._derived.get(key)
        if known is None:
            known = self._derived[key] = self._derive(term, first, second)
        return known

    def _derive(self, term: Term, a: int, b: int) -> Facts:
        args = term.args
        if len(term.free) > 1:  # a `let rec` inside another: never met, so not worth a derivation
            return FULL
        match term.op:
            case Op.BASE:
                return self._base(term, a, b)
            case Op.UNIVERSE:
                return self._runs(a)
            case Op.UNION:
                return min((self.why(x, a, b) for x in args if self._has(x, a, b)), key=len)
            case Op.INTER:
                return NONE.union(*(self.why(x, a, b) for x in args))
            case Op.DIFF:
                return self.why(args[0], a, b) | self.why_not(args[1], a, b)
            case Op.COMPLEMENT:
                return self._runs(a) | self._runs(b) | self.why_not(args[0], a, b)
            case Op.SEQ:
                return self._through(args[0], args[1], a, b)
            case Op.PLUS:
                return self._path(args[0], a, b)
            case Op.STAR:
                return self._runs(a) if a == b else self._path(args[0], a, b)
            case Op.OPTIONAL:
                return self._runs(a) if a == b else self.why(args[0], a, b)
            case Op.INVERSE:
                return self.why(args[0], b, a)
            case Op.IDENTITY:
                return self.why(args[0], a, a)
            case Op.PRODUCT:
                return self.why(args[0], a, a) | self.why(args[1], b, b)
            case Op.DOMAIN:
                row = self._rows(args[0])[a]
                return min((self.why(args[0], a, x) for x in bits(row)), key=len)
            case Op.RANGE:
                sources = [x for x, row in enumerate(self._rows(args[0])) if row >> a & 1]
                return min((self.why(args[0], x, a) for x in sources), key=len)
            case Op.DIFFERENT_VALUES:
                return self.why(args[0], a, b) | {Fact(FactKind.EQUAL, a, b, False)}
            case Op.FIX | Op.VARIABLE:
                return self._why_recursive(term, a, b)
        return FULL

    def _runs(self, event: int) -> Facts:
        if self._fixed.always >> event & 1:
            return NONE
        return frozenset((Fact(FactKind.EXECUTED, event),))

    def _meets(self, a: int, b: int) -> Facts:
        if self._fixed.addresses or a == b:
            return NONE
        return frozenset((Fact(FactKind.SAME, a, b),))

    def _base(self, term: Term, a: int, b: int) -> Facts:
        match term.name:
            case "rf":
                return frozenset((Fact(FactKind.RF, a, b),))
            case "co":
                order = frozenset((Fact(FactKind.ORDER, a, b),))
                return order | self._runs(a) | self._runs(b) | self._meets(a, b)
            case "fr":
                before = frozenset((Fact(FactKind.FROM_READ, a, b),))
                return before | self._runs(b) | self._meets(a, b)
            case "loc":
                return self._runs(a) | self._runs(b) | self._meets(a, b)
            case "addr" | "data" | "ctrl":
                return self._runs(a) | self._runs(b) | self._active(term.name, a, b)
            case "FW":
                return FULL
        return self._runs(a) | self._runs(b) | self._marked(term, a)

    def _marked(self, term: Term, event: int) -> Facts:
        """The mark that puts an event into a set, where no tag of its own does."""
        frame = self._evaluation.frame
        if term.name not in frame.tables.marks or frame.tables.sets.get(term.name, 0) >> event & 1:
            return NONE
        active = frame.active[MARKS]
        number = next(i for i, e in frame.tables.marks[term.name] if e == event and active >> i & 1)
        return frozenset((Fact(FactKind.MARK, number),))

    def _active(self, name: str, a: int, b: int) -> Facts:
        if self._fixed.dependencies:
            return NONE
        frame = self._evaluation.frame
        for i, item in enumerate(frame.tables.dependencies[name]):
            if (item.source, item.target) == (a, b) and frame.active[name] >> i & 1:
                return NONE if item.condition.value == 1 else frozenset((Fact(DEPENDENCIES[name], i),))
        raise AssertionError("an active dependency")

    def _through(self, left: Term, right: Term, a: int, b: int) -> Facts:
        middle = self._rows(left)[a] & self._column(right, b)
        best: Facts | None = None
        for tried, m in enumerate(bits(middle)):
            facts = self.why(left, a, m) | self.why(right, m, b)
            if best is None or len(facts) < len(best):
                best = facts
            if not best or tried >= MIDPOINTS:
                break
        assert best is not None
        return best

    def _column(self, term: Term, b: int) -> int:
        """The events related to `b`."""
        if term.free:
            return inverse(self._rows(term))[b]
        columns = self._columns.get(term)
        if columns is None:
            columns = self._columns[term] = inverse(self._rows(term))
        return columns[b]

    def _path(self, step: Term, a: int, b: int) -> Facts:
        """A shortest path from a to b."""
        rows = self._rows(step)
        layers = [1 << a]
        seen = 0
        frontier = rows[a]
        while not frontier >> b & 1:
            seen |= frontier
            layers.append(frontier)
            following = 0
            for i in bits(frontier):
                following |= rows[i]
            frontier = following & ~seen
        facts = NONE
        node = b
        for layer in reversed(layers):
            goal = 1 << node
            before = [i for i in bits(layer) if rows[i] & goal]
            best = min(before[:MIDPOINTS], key=lambda i: len(self.why(step, i, node)))
            facts |= self.why(step, best, node)
            node = best
        return facts

    def _why_recursive(self, term: Term, a: int, b: int) -> Facts:
        """A pair of a `let rec`: found first at some iterate, from pairs of the one before."""
        fix = self._group(term)
        if not is_monotone(fix):
            return FULL if is_dynamic(fix) else PATH
        name = term.name
        self._evaluation.value(other_member(fix, 0))
        stages = self._evaluation.stages(name)
        limit = self._stage.get(name, len(stages) - 1)
        for stage in range(1, limit + 1):
            value = stages[stage][term.index]
            row = value if isinstance(value, int) else value[a]
            if row >> b & 1:
                saved = self._stage.get(name)
                self._stage[name] = stage - 1
                facts = self.why(fix.args[term.index], a, b)
                if saved is None:
                    del self._stage[name]
                else:
                    self._stage[name] = saved
                return facts
        raise AssertionError("a pair of a fixed point is in an iterate")

    def _group(self, term: Term) -> Term:
        if term.op is Op.FIX:
            self._groups[term.name] = term
            return term
        return self._groups[term.name]

    # ── absence ──────────────────────────────────────────────────────────────────────────────────

    def why_not(self, term: Term, first: int, second: int) -> Facts:
        """Facts that keep (first, second) out of a relation (or `first` = `second` out of a set)."""
        for event in (first, second):
            if not self._executed >> event & 1:
                return frozenset((Fact(FactKind.EXECUTED, event, 0, False),))
        upper = self._bounds.upper(term)
        if not (upper if isinstance(upper, int) else upper[first]) >> second & 1:
            return NONE
        if self._static and not term.free and not is_dynamic(term):
            return NONE
        return self._refute(term, first, second)

    def _refute(self, term: Term, a: int, b: int) -> Facts:
        args = term.args
        match term.op:
            case Op.BASE:
                return self._absent(term, a, b)
            case Op.UNION:
                return NONE.union(*(self.why_not(x, a, b) for x in args))
            case Op.INTER:
                return min((self.why_not(x, a, b) for x in args if not self._has(x, a, b)), key=len)
            case Op.DIFF:
                ways = []
                if not self._has(args[0], a, b):
                    ways.append(self.why_not(args[0], a, b))
                if self._has(args[1], a, b):
                    ways.append(self.why(args[1], a, b))
                return min(ways, key=len)
            case Op.COMPLEMENT:
                return self.why(args[0], a, b)
            case Op.SEQ:
                return self._no_way_through(args[0], args[1], a, b)
            case Op.PLUS | Op.STAR:
                return self._no_path(args[0], a, b)
            case Op.OPTIONAL:
                return self.why_not(args[0], a, b)
            case Op.INVERSE:
                return self.why_not(args[0], b, a)
            case Op.IDENTITY:
                return self.why_not(args[0], a, a)
            case Op.PRODUCT:
                if not self._has(args[0], a, a):
                    return self.why_not(args[0], a, a)
                return self.why_not(args[1], b, b)
            case Op.DOMAIN:
                possible = self._bounds.rows(args[0])[a]
                return NONE.union(*(self.why_not(args[0], a, x) for x in bits(possible)))
            case Op.RANGE:
                sources = [x for x, row in enumerate(self._bounds.rows(args[0])) if row >> a & 1]
                return NONE.union(*(self.why_not(args[0], x, a) for x in sources))
            case Op.DIFFERENT_VALUES:
                if self._has(args[0], a, b):
                    return frozenset((Fact(FactKind.EQUAL, a, b),))
                return self.why_not(args[0], a, b)
            case Op.FIX if not is_dynamic(term):
                return PATH
        return FULL

    def _absent(self, term: Term, a: int, b: int) -> Facts:
        frame = self._evaluation.frame
        apart = frame.addresses[a] != frame.addresses[b]
        match term.name:
            case "rf":
                return frozenset((Fact(FactKind.RF, a, b, False),))
            case "co" | "fr" | "loc" if apart:
                return frozenset((Fact(FactKind.SAME, a, b, False),))
            case "co":
                return frozenset((Fact(FactKind.ORDER, a, b, False),))
            case "fr":
                return frozenset((Fact(FactKind.FROM_READ, a, b, False),)) | self._runs(a)
            case "addr" | "data" | "ctrl":
                kind = DEPENDENCIES[term.name]
                items = frame.tables.dependencies[term.name]
                return frozenset(Fact(kind, i, 0, False) for i, d in enumerate(items) if (d.source, d.target) == (a, b))
            case "FW":
                return FULL
        marks = frame.tables.marks.get(term.name, ())
        return frozenset(Fact(FactKind.MARK, i, 0, False) for i, event in marks if event == a)

    def _no_way_through(self, left: Term, right: Term, a: int, b: int) -> Facts:
        facts = NONE
        for m in bits(self._bounds.rows(left)[a]):
            if not self._bounds.rows(right)[m] >> b & 1:
                continue
            ways = []
            if not self._executed >> m & 1 or not self._has(left, a, m):
                ways.append(self.why_not(left, a, m))
            if self._executed >> m & 1 and not self._has(right, m, b):
                ways.append(self.why_not(right, m, b))
            facts |= min(ways, key=len)
        return facts

    def _no_path(self, step: Term, a: int, b: int) -> Facts:
        """Nothing leads out of what is reachable from a, towards b."""
        rows = self._rows(step)
        reached = 0
        frontier = rows[a]
        while frontier & ~reached:
            reached |= frontier
            following = 0
            for i in bits(frontier):
                following |= rows[i]
            frontier = following & ~reached
        facts = NONE
        for x in bits(reached | 1 << a):
            for y in bits(self._bounds.rows(step)[x] & ~reached):
                facts |= self.why_not(step, x, y)
        return facts

    # ── checks ───────────────────────────────────────────────────────────────────────────────────

    def violations(self, check: Check, most: int) -> list[Facts]:
        """Reasons why an axiom that fails here fails: at most `most`, none containing another."""
        if check.negated:
            return [FULL]
        term = check.term
        found: list[Facts] = []
        if check.kind is CheckKind.ACYCLIC:
            found = self._cycles(term, most)
        elif term.sort is Sort.SET:
            value = self._value(term)
            assert isinstance(value, int)
            found = [self.why(term, event, event) for event in bits(value)]
        else:
            for a, row in enumerate(self._rows(term)):
                wanted = row if check.kind is CheckKind.EMPTY else row & 1 << a
                found.extend(self.why(term, a, b) for b in bits(wanted))
        found = sorted(set(found), key=len)
        kept: list[Facts] = []
        for facts in found:
            if len(kept) < most and not any(other <= facts for other in kept):
                kept.append(facts)
        return kept

    def _cycles(self, term: Term, most: int) -> list[Facts]:
        cycles = islice(shortest_cycles(self._rows(term)), LOOK * most)
        return [NONE.union(*(self.why(term, a, b) for a, b in cycle)) for cycle in cycles]
