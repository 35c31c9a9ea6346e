"""The kernel's scripts, unchanged, with memmodel in herd7's place; and one of our own that reads what they read."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, memmodel
from tests.integrations.test_pytest_plugin import RACE

EXAMPLES = Path(__file__).parents[2] / "docs" / "ci"
NAMED = os.environ.get("KERNEL_TREE", "")
KERNEL = Path(NAMED) / "tools" / "memory-model"

JUDGE = r"""
# judge FILE OUTPUT STATUS: compares what herd7 printed with the Result line of a test.
wanted=$(sed -n 's/^[( ]\* Result: \([A-Za-z]*\).*/\1/p' "$1" | head -n 1)
race=no
sed -n '/^[( ]\* Result: /p' "$1" | head -n 1 | grep -q DATARACE && race=yes
if [ "$3" -eq 124 ]; then echo "timeout: $1"; exit 124; fi
if grep -q 'Unknown macro' "$2"; then echo "unknown: $1"; exit 2; fi
if ! grep -q '^Observation' "$2"; then echo "no verdict: $1"; exit 255; fi
flagged=no
grep -q '^Flag data-race$' "$2" && flagged=yes
if [ "$flagged" != "$race" ]; then echo "race: $1"; exit 1; fi
if [ "$flagged" = yes ] || [ "$wanted" = Maybe ]; then exit 0; fi
if [ "$wanted" = DEADLOCK ]; then grep '^Observation' "$2" | grep -q 'Never 0 0$'; exit; fi
grep '^Observation' "$2" | grep -q " $wanted "
"""
"""As the kernel's judgelitmus.sh is described: 0 as expected, 1 not, 124 out of time."""

DEADLOCK = """\
C lock-twice

(* Result: DEADLOCK *)

{}

P0(spinlock_t *s)
{
	spin_lock(s);
	spin_lock(s);
}

exists (true)
"""

CASES = {
    "ordered": (MP_ORDERED, 0),
    "weak": (MP, 0),
    "wrong": (MP.replace("Sometimes", "Never"), 1),
    "race": (RACE, 0),
    "unannounced-race": (RACE.replace(" DATARACE", ""), 1),
    "missing-race": (MP.replace("Sometimes", "Sometimes DATARACE"), 1),
    "deadlock": (DEADLOCK, 0),
    "no-deadlock": (MP.replace("Sometimes", "DEADLOCK"), 1),
    "unknown-macro": (MP.replace("READ_ONCE(*y)", "READ_TWICE(*y)"), 2),
    "syntax-error": (MP.replace("exists (", "exists (("), 255),
}
"""Tests, and what a script says of each by the rules of the kernel's documents."""


def judged(folder: Path, text: str, *command: str) -> int:
    """What the script says of a test that the command was run on, whose output goes where herd7's would."""
    file, output = folder / "a.litmus", folder / "a.litmus.out"
    file.write_text(text)
    ran = memmodel(*command, str(file))
    output.write_text(ran.out + ran.err)
    words = ["sh", "-c", JUDGE, "judge", str(file), str(output), str(ran.status)]
    return subprocess.run(words, check=False, capture_output=True).returncode


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("command", [("check", "--format", "herd"), ("herd",)], ids=" ".join)
def test_a_script_that_reads_herd7s_output_reads_ours(name: str, command: tuple[str, ...], tmp_path: Path) -> None:
    text, status = CASES[name]
    assert judged(tmp_path, text, *command) == status


def test_a_verdict_is_no_failure_of_herd7_whatever_it_is(tmp_path: Path) -> None:
    file = tmp_path / "wrong.litmus"
    file.write_text(CASES["wrong"][0])
    assert memmodel("check", "--format", "herd", str(file)).status == 1
    assert memmodel("herd", str(file)).status == 0
    file.write_text(CASES["unknown-macro"][0])
    assert memmodel("herd", str(file)).status == 2


