"""What the pairing table says of generated functions holds in all executions of concrete programs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.differential.pair_programs import pair
from tests.differential.pairs import Tally, check

FEW = range(1, 13)


def checked(seed: int) -> Tally:
    return check(pair(seed, loops=seed % 3 == 0), seed)


def total(tallies: Iterable[Tally]) -> Tally:
    found = Tally()
    for tally in tallies:
        found.add(tally)
    return found


def assert_right(found: Tally) -> None:
    assert not found.wrong, f"{len(found.wrong)} of {found}\n" + "\n".join(found.wrong[:3])
    # Claims that nothing could have broken would prove nothing.
    assert found.rows["ordered"] > found.programs / 3
    assert found.rows["not ordered"] > found.programs / 3
    assert found.found > found.rows["not ordered"] / 3


def test_no_order_that_is_claimed_is_broken() -> None:
    assert_right(total(checked(seed) for seed in FEW))


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [10.0, pytest.param(60.0, marks=pytest.mark.thorough)])
def test_no_order_of_many_functions_is_broken(seconds: float) -> None:
    end = time.monotonic() + seconds
    found, seed = Tally(), 10_000
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        while time.monotonic() < end:
            found.add(total(pool.map(checked, range(seed, seed + 16))))
            seed += 16
    assert_right(found)
    assert found.programs > seconds
