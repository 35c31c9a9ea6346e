"""A program on which tools differ in; the smallest that still shows it out."""

from __future__ import annotations

from collections.abc import Callable

from tests.differential.program import Case, smaller


def shrink(case: Case, still_fails: Callable[[Case], bool], limit: int = 600) -> Case:
    """Cut `case` down, greedily, for as long as `still_fails`; asks at most `limit` times."""
    asked = 0
    found = True
    while found:
        found = False
        for candidate in smaller(case):
            asked += 1
            if asked > limit:
                return case
            if still_fails(candidate):
                case, found = candidate, True
                break
    return case
