"""The audits of two versions of a test in, the barriers that the new version no longer needs out."""

from __future__ import annotations

from memmodel.analyses.advice import AuditReport, SiteAudit, Standing
from memmodel.analyses.switches import Site


def became_redundant(old: AuditReport, new: AuditReport) -> tuple[str, ...]:
    """A sentence for each barrier or annotation that is in both versions, was required in OLD and is not in NEW. None
    where the bad outcome can happen in either: there no barrier prevents it."""
    if old.reachable is not None or new.reachable is not None:
        return ()
    required = {key for key, item in _numbered(old) if item.standing is Standing.REQUIRED}
    return tuple(
        f"{item.site.span.where}: {key[1]} was required in OLD and is {_standing(item)}"
        for key, item in _numbered(new)
        if key in required and item.standing is not Standing.REQUIRED
    )


def _standing(item: SiteAudit) -> str:
    if item.standing is Standing.STRONGER and item.weakest.name:
        return f"stronger than needed in NEW, where {item.weakest.name}() would do"
    return f"{item.standing.value} in NEW"


def _numbered(report: AuditReport) -> list[tuple[tuple[int, str, int], SiteAudit]]:
    """The sites by thread, text and how many of the same text come before: what stays the same while lines move."""
    seen: dict[tuple[int, str], int] = {}
    found = []
    for item in report.sites:
        base = (item.site.thread, _code(item.site))
        seen[base] = seen.get(base, 0) + 1
        found.append(((*base, seen[base]), item))
    return found


def _code(site: Site) -> str:
    return " ".join(site.span.text.split())
