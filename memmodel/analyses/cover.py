"""Clauses over the options of sites in, a cheapest setting that meets them all out: minimal hitting sets.

Each bad execution that was met demands that some site has an option that forbids it. The cheapest setting that
meets all demands so far is the next one worth asking about (Reiter's hitting sets; "implicit hitting sets",
Chandrasekaran, Karp, Moreno-Centeno, Vempala, SODA 2011).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import z3

from memmodel.analyses.switches import Setting

Choice = tuple[int, int]
"""A site and one of its options."""


class Cover:
    """`costs[site][option]`: what a site costs in that option; not negative."""

    def __init__(self, costs: Sequence[Sequence[int]]) -> None:
        self._costs = [list(row) for row in costs]
        self._solver = z3.Optimize()
        self._names = [
            [z3.Bool(f"s{site}_{option}") for option in range(len(row))] for site, row in enumerate(self._costs)
        ]
        for names, row in zip(self._names, self._costs, strict=True):
            self._solver.add(z3.Or(names))
            for i, first in enumerate(names):
                for second in names[:i]:
                    self._solver.add(z3.Not(z3.And(first, second)))
            for name, cost in zip(names, row, strict=True):
                if cost:
                    self._solver.add_soft(z3.Not(name), cost)

    def demand(self, choices: Iterable[Choice]) -> None:
        """At least one site has one of these options."""
        self._solver.add(z3.Or([self._names[site][option] for site, option in sorted(set(choices))]))

    def price(self, site: int, option: int) -> int:
        return self._costs[site][option]

    def cost(self, setting: Setting) -> int:
        return sum(row[option] for row, option in zip(self._costs, setting, strict=True))

    def cheapest(self) -> Setting | None:
        """A cheapest setting that meets all demands; None if none does."""
        if self._solver.check() != z3.sat:
            return None
        model = self._solver.model()
        return tuple(
            next(i for i, name in enumerate(names) if z3.is_true(model.eval(name, model_completion=True)))
            for names in self._names
        )
