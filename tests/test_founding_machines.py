"""Which machines can show that a drain of a ring gives one record out twice: each way to clear `busy`, as a litmus test
and as C, on each architecture, with the reason for each answer.

herd7 7.58, by its own models of AArch64, PPC and RISCV, answers the same for these programs written by hand in their
instructions; that x86 keeps stores in order, and loads, is its definition.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from memmodel.analyses.checking import check_file
from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.programs import settled
from memmodel.engines.task import Details, EngineChoice, Options, Task
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.machine import Machine, Row, Use
from memmodel.machines.names import ARCHITECTURES
from memmodel.machines.translate import translate
from memmodel.records import replace
from memmodel.result import FileReport, Observation, Outcome
from tests.analyses.explaining import library
from tests.shown import shown

ROOT = Path(__file__).parent.parent
TREE = os.environ.get("KERNEL_TREE")
SCENARIO = "scenarios/bpf-user-ringbuf"
PATIENCE = 300.0

NOBODY: frozenset[str] = frozenset()
WEAK = frozenset(("arm64", "riscv", "power"))
"""Those that may let two stores to different places be seen in either order. x86 never does: its store buffer is a
queue."""


@dataclass(frozen=True)
class Way:
    """One way to clear `busy` after the release store of the position. `shows`: the architectures that can let another
    CPU see `busy` free and the position old; `why` in terms of their instructions. `c`: the variant of the scenario, if
    it has one."""

    litmus: str
    allowed: bool
    shows: frozenset[str]
    why: str
    c: str = ""


IN_README = (
    Way(
        "drain-none",
        True,
        WEAK,
        "As posted: stlr; str on arm64, and stlr orders only what comes before it; lwsync; std; std on POWER and"
        " fence rw,w; sd; sd on RISC-V have nothing between the two stores.",
        "as-sent",
    ),
    Way(
        "drain-before-atomic",
        True,
        NOBODY,
        "As merged: the kernel promises nothing for an atomic_set(), but the barrier is compiled as a full one whatever"
        " follows: dmb ish, fence rw,rw, sync. On x86 it is nothing, and the stores stay in order anyway.",
        "as-merged",
    ),
    Way(
        "drain-wmb",
        False,
        NOBODY,
        "dmb ishst, fence w,w and lwsync each keep two stores in order; x86 needs nothing.",
        "wmb",
    ),
    Way("drain-mb", False, NOBODY, "A full barrier between the two stores: dmb ish, fence rw,rw, sync.", "mb"),
    Way(
        "drain-set-release",
        False,
        NOBODY,
        "The second store is itself preceded by what orders stores before it: stlr, fence rw,w, lwsync.",
        "fixed",
    ),
    Way(
        "drain-xchg",
        False,
        NOBODY,
        "swpal, or ldxr and stlxr, is a store-release on arm64; amoswap.aqrl on RISC-V; a sync comes first on POWER.",
        "xchg",
    ),
)

OTHERS = (
    Way(
        "drain-after-atomic",
        True,
        NOBODY,
        "smp_mb__after_atomic() is as full a barrier there as smp_mb__before_atomic().",
    ),
    Way("drain-barrier", True, WEAK, "barrier() is no instruction anywhere."),
    Way(
        "drain-rmb",
        True,
        frozenset(("arm64", "riscv")),
        "dmb ishld and fence r,r say nothing of stores; POWER's smp_rmb() is an lwsync, which orders stores too.",
    ),
    Way("drain-after-set", True, WEAK, "A full barrier behind both stores comes too late."),
    Way("drain-dec", True, WEAK, "An atomic_dec() has no barrier on those three: stadd, amoadd, ldarx and stdcx."),
    Way("drain-before-atomic-dec", False, NOBODY, "The full barrier of drain-before-atomic, now promised as well."),
    Way(
        "drain-mb-relaxed-claim",
        True,
        WEAK,
        "The other side: a relaxed cmpxchg lets the later load go first. On x86 it is a locked instruction.",
    ),
    Way(
        "drain-wmb-acquire-once",
        False,
        NOBODY,
        "On the other side casa, fence r,rw or isync behind the branch hold the later load back.",
    ),
)


def checked(file: str, engine: EngineChoice = EngineChoice.SMT) -> FileReport:
    details = Details(machines=ARCHITECTURES)
    options = Options(engine=engine, timeout=PATIENCE, memory=None, tree=TREE, details=details)
    chosen = frozenset(("timeout", "engine"))
    return check_file(Task(file, settled(options, file, chosen)), lambda report: None)


def is_as_said(report: FileReport, allowed: bool, shows: frozenset[str]) -> bool:
    assert report.outcome is Outcome.PASS, report.reason
    assert report.observation is (Observation.SOMETIMES if allowed else Observation.NEVER)
    verdicts = {item.architecture: item.reachable for item in report.machines}
    assert verdicts == {name: name in shows for name in ARCHITECTURES}
    return True


@pytest.mark.parametrize("way", [*IN_README, *OTHERS], ids=lambda way: way.litmus)
def test_both_engines_say_of_each_litmus_test_what_its_instructions_do(way: Way) -> None:
    path = str(ROOT / "litmus" / "ring" / f"{way.litmus}.litmus")
    assert is_as_said(checked(path, EngineChoice.BOTH), way.allowed, way.shows)


@pytest.mark.parametrize("way", IN_README, ids=lambda way: way.litmus)
def test_it_matters_for_none_how_the_kernel_is_compiled(way: Way) -> None:
    path = str(ROOT / "litmus" / "ring" / f"{way.litmus}.litmus")
    report = checked(path)
    assert all(item.variants == () for item in report.machines)


# ── why nobody shows the drain as merged ─────────────────────────────────────────────────────────


def shows(name: str, machine: Machine) -> bool:
    """Whether the explicit engine finds the outcome on a machine."""
    graph = unroll(translate(library(f"ring/{name}"), machine))
    return EnumerateEngine().run(graph, models.load(machine.name).model, Request()).witness is not None


def with_nothing_for(use: Use, machine: Machine) -> Machine:
    """The machine with a kernel that has no instruction for one barrier."""
    return replace(machine, rows=tuple(Row(use, "", row.source) if row.use is use else row for row in machine.rows))


WEAK_MACHINES = [machine for machine in registry.MACHINES if machine.name in WEAK]


@pytest.mark.parametrize("machine", WEAK_MACHINES, ids=registry.name)
def test_on_weak_machines_it_is_what_the_barrier_is_compiled_to(machine: Machine) -> None:
    assert machine.row(Use.BEFORE_ATOMIC).before == machine.row(Use.MB).before
    assert not shows("drain-before-atomic", machine)
    assert shows("drain-before-atomic", with_nothing_for(Use.BEFORE_ATOMIC, machine))


def test_on_x86_it_is_the_order_of_stores() -> None:
    (machine,) = registry.variants("x86")
    assert machine.row(Use.BEFORE_ATOMIC).text == "" and not machine.row(Use.BEFORE_ATOMIC).before
    assert not shows("drain-before-atomic", machine)
    assert not shows("drain-none", machine)


@pytest.mark.parametrize("machine", WEAK_MACHINES, ids=registry.name)
def test_smp_wmb_is_all_that_keeps_the_two_stores_in_order(machine: Machine) -> None:
    assert shows("drain-wmb", with_nothing_for(Use.WMB, machine))


# ── the drain whole, in C ────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize(
    "way",
    [*IN_README[:2], *(pytest.param(way, marks=pytest.mark.thorough) for way in IN_README[2:])],
    ids=lambda way: way.c,
)
def test_the_whole_ring_in_c_is_as_its_litmus_test(way: Way) -> None:
    report = checked(str(ROOT / f"{SCENARIO}:{way.c}"))
    assert is_as_said(report, way.allowed, way.shows)
    nobody = "no current architecture shows it" in report.observable
    assert nobody == (way.allowed and not way.shows)


@pytest.mark.slow
@pytest.mark.skipif(TREE is None, reason="KERNEL_TREE names no tree")
@pytest.mark.parametrize(
    ("variant", "allowed"), [("kernel", True), ("kernel-wmb", False), ("kernel-release", False)]
)  # as merged; smp_wmb(); atomic_set_release()
def test_no_machine_shows_what_is_wrong_with_the_kernels_own_file(variant: str, allowed: bool) -> None:
    assert is_as_said(checked(str(ROOT / f"{SCENARIO}:{variant}")), allowed, NOBODY)


# ── the table in the README ──────────────────────────────────────────────────────────────────────

_LINE = re.compile(r"^pass +(Never|Sometimes) +((?:(?:yes|no) +)+)litmus/ring/(\S+)\.litmus$", re.MULTILINE)


def test_the_readme_has_the_table_of_all_these_ways() -> None:
    (table,) = (example.out for example in shown(ROOT / "README.md") if "--arch all" in example.title)
    assert table.split()[: 1 + len(ARCHITECTURES)] == ["lkmm", *ARCHITECTURES]
    found = [(name, verdict, cells.split()) for verdict, cells, name in _LINE.findall(table)]
    wanted = [
        (
            way.litmus,
            "Sometimes" if way.allowed else "Never",
            ["yes" if name in way.shows else "no" for name in ARCHITECTURES],
        )
        for way in IN_README
    ]
    assert found == wanted
