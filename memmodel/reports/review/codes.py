"""The code of a finding in, the rule behind it out."""

from __future__ import annotations

from memmodel.analyses.documented import Documented
from memmodel.analyses.review.result import Review


def rule(code: str, review: Review) -> Documented | None:
    """The rule with this code; None where the review does not say which that is."""
    return next((one for one in review.rules if one.code == code), None)


def rule_name(code: str, review: Review) -> str:
    """`lost-order`; the code itself for a rule that the review does not know."""
    found = rule(code, review)
    return found.name if found else code.lower()
