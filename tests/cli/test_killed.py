"""A run that is killed leaves no half file, and the next one goes on from what it had found."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, memmodel

FILES = 40


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    """A folder of tests, no two of the same text."""
    folder = tmp_path / "tests"
    folder.mkdir()
    for number in range(FILES):
        text = MP if number % 3 else MP_ORDERED
        (folder / f"{number:02}.litmus").write_text(text.replace("C MP", f"C MP{number}"))
    return folder


def words(tests: Path, *more: str) -> list[str]:
    kept = tests.parent / "kept"
    return ["check", str(tests), "--format", "json", "--count", "--cache-dir", str(kept), *more]


def start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "MEMMODEL_NO_CACHE": ""}
    return subprocess.Popen([sys.executable, "-m", "memmodel", *arguments], env=environment, stdout=subprocess.PIPE)


def entries(tests: Path) -> int:
    return len(list((tests.parent / "kept").glob("*.entry")))


def told(out: str) -> list[dict[str, object]]:
    """The results, but for how long they took and where they are from."""
    results: list[dict[str, object]] = json.loads(out)["results"]
    return [{key: item[key] for key in item if key not in ("seconds", "cached")} for item in results]


def test_a_killed_run_leaves_no_half_file_and_the_next_goes_on_from_there(tests: Path) -> None:
    cold = memmodel("check", str(tests), "--format", "json", "--count")
    assert len(told(cold.out)) == FILES
    target = tests.parent / "out.json"
    run = words(tests, "--output-file", str(target))
    for enough in (3, 12):
        before = entries(tests)
        process = start(*run, "-j", "2")
        while entries(tests) < before + enough:
            assert process.poll() is None, "it was over before it could be killed"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not target.exists()
        assert [path.name for path in tests.parent.iterdir() if "out.json" in path.name] == []
    had = entries(tests)
    assert 15 <= had < FILES
    ran = memmodel(*run, MEMMODEL_NO_CACHE="")
    results = json.loads(target.read_text())["results"]
    assert sum(item.get("cached", False) for item in results) in (had, had + 1, had + 2)  # two were at work
    assert told(target.read_text()) == told(cold.out)
    assert ran.status == cold.status
    assert entries(tests) == FILES


def test_a_killed_run_leaves_a_file_as_it_was(tests: Path) -> None:
    target = tests.parent / "out.json"
    target.write_text("of yesterday")
    process = start(*words(tests, "--output-file", str(target)))
    while not entries(tests):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert target.read_text() == "of yesterday"


@pytest.mark.slow
def test_whenever_a_run_is_killed_the_next_says_the_same(tests: Path) -> None:
    cold = memmodel("check", str(tests), "--format", "json", "--count")
    chance = random.Random(6)
    for _ in range(12):
        process = start(*words(tests, "-j", "2"))
        time.sleep(chance.uniform(0.1, 0.8))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert told(memmodel(*words(tests), MEMMODEL_NO_CACHE="").out) == told(cold.out)


def test_two_runs_at_once_do_not_disturb_each_other(tests: Path) -> None:
    both = [start(*words(tests, "-j", "2")) for _ in range(2)]
    outs = [process.communicate()[0].decode() for process in both]
    cold = memmodel("check", str(tests), "--format", "json", "--count")
    assert [told(out) for out in outs] == [told(cold.out)] * 2
    assert sorted({path.suffix for path in (tests.parent / "kept").iterdir()} - {""}) == [".entry"]
    assert entries(tests) == FILES
    warm = memmodel(*words(tests), MEMMODEL_NO_CACHE="")
    assert all(item.get("cached") for item in warm.results())


def test_what_changed_is_checked_again(tests: Path) -> None:
    memmodel(*words(tests), MEMMODEL_NO_CACHE="")
    (tests / "07.litmus").write_text(MP_ORDERED)
    results = memmodel(*words(tests), MEMMODEL_NO_CACHE="").results()
    assert [item["file"] for item in results if not item.get("cached")] == [str(tests / "07.litmus")]
    assert results[7]["observation"] == "Never"


def test_a_run_that_knows_everything_does_not_load_the_solver(tests: Path) -> None:
    memmodel(*words(tests), MEMMODEL_NO_CACHE="")
    script = (
        "import sys; from memmodel.cli.main import main; status = main(sys.argv[1:]); "
        "assert not {'z3', 'lark'} & set(sys.modules), 'loaded'; sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words(tests)],
        env={**os.environ, "MEMMODEL_NO_CACHE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert len(told(done.stdout)) == FILES


def test_without_the_cache_nothing_is_read_or_kept(tests: Path) -> None:
    memmodel(*words(tests, "--no-cache"), MEMMODEL_NO_CACHE="")
    assert not (tests.parent / "kept").exists()
    memmodel(*words(tests), MEMMODEL_NO_CACHE="")
    assert entries(tests) == FILES
    results = memmodel(*words(tests, "--no-cache"), MEMMODEL_NO_CACHE="").results()
    assert not any(item.get("cached") for item in results)
    assert not any(item.get("cached") for item in memmodel(*words(tests), MEMMODEL_NO_CACHE="1").results())


@pytest.mark.parametrize("place", ["a file", "a folder without rights", "/proc/no/such/place"])
def test_a_cache_that_cannot_be_used_costs_nothing(tests: Path, place: str) -> None:
    if place == "a file":
        (tests.parent / place).write_text("")
    elif place == "a folder without rights":
        (tests.parent / place).mkdir(mode=0o000)
    where = str(tests.parent / place)
    ran = memmodel("check", str(tests), "-q", "--cache-dir", where, MEMMODEL_NO_CACHE="")
    assert (ran.status, ran.err) == (0, "")


def test_where_it_is_can_be_told_by_the_environment(tests: Path, tmp_path: Path) -> None:
    memmodel("check", str(tests), MEMMODEL_NO_CACHE="", MEMMODEL_CACHE_DIR=str(tmp_path / "named"))
    assert len(list((tmp_path / "named").glob("*.entry"))) == FILES
    memmodel("check", str(tests), MEMMODEL_NO_CACHE="", XDG_CACHE_HOME=str(tmp_path / "base"))
    assert len(list((tmp_path / "base" / "memmodel" / "results").glob("*.entry"))) == FILES
