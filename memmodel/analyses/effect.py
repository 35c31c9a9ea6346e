"""Fences in, whether they make any difference out: a bound on what their tags change in the terms of a model.

For each term, `change` holds every pair (or event) that may be in the term's value in one of two cases and not in the
other, in some execution: with the tags, and with the fences left bare. It is computed from below,
operator by operator. If nothing changes in any axiom or flag of the model, the fences are without effect in
every execution of the program, whatever else orders the same accesses.
"""

from __future__ import annotations

from collections.abc import Iterable

from memmodel.cat.bounds import Bounds
from memmodel.cat.frame import Value, set_of
from memmodel.cat.relations import Rows, closure, codomain, compose, domain, inverse
from memmodel.cat.terms import Model, Op, Sort, Term
from memmodel.events.graph import Event


def without_effect(bounds: Bounds, model: Model, fences: Iterable[Event]) -> bool:
    """Whether no axiom and no flag of `model`, in no execution, would differ if `fences`, all together, were not there.
    False where it cannot be shown."""
    change = Change(bounds, fences)
    return not any(change.reaches(check.term) for check in model.checks)


class Change:
    """What the tags of some fences change, term by term."""

    def __init__(self, bounds: Bounds, fences: Iterable[Event]) -> None:
        self._bounds = bounds
        self._size = bounds.size
        self._tagged: dict[str, int] = {}
        for fence in fences:
            for tag in fence.tags:
                name = set_of(tag)
                self._tagged[name] = self._tagged.get(name, 0) | 1 << fence.id
        self._known: dict[Term, Value] = {}
        self._bindings: dict[str, tuple[Value, ...]] = {}
        self._settled: set[str] = set()

    def reaches(self, term: Term) -> bool:
        """Whether the value of `term` may change at all."""
        return _some(self.change(term))

    def change(self, term: Term) -> Value:
        known = self._known.get(term)
        if known is None:
            known = self._set(term) if term.sort is Sort.SET else self._relation(term)
            if term.free <= self._settled:
                self._known[term] = known
        return known

    # What a value may hold in either of the two cases: change aside, its upper bound with the tags.

    def _mask(self, term: Term) -> int:
        changed = self.change(term)
        assert isinstance(changed, int)
        return self._bounds.mask(term) | changed

    def _rows(self, term: Term) -> Rows:
        changed = self._changed_rows(term)
        return [a | b for a, b in zip(self._bounds.rows(term), changed, strict=True)]

    def _changed_mask(self, term: Term) -> int:
        value = self.change(term)
        assert isinstance(value, int)
        return value

    def _changed_rows(self, term: Term) -> Rows:
        value = self.change(term)
        assert not isinstance(value, int)
        return value

    def _set(self, term: Term) -> int:
        args = term.args
        match term.op:
            case Op.BASE:
                return self._tagged.get(term.name, 0)
            case Op.VARIABLE | Op.FIX:
                value = self._recursive(term)
                assert isinstance(value, int)
                return value
            case Op.DOMAIN:
                return domain(self._changed_rows(args[0]))
            case Op.RANGE:
                return codomain(self._changed_rows(args[0]))
            case Op.INTER:
                return self._intersected_mask(args)
            case Op.DIFF:
                kept = self._changed_mask(args[0]) & ~self._surely_in_mask(args[1])
                return kept | self._mask(args[0]) & self._changed_mask(args[1])
        changed = 0
        for arg in args:  # unions and complements; what has no operands does not change
            changed |= self._changed_mask(arg)
        return changed

    def _relation(self, term: Term) -> Rows:
        args = term.args
        match term.op:
            case Op.VARIABLE | Op.FIX:
                value = self._recursive(term)
                assert not isinstance(value, int)
                return value
            case Op.IDENTITY:
                mask = self._changed_mask(args[0])
                return [1 << i if mask >> i & 1 else 0 for i in range(self._size)]
            case Op.PRODUCT:
                return self._product(args[0], args[1])
            case Op.SEQ:
                return self._sequence(args)
            case Op.INTER:
                return self._intersected_rows(args)
            case Op.DIFF:
                return self._difference(args[0], args[1])
            case Op.INVERSE:
                return inverse(self._changed_rows(args[0]))
            case Op.PLUS | Op.STAR:
                return self._repeated(args[0])
        changed = [0] * self._size
        for arg in args:  # unions, complements, options; what has no operands does not change
            changed = _either(changed, self._changed_rows(arg))
        return changed

    def _intersected_mask(self, args: tuple[Term, ...]) -> int:
        changed = 0
        for arg in args:
            part = self._changed_mask(arg)
            for other in args:
                part &= self._mask(other) if part else 0
            changed |= part
        return changed

    def _intersected_rows(self, args: tuple[Term, ...]) -> Rows:
        changed = [0] * self._size
        for arg in args:
            part = self._changed_rows(arg)
            if any(part):
                for other in args:
                    part = [a & b for a, b in zip(part, self._rows(other), strict=True)]
                changed = _either(changed, part)
        return changed

    def _difference(self, kept: Term, removed: Term) -> Rows:
        gone = self._surely_in_rows(removed)
        first = [a & ~b for a, b in zip(self._changed_rows(kept), gone, strict=True)]
        second = self._changed_rows(removed)
        if any(second):
            second = [a & b for a, b in zip(self._rows(kept), second, strict=True)]
        return _either(first, second)

    def _surely_in_mask(self, term: Term) -> int:
        """What `term` holds in both cases wherever it is executed."""
        return self._bounds.mask(term) & ~self._changed_mask(term) if self._bounds.uniform(term) else 0

    def _surely_in_rows(self, term: Term) -> Rows:
        if not self._bounds.uniform(term):
            return [0] * self._size
        return [a & ~b for a, b in zip(self._bounds.rows(term), self._changed_rows(term), strict=True)]

    def _product(self, left: Term, right: Term) -> Rows:
        lefts, rights = self._mask(left), self._mask(right)
        new_left, new_right = self._changed_mask(left), self._changed_mask(right)
        return [(rights if new_left >> i & 1 else 0) | (new_right if lefts >> i & 1 else 0) for i in range(self._size)]

    def _sequence(self, args: tuple[Term, ...]) -> Rows:
        changed = [0] * self._size
        for position, arg in enumerate(args):
            part = self._changed_rows(arg)
            if not any(part):
                continue
            for other in reversed(args[:position]):
                part = compose(self._rows(other), part)
            for other in args[position + 1 :]:
                part = compose(part, self._rows(other))
            changed = _either(changed, part)
        return changed

    def _repeated(self, arg: Term) -> Rows:
        changed = self._changed_rows(arg)
        if not any(changed):
            return changed
        around = [row | 1 << i for i, row in enumerate(closure(self._rows(arg)))]
        return compose(compose(around, changed), around)

    def _recursive(self, term: Term) -> Value:
        """The change of a `let rec` group, by iteration: each iterate changes at most by what its body makes of the
        change of the iterate before."""
        if term.op is Op.FIX and term.name not in self._settled:
            self._bounds.upper(term)
            current: tuple[Value, ...] = tuple(0 if b.sort is Sort.SET else [0] * self._size for b in term.args)
            while True:
                self._bindings[term.name] = current
                following = tuple(_union(old, self.change(b)) for old, b in zip(current, term.args, strict=True))
                if following == current:
                    break
                current = following
            self._settled.add(term.name)
        return self._bindings[term.name][term.index]


def _either(first: Rows, second: Rows) -> Rows:
    return [a | b for a, b in zip(first, second, strict=True)]


def _union(first: Value, second: Value) -> Value:
    if isinstance(first, int) and isinstance(second, int):
        return first | second
    assert not isinstance(first, int) and not isinstance(second, int)
    return _either(first, second)


def _some(value: Value) -> bool:
    return bool(value) if isinstance(value, int) else any(value)
