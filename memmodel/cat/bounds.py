"""A model narrowed to one program: what can never hold there is gone before the search starts.

In comes a model and, for each base relation, the pairs that may be in it in some execution; out comes an equivalent
model for this program, smaller: terms that are always empty disappear with all that hangs on them, and filters that
filter nothing are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from memmodel.cat.frame import Tables, Value
from memmodel.cat.relations import Rows, closure, codomain, compose, domain, inverse
from memmodel.cat.terms import EMPTY_RELATION, EMPTY_SET, ID, Check, Model, Op, Sort, Term, make

PAIRWISE = frozenset((Op.UNION, Op.INTER, Op.DIFF, Op.COMPLEMENT, Op.INVERSE, Op.IDENTITY, Op.PRODUCT, Op.OPTIONAL))
"""Operators whose result on a pair looks at that pair (or its two events) alone."""


class Bounds:
    """Upper bounds of terms over all executions of one program.

    `may` gives rows for rf, co, fr, loc, addr, data and ctrl. `fixed` names those of them (and any other base) whose
    value in an execution is exactly its upper bound, cut down to the executed events. `unconditional`: every event
    is always executed.
    """

    def __init__(self, tables: Tables, may: Mapping[str, Rows], fixed: frozenset[str], unconditional: bool) -> None:
        self.tables = tables
        self.size = tables.size
        self.all = (1 << tables.size) - 1
        self._may = may
        self._fixed = fixed
        self._unconditional = unconditional
        self._upper: dict[Term, Value] = {}
        self._uniform: dict[Term, bool] = {}
        self._narrow: dict[Term, Term] = {}
        self._bindings: dict[str, tuple[Value, ...]] = {}
        self._settled: set[str] = set()

    # ── upper bounds ─────────────────────────────────────────────────────────────────────────────

    def upper(self, term: Term) -> Value:
        """Everything that `term` holds in at least one execution, and perhaps more."""
        known = self._upper.get(term)
        if known is None:
            known = self._compute(term)
            if term.free <= self._settled:
                self._upper[term] = known
        return known

    def rows(self, term: Term) -> Rows:
        value = self.upper(term)
        assert not isinstance(value, int)
        return value

    def mask(self, term: Term) -> int:
        value = self.upper(term)
        assert isinstance(value, int)
        return value

    def _compute(self, term: Term) -> Value:
        match term.op:
            case Op.BASE:
                return self._base(term)
            case Op.EMPTY:
                return 0 if term.sort is Sort.SET else [0] * self.size
            case Op.UNIVERSE:
                return self.all
            case Op.VARIABLE:
                return self._bindings[term.name][term.index]
            case Op.FIX:
                self._settle(term)
                return self._bindings[term.name][term.index]
            case Op.DOMAIN:
                return domain(self.rows(term.args[0]))
            case Op.RANGE:
                return codomain(self.rows(term.args[0]))
        return self._compute_set(term) if term.sort is Sort.SET else self._compute_relation(term)

    def _base(self, term: Term) -> Value:
        if term.sort is Sort.SET:
            if term.name == "FW":
                return self.tables.sets["W"]
            members = self.tables.sets.get(term.name, 0)
            for _, event in self.tables.marks.get(term.name, ()):
                members |= 1 << event
            return members
        if term.name in self._may:
            return self._may[term.name]
        match term.name:
            case "po":
                return self.tables.po
            case "int":
                return self.tables.same_thread
            case "ext":
                return [self.all & ~row for row in self.tables.same_thread]
            case "rmw":
                return self.tables.rmw
        raise KeyError(term.name)

    def _compute_set(self, term: Term) -> int:
        first = self.mask(term.args[0])
        match term.op:
            case Op.UNION:
                for other in term.args[1:]:
                    first |= self.mask(other)
            case Op.INTER:
                for other in term.args[1:]:
                    first &= self.mask(other)
            case Op.DIFF:
                if self.uniform(term.args[1]):
                    first &= ~self.mask(term.args[1])
            case Op.COMPLEMENT:
                first = self.all & ~first if self.uniform(term.args[0]) else self.all
        return first

    def _compute_relation(self, term: Term) -> Rows:
        match term.op:
            case Op.IDENTITY:
                mask = self.mask(term.args[0])
                return [1 << i if mask >> i & 1 else 0 for i in range(self.size)]
            case Op.PRODUCT:
                left, right = self.mask(term.args[0]), self.mask(term.args[1])
                return [right if left >> i & 1 else 0 for i in range(self.size)]
        first = self.rows(term.args[0])
        match term.op:
            case Op.UNION:
                for other in term.args[1:]:
                    first = [a | b for a, b in zip(first, self.rows(other), strict=True)]
            case Op.INTER:
                for other in term.args[1:]:
                    first = [a & b for a, b in zip(first, self.rows(other), strict=True)]
            case Op.DIFF:
                if self.uniform(term.args[1]):
                    first = [a & ~b for a, b in zip(first, self.rows(term.args[1]), strict=True)]
            case Op.COMPLEMENT:
                exact = self.uniform(term.args[0])
                first = [self.all & ~row if exact else self.all for row in first]
            case Op.SEQ:
                for other in term.args[1:]:
                    if not any(first):
                        break
                    first = compose(first, self.rows(other))
            case Op.INVERSE:
                first = inverse(first)
            case Op.PLUS:
                first = closure(first)
            case Op.STAR:
                first = [row | 1 << i for i, row in enumerate(closure(first))]
            case Op.OPTIONAL:
                first = [row | 1 << i for i, row in enumerate(first)]
        return first

    def _settle(self, term: Term) -> None:
        """The least upper bounds of a `let rec` group, by iteration; unions of successive iterates, so that a body
        that is not monotone is bounded too."""
        if term.name in self._settled:
            return
        current: tuple[Value, ...] = tuple(0 if b.sort is Sort.SET else [0] * self.size for b in term.args)
        while True:
            self._bindings[term.name] = current
            following = tuple(_union(old, self.upper(body)) for old, body in zip(current, term.args, strict=True))
            if following == current:
                break
            current = following
        self._settled.add(term.name)

    def uniform(self, term: Term) -> bool:
        """Whether in every execution `term` is its upper bound cut down to the executed events."""
        known = self._uniform.get(term)
        if known is None:
            known = self._uniform[term] = self._is_uniform(term)
        return known

    def _is_uniform(self, term: Term) -> bool:
        if term.op is Op.BASE:
            if term.sort is Sort.SET:
                return term.name != "FW" and term.name not in self.tables.marks
            return term.name not in self._may or term.name in self._fixed
        if term.op in (Op.EMPTY, Op.UNIVERSE):
            return True
        if term.op in (Op.VARIABLE, Op.FIX, Op.DIFFERENT_VALUES):
            return False
        if not all(self.uniform(a) for a in term.args):
            return False
        if term.op in PAIRWISE or self._unconditional:
            return True
        return term.op is Op.SEQ and sum(a.op is not Op.IDENTITY for a in term.args) <= 1

    # ── narrowing ────────────────────────────────────────────────────────────────────────────────

    def narrow(self, term: Term) -> Term:
        """A term with the same value in every execution of this program, smaller where possible."""
        known = self._narrow.get(term)
        if known is None:
            known = self._narrow[term] = self._narrowed(term)
        return known

    def _narrowed(self, term: Term) -> Term:
        if term.op is Op.FIX:
            self._settle(term)
        upper = self.upper(term)
        if upper == 0 or (not isinstance(upper, int) and not any(upper)):
            return EMPTY_SET if term.sort is Sort.SET else EMPTY_RELATION
        if not term.args:
            return term
        if term.op is Op.SEQ:
            return self._narrow_sequence(term)
        args = [self.narrow(a) for a in term.args]
        match term.op:
            case Op.UNION:
                args = [a for a in dict.fromkeys(args) if a.op is not Op.EMPTY]
            case Op.INTER:
                args = self._narrow_intersection(args)
            case Op.DIFF:
                if not _meet(self.upper(args[0]), self.upper(args[1])):
                    return args[0]
            case Op.PLUS | Op.STAR | Op.OPTIONAL if args[0].op is Op.EMPTY:
                return ID
        if term.op in (Op.UNION, Op.INTER) and len(args) == 1:
            return args[0]
        return make(term.op, term.sort, args, term.name, term.index)

    def _narrow_intersection(self, args: list[Term]) -> list[Term]:
        """Drop a uniform operand that contains all that the others may hold."""
        kept = list(dict.fromkeys(args))
        for arg in list(kept):
            others = [a for a in kept if a is not arg]
            if others and self.uniform(arg):
                meet = self.upper(others[0])
                for other in others[1:]:
                    meet = _intersection(meet, self.upper(other))
                if _covers(self.upper(arg), meet):
                    kept.remove(arg)
        return kept

    def _narrow_sequence(self, term: Term) -> Term:
        args: list[Term] = []
        for arg in (self.narrow(a) for a in term.args):
            args.extend(arg.args if arg.op is Op.SEQ else (arg,))
        kept: list[Term] = []
        for i, arg in enumerate(args):
            if arg.op is Op.IDENTITY and self.uniform(arg.args[0]):
                mask = self.mask(arg.args[0])
                before = codomain(self.rows(kept[-1])) if kept else self.all
                after = domain(self.rows(args[i + 1])) if i + 1 < len(args) else self.all
                if before & ~mask == 0 or after & ~mask == 0:
                    continue
            kept.append(arg)
        return _paired(_closed_together(kept)) if kept else ID


def _closed_together(args: list[Term]) -> list[Term]:
    """Inside a `let rec`, runs of operands without its variables become one operand: evaluated once, not at each
    iterate."""
    if not any(arg.free for arg in args):
        return args
    grouped: list[Term] = []
    run: list[Term] = []
    for arg in args:
        if arg.free:
            grouped.extend([_paired(run)] if run else [])
            grouped.append(arg)
            run = []
        else:
            run.append(arg)
    return grouped + ([_paired(run)] if run else [])


def _paired(args: list[Term]) -> Term:
    """A composition two by two, so that a derivation finds the value of each step."""
    result = args[0]
    for arg in args[1:]:
        result = make(Op.SEQ, Sort.RELATION, (result, arg))
    return result


def _union(first: Value, second: Value) -> Value:
    if isinstance(first, int) and isinstance(second, int):
        return first | second
    assert not isinstance(first, int) and not isinstance(second, int)
    return [a | b for a, b in zip(first, second, strict=True)]


def _intersection(first: Value, second: Value) -> Value:
    if isinstance(first, int) and isinstance(second, int):
        return first & second
    assert not isinstance(first, int) and not isinstance(second, int)
    return [a & b for a, b in zip(first, second, strict=True)]


def _meet(first: Value, second: Value) -> bool:
    both = _intersection(first, second)
    return bool(both) if isinstance(both, int) else any(both)


def _covers(big: Value, small: Value) -> bool:
    if isinstance(big, int) and isinstance(small, int):
        return small & ~big == 0
    assert not isinstance(big, int) and not isinstance(small, int)
    return all(s & ~b == 0 for b, s in zip(big, small, strict=True))


def narrow_model(model: Model, bounds: Bounds) -> Model:
    """`model` for one program: the checks on narrowed terms, without those that always pass."""
    checks: list[Check] = []
    for check in model.checks:
        term = bounds.narrow(check.term)
        if term.op is Op.EMPTY and not check.negated and not check.flag:
            continue
        if term.op is Op.EMPTY and check.negated and check.flag:
            continue
        checks.append(replace(check, term=term))
    return replace(model, checks=tuple(checks), definitions=())
