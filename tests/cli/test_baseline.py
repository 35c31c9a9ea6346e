"""`memmodel baseline` and `memmodel check --baseline`, on files that change between the two."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from memmodel.analyses.baseline_file import parse
from memmodel.errors import SyntaxError
from memmodel.source import SourceFile
from tests.cli.command import MP, MP_ORDERED, Ran, memmodel

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tests, one of which fails, and their baseline."""
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "ordered.litmus").write_text(MP_ORDERED)
    (tests / "known.litmus").write_text(MP.replace("Sometimes", "Never"))
    ran = memmodel("baseline", str(tests), "-o", str(tmp_path / "baseline.json"), "--no-cache")
    assert (ran.status, ran.err) == (0, "")
    return tmp_path


def check(folder: Path, *arguments: str) -> Ran:
    return memmodel("check", "--baseline", str(folder / "baseline.json"), "--no-cache", *arguments)


def entries(ran: Ran) -> dict[str, dict[str, object]]:
    return {Path(str(item["file"])).name: item for item in ran.results()}


def test_the_baseline_has_verdicts_states_and_flags_by_relative_path(folder: Path) -> None:
    found = json.loads((folder / "baseline.json").read_text())
    assert found["model_name"] == "lkmm"
    assert list(found["files"]) == ["tests/known.litmus", "tests/ordered.litmus"]
    known = found["files"]["tests/known.litmus"]
    assert (known["outcome"], known["observation"], known["flags"]) == ("fail", "Sometimes", [])
    # The kernel's documents: without barriers all four outcomes of message passing, with them all but one.
    four = ["1:r0=0; 1:r1=0", "1:r0=0; 1:r1=1", "1:r0=1; 1:r1=0", "1:r0=1; 1:r1=1"]
    assert known["states"] == four
    assert found["files"]["tests/ordered.litmus"]["states"] == [four[0], four[1], four[3]]


def test_a_second_run_writes_the_same_bytes(folder: Path) -> None:
    before = (folder / "baseline.json").read_bytes()
    memmodel("baseline", str(folder / "tests"), "-o", str(folder / "baseline.json"), "-j", "1")
    assert (folder / "baseline.json").read_bytes() == before


def test_nothing_has_changed_from_any_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (folder, folder / "tests", Path("/")):
        monkeypatch.chdir(place)
        ran = check(folder)
        assert ran.status == 0, ran.out
        assert "as in the baseline: fail" in ran.out


def test_the_folder_may_move_as_a_whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "moved"
    folder.rename(elsewhere)
    assert check(elsewhere).status == 0


def test_a_barrier_that_goes_is_told_as_a_change(folder: Path) -> None:
    file = folder / "tests/ordered.litmus"
    file.write_text(MP_ORDERED.replace("smp_store_release(y, 1)", "WRITE_ONCE(*y, 1)"))
    ran = check(folder)
    assert ran.status == 1
    assert "Never -> Sometimes" in ran.out
    assert "    changed since the baseline:\n      Never -> Sometimes\n" in ran.out
    assert "      state gained: 1:r0=1; 1:r1=0\n" in ran.out


def test_what_got_better_is_a_change_too(folder: Path) -> None:
    (folder / "tests/known.litmus").write_text(MP_ORDERED)
    ran = check(folder)
    assert ran.status == 1
    assert "Sometimes -> Never" in ran.out


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("concise", "[MM011]"),
        ("github", "MM011"),
        ("sarif", '"MM011"'),
        ("junit", "Never -&gt; Sometimes"),
        ("json", "Never -> Sometimes"),
        ("json-lines", "Never -> Sometimes"),
        ("checkpatch", "Never -> Sometimes"),
    ],
)
def test_every_format_tells_a_change(folder: Path, format_: str, text: str) -> None:
    (folder / "tests/ordered.litmus").write_text(MP.replace("Sometimes", "Never"))
    ran = check(folder, "--format", format_)
    assert ran.status == 1
    assert text in ran.out


def test_states_are_shown_only_where_they_are_asked_for(folder: Path) -> None:
    assert "states" not in entries(check(folder, "-f", "json"))["ordered.litmus"]
    assert "states" in entries(check(folder, "-f", "json", "--states"))["ordered.litmus"]


