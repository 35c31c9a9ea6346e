"""`memmodel check`, from the shell: what is checked, in which order, and what the exit status says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memmodel import __version__
from tests.cli.command import MP, MP_ORDERED, memmodel


@pytest.fixture
def mp(tmp_path: Path) -> Path:
    file = tmp_path / "MP.litmus"
    file.write_text(MP)
    return file


def test_version_and_help() -> None:
    assert memmodel("--version").out == f"memmodel {__version__}\n"
    assert "exit status" in memmodel("check", "--help").out
    assert memmodel().status == 2


def test_models_are_listed_with_a_line_on_each() -> None:
    ran = memmodel("models")
    assert ran.status == 0
    names = [line.split()[0] for line in ran.out.splitlines()]
    assert {"lkmm", "sc", "tso"} <= set(names)
    assert all(len(line.split()) > 3 for line in ran.out.splitlines())


def test_a_file_as_expected_is_one_line_and_exit_0(mp: Path) -> None:
    ran = memmodel("check", str(mp))
    assert (ran.status, ran.err) == (0, "")
    first, summary = ran.out.splitlines()
    assert first.split() == ["pass", "Sometimes", str(mp)]
    assert summary.startswith("1 file: 1 pass")


def test_another_verdict_than_the_stated_one_is_exit_1_and_shows_how(mp: Path) -> None:
    mp.write_text(MP.replace("Sometimes", "Never"))
    ran = memmodel("check", str(mp))
    assert ran.status == 1
    assert "fail        Sometimes" in ran.out
    assert f"{mp}:4:12: expected Never, found Sometimes" in ran.out.replace("\n    ", " ")
    assert "reached with 1:r0=1; 1:r1=0;" in ran.out


def test_the_model_decides(mp: Path) -> None:
    verdicts = {
        model: memmodel("check", "--format", "json", "--model", model, str(mp)).results()[0]["observation"]
        for model in ("lkmm", "tso", "sc")
    }
    assert verdicts == {"lkmm": "Sometimes", "tso": "Never", "sc": "Never"}


def test_an_unannounced_race_is_a_finding(mp: Path) -> None:
    mp.write_text(MP.replace("WRITE_ONCE(*x, 1)", "*x = 1"))
    ran = memmodel("check", str(mp))
    assert ran.status == 1
    assert ran.out.startswith("race ")
    mp.write_text(MP.replace("WRITE_ONCE(*x, 1)", "*x = 1").replace("Sometimes", "Sometimes DATARACE"))
    assert memmodel("check", str(mp)).status == 0


def test_a_lock_that_is_never_released_is_a_deadlock(mp: Path) -> None:
    text = "C twice\n\n{}\n\nP0(spinlock_t *l, int *x)\n{\n\tspin_lock(l);\n\tspin_lock(l);\n}\n\nexists (x=0)\n"
    mp.write_text(text)
    (entry,) = (ran := memmodel("check", "-f", "json", str(mp))).results()
    assert (ran.status, entry["outcome"], entry["observation"]) == (1, "deadlock", "Never")
    mp.write_text(text.replace("{}\n", "(* Result: DEADLOCK *)\n\n{}\n"))
    assert memmodel("check", str(mp)).status == 0


def test_a_filter_that_nothing_meets_is_vacuous(mp: Path) -> None:
    mp.write_text(MP_ORDERED.replace("exists", "filter (1:r0=7)\nexists"))
    (entry,) = (ran := memmodel("check", "-f", "json", str(mp))).results()
    assert (ran.status, entry["outcome"], entry["observation"]) == (1, "vacuous", "Never")


SPIN = """\
C spin

{}

P0(int *x)
{
	WRITE_ONCE(*x, 1);
}

P1(int *x)
{
	int r0 = READ_ONCE(*x);
	while (r0 == 0) {
		r0 = READ_ONCE(*x);
	}
}

