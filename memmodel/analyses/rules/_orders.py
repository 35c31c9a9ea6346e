"""A bad execution in, which further orderings within a thread would forbid it out."""

from __future__ import annotations

from memmodel.analyses.rules.subject import Subject
from memmodel.cat.evaluate import Evaluation
from memmodel.cat.relations import Rows, closure, compose
from memmodel.records import dataclass


@dataclass(frozen=True)
class Orders:
    """`hb` is happens-before, transitive; `overtaken` leads from b to a where a strong fence from a to b would close a
    cycle of propagation: a path of happens-before and propagates-before, then what had to propagate."""

    hb: Rows
    overtaken: Rows

    def happens_before(self, first: int, second: int) -> bool:
        """Whether an ordering of `second` before `first` would be a cycle in happens-before."""
        return bool(self.hb[first] >> second & 1)

    def propagates(self, first: int, second: int) -> bool:
        """Whether a full barrier from `second` to `first` would be a cycle."""
        return bool(self.overtaken[first] >> second & 1)


def forbidding(subject: Subject) -> Orders | None:
    """The orders of the bad execution; None where there is none or the model has no such relations."""
    evaluation = subject.evaluation
    terms = [subject.defined(name) for name in ("hb", "pb", "prop")]
    if evaluation is None:
        return None
    hb, pb, prop = (evaluation.relation(term) if term is not None else None for term in terms)
    if hb is None or pb is None or prop is None:
        return None
    return _orders(evaluation, hb, pb, prop)


def _orders(evaluation: Evaluation, hb: Rows, pb: Rows, prop: Rows) -> Orders:
    executed = evaluation.frame.executed
    later = closure([a | b for a, b in zip(hb, pb, strict=True)])
    reflexive = [row | 1 << i if executed >> i & 1 else 0 for i, row in enumerate(later)]
    return Orders(closure(hb), compose(reflexive, prop))