def test_a_new_file_is_judged_by_its_own_expectation(folder: Path) -> None:
    (folder / "tests/new.litmus").write_text(MP)
    ran = check(folder)
    assert ran.status == 0
    assert "not in the baseline" in ran.out
    (folder / "tests/new.litmus").write_text(MP.replace("Sometimes", "Never"))
    assert check(folder).status == 1


def test_a_file_that_is_gone_is_told(folder: Path) -> None:
    (folder / "tests/ordered.litmus").unlink()
    for paths in ([], [str(folder / "tests")], [str(folder / "tests/ordered.litmus")]):
        ran = check(folder, *paths)
        assert ran.status == 1
        assert "ordered.litmus" in ran.out
        assert "not there any more, and was Never" in " ".join(ran.out.split())


def test_what_a_run_does_not_cover_is_not_missed(folder: Path) -> None:
    (folder / "tests/ordered.litmus").unlink()
    ran = check(folder, str(folder / "tests/known.litmus"))
    assert (ran.status, ran.out.count("ordered")) == (0, 0)


def test_what_is_not_decided_is_undecided(folder: Path) -> None:
    ordered = folder / "tests/ordered.litmus"
    ordered.unlink()
    os.mkfifo(ordered)  # nobody ever writes to it
    ran = check(folder, "--timeout", "0.5", "-f", "json")
    assert ran.status == 3
    assert entries(ran)["ordered.litmus"]["outcome"] == "timeout"


def test_what_could_not_be_decided_is_recorded_as_that(folder: Path) -> None:
    os.mkfifo(folder / "tests/endless.litmus")
    (folder / "tests/typo.litmus").write_text(MP.replace("READ_ONCE", "READ_ONC"))
    baseline = str(folder / "baseline.json")
    ran = memmodel("baseline", str(folder / "tests"), "-o", baseline, "--timeout", "1", "--no-cache")
    assert ran.status == 0
    assert "endless.litmus: recorded without a verdict" in ran.err
    files = json.loads(Path(baseline).read_text())["files"]
    assert files["tests/endless.litmus"] == {"outcome": "timeout", "observation": None, "flags": []}
    assert files["tests/typo.litmus"]["outcome"] == "error"
    assert files["tests/typo.litmus"]["observation"] is None
    assert check(folder, "--timeout", "1").status == 0


def test_without_states_only_verdicts_and_flags_count(folder: Path) -> None:
    baseline = str(folder / "baseline.json")
    memmodel("baseline", str(folder / "tests"), "-o", baseline, "--no-states", "--no-cache")
    assert "states" not in json.loads(Path(baseline).read_text())["files"]["tests/ordered.litmus"]
    file = folder / "tests/ordered.litmus"
    file.write_text(file.read_text().replace("exists", "locations [x]\nexists"))
    assert check(folder).status == 0


def test_the_model_is_that_of_the_baseline_and_no_other(folder: Path) -> None:
    baseline = str(folder / "baseline.json")
    memmodel("baseline", str(folder / "tests"), "-o", baseline, "--model", "sc")
    assert check(folder).status == 0
    assert {item["model"] for item in check(folder, "-f", "json").results()} == {"sc"}
    ran = check(folder, "--model", "lkmm")
    assert (ran.status, ran.out) == (2, "")
    assert "has the verdicts of sc, and lkmm is asked for" in ran.err


def test_a_model_of_ones_own_is_found_from_any_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    Path("own.cat").write_text('"own"\nacyclic po | rf | co | fr as sc\n')
    assert memmodel("baseline", "tests", "-o", "baseline.json", "-m", "own.cat").status == 0
    monkeypatch.chdir("/")
    assert check(folder).status == 0


@pytest.mark.parametrize("option", [["--unroll", "3"], ["-D", "FIXED"]], ids=["unroll", "define"])
def test_other_settings_than_those_recorded_are_refused(folder: Path, option: list[str]) -> None:
    baseline = str(folder / "baseline.json")
    memmodel("baseline", str(folder / "tests"), "-o", baseline, "--unroll", "2", "-D", "OLD")
    assert check(folder).status == 0
    ran = check(folder, *option)
    assert ran.status == 2
    assert option[0] in ran.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ":1:1: error: no baseline"),
        ('{"baseline": 1', "cut off"),
        ("<<<<<<< ours\n{}\n", "merged with conflicts"),
        ("[]", "expected an object"),
        ("{}", 'no "baseline" number'),
        ('{"baseline": 2, "files": {}}', ":1:2: error: a baseline of format 2"),
        ('{"baseline": true}', "a baseline of format True"),
        ('{"baseline": 1, "files": 3}', "expected an object"),
        ("[" * 100_000, "nested too deeply"),
        ("\0\xff", "no baseline"),
    ],
    ids=["empty", "cut", "conflict", "list", "other-json", "version", "version-true", "files", "deep", "binary"],
)
def test_what_is_no_baseline_is_told_with_its_place(folder: Path, text: str, words: str) -> None:
    (folder / "baseline.json").write_text(text)
    ran = check(folder)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err


