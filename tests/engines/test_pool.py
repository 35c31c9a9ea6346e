"""Whatever one file does to the process that checks it, every other file gets its report, in order."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from concurrent.futures.process import ProcessPoolExecutor

import pytest

from memmodel.engines import isolate, run
from memmodel.engines.isolate import run_isolated
from memmodel.engines.pool import check_all
from memmodel.result import Outcome
from tests.engines.jobs import misbehave, task


@pytest.fixture(autouse=True)
def _no_preload(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tasks need no engine, and no model."""
    monkeypatch.setattr(run, "preload", lambda options: None)


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    assert not isolate._running


def outcomes(names: list[str], jobs: int = 1, **options: object) -> dict[str, Outcome]:
    reports = list(check_all([task(name, **options) for name in names], jobs, misbehave))
    assert [report.file for report in reports] == names
    return {report.file: report.outcome for report in reports}


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("crash", ["segfault", "abort", "leave"])
def test_a_crash_costs_the_file_that_caused_it_and_no_other(crash: str, jobs: int) -> None:
    names = ["fine-1", "fine-2", crash, "fine-3", "fine-4"]
    found = outcomes(names, jobs)
    assert found.pop(crash) is Outcome.ERROR
    assert set(found.values()) == {Outcome.PASS}


def test_a_crash_is_told_as_an_internal_error_with_the_command_that_repeats_it() -> None:
    (report,) = check_all([task("segfault")], 1, misbehave)
    assert report.reason is not None
    assert report.reason.startswith("internal error: the process ended with SIGSEGV")
    assert "memmodel check segfault" in report.reason


@pytest.mark.parametrize("hang", ["hang", "stubborn"])
def test_an_endless_file_is_killed_at_its_limit_and_keeps_what_was_known(
    hang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolate, "GRACE", 0.1)
    start = time.monotonic()
    reports = list(check_all([task(name, timeout=0.3) for name in ("fine-1", hang, "fine-2")], 1, misbehave))
    assert time.monotonic() - start < 5
    assert [report.outcome for report in reports] == [Outcome.PASS, Outcome.TIMEOUT, Outcome.PASS]
    assert reports[1].name.startswith("read by")
    assert reports[1].reason == "the time limit of 0.3 s was reached"
    assert 0.3 <= reports[1].seconds < 5


def test_a_memory_eater_stops_at_its_limit() -> None:
    found = outcomes(["eat", "fine"], memory=64)
    assert found == {"eat": Outcome.TIMEOUT, "fine": Outcome.PASS}


def test_after_running_out_of_memory_the_next_file_gets_a_new_process() -> None:
    hungry, next_, last = check_all([task(name, memory=64) for name in ("eat", "which", "which")], 1, misbehave)
    assert hungry.outcome is Outcome.TIMEOUT
    assert hungry.reason == "the memory limit of 64 MB was reached; --memory raises it"
    assert next_.reason == last.reason
    assert hungry.name != next_.reason


def test_a_child_has_no_part_in_ctrl_c_nor_in_our_output(capfd: pytest.CaptureFixture[str]) -> None:
    found = outcomes(["interrupt", "chatter"])
    assert set(found.values()) == {Outcome.PASS}
    assert capfd.readouterr().out == ""


def test_a_report_may_be_larger_than_a_pipe() -> None:
    (report,) = check_all([task("large")], 1, misbehave)
    assert report.reason is not None and len(report.reason) == 5_000_000


def test_a_worker_that_dies_costs_no_other_file_its_report() -> None:
    found = outcomes(["fine-1", "worker", "fine-2", "fine-3"], jobs=2)
    assert found.pop("worker") is Outcome.ERROR
    assert set(found.values()) == {Outcome.PASS}


def test_reports_come_in_order_whoever_finishes_first() -> None:
    outcomes([f"fine-{i}" for i in range(100)], jobs=3)


def test_a_run_given_up_leaves_no_process_behind() -> None:
    stream = run_isolated([task("fine"), task("hang")], misbehave)
    assert next(stream).outcome is Outcome.PASS
    (child,) = isolate._running
    stream.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


@pytest.mark.parametrize("factory", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_will_do(factory: Callable[[int], Executor]) -> None:
    tasks = [task(f"fine-{i}") for i in range(5)]
    reports = list(check_all(tasks, 1, misbehave, factory))
    assert [report.outcome for report in reports] == [Outcome.PASS] * 5
    assert threading.active_count() < 10


UNNOTICED = """
import signal, sys, threading, time
from memmodel.engines.pool import check_all
from tests.engines.jobs import misbehave, task

def elsewhere():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

threading.Thread(target=elsewhere).start()
try:
    list(check_all([task("hang-1"), task("hang-2")], int(sys.argv[1]), misbehave))
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_is_noticed_though_it_did_not_wake_the_thread_that_waits(jobs: str) -> None:
    """As happens when the signal comes between Python's last look for one and the wait, or goes to another thread."""
    run_ = subprocess.run([sys.executable, "-c", UNNOTICED, jobs], capture_output=True, text=True, timeout=30)
    assert (run_.stdout, run_.stderr) == ("interrupted\n", "")
