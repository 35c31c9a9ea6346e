"""The documented costs are the ones that rank."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from memmodel.analyses.costs import TABLES, Architecture, cost
from memmodel.program.strengths import FENCES, LOADS, STORES, Kind, family

DOCUMENT = Path(__file__).parents[2] / "docs" / "audit-and-fix.md"


def test_the_document_has_the_table() -> None:
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("|")
    ]
    start = next(i for i, row in enumerate(rows) if row[0] == "smp_mb")
    columns = zip(*(map(int, row[1:]) for row in rows[start : start + 9]), strict=True)
    assert dict(zip(TABLES, columns, strict=True)) == {one: astuple(table) for one, table in TABLES.items()}


@pytest.mark.parametrize("architecture", list(Architecture))
@pytest.mark.parametrize("group", [LOADS, STORES, FENCES, family("xchg"), family("atomic_set")])
def test_what_gives_more_never_costs_less(architecture: Architecture, group: object) -> None:
    from memmodel.program.strengths import Family

    assert isinstance(group, Family)
    for one in group.forms:
        for other in group.forms:
            if one.at_least(other):
                assert cost(one, group.kind, architecture) >= cost(other, group.kind, architecture)


def test_a_release_store_is_cheaper_than_a_barrier_where_there_is_one() -> None:
    release, wmb = STORES.form("smp_store_release"), FENCES.form("smp_wmb")
    assert cost(release, Kind.STORE, Architecture.ARM64) < cost(wmb, Kind.FENCE, Architecture.ARM64)
