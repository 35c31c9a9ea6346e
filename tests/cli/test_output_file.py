"""`memmodel check --output-file`, from the shell."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, memmodel


@pytest.fixture
def mp(tmp_path: Path) -> Path:
    file = tmp_path / "MP.litmus"
    file.write_text(MP)
    return file


@pytest.mark.parametrize("option", ["--output-file", "-o"])
def test_results_go_to_the_file_and_nothing_to_standard_output(mp: Path, tmp_path: Path, option: str) -> None:
    out = tmp_path / "results.json"
    ran = memmodel("check", str(mp), "--format", "json", option, str(out))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    (entry,) = json.loads(out.read_text())["results"]
    assert entry["outcome"] == "pass"


def test_a_dash_is_standard_output(mp: Path) -> None:
    assert memmodel("check", str(mp), "--output-file", "-").out.startswith("pass ")


def test_output_format_is_another_name_for_format(mp: Path) -> None:
    assert memmodel("check", str(mp), "--output-format", "json").results()[0]["outcome"] == "pass"


def test_complaints_still_go_to_standard_error(mp: Path, tmp_path: Path) -> None:
    mp.write_text(MP.replace("WRITE_ONCE(*x", "WRITE_ONC(*x"))
    ran = memmodel("check", str(mp), "--format", "json", "-o", str(tmp_path / "results"))
    assert (ran.status, ran.out) == (2, "")
    assert f"{mp}:11:2: error: " in ran.err


def test_a_file_has_no_colours_unless_they_are_asked_for(mp: Path, tmp_path: Path) -> None:
    for choice, coloured in (("auto", False), ("always", True)):
        memmodel("check", str(mp), "-o", str(tmp_path / "out"), "--color", choice)
        assert ("\x1b[" in (tmp_path / "out").read_text()) is coloured


def test_a_file_that_cannot_be_written_is_told_before_anything_is_checked(mp: Path, tmp_path: Path) -> None:
    (tmp_path / "x.litmus").write_text("nothing that can be read")
    ran = memmodel("check", str(tmp_path), "--format", "json", "-o", f"{tmp_path}/missing/results")
    assert (ran.status, ran.out) == (2, "")
    assert "results: cannot be written: No such file or directory" in ran.err
    assert "x.litmus" not in ran.err


def test_the_model_that_is_not_there_is_told_in_a_whole_document(mp: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.sarif"
    ran = memmodel("check", str(mp), "--format", "sarif", "-o", str(out), "--model", "nosuch")
    assert ran.status == 2
    assert "nosuch" in ran.err
    (result,) = json.loads(out.read_text())["runs"][0]["results"]
    assert result["ruleId"] == "MM008"
    assert "nosuch" in result["message"]["text"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_broken_off_leaves_the_old_file(tmp_path: Path, number: signal.Signals) -> None:
    from tests.cli.test_formats import _slow

    tests, out = tmp_path / "tests", tmp_path / "results.json"
    tests.mkdir()
    (tests / "a.litmus").write_text(MP_ORDERED)
    (tests / "b.litmus").write_text(_slow())
    out.write_text("old\n")
    command = [sys.executable, "-m", "memmodel", "check", str(tests), "-f", "json", "-o", str(out), "-j", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(number)
    said, complaint = process.communicate(timeout=60)
    assert said == ""
    assert out.read_text() == "old\n"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["results.json", "tests"]
    if number is not signal.SIGKILL:
        assert process.returncode == 130
        assert complaint == f"memmodel: interrupted: {out} is not written\n"


def test_the_cheapest_change_is_told_where_it_is_asked_for(mp: Path) -> None:
    mp.write_text(MP.replace("Sometimes", "Never"))
    (entry,) = memmodel("check", "-f", "json", "--suggest", str(mp)).results()
    suggestion = entry["suggestion"]
    assert isinstance(suggestion, dict)
    remedy = (
        "line 12: smp_store_release() instead of WRITE_ONCE(); and line 17: smp_load_acquire() instead of READ_ONCE()"
    )
    assert suggestion["remedy"] == remedy
    written = [edit["replacement"] for edit in suggestion["edits"]]
    assert {"smp_store_release(y, 1)", "smp_load_acquire(y)"} <= set(written)
    text = memmodel("check", "--suggest", str(mp)).out
    assert f"suggested: {remedy}" in " ".join(text.split())
    assert "suggestion" not in memmodel("check", "-f", "json", str(mp)).results()[0]


def test_the_change_makes_the_test_pass(mp: Path) -> None:
    mp.write_text(MP.replace("Sometimes", "Never"))
    ran = memmodel("check", "-f", "sarif", "--suggest", str(mp))
    (result,) = json.loads(ran.out)["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"]

    def order(region: dict[str, int]) -> tuple[int, int]:
        return region["startLine"], region["startColumn"]

    lines = mp.read_text().split("\n")
    for one in sorted(change["replacements"], key=lambda one: order(one["deletedRegion"]), reverse=True):
        region = one["deletedRegion"]
        assert region["startLine"] == region["endLine"]
        line = lines[region["startLine"] - 1]
        new = line[: region["startColumn"] - 1] + one["insertedContent"]["text"] + line[region["endColumn"] - 1 :]
        lines[region["startLine"] - 1] = new
    mp.write_text("\n".join(lines))
    assert memmodel("check", str(mp)).status == 0


def test_a_finding_keeps_its_fingerprint_where_lines_are_inserted_above(tmp_path: Path) -> None:
    text = MP.replace("WRITE_ONCE(*x, 1)", "*x = 1")
    for folder, comment in (("before", ""), ("after", "// one more line\n" * 40)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "race.litmus").write_text(text.replace("{}\n", f"{{}}\n\n{comment}"))

    def result(folder: str) -> dict[str, object]:
        command = [sys.executable, "-m", "memmodel", "check", "race.litmus", "-f", "sarif"]
        done = subprocess.run(command, cwd=tmp_path / folder, capture_output=True, timeout=60, check=False)
        (found,) = json.loads(done.stdout)["runs"][0]["results"]
        assert isinstance(found, dict)
        return found

    before, after = result("before"), result("after")
    assert before["ruleId"] == after["ruleId"] == "MM002"
    assert before["locations"] != after["locations"]
    assert before["partialFingerprints"] == after["partialFingerprints"]
