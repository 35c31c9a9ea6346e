"""`memmodel check --watch`, as a process of its own: files change, and what they may concern is checked again."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memmodel.cli.seen import Seen
from memmodel.inputs import Input, digest
from tests.cli.command import MP, MP_ORDERED, memmodel

HARNESS = """\
#include "value.h"
#include <assert.h>

int x = VALUE;

void P0(void)
{
}

void final(void)
{
	assert(x == 1);
}
"""

MODEL = """\
"own"
include "part.cat"
"""


class Watched:
    """The process, and what it has said so far, both streams in order."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._read = 0
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    def round(self, ends: str = r"\d+ files?: ", seconds: float = 30) -> str:
        """What is said from here on, up to the line that ends a round."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for number in range(self._read, len(self.lines)):
                if re.match(ends, self.lines[number]):
                    text = "".join(self.lines[self._read : number + 1])
                    self._read = number + 1
                    return text
            time.sleep(0.02)
        raise AssertionError(f"nothing like {ends} in {self.lines[self._read :]}")

    def silence(self, seconds: float = 3) -> bool:
        """Whether nothing is said for so long, in which it looks at least once."""
        time.sleep(seconds)
        return self._read == len(self.lines)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end; its exit status. It says nothing more."""
        self.process.send_signal(number)
        status = self.process.wait(20)
        self._thread.join(5)
        assert self.lines[self._read :] == []
        return status


