"""The code or name of a rule in, the rule out, whichever part of the program finds it; and all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memmodel.errors import meant

if TYPE_CHECKING:
    from memmodel.analyses.documented import Documented


def find(code: str) -> Documented | None:
    """The rule of `check` or `review` with this code or name, in any case. What is not asked for is not loaded."""
    from memmodel.analyses import outcome_rules

    rule = outcome_rules.find(code)
    if rule is not None:
        return rule
    from memmodel.analyses import rules
    from memmodel.analyses.review import rules as review

    return rules.find(code) or review.find(code)


def every() -> tuple[Documented, ...]:
    """All rules, in the order of their codes."""
    from memmodel.analyses import outcome_rules, rules
    from memmodel.analyses.review import rules as review

    return (*outcome_rules.RULES, *rules.RULES, *review.RULES)


def instead(word: str, otherwise: str) -> str:
    """A hint for a word that is no rule: the code or name that may have been meant, or what to say where none is."""
    rules = every()
    if word[:2].lower() == "mm":
        return meant(word.upper(), [rule.code for rule in rules]) or otherwise
    return meant(word.lower(), [rule.name for rule in rules]) or otherwise
