"""The code or name of a rule in, the rule out, whichever part of the program finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memmodel.analyses.documented import Documented


def find(code: str) -> Documented | None:
    """The rule of `check` or `review` with this code or name, in any case. What is not asked for is not loaded."""
    from memmodel.analyses import outcomes

    rule = outcomes.find(code)
    if rule is not None:
        return rule
    from memmodel.analyses import rules
    from memmodel.analyses.review import rules as review

    return rules.find(code) or review.find(code)
