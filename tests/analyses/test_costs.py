"""The documented costs are the ones that rank."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.analyses.costs import COMPILER, Architecture, cost, instructions
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.prices import PRICES
from memmodel.program.strengths import FENCES, LOADS, STORES, Kind, family

DOCUMENT = Path(__file__).parents[2] / "docs" / "audit-and-fix.md"


ONE_EACH = [Architecture.X86, Architecture.ARM64, Architecture.RISCV, Architecture.POWER]


def table(corner: str) -> list[list[str]]:
    """The rows of the document's table whose first row begins with `corner`, the heading left out."""
    rows = [
        [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
        if line[:1] == "|"
        else []
        for line in DOCUMENT.read_text().splitlines()
    ]
    start = next(i for i, row in enumerate(rows) if row and row[0] == corner)
    end = next(i for i in range(start, len(rows)) if not rows[i])
    return rows[start:end]


def test_the_document_has_the_prices() -> None:
    rows = table("mfence")
    found = {
        one.value: {row[2 * i]: int(row[2 * i + 1]) for row in rows if row[2 * i]} for i, one in enumerate(ONE_EACH)
    }
    assert found == PRICES


def test_the_document_has_what_primitives_cost() -> None:
    """Above the weakest marked form, which the document does not count."""
    for name, *figures in table("smp_mb"):
        group = family(name)
        assert group is not None
        form = group.form(name)
        costs = [cost(form, group.kind, one) - COMPILER for one in ONE_EACH]
        assert [int(figure) for figure in figures] == costs, name


@pytest.mark.parametrize("machine", registry.MACHINES, ids=registry.name)
def test_whatever_a_table_names_is_priced_or_known_to_be_free(machine: Machine) -> None:
    free = {"locked", "amo", "exclusive", "no-return", "reserve"}
    for row in machine.rows:
        names = {*row.before, *row.after, *row.succeeded, *row.read, *row.write}
        assert names <= PRICES[machine.name].keys() | free


@pytest.mark.parametrize("name", ["smp_mb", "smp_wmb", "smp_store_release", "smp_load_acquire", "atomic_set_release"])
def test_what_a_form_is_compiled_to_stands_in_the_table(name: str) -> None:
    group = family(name)
    assert group is not None
    for one in ONE_EACH:
        text = instructions(group.form(name), group.kind, one.value)
        assert text in {row.text for row in registry.variants(one.value)[0].rows}


def test_an_exchange_is_not_an_addition() -> None:
    group = family("xchg")
    assert group is not None
    assert instructions(group.form("xchg"), group.kind, "arm64") == "swpal"
    assert instructions(group.form("xchg"), group.kind, "x86") == "xchg"


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
