"""A cluster's workers do what local ones do: every file gets its verdict, once, in order, whatever dies on the way."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra [cluster] is not installed")

from memmodel.analyses import checking
from memmodel.engines import cluster as ours
from memmodel.engines import run, version
from memmodel.engines.cluster import connected, packed, packed_work, same_version, there
from memmodel.engines.isolate import Work
from memmodel.engines.pool import check_all
from memmodel.engines.task import Options, Task
from memmodel.errors import UsageError
from memmodel.result import FileReport, Observation, Outcome
from tests.cli.command import MP, MP_ORDERED, memmodel
from tests.engines.clusters import ROOT, Processes, cluster, until
from tests.engines.jobs import misbehave, task


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with cluster(tmp_path_factory.mktemp("cluster") / "two", 2) as found:
        yield found


def checked(address: str, tasks: list[Task], work: Work = misbehave) -> list[FileReport]:
    with connected(address) as there:
        return list(check_all([packed(item) for item in tasks], there.threads, packed_work(work), there.executor))


def plain(reports: list[FileReport]) -> list[FileReport]:
    """But for how long it took, and where the text was read."""
    return [replace(report, seconds=0, inputs=()) for report in reports]


# ── what workers do ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_verdicts_are_those_of_local_workers_in_the_same_order(two: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names = sorted(str(path) for path in Path("litmus/classic").glob("*.litmus"))[:10]
    tasks = [Task(name, Options()) for name in [*names, "scenarios/circular-buffer:documented", "absent.litmus"]]
    local = list(check_all(tasks, 2, checking.check_file))
    assert plain(checked(two.address, tasks, checking.check_file)) == plain(local)
    assert {report.outcome for report in local} >= {Outcome.PASS, Outcome.ERROR}


@pytest.mark.slow
def test_a_worker_is_not_harmed_by_what_a_file_does(two: Processes) -> None:
    tasks = [
        task("fine-1"),
        task("segfault", timeout=10.0),
        task("fine-2"),
        task("eat", memory=200, timeout=30.0),
        task("fine-3"),
        task("hang", timeout=0.5),
        task("fine-4"),
    ]
    found = checked(two.address, tasks)
    assert [report.file for report in found] == [item.file for item in tasks]
    assert [report.outcome for report in found] == [
        Outcome.PASS,
        Outcome.ERROR,
        Outcome.PASS,
        Outcome.TIMEOUT,
        Outcome.PASS,
        Outcome.TIMEOUT,
        Outcome.PASS,
    ]
    assert "memory limit of 200 MB" in (found[3].reason or "")


@pytest.mark.slow
def test_workers_with_several_threads_fork_as_well(tmp_path: Path) -> None:
    with cluster(tmp_path / "threads", 0) as found:
        found.worker(threads=3)
        tasks = [task(f"nap-{number}", timeout=20.0) for number in range(40)]
        assert [report.outcome for report in checked(found.address, tasks)] == [Outcome.PASS] * 40


@pytest.mark.slow
def test_a_litmus_test_needs_no_shared_file_system(two: Processes, tmp_path: Path) -> None:
    with connected(two.address) as there:
        sent = Task(str(tmp_path / "gone.litmus"), Options(), MP.encode())
        (report,) = check_all([sent], there.threads, elsewhere(checking.check_file), there.executor)
    assert (report.outcome, report.observation) == (Outcome.PASS, Observation.SOMETIMES)


def elsewhere(work: Work) -> Work:
    return partial(there, "/no/such/folder", work)


@pytest.mark.parametrize("sent", [Task("a.c", Options()), Task("a.litmus", Options(model="own.cat"), MP.encode())])
def test_what_needs_one_says_so(sent: Task) -> None:
    work = elsewhere(run.check_file)
    report = work(sent, lambda known: None)
    assert report.outcome is Outcome.ERROR
    assert "a file system that they share with this machine" in (report.reason or "")


@pytest.mark.slow
def test_a_model_that_has_changed_is_read_again_by_workers_that_live_on(two: Processes, tmp_path: Path) -> None:
    model = tmp_path / "own.cat"
    (tmp_path / "mp.litmus").write_text(MP)
    found = []
    for text in ('"Own"\n', '"Own"\nacyclic po | rf | co | fr as sc\n'):
        model.write_text(text)
        run.load_model.cache_clear()
        run.preload.cache_clear()
        (report,) = checked(two.address, [Task(str(tmp_path / "mp.litmus"), Options(model=str(model)))], run.check_file)
        found.append(report.observation)
    assert found == [Observation.SOMETIMES, Observation.NEVER]


# ── what dies on the way ─────────────────────────────────────────────────────────────────────────


def test_a_worker_that_is_killed_costs_no_verdict(tmp_path: Path) -> None:
    with cluster(tmp_path / "killed", 2) as found:
        names = [f"nap-{number}" for number in range(60)]
        seen: list[FileReport] = []
        with connected(found.address) as there:
            until(lambda: len(there._client.ncores()) == 2)  # type: ignore[attr-defined]
            for report in check_all([task(name) for name in names], 2, misbehave, there.executor):
                seen.append(report)
                if len(seen) == 10:
                    found.workers[0].send_signal(signal.SIGKILL)
        assert [report.file for report in seen] == names
        assert all(report.outcome is Outcome.PASS for report in seen), [report.reason for report in seen]
        assert {report.reason for report in seen} == {str(worker.pid) for worker in found.workers}
        assert seen[-1].reason == str(found.workers[1].pid)


@pytest.mark.slow
def test_a_file_that_kills_workers_again_and_again_is_named(tmp_path: Path) -> None:
    with cluster(tmp_path / "deadly", 2, nanny=True, allowed_failures=0) as found:
        names = ["nap-1", "worker-killer", *(f"nap-{number}" for number in range(2, 8))]
        reports = checked(found.address, [task(name, timeout=30.0) for name in names])
    assert [report.file for report in reports] == names
    assert [report.file for report in reports if report.outcome is not Outcome.PASS] == ["worker-killer"]
    assert "internal error: the worker process died" in (reports[1].reason or "")


@pytest.mark.slow
def test_without_workers_the_run_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "ABANDONED", 2.0)
    with cluster(tmp_path / "alone", 1) as found, connected(found.address) as there:
        reports = check_all([task(f"nap-{number}") for number in range(30)], 1, misbehave, there.executor)
        next(reports)
        found.workers[0].send_signal(signal.SIGKILL)
        with pytest.raises(UsageError, match="no worker has answered for 2 seconds"):
            list(reports)


@pytest.mark.slow
def test_without_the_scheduler_the_run_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "ABANDONED", 2.0)
    with cluster(tmp_path / "headless", 1) as found, connected(found.address) as there:
        reports = check_all([task(f"nap-{number}") for number in range(30)], 1, misbehave, there.executor)
        next(reports)
        assert found.scheduler is not None
        found.scheduler.send_signal(signal.SIGKILL)
        with pytest.raises(UsageError, match="--cluster"):
            list(reports)


# ── what cannot be used ──────────────────────────────────────────────────────────────────────────


def test_an_address_where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "PATIENCE", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense", "odd://127.0.0.1:9", ""):
        with pytest.raises(UsageError, match="no scheduler answers there"), connected(address):
            pass


@pytest.mark.slow
def test_a_scheduler_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "PATIENCE", 2.0)
    no_workers = pytest.raises(UsageError, match="the scheduler has no workers")
    with cluster(tmp_path / "idle", 0) as found, no_workers, connected(found.address):
        pass


@pytest.mark.slow
def test_a_worker_with_another_version_is_refused(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "memmodel", tmp_path / "other" / "memmodel")
    with (tmp_path / "other" / "memmodel" / "engines" / "run.py").open("a") as code:
        code.write("# changed\n")
    with cluster(tmp_path / "mixed", 1) as found:
        with connected(found.address):
            pass
        found.worker(program=tmp_path / "other")
        with pytest.raises(UsageError, match="another version of memmodel"):
            both(found.address)


@pytest.mark.slow
def test_a_worker_without_the_program_is_refused(tmp_path: Path) -> None:
    with cluster(tmp_path / "empty", 0) as found:
        found.worker(program=None)
        with pytest.raises(UsageError, match="cannot run memmodel"), connected(found.address):
            pass


def both(address: str) -> None:
    """Connect as soon as there are two workers."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    with connected(address):
        pass


