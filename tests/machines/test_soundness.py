"""No machine shows what the kernel's model forbids: over tests, scenarios and generated programs, by final states; and
both engines agree on what each machine shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from memmodel.analyses.checking import check_file
from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.programs import settled
from memmodel.engines.smt import SmtEngine
from memmodel.engines.task import Details, Options, Task
from memmodel.events.unroll import unroll
from memmodel.frontends import scenario
from memmodel.machines import registry
from memmodel.machines.machine import Machine, Row, Use
from memmodel.machines.names import ARCHITECTURES
from memmodel.program.load import load
from memmodel.records import replace
from memmodel.result import Outcome
from memmodel.source import SourceFile
from tests.differential.compare import Settings
from tests.differential.generate import generate
from tests.differential.run import Tally as Differences
from tests.differential.run import run
from tests.machines import sound
from tests.machines.asking import litmus
from tests.machines.compare import Tally, of_files, of_seeds
from tests.sampling import in_parts, one_in

ROOT = Path(__file__).parents[2]
LIBRARY = sorted(ROOT.joinpath("litmus").rglob("*.litmus"))
CORPUS = sorted(ROOT.parent.joinpath("shared", "corpus", "lkmm").rglob("*.litmus"))
FEW, MANY = range(40), in_parts(range(300_000, 300_500), 100)
JOBS = os.cpu_count() or 1


def assert_sound(parts: list[Tally], count: int) -> Tally:
    total = Tally()
    for part in parts:
        total.add(part)
    assert total.contradictions == []
    assert total.programs + len(total.skipped) == count
    assert len(total.undecided) <= count / 50, total.undecided
    return total


def test_a_few_generated_programs() -> None:
    total = assert_sound(list(of_seeds(FEW, 20)), len(FEW))
    assert total.states > 2 * len(FEW)


def test_some_of_the_library() -> None:
    some = LIBRARY[::8]
    assert_sound(list(of_files(some, 20)), len(some))


@pytest.mark.thorough
def test_all_of_the_library() -> None:
    total = assert_sound(list(of_files(LIBRARY, 60, JOBS)), len(LIBRARY))
    assert set(total.skipped.values()) <= {"a data race"}


@pytest.mark.slow
@pytest.mark.parametrize("seeds", one_in(5, MANY))
def test_many_generated_programs(seeds: range) -> None:
    total = assert_sound(list(of_seeds(seeds, 30, JOBS)), len(seeds))
    assert total.states > 2 * len(seeds)


BESIDE = pytest.mark.skipif(not CORPUS, reason="the corpus is not beside this repository (../shared/corpus)")


@BESIDE
@pytest.mark.slow
def test_a_sample_of_the_corpus() -> None:
    sample = CORPUS[::80]
    total = assert_sound(list(of_files(sample, 60, JOBS)), len(sample))
    assert set(total.skipped.values()) <= {"a data race"}


@BESIDE
@pytest.mark.slow
@pytest.mark.thorough
def test_all_of_the_corpus() -> None:
    total = assert_sound(list(of_files(CORPUS, 60, JOBS)), len(CORPUS))
    assert set(total.skipped.values()) <= {"a data race"}


SCENARIOS = sorted(path.parent for path in ROOT.joinpath("scenarios").glob("*/scenario.toml"))


def variants() -> Iterator[ParameterSet]:
    """The first of every third scenario: the slow tests; all others: the thorough ones. (test_founding_machines.py has
    the founding case.)"""
    for place, folder in enumerate(SCENARIOS):
        for number, item in enumerate(scenario.load(str(folder)).variants):
            sampled = number == 0 and place % 3 == 0
            if not item.tree:
                marks = [pytest.mark.slow] if sampled else [pytest.mark.slow, pytest.mark.thorough]
                yield pytest.param(f"{folder}:{item.name}", marks=marks, id=f"{folder.name}:{item.name}")


@pytest.mark.parametrize("path", list(variants()))
def test_code_of_the_kernel(path: str) -> None:
    """A contradiction would be an error. Large ones run out of time, and then say so; the founding case does not."""
    known = "bpf-user-ringbuf" in path
    options = Options(timeout=300.0 if known else 20.0, details=Details(machines=ARCHITECTURES))
    options = settled(options, path, frozenset(("timeout",)))
    report = check_file(Task(path, options), lambda report: None)
    assert report.outcome is not Outcome.ERROR, report.reason
    if report.outcome is not Outcome.TIMEOUT:
        assert [item.architecture for item in report.machines] == list(ARCHITECTURES)
    if known:
        assert all(item.reachable is not None for item in report.machines)


# ── the comparison would tell ────────────────────────────────────────────────────────────────────


def without(machine: Machine, use: Use) -> Machine:
    """The machine with nothing where that row is: a wrong table."""
    rows = tuple(Row(use, row.text, row.source) if row.use is use else row for row in machine.rows)
    return replace(machine, rows=rows)


@pytest.mark.parametrize("use", [Use.MB, Use.RMB, Use.WMB, Use.LOAD_ACQUIRE, Use.STORE_RELEASE, Use.MODIFY_FULL])
def test_a_wrong_row_is_found(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = {
        Use.MB: ("smp_mb();", "smp_mb();"),
        Use.RMB: ("smp_mb();", "smp_rmb();"),
        Use.WMB: ("smp_wmb();", "smp_mb();"),
        Use.MODIFY_FULL: ("smp_mb();", "r0 = xchg(z, 1);"),
    }
    first, second = ways.get(use, ("smp_mb();", "smp_mb();"))
    read = "r0 = smp_load_acquire(y);" if use is Use.LOAD_ACQUIRE else f"r0 = READ_ONCE(*y); {second}"
    write = "smp_store_release(y, 1);" if use is Use.STORE_RELEASE else f"{first} WRITE_ONCE(*y, 1);"
    passing = litmus(
        f"int r0; WRITE_ONCE(*x, 1); {write}",
        f"int r0; int r1; int r2; {read.replace('r0 = xchg', 'r2 = xchg')} r1 = READ_ONCE(*x);",
        exists="1:r0=1 /\\ 1:r1=0",
    )
    assert sound.compare(passing).contradictions == ()
    kernel = SmtEngine().run(unroll(passing), models.load(sound.KERNEL).model, Request())
    assert sound.compare_verdict(passing, kernel).contradictions == ()
    weak = tuple(without(machine, use) for machine in registry.MACHINES if machine.name != "x86")
    monkeypatch.setattr(registry, "MACHINES", weak)
    for found in (sound.compare(passing), sound.compare_verdict(passing, kernel)):
        assert {item.machine.partition("-")[0] for item in found.contradictions} == {"arm64", "riscv", "power"}


def test_generated_programs_without_plain_accesses_have_no_race() -> None:
    for seed in range(60):
        text = generate(seed, marked=True).render()
        assert "\t*" not in text and "= *" not in text
        load(SourceFile("generated.litmus", text))


# ── both engines ─────────────────────────────────────────────────────────────────────────────────


def differences(seeds: range, machine: Machine, jobs: int = 1) -> Differences:
    total = Differences()
    for part in run(seeds, Settings(timeout=20.0, model=registry.name(machine)), jobs):
        total.add(part)
    return total


@pytest.mark.parametrize("machine", registry.MACHINES, ids=registry.name)
def test_engines_agree_on_a_few_programs(machine: Machine) -> None:
    total = differences(range(12), machine)
    assert not total.failures, [failure.description for failure in total.failures]


@pytest.mark.slow
@pytest.mark.parametrize("machine", registry.MACHINES, ids=registry.name)
@pytest.mark.parametrize("seeds", one_in(6, in_parts(range(400_000, 400_150), 25)))
def test_engines_agree_on_many_programs(seeds: range, machine: Machine) -> None:
    total = differences(seeds, machine, JOBS)
    assert not total.failures, "\n".join(f"seed {f.seed}\n{f.description}\n{f.text}" for f in total.failures)
    assert len(total.undecided) <= 2, total.undecided
