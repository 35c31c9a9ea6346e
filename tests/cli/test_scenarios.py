"""C files and scenarios through the real command: what is checked, what is printed, which exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import ring
from tests.cli.command import MP, Ran, memmodel


@pytest.fixture
def slot(tmp_path: Path) -> Path:
    return ring.write(tmp_path / "scenarios" / "slot")


def outcomes(ran: Ran) -> dict[str, object]:
    return {str(entry["name"]): entry["outcome"] for entry in ran.results()}


@pytest.mark.parametrize("engine", ["smt", "enumerate", "both"])
def test_a_scenario_is_as_it_says_in_each_of_its_variants(slot: Path, engine: str) -> None:
    ran = memmodel("check", str(slot), "--format", "json", "--engine", engine)
    assert outcomes(ran) == {f"slot:{name}": "pass" for name in ("good", "no-rmb", "no-wmb", "plain", "null")}
    assert ran.status == 0
    assert [entry["observation"] for entry in ran.results()] == [
        "Never",
        "Sometimes",
        "Sometimes",
        "Sometimes",
        "Never",
    ]


def test_json_names_what_fails_and_where(slot: Path) -> None:
    ran = memmodel("check", f"{slot}:no-rmb", f"{slot}:null", "-f", "json")
    broken, null = ran.results()
    (failed,) = broken["assertions"]  # type: ignore[misc]
    assert (failed["file"], failed["line"]) == (str(slot / "harness.c"), 14)
    assert broken["says"] == "the reader looks at the slot too early"
    (fault,) = null["faults"]  # type: ignore[misc]
    assert (fault["file"], fault["line"]) == (str(slot / "ring.h"), 15)
    assert null["assertions"] == []


def test_text_tells_what_a_variant_is_about_and_where_it_fails(slot: Path) -> None:
    ran = memmodel("check", f"{slot}:no-wmb")
    lines = [line.strip() for line in ran.out.splitlines()]
    assert lines[0] == f"pass        Sometimes {slot}:no-wmb"
    assert lines[1] == "the head is set before the slot"
    assert f"{slot / 'harness.c'}:14:" in ran.out
    assert ran.status == 0


def test_a_directory_of_scenarios_and_tests_is_checked_as_a_whole(slot: Path) -> None:
    ring.write(slot.parent / "deeper" / "other")
    (slot.parent / "mp.litmus").write_text(MP)
    ran = memmodel("check", str(slot.parent), "-f", "json", "-j", "2")
    assert [entry["name"] for entry in ran.results()] == [
        *(f"other:{name}" for name in ("good", "no-rmb", "no-wmb", "plain", "null")),
        "MP",
        *(f"slot:{name}" for name in ("good", "no-rmb", "no-wmb", "plain", "null")),
    ]
    assert ran.status == 0


def test_a_variant_that_is_not_as_it_says_fails(slot: Path) -> None:
    ring.write(slot, ring.SCENARIO.replace('"Sometimes"\nrace = true', '"Sometimes"'))
    assert outcomes(memmodel("check", f"{slot}:plain", "-f", "json")) == {"slot:plain": "race"}
    ring.write(slot, ring.SCENARIO.replace("define = { NO_RMB = 1 }", ""))
    ran = memmodel("check", f"{slot}:no-rmb")
    assert ran.status == 1
    assert "expected Sometimes, found Never" in ran.out
    ring.write(slot, ring.SCENARIO.replace('fault = "NULL"', ""))
    ran = memmodel("check", f"{slot}:null")
    assert ran.status == 1
    assert "NULL" in ran.out
    assert f"{slot / 'ring.h'}:15:" in ran.out


def test_a_c_file_that_states_nothing_expects_that_nothing_fails(slot: Path) -> None:
    harness = slot / "harness.c"
    assert memmodel("check", str(harness)).status == 0
    ran = memmodel("check", str(harness), "-D", "NO_RMB")
    assert ran.status == 1
    assert f"{harness}:14:" in ran.out
    assert "assert(item == -1 || item == 7);" in ran.out


def test_a_c_file_may_state_its_verdict(slot: Path) -> None:
    harness = slot / "harness.c"
    harness.write_text(f"// Result: Sometimes\n{ring.HARNESS}")
    ran = memmodel("check", str(harness), "-D", "NO_RMB=1", "-f", "json")
    assert (ran.status, ran.results()[0]["expected"]) == (0, "Sometimes")
    assert memmodel("check", str(harness)).status == 1


def test_the_output_for_the_kernel_s_scripts(slot: Path) -> None:
    out = memmodel("check", f"{slot}:plain", "-f", "herd").out
    assert "Observation slot:plain Sometimes\n" in out
    assert "Flag data-race\n" in out


def test_executions_are_counted_and_states_refused(slot: Path) -> None:
    counted = memmodel("check", f"{slot}:no-rmb", "--count", "-f", "json").results()[0]["witnesses"]
    explicit = memmodel("check", f"{slot}:no-rmb", "--count", "-f", "json", "--engine", "enumerate").results()[0]
    assert counted == explicit["witnesses"] == {"positive": 1, "negative": 2}
    assert "no --states to show" in complaint(memmodel("check", f"{slot}:no-rmb", "--states"), 3)


# ── explain, audit, fix, compare ─────────────────────────────────────────────────────────────────


def test_explain_tells_what_fails_and_what_is_missing_with_the_lines_of_c(slot: Path) -> None:
    ran = memmodel("explain", f"{slot}:no-rmb", "-D", "NO_RMB")
    assert ran.status == 0
    assert "READ_ONCE(ring.slot) ring.h:20 can be executed before READ_ONCE(ring.head) ring.h:15" in ran.out
    assert "harness.c:14" in ran.out


def test_explain_of_a_good_variant_names_the_pairing(slot: Path) -> None:
    ran = memmodel("explain", f"{slot}:good")
    assert ran.status == 0
    assert ran.out.splitlines()[0].endswith("Never: smp_wmb() pairs with smp_rmb()") or "smp_wmb()" in ran.out


def test_audit_says_that_both_barriers_are_required(slot: Path) -> None:
    ran = memmodel("audit", f"{slot}:good", "-f", "json")
    (report,) = ran.results()
    barriers = {(Path(site["file"]).name, site["line"]): site["standing"] for site in report["sites"]}  # type: ignore
    assert barriers[("ring.h", 9)] == "required"
    assert barriers[("ring.h", 18)] == "required"


def test_a_fix_is_a_patch_of_the_file_that_it_changes(slot: Path) -> None:
    ran = memmodel("fix", f"{slot}:no-rmb", "--diff")
    assert ran.status == 1
    patch = ran.out
    assert "/ring.h" in patch.splitlines()[0]
    subprocess.run(["patch", "-p1", "-d", "/"], input=patch, text=True, check=True, capture_output=True)
    assert memmodel("check", f"{slot}:no-rmb", "-f", "json").results()[0]["observation"] == "Never"


def test_fix_writes_the_files_of_a_variant_but_not_what_the_variant_replaces(slot: Path) -> None:
    refused = memmodel("fix", f"{slot}:no-wmb", "--write")
    assert refused.status == 2
    assert "ring.h" in refused.err
    assert (slot / "ring.h").read_text() == ring.RING
    assert memmodel("fix", f"{slot}:no-rmb", "--write").status == 0
    assert (slot / "ring.h").read_text() != ring.RING
    assert (slot / "scenario.toml").read_text() == ring.SCENARIO


def test_compare_of_two_variants(slot: Path) -> None:
    ran = memmodel("compare", f"{slot}:good", f"{slot}:no-rmb")
    assert ran.status == 1
    assert "NEW is worse:" in ran.out
    assert f"{slot / 'harness.c'}:14:" in ran.out
    assert memmodel("compare", f"{slot}:no-rmb", f"{slot}:good").status == 0


def test_compare_of_two_folders_matches_variants_by_name(slot: Path) -> None:
    newer = ring.write(slot.parent / "newer", ring=ring.RING.replace("smp_wmb", "smp_mb"))
    ring.write(newer, ring.SCENARIO.replace("smp_wmb", "smp_mb"), ring=ring.RING.replace("smp_wmb", "smp_mb"))
    ran = memmodel("compare", str(slot), str(newer), "-f", "json", "--no-audit")
    found = json.loads(ran.out)["comparisons"]
    assert [(item["name"], item["change"]) for item in found] == [
        (name, "same") for name in ("good", "no-rmb", "no-wmb", "null", "plain")
    ]


# ── bad input ────────────────────────────────────────────────────────────────────────────────────


def complaint(ran: Ran, status: int = 2) -> str:
    """What is said, on one line. Bad input ends in exit 2 and never in an internal error."""
    said = " ".join((ran.out + ran.err).split())
    assert ran.status == status, said
    assert "internal error" not in said
    return said


HARNESSES = {
    # name: (what of the harness becomes what, what the error says)
    "missing-function": ("pop(&ring)", "drain(&ring)", "drain"),
    "missing-include": ('"ring.h"', '"rung.h"', "rung.h"),
    "syntax": ("int item =", "int item = = ", "harness.c:12:"),
    "unclosed": ("pop(&ring);", "pop(&ring;", "harness.c:"),
    "recursion": (
        "void P0(void)",
        "int f(int n)\n{\n\treturn f(n - 1);\n}\n\nvoid P0(void)\n{\n\tf(1);\n}\nvoid P2(void)",
        "harness.c:7:9: error: 'f' calls itself",
    ),
    "recursive-call": ("\tpush(&ring, 7);", "\tP0();", "harness.c:7:2: error: 'P0' calls itself"),
    "endless-macros": (
        "struct ring ring;",
        "\n".join(f"#define M{i} M{i + 1} M{i + 1}" for i in range(60)) + "\nint x = M0;\nstruct ring ring;",
        "harness.c:",
    ),
    "shift": ("push(&ring, 7)", "push(&ring, 1 << 40)", "harness.c:7:"),
    "negative-shift": ("push(&ring, 7)", "push(&ring, 1 << -1)", "harness.c:7:"),
    "division": ("push(&ring, 7)", "push(&ring, 7 / 0)", "harness.c:7:"),
    "huge-array": (
        "struct ring ring;",
        "int big[1 << 30];\nvoid P2(void)\n{\n\tbig[5] = 1;\n}\nstruct ring ring;",
        "harness.c:3:5: error: an array of 1073741824 elements",
    ),
    "circular": ('#include "ring.h"', '#include "ring.h"\n#include "harness.c"', "harness.c:"),
    "no-thread": ("void P", "void Q", "harness.c"),
    "empty": (ring.HARNESS, "", "harness.c"),
    "unclosed-comment": ("struct ring ring;", "/* struct ring ring;", "harness.c:"),
    "unclosed-if": ("struct ring ring;", "#if 1\nstruct ring ring;", "harness.c:"),
    "error-directive": ("struct ring ring;", "#error no such luck\nstruct ring ring;", "no such luck"),
}


@pytest.mark.parametrize("name", HARNESSES)
def test_a_bad_harness_is_a_clear_error_with_the_line_of_c(slot: Path, name: str) -> None:
    before, after, message = HARNESSES[name]
    assert before in ring.HARNESS
    ring.write(slot, harness=ring.HARNESS.replace(before, after))
    ran = memmodel("check", str(slot / "harness.c"), timeout=20)
    said = " ".join((ran.out + ran.err).split())
    assert ran.status == 2, said
    assert "internal error" not in said
    assert message in said


def test_a_bad_scenario_is_an_error_with_its_line_and_costs_no_other(slot: Path) -> None:
    bad = ring.write(slot.parent / "bad", ring.SCENARIO.replace("verdict", "verdikt", 1))
    ran = memmodel("check", str(slot.parent))
    said = complaint(ran)
    assert f"{bad / 'scenario.toml'}:7:1: error: unknown key 'verdikt'" in said or "has no 'verdict'" in said
    assert "5 pass" in said
    broken = ring.write(slot.parent / "worse", "title = \n")
    assert f"{broken / 'scenario.toml'}:1:9: error: no TOML" in complaint(memmodel("check", str(broken)))


def test_a_wrong_name_of_a_variant(slot: Path) -> None:
    for command in ("check", "explain", "fix", "audit"):
        assert "did you mean 'no-rmb'?" in complaint(memmodel(command, f"{slot}:no-rm"))
    assert "did you mean 'no-rmb'?" in complaint(memmodel("compare", f"{slot}:good", f"{slot}:no-rm"))


def test_folders_that_are_no_scenarios(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no scenario.toml" in complaint(memmodel("check", str(tmp_path / "empty")))
    assert "no scenario.toml" in complaint(memmodel("check", f"{tmp_path / 'empty'}:good"))
    assert "no such file or directory" in complaint(memmodel("check", str(tmp_path / "none")))
    assert "no such file or directory" in complaint(memmodel("check", f"{tmp_path / 'none'}:good"))
    assert "is a directory" in complaint(memmodel("explain", str(tmp_path / "empty")))


def test_one_variant_is_asked_for_where_one_is_expected(slot: Path) -> None:
    assert f"name it: {slot}:good, {slot}:no-rmb" in complaint(memmodel("explain", str(slot)))
    assert "one variant is expected" in complaint(memmodel("fix", str(slot)))


def test_a_replacement_must_match_exactly_once(slot: Path) -> None:
    for text, said in (("READ_ONCE", "there 2 times"), ("smp_rnb", "not there")):
        scenario = ring.SCENARIO.replace('"\\tsmp_wmb();\\n"', f'"{text}"')
        ring.write(slot, scenario)
        told = complaint(memmodel("check", f"{slot}:no-wmb"))
        assert said in told
        assert f"{slot / 'scenario.toml'}:" in told
    ring.write(slot, ring.SCENARIO.replace('file = "ring.h", from = "\\tsmp', 'file = "rung.h", from = "\\tsmp'))
    assert "rung.h" in complaint(memmodel("check", f"{slot}:no-wmb"))


def test_a_variant_of_the_kernel_s_code_asks_for_the_tree(slot: Path) -> None:
    kernel = '\n[[variant]]\nname = "kernel"\nsays = "as it stands"\ntree = true\nverdict = "Never"\n'
    ring.write(slot, ring.SCENARIO + kernel, ring.HARNESS)
    assert "--tree DIR" in complaint(memmodel("check", f"{slot}:kernel"))
    assert len(memmodel("check", str(slot), "-f", "json").results()) == 5
    tree = slot.parent.parent / "linux"
    assert "no such directory" in complaint(memmodel("check", str(slot), "--tree", str(tree)))
    tree.mkdir()
    assert len(memmodel("check", str(slot), "--tree", str(tree), "-f", "json").results()) == 6


def test_files_of_the_tree_are_found_and_may_be_changed(slot: Path) -> None:
    tree = slot.parent.parent / "linux"
    (tree / "include" / "linux").mkdir(parents=True)
    (tree / "include" / "linux" / "ring.h").write_text(ring.RING)
    (slot / "ring.h").unlink()
    harness = ring.HARNESS.replace('"ring.h"', '"linux/ring.h"')
    (slot / "harness.c").write_text(harness)
    scenario = ring.SCENARIO.replace('"ring.h"', '"include/linux/ring.h"').replace("title", "tree = true\ntitle")
    (slot / "scenario.toml").write_text(scenario)
    ran = memmodel("check", str(slot), "--tree", str(tree), "-f", "json")
    assert set(outcomes(ran).values()) == {"pass"}
    assert "--tree DIR" in complaint(memmodel("check", str(slot)))
    (slot / "harness.c").write_text(harness.replace("linux/ring.h", "linux/weak.h"))
    (tree / "include" / "linux" / "weak.h").write_text(ring.RING.replace("\tsmp_wmb();\n", ""))
    (slot / "scenario.toml").unlink()
    fixed = memmodel("fix", str(slot / "harness.c"), "--tree", str(tree), "--diff")
    assert "--- a/include/linux/weak.h\n+++ b/include/linux/weak.h\n" in fixed.out


def test_bad_macros_on_the_command_line(slot: Path) -> None:
    assert "'1X=2' is not NAME or NAME=VALUE" in complaint(memmodel("check", str(slot), "-D", "1X=2"))


def test_where_is_for_litmus_tests(slot: Path) -> None:
    assert "assert() in final()" in complaint(memmodel("explain", f"{slot}:good", "--where", "x=1"))


def test_litmus_tests_load_no_parser_of_c(tmp_path: Path) -> None:
    (tmp_path / "mp.litmus").write_text(MP)
    script = (
        "import sys; from memmodel.cli.main import main\n"
        f"main(['check', {str(tmp_path / 'mp.litmus')!r}, '-q'])\n"
        "assert not [name for name in sys.modules if 'tree_sitter' in name or name.startswith('memmodel.frontends.c')]"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