def test_a_worker_that_comes_later_with_another_version_does_nothing() -> None:
    assert same_version(version.code(), max, 1, 2) == 2
    with pytest.raises(ours.OtherVersion):
        same_version("other", max, 1, 2)


def test_distributed_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs the library distributed") as caught, connected("tcp://127.0.0.1:9"):
        pass
    assert "memmodel[cluster]" in (caught.value.hint or "")


# ── the command ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_command_prints_the_same(two: Processes, tmp_path: Path) -> None:
    (tmp_path / "a.litmus").write_text(MP)
    (tmp_path / "b.litmus").write_text(MP_ORDERED)
    (tmp_path / "c.litmus").write_text("C broken\n{")
    local = memmodel("check", str(tmp_path))
    afar = memmodel("check", str(tmp_path), "--cluster", two.address)
    assert (afar.out.splitlines()[:-1], afar.status) == (local.out.splitlines()[:-1], local.status)
    assert afar.err == local.err
    assert "a.litmus" in afar.out


@pytest.mark.slow
def test_what_a_cluster_found_is_kept_here(two: Processes, tmp_path: Path) -> None:
    (tmp_path / "a.litmus").write_text(MP)
    words = ("check", str(tmp_path), "--format", "json", "--cache-dir", str(tmp_path / "kept"))
    found = [memmodel(*words, "--cluster", two.address, MEMMODEL_NO_CACHE="") for _ in range(2)]
    found.append(memmodel(*words, "--cluster", "tcp://127.0.0.1:9", MEMMODEL_NO_CACHE=""))  # is not even asked
    found.append(memmodel(*words, MEMMODEL_NO_CACHE=""))
    assert [ran.results()[0].get("cached", False) for ran in found] == [False, True, True, True]


@pytest.mark.slow
def test_ctrl_c_takes_back_what_is_queued(two: Processes, tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}.litmus").write_text(MP)
    process = subprocess.Popen(
        [sys.executable, "-m", "memmodel", "check", str(tmp_path), "--count", "--cluster", two.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == ""
    assert "interrupted" in out
    with connected(two.address) as there:
        until(lambda: not there._client.run_on_scheduler(_tasks), 20)  # type: ignore[attr-defined]


def _tasks(dask_scheduler: object = None) -> int:
    return len(dask_scheduler.tasks)  # type: ignore[attr-defined]
