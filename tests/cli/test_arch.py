"""`--arch`: which machines of today show what the kernel's model allows, in every command that has it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, memmodel

ROOT = Path(__file__).parents[2]
RING = ROOT / "litmus" / "ring"
SENT = str(RING / "drain-none.litmus")
MERGED = str(RING / "drain-before-atomic.litmus")
TREE, PATCHES = ROOT / "tests" / "review" / "trees" / "userring", ROOT / "tests" / "review" / "patches"

WEAK = "allowed by LKMM and observable on arm64, riscv and power"
NOBODY = "allowed by LKMM, no current architecture shows it"

UNEXPECTED = MP.replace("Sometimes", "Never")

C = """\
int x;
int y;

void P0(void)
{
	WRITE_ONCE(x, 1);
	WRITE_ONCE(y, 1);
}

void P1(void)
{
	int r0 = READ_ONCE(y);
	int r1 = READ_ONCE(x);

	assert(!(r0 == 1 && r1 == 0));
}
"""


@pytest.fixture
def mp(tmp_path: Path) -> Path:
    file = tmp_path / "mp.litmus"
    file.write_text(UNEXPECTED)
    return file


# ── check ────────────────────────────────────────────────────────────────────────────────────────


def test_the_founding_case_as_sent_and_as_merged() -> None:
    ran = memmodel("check", SENT, MERGED, "--arch", "all")
    lines = ran.out.splitlines()
    assert ran.status == 0
    assert lines[0].split() == ["lkmm", "x86", "arm64", "riscv", "power"]
    assert lines[1].split()[:6] == ["pass", "Sometimes", "no", "yes", "yes", "yes"]
    assert lines[2].strip() == WEAK
    assert [line.split()[:6] for line in lines if line.endswith(MERGED)] == [
        ["pass", "Sometimes", "no", "no", "no", "no"]
    ]
    assert f"    {NOBODY}" in lines


def test_one_or_several_architectures() -> None:
    assert "allowed by LKMM, not observable on x86\n" in memmodel("check", SENT, "--arch", "x86").out
    both = memmodel("check", SENT, "--arch", "power", "--arch", "arm64").out
    assert "allowed by LKMM and observable on arm64 and power\n" in both
    assert both.splitlines()[0].split() == ["lkmm", "arm64", "power"]


def test_the_execution_stands_in_instructions_beside_the_c() -> None:
    lines = memmodel("check", SENT, "--arch", "all", "-v").out.splitlines()
    assert "    On power, in the order in which things become visible:" in lines
    assert any("smp_store_release(cons, 1)" in line and line.endswith("lwsync; std") for line in lines)
    assert all(len(line) <= 80 for line in lines if SENT not in line)


def test_of_a_c_file_an_assertion_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "mp.c"
    file.write_text(C)
    ran = memmodel("check", str(file), "--arch", "all")
    assert ran.status == 1
    assert WEAK in ran.out


def test_of_a_scenario_each_variant(tmp_path: Path) -> None:
    (tmp_path / "harness.c").write_text(C)
    (tmp_path / "scenario.toml").write_text(
        'title = "message passing"\nharness = "harness.c"\n\n[[variant]]\nname = "weak"\nverdict = "Sometimes"\n'
        'says = "Nothing orders the two stores."\n'
    )
    ran = memmodel("check", str(tmp_path), "--arch", "all", "-f", "json")
    if ran.status == 2:  # the layout of a scenario is told by the error
        pytest.fail(ran.err + ran.out)
    assert [entry["observable"] for entry in ran.results()] == [WEAK]


def test_json_has_the_machines(mp: Path) -> None:
    (entry,) = memmodel("check", str(mp), "--arch", "all", "-f", "json").results()
    machines = entry["machines"]
    assert isinstance(machines, list)
    assert [(item["arch"], item["observable"]) for item in machines] == [
        ("x86", False),
        ("arm64", True),
        ("riscv", True),
        ("power", True),
    ]
    assert entry["observable"] == WEAK


@pytest.mark.parametrize("name", ["text", "concise", "json", "json-lines", "junit", "github", "sarif", "checkpatch"])
def test_every_format_that_tells_a_finding_tells_where_it_is_seen(mp: Path, name: str) -> None:
    ran = memmodel("check", str(mp), "--arch", "all", "-f", name)
    assert ran.status == 1
    out = " ".join(ran.out.split())
    if name == "junit":
        out = " ".join(" ".join(ET.fromstring(ran.out).itertext()).split()) + out
    assert WEAK in out.replace("%2C", ",")


def test_the_page_has_a_section_on_machines(mp: Path) -> None:
    out = memmodel("check", str(mp), "--arch", "all", "-f", "html").out
    assert WEAK in out
    assert '"cells"' in out


def test_the_exit_status_is_the_same_with_and_without(tmp_path: Path, mp: Path) -> None:
    ordered = tmp_path / "ordered.litmus"
    ordered.write_text(MP_ORDERED)
    for file in (str(mp), str(ordered), SENT):
        assert memmodel("check", file, "--arch", "all").status == memmodel("check", file).status


@pytest.mark.parametrize("command", ["check", "explain"])
@pytest.mark.parametrize("model", ["sc", "x86", "arm64-llsc"])
def test_machines_are_compared_with_no_other_model(command: str, model: str) -> None:
    ran = memmodel(command, SENT, "--model", model, "--arch", "all")
    assert (ran.status, ran.out) == (2, "")
    assert f"--arch: machines are compared with the kernel's model, and {model} is another" in ran.err


def test_an_architecture_that_there_is_not_is_told() -> None:
    ran = memmodel("check", SENT, "--arch", "mips")
    assert ran.status == 2
    assert all(name in ran.err for name in ("mips", "x86", "arm64", "riscv", "power"))


def test_both_engines(mp: Path) -> None:
    ran = memmodel("check", str(mp), "--arch", "all", "--engine", "both", "-f", "json")
    assert ran.results()[0]["observable"] == WEAK


def test_with_a_baseline(tmp_path: Path, mp: Path) -> None:
    record = str(tmp_path / "baseline.json")
    assert memmodel("baseline", str(mp), "-o", record).status == 0
    ran = memmodel("check", str(mp), "--baseline", record, "--arch", "all")
    assert ran.status == 0
    assert WEAK in ran.out


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def test_what_was_kept_without_machines_does_not_stand_for_a_run_with_them(tmp_path: Path, mp: Path) -> None:
    kept = ("--cache-dir", str(tmp_path / "kept"), "-f", "json")

    def run(*arch: str) -> dict[str, object]:
        (entry,) = memmodel("check", str(mp), *kept, *arch, MEMMODEL_NO_CACHE="").results()
        return entry

    assert "machines" not in run()
    first = run("--arch", "all")
    again = run("--arch", "all")
    assert "cached" not in first
    assert again["cached"] is True
    assert [again[key] for key in ("machines", "observable")] == [first[key] for key in ("machines", "observable")]
    assert "cached" not in run("--arch", "arm64")
    assert "machines" not in run()


# ── what is set once for all ─────────────────────────────────────────────────────────────────────


def test_the_environment_may_name_them() -> None:
    out = memmodel("check", SENT, MEMMODEL_ARCH="arm64 power").out
    assert out.splitlines()[0].split() == ["lkmm", "arm64", "power"]
    ran = memmodel("check", SENT, MEMMODEL_ARCH="mips")
    assert ran.status == 2
    assert "MEMMODEL_ARCH: 'mips' is not known" in ran.err


def test_a_configuration_may_name_them_and_the_command_line_wins(tmp_path: Path) -> None:
    file = tmp_path / "memmodel.toml"
    file.write_text('arch = ["arm64", "power"]\n')
    out = memmodel("check", SENT, "--config", str(file)).out
    assert out.splitlines()[0].split() == ["lkmm", "arm64", "power"]
    out = memmodel("check", SENT, "--config", str(file), "--arch", "x86").out
    assert out.splitlines()[0].split() == ["lkmm", "x86"]
    file.write_text('arch = ["arm"]\n')
    ran = memmodel("check", SENT, "--config", str(file))
    assert ran.status == 2
    assert f"{file}:1" in ran.err


def test_what_is_set_once_for_all_does_not_bar_another_model() -> None:
    ran = memmodel("check", SENT, "--model", "sc", MEMMODEL_ARCH="all")
    assert ran.status == 0
    assert "arm64" not in ran.out


def test_nor_does_it_choose_the_costs_of_fix() -> None:
    assert memmodel("fix", SENT, MEMMODEL_ARCH="arm64").out == memmodel("fix", SENT).out


# ── explain ──────────────────────────────────────────────────────────────────────────────────────


def test_an_explanation_ends_with_the_machines() -> None:
    out = memmodel("explain", SENT, "--arch", "all").out
    section = out[out.index("x86    arm64") :].splitlines()
    assert section[1].split() == ["no", "yes", "yes", "yes"]
    assert WEAK in section
    assert "On power, in the order in which things become visible:" in section
    assert all(len(line) <= 80 for line in section)


def test_an_explanation_of_what_is_forbidden_says_so(tmp_path: Path) -> None:
    file = tmp_path / "ordered.litmus"
    file.write_text(MP_ORDERED)
    assert memmodel("explain", str(file), "--arch", "all").out.endswith("\nforbidden by LKMM\n")


def test_another_outcome_is_asked_of_the_machines_too() -> None:
    ran = memmodel("explain", SENT, "--where", "1:r0=1", "--arch", "x86", "-f", "json")
    found = json.loads(ran.out)
    assert found["observable"] == "allowed by LKMM and observable on x86"
    assert found["machines"][0]["observable"] is True


def test_an_explanation_of_c_has_them(tmp_path: Path) -> None:
    file = tmp_path / "mp.c"
    file.write_text(C)
    assert WEAK in memmodel("explain", str(file), "--arch", "all").out


# ── review ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("patch", "said", "formats"),
    [
        ("userring-drain-posted", WEAK, ("text", "sarif")),
        ("userring-drain-before-atomic", NOBODY, ("mail", "json")),
    ],
)
def test_a_review_says_which_machines_show_what_it_remarks(patch: str, said: str, formats: tuple[str, ...]) -> None:
    words = ("review", "--tree", str(TREE), str(PATCHES / f"{patch}.patch"), "--timeout", "60", "--arch", "all")
    for name in formats:
        ran = memmodel(*words, "-f", name)
        assert ran.status == 1
        assert said in " ".join(ran.out.split()), name


def test_a_review_asks_nobody_unless_told_to() -> None:
    out = memmodel("review", "--tree", str(TREE), str(PATCHES / "userring-drain-posted.patch")).out
    assert "LKMM" not in out


def test_the_outcome_of_a_scenario_is_asked_of_machines() -> None:
    """A store of the head without release: P1 takes what was never put in."""
    tree, scenario = ROOT / "tests" / "review" / "trees" / "spsc", ROOT / "tests" / "review" / "scenarios" / "spsc"
    words = ("--tree", str(tree), "--scenario", str(scenario), str(PATCHES / "spsc-weak-release.patch"))
    ran = memmodel("review", *words, "--timeout", "60", "--arch", "all", "-f", "json", timeout=120)
    (patch,) = json.loads(ran.out)["patches"]
    told = [item for item in patch["remarks"] if item["code"] == "MM203"]
    assert [WEAK in item["message"] for item in told] == [True]


# ── help ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["check", "explain", "review"])
def test_help_has_an_example_with_arch(command: str) -> None:
    examples = memmodel(command, "--help").out.partition("examples:")[2].partition("exit status:")[0]
    assert "--arch all" in examples
