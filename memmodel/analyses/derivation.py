"""A pair of a relation of the model in, the steps that lead from one event to the other out, with the facts they rest
on: every execution with the same facts has the same steps."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from memmodel.cat.bounds import Bounds
from memmodel.cat.evaluate import Evaluation
from memmodel.cat.facts import FULL, NONE, Facts
from memmodel.cat.frame import Value
from memmodel.cat.reasons import Reasons
from memmodel.cat.relations import Rows, bits, inverse, shortest_cycles
from memmodel.cat.terms import UNIVERSE, Check, CheckKind, Model, Op, Sort, Term, is_monotone, make, other_member

MIDPOINTS = 8
"""Most ways through a composition that are compared."""

OPAQUE = frozenset(("rcu-rscs", "srcu-rscs", "po-loc"))
"""Relations of the model that people know by name: one step."""


class Step(NamedTuple):
    """One pair of a base relation or of one in OPAQUE; with `first` = `second`: that the event is in the set `name`."""

    name: str
    first: int
    second: int

    @property
    def is_test(self) -> bool:
        return self.first == self.second


class Chain(NamedTuple):
    steps: tuple[Step, ...]
    facts: Facts

    @property
    def weight(self) -> tuple[int, int, int]:
        """How hard it is to follow: steps, steps of program order in a row as one. That a value was read says more than
        that a write came later."""
        names = [step.name for step in self.steps if not step.is_test]
        rows = sum(one == other == "po" for one, other in pairwise(names))
        return len(names) - rows, names.count("co"), len(self.facts)


def _joined(first: Chain, second: Chain) -> Chain:
    return Chain(first.steps + second.steps, first.facts | second.facts)


class Deriver:
    """Derivations on one evaluation of `model`, whose terms are as written; `reasons` gives the facts, for terms that
    `bounds` narrowed."""

    def __init__(self, model: Model, evaluation: Evaluation, reasons: Reasons, bounds: Bounds) -> None:
        self._evaluation = evaluation
        self._reasons = reasons
        self._bounds = bounds
        self._names = {d.term: d.name for d in model.definitions if d.term.op is not Op.BASE}
        self._memo: dict[tuple[Term, int, int, int], Chain] = {}
        self._stage: dict[str, int] = {}
        self._groups: dict[str, Term] = {}

    # ── checks ───────────────────────────────────────────────────────────────────────────────────

    def violation(self, check: Check) -> Chain | None:
        """The shortest way in which an axiom fails; None if it holds."""
        if check.negated:
            return None if self._evaluation.holds(check) else Chain((), FULL)
        term = check.term
        value = self._evaluation.value(term)
        if isinstance(value, int):
            found = [Chain(self._tests(term, e), self._why(term, e, e)) for e in bits(value)]
        elif check.kind is CheckKind.ACYCLIC:
            found = self._cycles(term, value)
        else:
            pairs = [(a, b) for a, row in enumerate(value) for b in bits(row)]
            if check.kind is CheckKind.IRREFLEXIVE:
                pairs = [(a, b) for a, b in pairs if a == b]
            found = [self.chain(term, a, b) for a, b in pairs]
        return min(found, key=lambda chain: chain.weight, default=None)

    def _cycles(self, term: Term, rows: Rows) -> list[Chain]:
        found: list[Chain] = []
        for cycle in shortest_cycles(rows):
            whole = Chain((), NONE)
            for a, b in cycle:
                whole = _joined(whole, self.chain(term, a, b))
            found.append(whole)
        return found

    # ── values, also of terms inside a `let rec` at one of its iterates ──────────────────────────

    def _value(self, term: Term) -> Value:
        if not term.free:
            return self._evaluation.value(term)
        (name,) = term.free
        return self._evaluation.value_at(term, name, self._stage[name])

    def _rows(self, term: Term) -> Rows:
        value = self._value(term)
        assert not isinstance(value, int)
        return value

    def _has(self, term: Term, a: int, b: int) -> bool:
        return bool(self._rows(term)[a] >> b & 1)

    # ── pairs ────────────────────────────────────────────────────────────────────────────────────

    def chain(self, term: Term, a: int, b: int) -> Chain:
        """The steps from a to b that put the pair into a relation."""
        stage = self._stage[next(iter(term.free))] if term.free else 0
        key = (term, a, b, stage)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._derive(term, a, b)
        return known

    def _opaque(self, name: str, term: Term, a: int, b: int) -> Chain:
        return Chain((Step(name, a, b),), self._why(term, a, b))

    def _why(self, term: Term, a: int, b: int) -> Facts:
        return FULL if term.free else self._reasons.why(self._bounds.narrow(term), a, b)

    def _why_not(self, term: Term, a: int, b: int) -> Facts:
        return FULL if term.free else self._reasons.why_not(self._bounds.narrow(term), a, b)

    def _derive(self, term: Term, a: int, b: int) -> Chain:
        name = self._names.get(term, "")
        if len(term.free) > 1:
            return Chain((Step("related", a, b),), FULL)
        if name in OPAQUE:
            return self._opaque(name, term, a, b)
        args = term.args
        match term.op:
            case Op.BASE:
                return self._opaque(term.name, term, a, b)
            case Op.IDENTITY:
                return Chain(self._tests(args[0], a), self._why(args[0], a, a))
            case Op.UNION:
                return min((self.chain(x, a, b) for x in args if self._has(x, a, b)), key=lambda c: c.weight)
            case Op.INTER:
                return self._meet(args, a, b)
            case Op.DIFF:
                absent = self._why_not(args[1], a, b)
                chain = self.chain(args[0], a, b)
                return Chain(chain.steps, chain.facts | absent)
            case Op.SEQ:
                return self._through(args, a, b)
            case Op.STAR | Op.OPTIONAL if a == b:
                return Chain((), self._reasons.why(UNIVERSE, a, a))
            case Op.OPTIONAL:
                return self.chain(args[0], a, b)
            case Op.PLUS | Op.STAR:
                return self._path(args[0], a, b)
            case Op.INVERSE:
                chain = self.chain(args[0], b, a)
                steps = tuple(Step(_turned(s.name), s.second, s.first) for s in reversed(chain.steps))
                return Chain(steps, chain.facts)
            case Op.PRODUCT:
                return Chain((), self._why(args[0], a, a) | self._why(args[1], b, b))
            case Op.FIX | Op.VARIABLE:
                return self._recursive(term, a, b)
        return Chain((Step("related", a, b),), self._why(term, a, b))

    def _tests(self, term: Term, event: int) -> tuple[Step, ...]:
        """The names of the sets, among those that `term` is made of, that hold the event."""
        name = self._names.get(term, "")
        if name:
            return (Step(name, event, event),)
        match term.op:
            case Op.BASE:
                return (Step(term.name, event, event),)
            case Op.UNION:
                holding = next((x for x in term.args if self._member(x, event)), None)
                return self._tests(holding, event) if holding is not None else ()
            case Op.INTER:
                return tuple(step for x in term.args for step in self._tests(x, event))
            case Op.DIFF:
                return self._tests(term.args[0], event)
        return ()

    def _member(self, term: Term, event: int) -> bool:
        value = self._value(term)
        assert isinstance(value, int)
        return bool(value >> event & 1)

    def _meet(self, args: tuple[Term, ...], a: int, b: int) -> Chain:
        """A pair in several relations. What goes from b back to a (r^-1, or being one operation) closes a cycle."""
        facts = NONE
        forth: list[Chain] = []
        back: tuple[Step, ...] = ()
        for arg in args:
            chain = self.chain(arg, a, b)
            facts |= chain.facts
            if arg.op is Op.INVERSE:
                back += self.chain(arg.args[0], b, a).steps
            elif len(args) > 1 and {s.name for s in chain.steps if not s.is_test} == {"rmw"}:
                back += (Step(_turned("rmw"), b, a),)
            elif any(not s.is_test and s.name not in ("loc", "int", "ext", "related") for s in chain.steps):
                forth.append(chain)
        if not forth and not back:
            return Chain((Step("related", a, b),) if a != b else (), facts)
        steps = min(forth, key=lambda c: c.weight).steps if forth else ()
        return Chain(steps + back, facts)

    def _through(self, args: tuple[Term, ...], a: int, b: int) -> Chain:
        left = args[0]
        right = args[1] if len(args) == 2 else make(Op.SEQ, Sort.RELATION, args[1:])
        middle = self._rows(left)[a] & inverse(self._rows(right))[b]
        ways = [
            _joined(self.chain(left, a, m), self.chain(right, m, b))
            for tried, m in enumerate(bits(middle))
            if tried < MIDPOINTS
        ]
        return min(ways, key=lambda chain: chain.weight)

    def _path(self, step: Term, a: int, b: int) -> Chain:
        """A path with the fewest pairs of `step`."""
        rows = self._rows(step)
        parent: dict[int, int] = {}
        queue = [a]
        for node in queue:
            for following in bits(rows[node]):
                if following not in parent:
                    parent[following] = node
                    queue.append(following)
            if b in parent:
                break
        nodes = [b]
        while True:
            nodes.append(parent[nodes[-1]])
            if nodes[-1] == a:
                break
        nodes.reverse()
        whole = Chain((), NONE)
        for first, second in pairwise(nodes):
            whole = _joined(whole, self.chain(step, first, second))
        return whole

    def _recursive(self, term: Term, a: int, b: int) -> Chain:
        """A pair of a `let rec`: found first at some iterate, from pairs of the one before."""
        if term.op is Op.FIX:
            self._groups[term.name] = term
        fix, name = self._groups[term.name], term.name
        if not is_monotone(fix):
            return Chain((Step("related", a, b),), FULL)
        self._evaluation.value(other_member(fix, 0))
        stages = self._evaluation.stages(name)
        limit = self._stage.get(name, len(stages) - 1)
        saved = self._stage.get(name)
        for stage in range(1, limit + 1):
            value = stages[stage][term.index]
            assert not isinstance(value, int)
            if value[a] >> b & 1:
                self._stage[name] = stage - 1
                found = self.chain(fix.args[term.index], a, b)
                if saved is None:
                    del self._stage[name]
                else:
                    self._stage[name] = saved
                return found
        raise AssertionError("a pair of a fixed point is in an iterate")


def _turned(name: str) -> str:
    return name.removesuffix("^-1") if name.endswith("^-1") else f"{name}^-1"