def test_the_model_is_the_one_that_the_configuration_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wrong.litmus").write_text(CASES["wrong"][0])
    Path("total.cfg").write_text("# comment\ngraph columns\nmodel total.cat\nmodel \n")
    Path("total.cat").write_text('"total"\nacyclic po | rf | co | fr as sc\n')
    assert "Observation MP Sometimes" in memmodel("herd", "wrong.litmus").out
    for words in (["-conf", "total.cfg"], ["-model", "total.cat"], ["-I", ".", "-conf", "total.cfg", "-show", "all"]):
        assert "Observation MP Never 0 3" in memmodel("herd", *words, "wrong.litmus").out
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert "Observation MP Never" in memmodel("herd", "-I", "..", "-conf", "total.cfg", "../wrong.litmus").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-conf", "none.cfg"], "-conf none.cfg: no such file"),
        (["-model", "none.cat"], "-model none.cat: no such file"),
        (["-speedcheck", "fast"], "-speedcheck"),
        (["-unroll", "often"], "often"),
    ],
)
def test_what_cannot_be_followed_is_told(words: list[str], told: str, tmp_path: Path) -> None:
    (tmp_path / "a.litmus").write_text(MP)
    ran = memmodel("herd", *words, str(tmp_path / "a.litmus"))
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err


# ── the kernel's own scripts ─────────────────────────────────────────────────────────────────────

in_a_kernel_tree = pytest.mark.skipif(
    not NAMED or not (KERNEL / "scripts" / "judgelitmus.sh").is_file() or shutil.which("time") is None,
    reason="KERNEL_TREE names no kernel source tree with its litmus scripts, or there is no `time`",
)


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """A copy of tools/memory-model: scripts write beside the tests."""
    return Path(shutil.copytree(KERNEL, tmp_path / "memory-model"))


def run(kernel: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in tools/memory-model, with our herd7 and the memmodel of these tests in PATH."""
    tools = kernel.parent / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "memmodel").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m memmodel "$@"\n')
    (tools / "memmodel").chmod(0o755)
    path = f"{EXAMPLES}:{tools}:{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=kernel,
        capture_output=True,
        text=True,
        env={**os.environ, "LKMM_DESTDIR": ".", **environment, "PATH": path},
        check=False,
    )


@in_a_kernel_tree
def test_checklitmus_judges_each_test(kernel: Path) -> None:
    test = "litmus-tests/MP+pooncerelease+poacquireonce.litmus"
    assert run(kernel, "scripts/checklitmus.sh", test).returncode == 0
    text = (kernel / test).read_text()
    (kernel / test).write_text(text.replace("Result: Never", "Result: Sometimes"))
    ran = run(kernel, "scripts/checklitmus.sh", test)
    assert ran.returncode == 1
    assert "Unexpected non-Sometimes verification" in ran.stdout
    (kernel / test).write_text(text.replace("smp_store_release", "smp_store_releaze"))
    assert run(kernel, "scripts/checklitmus.sh", test).returncode == 255
    assert "Unknown macro" in (kernel / f"{test}.out").read_text()


@in_a_kernel_tree
def test_checkalllitmus_verifies_all_of_the_kernels_tests(kernel: Path) -> None:
    ran = run(kernel, "scripts/checkalllitmus.sh")
    assert ran.returncode == 0, ran.stdout
    assert "All litmus tests verified as was expected." in ran.stderr
    assert len(list(kernel.glob("litmus-tests/*.litmus.out"))) == len(list(kernel.glob("litmus-tests/*.litmus"))) > 20


@in_a_kernel_tree
def test_runlitmushist_takes_tests_that_time_out_for_that(kernel: Path) -> None:
    (kernel / "litmus").mkdir()
    (kernel / "litmus/mp.litmus").write_text(MP)
    threads = "".join(
        f"P{n}(int *x)\n{{\n\tint r0 = xchg(x, {n});\n\tint r1 = xchg(x, 9);\n\tint r2 = xchg(x, 8);\n}}\n\n"
        for n in range(9)
    )
    (kernel / "litmus/endless.litmus").write_text(f"C endless\n\n{{}}\n\n{threads}exists (0:r0=1 /\\ 1:r0=0)\n")
    script = ". scripts/parseargs.sh; ls litmus/*.litmus | scripts/runlitmushist.sh"
    ran = run(kernel, "bash", "-c", f"set -- --timeout 4s --jobs 10; {script}")
    assert ran.returncode == 1
    assert "Herd timed out: litmus/endless.litmus" in ran.stdout
    assert "mp.litmus" not in ran.stderr
    assert "Observation MP Sometimes" in (kernel / "litmus/mp.litmus.out").read_text()
