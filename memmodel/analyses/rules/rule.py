"""What a rule is: a code, a name, its documentation, and the question it puts to a decided program."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from memmodel.analyses.documented import Documented
from memmodel.analyses.finding import Finding
from memmodel.analyses.rules.subject import Subject
from memmodel.records import dataclass


@dataclass(frozen=True)
class Rule(Documented):
    """`documentation`: the docstring of the rule's module."""

    check: Callable[[Subject], Iterator[Finding]]