def test_a_wrong_value_is_told_with_its_line(folder: Path) -> None:
    file = folder / "baseline.json"
    lines = file.read_text().splitlines()
    at = lines.index('   "observation": "Never",')
    lines[at] = '   "observation": "Newer",'
    file.write_text("\n".join(lines))
    ran = check(folder)
    assert ran.status == 2
    assert f"baseline.json:{at + 1}:" in ran.err
    assert "tests/ordered.litmus" in ran.err
    assert "Never, Sometimes, Always" in ran.err


def test_a_baseline_that_is_cut_anywhere_is_never_taken(folder: Path) -> None:
    whole = (folder / "baseline.json").read_text().rstrip()
    parse(SourceFile("baseline.json", whole))
    for length in range(len(whole)):
        with pytest.raises(SyntaxError):
            parse(SourceFile("baseline.json", whole[:length]))


def test_there_must_be_a_baseline(folder: Path) -> None:
    ran = memmodel("check", "--baseline", str(folder / "none.json"))
    assert ran.status == 2
    assert "none.json" in ran.err
    assert "memmodel baseline" in ran.err


def test_what_is_not_there_cannot_be_recorded(folder: Path) -> None:
    target = folder / "other.json"
    for path in (str(folder / "nothing.litmus"), "-"):
        assert memmodel("baseline", path, "-o", str(target)).status == 2
    assert not target.exists()


def test_where_it_cannot_be_written_nothing_is_checked(folder: Path) -> None:
    ran = memmodel("baseline", str(folder / "tests"), "-o", str(folder / "no/such/folder/b.json"))
    assert ran.status == 2
    assert "no folder" in ran.err


def test_a_killed_run_leaves_the_old_baseline(folder: Path) -> None:
    before = (folder / "baseline.json").read_bytes()
    os.mkfifo(folder / "tests/endless.litmus")
    words = [sys.executable, "-m", "memmodel", "baseline", "tests", "-o", "baseline.json", "--timeout", "60"]
    for number in (signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2)
        process.send_signal(number)
        process.wait(20)
        assert (folder / "baseline.json").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["baseline.json", "tests"]


def test_variants_of_scenarios_are_files_like_others(tmp_path: Path) -> None:
    scenario = tmp_path / "mp"
    scenario.mkdir()
    (scenario / "harness.c").write_text(
        "int x, y;\nvoid P0(void)\n{\n\tWRITE_ONCE(x, 1);\n\tFENCE;\n\tWRITE_ONCE(y, 1);\n}\n"
        "void P1(void)\n{\n\tint r = READ_ONCE(y);\n\tsmp_rmb();\n\tassert(!r || READ_ONCE(x));\n}\n"
    )
    variants = '[[variant]]\nname = "{}"\nsays = "s"\nverdict = "{}"\ndefine = {{ FENCE = "{}" }}\n'
    both = variants.format("wmb", "Never", "smp_wmb()"), variants.format("none", "Sometimes", "barrier()")
    toml = scenario / "scenario.toml"
    toml.write_text('title = "t"\n' + "".join(both))
    baseline = tmp_path / "b.json"
    assert memmodel("baseline", str(scenario), "-o", str(baseline)).status == 0
    files = json.loads(baseline.read_text())["files"]
    assert {name: item["observation"] for name, item in files.items()} == {"mp:none": "Sometimes", "mp:wmb": "Never"}
    assert memmodel("check", "--baseline", str(baseline)).status == 0
    toml.write_text('title = "t"\n' + both[0].replace("smp_wmb()", "barrier()").replace("Never", "Sometimes"))
    ran = memmodel("check", "--baseline", str(baseline))
    assert ran.status == 1
    assert "Never -> Sometimes" in ran.out
    assert "mp:none" in ran.out
    assert "not there any more, and was Sometimes" in " ".join(ran.out.split())
