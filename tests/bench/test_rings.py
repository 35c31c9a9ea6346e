"""Generated programs get the verdicts that their generators promise; herd7 gives the same on these sizes."""

from __future__ import annotations

import pytest

from bench.cases import cases
from bench.rings import Barrier, Payload, mpsc, rcu, rcu_alternating, spsc
from memmodel.engines.run import check_file
from memmodel.engines.task import Options, Task
from memmodel.result import FileReport


def check(text: str) -> FileReport:
    report = check_file(Task("generated.litmus", Options(), text.encode()), lambda report: None)
    assert report.observation is not None, report.reason
    return report


def verdict(text: str) -> str:
    observation = check(text).observation
    assert observation is not None
    return observation.value


@pytest.mark.parametrize("payload", Payload)
@pytest.mark.parametrize("slots", [1, 2, 4])
def test_a_correct_ring_never_goes_wrong(slots: int, payload: Payload) -> None:
    report = check(spsc(slots, 2, None, payload))
    assert report.observation is not None
    assert report.observation.value == "Never"
    assert report.flags == ()


@pytest.mark.parametrize("barrier", Barrier)
def test_each_weakened_ring_with_plain_payload_goes_wrong(barrier: Barrier) -> None:
    report = check(spsc(1, 2, barrier, Payload.PLAIN))
    assert report.observation is not None
    assert report.observation.value == "Sometimes"
    assert report.flags == ("data-race",)


@pytest.mark.parametrize("barrier", [b for b in Barrier if b is not Barrier.PRODUCER_ACQUIRE])
def test_each_weakened_ring_with_marked_payload_goes_wrong(barrier: Barrier) -> None:
    assert verdict(spsc(1, 2, barrier)) == "Sometimes"


def test_a_control_dependency_replaces_the_producers_acquire() -> None:
    assert verdict(spsc(1, 2, Barrier.PRODUCER_ACQUIRE)) == "Never"


def test_giving_back_does_not_matter_where_no_slot_is_used_twice() -> None:
    assert verdict(spsc(2, 2, Barrier.CONSUMER_RELEASE)) == "Never"


@pytest.mark.parametrize(("readers", "grace_periods"), [(1, 1), (2, 1), (2, 2), (3, 2), (0, 2), (2, 0)])
def test_a_ring_of_readers_closes_when_there_are_more_than_grace_periods(readers: int, grace_periods: int) -> None:
    assert verdict(rcu(readers, grace_periods)) == ("Never" if grace_periods >= readers else "Sometimes")


def test_grace_periods_and_readers_in_turn() -> None:
    assert verdict(rcu_alternating(2)) == "Never"


@pytest.mark.parametrize(
    ("weaken", "expected"),
    [(None, "Never"), (Barrier.PRODUCER_RELEASE, "Sometimes"), (Barrier.CONSUMER_ACQUIRE, "Sometimes")],
)
def test_two_producers_behind_a_lock(weaken: Barrier | None, expected: str) -> None:
    assert verdict(mpsc(2, 1, weaken)) == expected


def test_a_ring_of_one_thread_is_refused() -> None:
    with pytest.raises(ValueError, match="two threads"):
        rcu(1, 0)


def test_bench_measures_what_the_issue_asks_for() -> None:
    names = {case.name for case in cases()}
    assert {f"spsc-2 correct {n}" for n in (4, 8, 16)} <= names
    assert {f"spsc-2 {barrier.value} 16" for barrier in Barrier} <= names
    assert {f"rcu even {n}" for n in (8, 10, 12, 14)} <= names
    assert len(names) == len(cases())


def test_generated_files_state_their_own_name() -> None:
    assert spsc(2, 4, Barrier.CONSUMER_RELEASE).startswith("C spsc-2-4-consumer-release-once\n")
