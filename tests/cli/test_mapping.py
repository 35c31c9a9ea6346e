"""`memmodel mapping`: the tables by which kernel programs are read as those of machines."""

from __future__ import annotations

import json

import pytest

from memmodel.machines import registry
from tests.cli.command import memmodel


def test_without_a_name_the_tables_are_listed() -> None:
    ran = memmodel("mapping")
    assert ran.status == 0
    listed = [line.split()[0] for line in ran.out.splitlines() if not line.startswith(" ")]
    assert listed == [registry.name(machine) for machine in registry.MACHINES]


@pytest.mark.parametrize("name", ["x86", "arm64", "arm64-llsc", "riscv", "power", "power-lwsync"])
def test_a_table_says_what_a_full_barrier_is(name: str) -> None:
    """As the headers of the kernel have it: a locked add, dmb ish, fence rw,rw, sync."""
    instruction = {"x86": "lock addl", "arm64": "dmb ish", "riscv": "fence rw,rw", "power": "sync"}
    lines = memmodel("mapping", name).out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    (row,) = (line for line in lines if line.startswith("smp_mb() "))
    assert instruction[name.partition("-")[0]] in row


def test_json_has_the_events_that_the_models_speak_of() -> None:
    table = json.loads(memmodel("mapping", "arm64", "-f", "json").out)
    rows = {row["use"]: row for row in table["rows"]}
    assert (table["arch"], table["variant"]) == ("arm64", "lse")
    assert rows["store-release"]["write"] == ["release"]
    assert rows["rmb"]["before"] == ["dmb-ishld"]
    assert all(row["source"] for row in table["rows"])


def test_the_list_as_json() -> None:
    found = json.loads(memmodel("mapping", "-f", "json").out)["mappings"]
    assert [item["name"] for item in found] == [registry.name(machine) for machine in registry.MACHINES]


def test_a_table_that_there_is_not() -> None:
    ran = memmodel("mapping", "mips")
    assert (ran.status, ran.out) == (2, "")
    assert "no table for 'mips'" in ran.err
    assert "arm64-llsc" in ran.err
