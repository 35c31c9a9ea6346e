"""Codes or names of rules in, which warnings and remarks are told out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from memmodel.analyses import outcome_rules, rulebook
from memmodel.diagnostic import Severity
from memmodel.errors import UsageError
from memmodel.records import dataclass, replace
from memmodel.result import FileReport

if TYPE_CHECKING:
    from memmodel.analyses.review.result import Review

FIXED = tuple(rule.code for rule in outcome_rules.RULES if rule is not outcome_rules.ODD)
"""The codes of outcomes: what is expected of a file is stated, not left unsaid."""


@dataclass(frozen=True)
class Selection:
    """`select`: the beginnings of the codes that are told, None for all; `ignore`: of those that are not. Of two that
    fit a code the longer counts; of two that are the same `ignore`, unless `select` was said later."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    select_said_later: bool = False

    def tells(self, code: str) -> bool:
        """Whether a warning or remark with this code is told."""
        if code in FIXED:
            return True
        selected = 0 if self.select is None else _longest(self.select, code)
        ignored = _longest(self.ignore, code)
        return (
            selected > ignored
            or (selected >= 0 and selected == ignored and self.select_said_later)
            or (selected >= 0 and ignored < 0)
        )

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.select is None and not self.ignore

    def of(self, report: FileReport) -> FileReport:
        """The report without the warnings that are not told."""
        if self.is_all:
            return report
        kept = tuple(
            item
            for item in report.diagnostics
            if item.severity is not Severity.WARNING
            or item.sentence() == report.reason
            or self.tells(item.code or outcome_rules.ODD.code)
        )
        return replace(report, diagnostics=kept)

    def of_review(self, review: Review) -> Review:
        """The review without the remarks that are not told."""
        if self.is_all:
            return review
        patches = tuple(
            replace(
                patch,
                remarks=tuple(item for item in patch.remarks if self.tells(item.finding.code)),
                fixes=tuple(item for item in patch.fixes if self.tells(item.code)),
            )
            for patch in review.patches
        )
        return replace(review, patches=patches)


def selectors(words: Iterable[str], ignored: bool = False) -> tuple[str, ...]:
    """The codes, or beginnings of codes, that words stand for: MM101, MM1, or a name. `ignored`: they are to be
    ignored. Raises UsageError for what no rule is called, and for an outcome to be ignored."""
    return tuple(_selector(word, ignored) for word in words)


def _selector(word: str, ignored: bool) -> str:
    known = rulebook.every()
    wanted = word.upper()
    named = next((rule.code for rule in known if rule.name == word.lower()), None)
    found = named or wanted
    codes = [rule.code for rule in known if found and rule.code.startswith(found)]
    if not codes:
        hint = rulebook.instead(word, "`memmodel rule` lists them; MM1 stands for all that start so")
        raise UsageError(f"there is no rule '{word}'", hint=hint)
    if ignored and all(code in FIXED for code in codes):
        hint = "state what is expected instead: Result: in the file's header, or [[expect]] in memmodel.toml"
        raise UsageError(f"'{word}' is an outcome, and cannot be ignored", hint=hint)
    return found


def _longest(beginnings: tuple[str, ...], code: str) -> int:
    """How much of the code is named; -1 where none of them fits."""
    return max((len(item) for item in beginnings if code.startswith(item)), default=-1)
