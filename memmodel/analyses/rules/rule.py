"""What a rule is: a code, a name, its documentation, and the question it puts to a decided program."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from memmodel.analyses.finding import Finding
from memmodel.analyses.rules.subject import Subject
from memmodel.records import dataclass


@dataclass(frozen=True)
class Rule:
    """`code` never changes its meaning. `documentation`: the docstring of the rule's module; its first line does
    alone."""

    code: str
    name: str
    documentation: str
    check: Callable[[Subject], Iterator[Finding]]

    @property
    def summary(self) -> str:
        """The first line."""
        return self.documentation.strip().splitlines()[0].rstrip(".")