@contextmanager
def watching(folder: Path, *words: str) -> Iterator[Watched]:
    process = subprocess.Popen(
        [sys.executable, "-m", "memmodel", "check", "--watch", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Watched(process)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.litmus").write_text(MP)
    (tmp_path / "b.litmus").write_text(MP_ORDERED)
    return tmp_path


def verdicts(text: str) -> list[list[str]]:
    """The lines of files: how each fared, and its name."""
    fared = re.findall(r"^(pass|fail|error|race) +\S+ +(\S+)", text, re.MULTILINE)
    return [[outcome, Path(name).name] for outcome, name in fared]


def test_a_file_that_changes_is_checked_again_and_no_other_until_ctrl_c(folder: Path) -> None:
    with watching(folder, ".") as watched:
        first = watched.round()
        assert re.match(r"\[\d\d:\d\d:\d\d\] 2 files, then what changes", first)
        assert verdicts(first) == [["pass", "a.litmus"], ["pass", "b.litmus"]]
        (folder / "a.litmus").write_text(MP_ORDERED.replace("Never", "Sometimes"))
        text = watched.round()
        assert re.match(r"\[\d\d:\d\d:\d\d\] changed: \./a\.litmus\n", text)
        assert verdicts(text) == [["fail", "a.litmus"]]
        os.utime(folder / "b.litmus")
        (folder / "unrelated.txt").write_text("x")
        assert watched.silence()
        assert watched.end() == 130


def test_a_syntax_error_does_not_end_it(folder: Path) -> None:
    with watching(folder, "a.litmus") as watched:
        watched.round()
        (folder / "a.litmus").write_text("C a")
        assert verdicts(watched.round()) == [["error", "a.litmus"]]
        (folder / "a.litmus").write_text(MP)
        assert verdicts(watched.round()) == [["pass", "a.litmus"]]
        assert watched.end(signal.SIGTERM) == 130


def test_files_come_and_go_also_in_new_folders_and_by_renaming(folder: Path) -> None:
    with watching(folder, ".") as watched:
        watched.round()
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "c.litmus").write_text(MP)
        text = watched.round()
        assert "new: ./deep/er/c.litmus" in text
        assert verdicts(text) == [["pass", "c.litmus"]]
        (folder / "b.litmus").unlink()
        assert "gone: ./b.litmus" in watched.round(r"\[.*\] gone")
        saved = folder / "a.litmus.new"  # as editors save
        saved.write_text(MP.replace("Sometimes", "Never"))
        saved.replace(folder / "a.litmus")
        assert verdicts(watched.round()) == [["fail", "a.litmus"]]
        assert watched.end() == 130


def test_a_header_concerns_those_that_include_it(folder: Path) -> None:
    (folder / "value.h").write_text("#define VALUE 1\n")
    (folder / "c.c").write_text(HARNESS)
    with watching(folder, "a.litmus", "c.c") as watched:
        assert verdicts(watched.round()) == [["pass", "a.litmus"], ["pass", "c.c"]]
        (folder / "value.h").write_text("#define VALUE 2\n")
        text = watched.round()
        assert "changed: " in text and "value.h" in text
        assert verdicts(text) == [["fail", "c.c"]]
        (folder / "value.h").unlink()
        assert verdicts(watched.round()) == [["error", "c.c"]]
        (folder / "value.h").write_text("#define VALUE 1\n")
        assert verdicts(watched.round()) == [["pass", "c.c"]]
        assert watched.end() == 130


def test_a_scenario_concerns_its_variants(folder: Path) -> None:
    ring = folder / "ring"
    ring.mkdir()
    (ring / "value.h").write_text("#define VALUE 1\n")
    (ring / "harness.c").write_text(HARNESS)
    scenario = 'title = "x"\n[[variant]]\nname = "one"\nsays = "one"\nverdict = "Never"\n'
    (ring / "scenario.toml").write_text(scenario)
    with watching(folder, "a.litmus", "ring") as watched:
        assert verdicts(watched.round()) == [["pass", "a.litmus"], ["pass", "ring:one"]]
        (ring / "scenario.toml").write_text(scenario.replace("Never", "Sometimes"))
        assert verdicts(watched.round()) == [["fail", "ring:one"]]
        (ring / "scenario.toml").write_text("nonsense")
        watched.round(r"\[.*\] gone: ring:one|\[.*\] changed")
        (ring / "scenario.toml").write_text(scenario)
        assert ["pass", "ring:one"] in verdicts(watched.round())
        assert watched.end() == 130


def test_a_model_concerns_all_that_is_checked_under_it(folder: Path) -> None:
    (folder / "a.litmus").write_text(MP.replace("Sometimes", "Never"))
    (folder / "own.cat").write_text(MODEL)
    (folder / "part.cat").write_text("acyclic po | rf | co | fr as sc\n")
    with watching(folder, "--model", "own.cat", "a.litmus") as watched:
        assert verdicts(watched.round()) == [["pass", "a.litmus"]]
        (folder / "part.cat").write_text("acyclic rf | co as weak\n")
        assert verdicts(watched.round()) == [["fail", "a.litmus"]]
        (folder / "part.cat").write_text("acyclic nonsense as x\n")
        assert "part.cat:1:9" in watched.round(r" +\| +\^")
        (folder / "part.cat").write_text("acyclic po | rf | co | fr as sc\n")
        assert verdicts(watched.round()) == [["pass", "a.litmus"]]
        assert watched.end() == 130


def test_a_configuration_concerns_all(folder: Path) -> None:
    with watching(folder, ".") as watched:
        watched.round()
        (folder / "memmodel.toml").write_text('[[expect]]\nfiles = ["a.litmus"]\nverdict = "Never"\n')
        assert verdicts(watched.round()) == [["fail", "a.litmus"], ["pass", "b.litmus"]]
        (folder / "memmodel.toml").write_text("nonsense\n")
        assert "memmodel.toml:1:9: error" in watched.round(r" +\| +\^")
        assert watched.silence(5)  # once is enough
        (folder / "memmodel.toml").unlink()
        assert verdicts(watched.round()) == [["pass", "a.litmus"], ["pass", "b.litmus"]]
        assert watched.end() == 130


def test_a_change_while_files_are_checked_is_not_lost(folder: Path) -> None:
    with watching(folder, ".") as watched:
        watched.round(r"\[.*\] 2 files")  # it has begun
        (folder / "b.litmus").write_text(MP_ORDERED.replace("Never", "Always"))
        text = watched.round()
        if ["fail", "b.litmus"] not in verdicts(text):
            text = watched.round()
        assert ["fail", "b.litmus"] in verdicts(text)
        assert watched.end() == 130


def test_an_output_file_always_has_all_reports(folder: Path) -> None:
    with watching(folder, "--format", "json", "--output-file", "out.json", ".") as watched:
        watched.round(r"\[.*\] 2 files")

        def outcomes(wanted: list[str]) -> bool:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                if (folder / "out.json").is_file():
                    results = json.loads((folder / "out.json").read_text())["results"]
                    if [entry["outcome"] for entry in results] == wanted:
                        return True
                time.sleep(0.05)
            return False

        assert outcomes(["pass", "pass"])
        (folder / "b.litmus").write_text(MP_ORDERED.replace("Never", "Always"))
        assert outcomes(["pass", "fail"])
        watched.round(r"\[.*\] changed")
        assert watched.end() == 130


def test_a_page_keeps_the_pictures_of_files_that_have_not_changed(folder: Path) -> None:
    def drawn(outcomes: list[str]) -> bool:
        """Whether the page comes to have these outcomes, and a picture of each file."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if (folder / "out.html").is_file():
                text = (folder / "out.html").read_text()
                pieces = dict(re.findall(r'id="([\w-]+)">({.*?})</script>', text))
                if [test["outcome"] for test in json.loads(pieces["index-data"])["tests"]] == outcomes:
                    return all(json.loads(pieces[f"test-{number}"])["picture"] for number in range(len(outcomes)))
            time.sleep(0.05)
        return False

    with watching(folder, "--format", "html", "--output-file", "out.html", ".") as watched:
        watched.round(r"\[.*\] 2 files")
        assert drawn(["pass", "pass"])
        (folder / "b.litmus").write_text(MP_ORDERED.replace("Never", "Always"))
        assert drawn(["pass", "fail"])
        watched.round(r"\[.*\] changed")
        assert watched.end() == 130


def test_against_a_baseline_what_has_changed_is_told(folder: Path) -> None:
    baseline = folder / "base.json"
    assert memmodel("baseline", str(folder), "-o", str(baseline)).status == 0
    with watching(folder, "--baseline", str(baseline), ".") as watched:
        assert verdicts(watched.round()) == [["pass", "a.litmus"], ["pass", "b.litmus"]]
        (folder / "b.litmus").write_text(MP)
        assert verdicts(watched.round()) == [["fail", "b.litmus"]]
        (folder / "a.litmus").unlink()
        text = watched.round()
        assert "gone: ./a.litmus" in text and "a.litmus" in str(verdicts(text))
        assert watched.end() == 130


def test_standard_input_cannot_be_watched() -> None:
    ran = memmodel("check", "--watch", "-", stdin=MP.encode())
    assert ran.status == 2
    assert "standard input cannot be watched" in ran.err


# ── what has been seen ───────────────────────────────────────────────────────────────────────────


def test_a_file_is_changed_if_its_text_is(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one")
    seen, path = Seen(), str(file)
    assert seen.look([path]) == frozenset()
    os.utime(file, (1, 1))
    assert seen.look([path]) == frozenset()
    file.write_text("two")
    assert seen.look([path]) == {path}
    assert seen.look([path]) == frozenset()
    file.unlink()
    assert seen.look([path]) == {path}
    file.write_text("two")
    assert seen.look([path]) == {path}


def test_a_file_that_was_read_is_held_against_what_was_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("two")
    seen, path = Seen(), str(file)
    seen.learn([Input(path, digest(b"one")), Input(str(tmp_path / "b"), "")])
    assert seen.look([path, str(tmp_path / "b")]) == {path}
    (tmp_path / "b").write_text("")
    assert seen.look([path, str(tmp_path / "b")]) == {str(tmp_path / "b")}
