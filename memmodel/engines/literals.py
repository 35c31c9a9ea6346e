"""Boolean structure as integer literals and clauses: built here, handed to Z3 in one piece.

A literal is a non-zero int, its negation the int negated; TRUE and FALSE are the literals 1 and -1.
Building formulas in plain ints and sending them as text costs a tenth of building Z3 terms one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TRUE = 1
FALSE = -1


class Literals:
    """A growing set of clauses over numbered variables. `take` hands over what is new since the last call."""

    def __init__(self) -> None:
        self.count = 1
        self._clauses: list[tuple[int, ...]] = [(TRUE,)]
        self._conjunctions: dict[tuple[int, ...], int] = {}

    def fresh(self) -> int:
        self.count += 1
        return self.count

    def clause(self, literals: Iterable[int]) -> None:
        """At least one of `literals` holds."""
        kept = set(literals)
        kept.discard(FALSE)
        if TRUE in kept or any(-literal in kept for literal in kept):
            return
        self._clauses.append(tuple(kept))

    def conjunction(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly if all of `literals` do."""
        kept = set(literals)
        kept.discard(TRUE)
        if FALSE in kept or any(-literal in kept for literal in kept):
            return FALSE
        if not kept:
            return TRUE
        if len(kept) == 1:
            return kept.pop()
        key = tuple(sorted(kept))
        known = self._conjunctions.get(key)
        if known is None:
            known = self._conjunctions[key] = self.fresh()
            for literal in key:
                self._clauses.append((-known, literal))
            self._clauses.append((known, *(-literal for literal in key)))
        return known

    def disjunction(self, literals: Iterable[int]) -> int:
        """A literal that holds exactly if one of `literals` does."""
        return -self.conjunction(-literal for literal in literals)

    def at_most_one(self, literals: Sequence[int]) -> None:
        """Pairwise for a few literals, by a ladder for many (both are complete encodings)."""
        if len(literals) <= 6:
            for i, first in enumerate(literals):
                for second in literals[:i]:
                    self.clause((-first, -second))
            return
        before = literals[0]
        for literal in literals[1:]:
            self.clause((-before, -literal))
            step = self.fresh()
            self.clause((-before, step))
            self.clause((-literal, step))
            before = step

    def take(self) -> list[tuple[int, ...]]:
        """The clauses added since the last call."""
        taken, self._clauses = self._clauses, []
        return taken
