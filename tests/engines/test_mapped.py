"""Work that forked processes share, each a copy of the one that wants it done."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing

import pytest

from memmodel.engines.pool import mapped


def test_results_come_in_the_order_of_the_items() -> None:
    def slow_first(item: int) -> int:
        time.sleep(0.2 if item == 0 else 0)
        return item * item

    assert list(mapped(slow_first, range(6), 3)) == [0, 1, 4, 9, 16, 25]


def test_one_job_needs_no_process() -> None:
    assert set(mapped(lambda item: os.getpid(), range(3), 1)) == {os.getpid()}
    assert os.getpid() not in set(mapped(lambda item: os.getpid(), range(3), 2))


def test_what_the_process_knows_need_not_be_sent() -> None:
    lines = {number: (lambda number=number: number + 1) for number in range(4)}  # nothing of which can be pickled
    assert list(mapped(lambda item: lines[item](), range(4), 2)) == [1, 2, 3, 4]


def test_a_process_that_dies_costs_one_item() -> None:
    def deadly(item: int) -> int:
        if item == 1:
            time.sleep(0.3)  # the others are done by then
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    found = list(mapped(deadly, range(4), 2))
    assert found[1] is None
    assert found[0] == 0
    assert found[2:] == [2, 3]


def test_what_goes_wrong_is_raised_here() -> None:
    def wrong(item: int) -> int:
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        list(mapped(wrong, range(4), 2))


def test_nobody_works_on_when_the_rest_is_not_wanted() -> None:
    start = time.monotonic()
    with closing(mapped(lambda item: time.sleep(item) or item, [0, 30, 30], 2)) as results:
        assert next(results) == 0
    assert time.monotonic() - start < 10