exists (1:r0=%s)
"""


def test_a_verdict_that_leans_on_the_loop_bound_is_bounded(mp: Path) -> None:
    mp.write_text(SPIN % "2")
    (entry,) = (ran := memmodel("check", "-f", "json", str(mp))).results()
    assert (ran.status, entry["outcome"], entry["observation"]) == (3, "bounded", "Never")
    assert str(entry["reason"]).startswith(f"{mp}:13:")


def test_a_constant_number_of_rounds_is_no_bound(mp: Path) -> None:
    mp.write_text(SPIN.replace("r0 == 0", "0 == 1") % "0")
    (entry,) = memmodel("check", "-f", "json", str(mp)).results()
    assert (entry["outcome"], entry["observation"]) == ("pass", "Sometimes")


def test_directories_are_searched_and_sorted_and_order_is_kept(mp: Path, tmp_path: Path) -> None:
    for name in ("b/2.litmus", "b/1.litmus", "a/z.litmus", "a/notes.txt"):
        file = tmp_path / "tests" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MP)
    paths = [str(mp), f"{tmp_path}/tests", str(mp)]
    files = [entry["file"] for entry in memmodel("check", "-j", "3", "-f", "json", *paths).results()]
    inside = [f"{tmp_path}/tests/{name}" for name in ("a/z.litmus", "b/1.litmus", "b/2.litmus")]
    assert files == [str(mp), *inside, str(mp)]


def test_standard_input_is_a_file_named_by_a_dash() -> None:
    ran = memmodel("check", "-", "-f", "json", stdin=MP.encode())
    (entry,) = ran.results()
    assert (ran.status, entry["file"], entry["observation"]) == (0, "-", "Sometimes")


def test_states_and_counts_are_there_when_asked_for(mp: Path) -> None:
    (plain,) = memmodel("check", "-f", "json", str(mp)).results()
    assert "states" not in plain and "witnesses" not in plain
    (full,) = memmodel("check", "-f", "json", "--states", "--count", str(mp)).results()
    # Two reads of 0 or 1, all four combinations allowed, one execution each.
    assert full["witnesses"] == {"positive": 1, "negative": 3}
    states = full["states"]
    assert isinstance(states, list)
    assert sorted((s["1:r0"], s["1:r1"]) for s in states) == [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")]


@pytest.mark.parametrize("engine", ["smt", "enumerate", "both"])
def test_each_engine_decides(engine: str, mp: Path) -> None:
    (entry,) = memmodel("check", "-f", "json", "--engine", engine, "--states", "--count", str(mp)).results()
    assert (entry["engine"], entry["observation"], entry["outcome"]) == (engine, "Sometimes", "pass")


def test_herd_format_is_what_herd7_prints(mp: Path) -> None:
    """The expected text is herd7's own answer to this file, but for its time and hash."""
    lines = memmodel("check", "-f", "herd", str(mp)).out.splitlines()
    assert lines[:11] == [
        "Test MP Allowed",
        "States 4",
        "1:r0=0; 1:r1=0;",
        "1:r0=0; 1:r1=1;",
        "1:r0=1; 1:r1=0;",
        "1:r0=1; 1:r1=1;",
        "Ok",
        "Witnesses",
        "Positive: 1 Negative: 3",
        "Condition exists (1:r0=1 /\\ 1:r1=0)",
        "Observation MP Sometimes 1 3",
    ]
    assert lines[11].startswith("Time MP 0.")
    assert lines[12].startswith("Hash=") and len(lines[12]) == 37
    assert lines[13:] == [""]


def test_herd_format_names_an_unknown_primitive_as_the_kernels_scripts_look_for_it(mp: Path) -> None:
    mp.write_text(MP.replace("WRITE_ONCE(*x", "smp_dance(*x"))
    ran = memmodel("check", "-f", "herd", str(mp))
    assert ran.out == ""
    assert f'Warning: File "{mp}": Unknown macro smp_dance (User error)' in ran.err


def test_a_race_is_shown_with_both_its_accesses(mp: Path) -> None:
    mp.write_text(MP.replace("WRITE_ONCE(*x, 1)", "*x = 1"))
    ran = memmodel("check", str(mp))
    assert f"{mp}:11:2: note: data race, which the file does not announce: P0's plain write of x" in ran.out
    assert f"{mp}:18:11: note: with P1's marked read of x" in ran.out
    (entry,) = memmodel("check", "-f", "json", str(mp)).results()
    assert str(entry["reason"]).startswith(f"{mp}:11:2: data race: P0's plain write of x")


def test_nothing_goes_to_standard_error_when_it_is_no_terminal_and_all_is_well(mp: Path) -> None:
    assert memmodel("check", *[str(mp)] * 5).err == ""


def test_a_reader_that_has_had_enough_is_no_error(mp: Path) -> None:
    command = [sys.executable, "-m", "memmodel", "check", "--states", *[str(mp)] * 200]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(30) == 141


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_prints_what_is_finished_and_ends_quietly(jobs: str, signal_: int, mp: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "never-written.litmus"
    os.mkfifo(fifo)  # a file that hangs whoever reads it
    command = [sys.executable, "-m", "memmodel", "check", "-j", jobs, str(mp), str(fifo), str(mp)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    first = process.stdout.readline()  # it is at the endless file from here on
    process.send_signal(signal_)
    rest, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == b""
    assert first.decode().split() == ["pass", "Sometimes", str(mp)]
    assert rest.decode().startswith("1 file: 1 pass in ") and b"(interrupted)" in rest


def test_ctrl_c_while_the_program_is_loaded_ends_it_quietly() -> None:
    code = "import signal, memmodel.cli.main as m; m.parser = lambda _: signal.raise_signal(signal.SIGINT); m.entry()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "")


def test_an_interrupted_run_still_prints_valid_json(mp: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "never-written.litmus"
    os.mkfifo(fifo)
    command = [sys.executable, "-m", "memmodel", "check", "-f", "json", str(fifo)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    writer = fifo.open("wb")  # returns when the file is being read
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    writer.close()
    assert (process.returncode, err) == (130, b"")
    assert json.loads(out)["results"] == []


def test_an_endless_file_costs_no_other_its_result(mp: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "never-written.litmus"
    os.mkfifo(fifo)
    ran = memmodel("check", "-f", "json", "--timeout", "0.5", str(mp), str(fifo), str(mp))
    assert [entry["outcome"] for entry in ran.results()] == ["pass", "timeout", "pass"]
    assert ran.status == 3


@pytest.mark.parametrize(
    "words",
    [
        ["--jobs", "0"],
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--timeout", "inf"],
        ["--unroll", "-1"],
        ["--memory", "none"],
        ["--engine", "guess"],
        ["--format", "xml"],
        ["--nonsense"],
        ["-q", "-v"],
    ],
)
def test_bad_usage_is_exit_2(words: list[str], mp: Path) -> None:
    ran = memmodel("check", *words, str(mp))
    assert ran.status == 2
    assert "error:" in ran.err
