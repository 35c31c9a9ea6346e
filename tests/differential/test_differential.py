"""Both engines agree on generated programs: on verdict, flags, all final states and the numbers of executions."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.differential.compare import Settings, compare
from tests.differential.generate import generate
from tests.differential.program import Case, Line, smaller
from tests.differential.run import Tally, run
from tests.differential.shrink import shrink
from tests.sampling import in_parts, one_in

FOUND = Path(__file__).with_name("found")
"""Programs on which an engine was wrong once, cut down; the headers say what herd7 says."""
FEW = range(60)
MANY = in_parts(range(200_000, 203_000), 250)


def tally(seeds: range, settings: Settings, jobs: int = 1) -> Tally:
    total = Tally()
    for part in run(seeds, settings, jobs):
        total.add(part)
    return total


def assert_agreement(total: Tally, count: int) -> None:
    assert not total.failures, "\n".join(f"seed {f.seed}\n{f.description}\n{f.text}" for f in total.failures)
    assert total.programs == count
    assert len(total.undecided) <= count / 50, total.undecided


def test_engines_agree_on_a_few_programs() -> None:
    assert_agreement(tally(FEW, Settings(count=True)), len(FEW))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", one_in(12, MANY))
def test_engines_agree_on_many_programs(seeds: range) -> None:
    total = tally(seeds, Settings(), os.cpu_count() or 1)
    assert_agreement(total, len(seeds))
    # A generator that had gone dull would prove nothing.
    for kind in ("Never", "Sometimes", "Always", "no execution", "data-race", "unmatched-rcu-lock", "mixed-accesses"):
        assert total.kinds[kind] >= len(seeds) / 500, kind


@pytest.mark.parametrize("count", [False, True], ids=["states", "executions"])
@pytest.mark.parametrize("path", sorted(FOUND.glob("*.litmus")), ids=lambda path: path.stem)
def test_what_was_once_wrong_is_as_herd7_says(path: Path, count: bool) -> None:
    text = path.read_text()
    stated = re.search(r"Result: (\w+)( DATARACE)?", text)
    assert stated is not None
    comparison = compare(text, Settings(count=count))
    assert not comparison.differences, comparison.describe()
    for name, opinion in comparison.opinions:
        assert opinion.observation == stated[1], name
        assert opinion.flags == (frozenset(("data-race",)) if stated[2] else frozenset()), name


def test_a_seed_always_gives_the_same_program() -> None:
    assert [generate(seed).render() for seed in range(50)] == [generate(seed).render() for seed in range(50)]
    assert len({generate(seed).render() for seed in range(200)}) > 190


def test_programs_use_the_whole_dialect() -> None:
    text = "\n".join(generate(seed).render() for seed in range(1500))
    for word in (
        *("READ_ONCE", "WRITE_ONCE", "smp_load_acquire", "smp_store_release", "smp_store_mb", "smp_mb()", "smp_wmb"),
        *("smp_rmb", "smp_mb__before_atomic", "smp_mb__after_atomic", "smp_mb__after_spinlock", "synchronize_rcu()"),
        *("xchg_relaxed", "cmpxchg_acquire", "atomic_fetch_add", "atomic_dec_and_test", "atomic_add_unless"),
        *("spin_lock", "spin_trylock", "spin_is_locked", "rcu_read_lock", "srcu_read_lock", "synchronize_srcu"),
        *("rcu_dereference", "while (", "else", "filter", "forall", "~exists", "locations"),
    ):
        assert word in text, word


def test_shrinking_keeps_only_what_the_failure_needs() -> None:
    def stores_twice(case: Case) -> bool:
        return case.render().count("WRITE_ONCE") >= 2

    big = next(case for case in map(generate, range(1000)) if stores_twice(case) and len(case.threads) > 2)
    small = shrink(big, stores_twice)
    statements = [statement for body in small.threads for statement in body]
    assert stores_twice(small)
    assert len(statements) <= 2
    assert all(isinstance(statement, Line) for statement in statements)


def test_every_smaller_program_follows_only_assigned_addresses() -> None:
    cases = [case for case in map(generate, range(300)) if "a0" in case.render()]
    assert cases
    assert all(candidate.well_formed for case in cases for candidate in smaller(case))
