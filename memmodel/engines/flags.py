"""Is there an allowed execution that raises a flag? The search is steered by what the flag's term needs.

For `flag ~empty t`, each pair that may be in t gets a selector that implies what is necessary for the pair to be there.
When the solver's choice turns out not to be in t, the reason of its absence is learnt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memmodel.cat.relations import bits
from memmodel.cat.terms import Check, CheckKind, Op, Sort, Term
from memmodel.engines.literals import FALSE, TRUE

if TYPE_CHECKING:
    from memmodel.engines.search import Candidate, Search

MIDPOINTS = 6
"""Compositions with more ways through are not spelt out: both ends running is all that is asked."""


class FlagSearch:
    def __init__(self, search: Search, check: Check) -> None:
        self._search = search
        self._check = check
        self._needs: dict[tuple[Term, int, int], int] = {}

    def find(self, complete: int) -> Candidate | None:
        """A candidate that raises the flag, not confirmed yet; None if there is none."""
        if self._check.kind is CheckKind.EMPTY and self._check.negated:
            return self._find_member(complete)
        return self._find_by_listing(complete)

    def _find_member(self, complete: int) -> Candidate | None:
        search, term = self._search, self._check.term
        selectors = self._selectors(term)
        if not selectors:
            return None
        goal = search.literals.fresh()
        search.literals.clause((-goal, *selectors.values()))
        while candidate := search.find(complete, goal):
            if not self._replays(candidate):
                continue
            if candidate.evaluation.holds(self._check):
                return candidate
            reasons = search.reasons(candidate)
            for (a, b), selector in selectors.items():
                if search.solver.true(self.need(term, a, b)):
                    facts = reasons.why_not(term, a, b)
                    search.forbid(facts, candidate, -selector)
        return None

    def _replays(self, candidate: Candidate) -> bool:
        """Whether the candidate has values; if they came out of thin air it was no execution, which is learnt."""
        if candidate.evaluation.values is None:
            done = self._search.replayed(candidate)
            if done is None:
                return False
            candidate.evaluation.values = done.values
        return True

    def _find_by_listing(self, complete: int) -> Candidate | None:
        """Any other kind of check: execution after execution."""
        search = self._search
        goal = search.literals.fresh()
        while candidate := search.find(complete, goal):
            if not self._replays(candidate):
                continue
            if candidate.evaluation.holds(self._check):
                return candidate
            search.literals.clause((-goal, *(-literal for literal in search.whole(candidate))))
        return None

    def _selectors(self, term: Term) -> dict[tuple[int, int], int]:
        """A literal for each pair (for a set: each event twice) that may be in the term."""
        upper = self._search.narrowed.bounds.upper(term)
        if isinstance(upper, int):
            pairs = [(event, event) for event in bits(upper)]
        else:
            pairs = [(a, b) for a, row in enumerate(upper) for b in bits(row)]
        selectors: dict[tuple[int, int], int] = {}
        for a, b in pairs:
            need = self.need(term, a, b)
            if need != FALSE:
                selector = self._search.literals.fresh()
                self._search.literals.clause((-selector, need))
                selectors[a, b] = selector
        return selectors

    # ── what membership needs ────────────────────────────────────────────────────────────────────

    def need(self, term: Term, a: int, b: int) -> int:
        """A literal that holds in every execution in which (a, b) is in `term`."""
        upper = self._search.narrowed.bounds.upper(term)
        if not (upper if isinstance(upper, int) else upper[a]) >> b & 1:
            return FALSE
        key = (term, a, b)
        known = self._needs.get(key)
        if known is None:
            known = self._needs[key] = self._spelt(term, a, b)
        return known

    def _spelt(self, term: Term, a: int, b: int) -> int:
        search = self._search
        literals, guards = search.literals, search.encoding.guards
        run = literals.conjunction((guards[a], guards[b]))
        args = term.args
        match term.op:
            case Op.BASE if term.sort is Sort.RELATION:
                return literals.conjunction((run, self._base(term.name, a, b)))
            case Op.UNION:
                return literals.disjunction(self.need(x, a, b) for x in args)
            case Op.INTER:
                return literals.conjunction(self.need(x, a, b) for x in args)
            case Op.DIFF:
                return self.need(args[0], a, b)
            case Op.DIFFERENT_VALUES:
                return literals.conjunction((self.need(args[0], a, b), -search.encoding.equal(a, b)))
            case Op.INVERSE:
                return self.need(args[0], b, a)
            case Op.IDENTITY:
                return self.need(args[0], a, a)
            case Op.PRODUCT:
                return literals.conjunction((self.need(args[0], a, a), self.need(args[1], b, b)))
            case Op.OPTIONAL if a != b:
                return self.need(args[0], a, b)
            case Op.SEQ:
                return literals.conjunction((run, self._through(args[0], args[1], a, b)))
        return run

    def _through(self, left: Term, right: Term, a: int, b: int) -> int:
        bounds = self._search.narrowed.bounds
        middle = [m for m in bits(bounds.rows(left)[a]) if bounds.rows(right)[m] >> b & 1]
        if len(middle) > MIDPOINTS:
            return TRUE
        literals = self._search.literals
        return literals.disjunction(
            literals.conjunction((self.need(left, a, m), self.need(right, m, b))) for m in middle
        )

    def _base(self, name: str, a: int, b: int) -> int:
        encoding = self._search.encoding
        same = encoding.same(a, b) if name in ("co", "fr", "loc") else TRUE
        match name:
            case "rf":
                return encoding.rf[b].get(a, FALSE)
            case "co":
                return self._search.literals.conjunction((same, encoding.order(a, b)))
            case "fr":
                return self._search.literals.conjunction((same, encoding.from_read(a, b)))
        return same
