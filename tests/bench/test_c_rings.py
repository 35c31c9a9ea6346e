"""Rings in C get the verdicts that follow from the orderings they have, and those of the same rings as litmus tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.c_rings import Guard, Patience, ring
from bench.cases import c_cases
from bench.rings import Barrier, Payload, spsc
from memmodel.engines.run import check_file
from memmodel.engines.task import Options, Task
from memmodel.result import RACE_FLAG

Decide = Callable[..., tuple[str, bool]]


@pytest.fixture
def decided(tmp_path: Path) -> Decide:
    """The verdict on a text, and whether there is a race."""

    def decide(text: str, suffix: str = ".c") -> tuple[str, bool]:
        path = tmp_path / f"ring{suffix}"
        path.write_text(text)
        report = check_file(Task(str(path), Options()), lambda report: None)
        assert report.observation is not None, report.reason
        return report.observation.value, RACE_FLAG in report.flags

    return decide


@pytest.mark.parametrize("patience", Patience)
@pytest.mark.parametrize("slots", [1, 2, 4])
def test_a_correct_ring_loses_nothing(decided: Decide, slots: int, patience: Patience) -> None:
    assert decided(ring(slots, 2, patience=patience)) == ("Never", False)


@pytest.mark.parametrize("patience", Patience)
@pytest.mark.parametrize("barrier", Barrier)
def test_each_ordering_matters_once_a_place_is_used_again(
    decided: Decide, barrier: Barrier, patience: Patience
) -> None:
    assert decided(ring(1, 2, patience=patience, weaken=barrier)) == ("Sometimes", True)


@pytest.mark.parametrize("barrier", Barrier)
def test_of_a_place_used_once_only_the_way_to_the_consumer_matters(decided: Decide, barrier: Barrier) -> None:
    there = barrier in (Barrier.PRODUCER_RELEASE, Barrier.CONSUMER_ACQUIRE)
    assert decided(ring(2, 2, weaken=barrier)) == (("Sometimes", True) if there else ("Never", False))


@pytest.mark.parametrize("barrier", [None, *Barrier])
def test_the_ring_as_a_litmus_test_has_the_same_verdict(decided: Decide, barrier: Barrier | None) -> None:
    as_litmus = decided(spsc(1, 2, barrier, Payload.PLAIN), ".litmus")
    assert decided(ring(1, 2, patience=Patience.STOP, weaken=barrier)) == as_litmus


@pytest.mark.parametrize("guard", Guard)
@pytest.mark.parametrize(("producers", "consumers"), [(2, 1), (1, 2), (2, 2)])
def test_several_keep_out_of_each_other_s_way(decided: Decide, guard: Guard, producers: int, consumers: int) -> None:
    assert decided(ring(2, 1, producers, consumers, guard=guard)) == ("Never", False)


def test_several_who_do_not_are_caught(decided: Decide) -> None:
    text = ring(2, 1, 2, guard=Guard.LOCK)
    for call in ("spin_lock(&ring->put_lock);", "spin_unlock(&ring->put_lock);"):
        assert call in text
        text = text.replace(call, "")
    assert decided(text) == ("Sometimes", True)


def test_places_are_numbered_by_the_low_bits() -> None:
    with pytest.raises(ValueError, match="power of two"):
        ring(3, 2)


def test_bench_measures_what_the_issue_asks_for_in_c() -> None:
    cases = {case.name: case for case in c_cases()}
    assert cases["C founding 2"].limit == 5.0
    assert {case.limit for name, case in cases.items() if name.startswith("C spsc-4") and case.size == 8} == {20.0}
    assert {case.most_mb for case in cases.values()} == {500.0}
    folder = Path(__file__).parents[2] / "scenarios"
    assert all((folder / case.scenario.split(":")[0]).is_dir() for case in cases.values() if case.scenario)
