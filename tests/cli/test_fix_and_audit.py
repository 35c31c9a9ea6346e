"""`memmodel fix` and `memmodel audit` from the shell."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, memmodel

LITMUS = Path(__file__).parents[2] / "litmus"
DRAIN = LITMUS / "ring" / "drain-before-atomic.litmus"


@pytest.fixture
def drain(tmp_path: Path) -> Path:
    """The founding case as it was merged, in a file that may be changed."""
    return Path(shutil.copy(DRAIN, tmp_path / "drain.litmus"))


def test_fix_shows_ranked_patches(drain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(drain.parent)
    ran = memmodel("fix", drain.name, "--arch", "arm64")
    assert ran.status == 1
    assert "1. line 20: atomic_set_release() instead of atomic_set():" in ran.out
    assert "+\tatomic_set_release(busy, 0);" in ran.out
    assert "smp_mb__before_atomic() instead" not in ran.out
    assert all(len(line.expandtabs(8)) <= 80 for line in ran.out.splitlines() if not line.startswith(("---", "+++")))


def test_fix_writes_the_first_and_then_finds_nothing(drain: Path) -> None:
    drain.chmod(0o640)
    assert memmodel("fix", str(drain), "--write").status == 0
    assert stat.S_IMODE(drain.stat().st_mode) == 0o640
    assert list(drain.parent.iterdir()) == [drain]
    again = memmodel("fix", str(drain))
    assert again.status == 0 and "nothing to fix" in again.out
    assert memmodel("check", str(drain)).status == 0, "what the header expects was changed too"


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch command here")
def test_the_diff_is_one_for_patch(drain: Path, tmp_path: Path) -> None:
    ran = memmodel("fix", str(drain), "--diff")
    subprocess.run(["patch", "-p1", "-d", "/"], input=ran.out.encode(), check=True, capture_output=True)
    assert "nothing to fix" in memmodel("fix", str(drain)).out


def test_fix_as_data(drain: Path) -> None:
    document = json.loads(memmodel("fix", str(drain), "--format", "json", "--arch", "arm64").out)
    first = document["fixes"][0]
    assert first["verified"] is True
    assert first["changes"][0]["from"] == "atomic_set" and first["changes"][0]["to"] == "atomic_set_release"
    assert document["bad"]["state"] == {"1:r0": "0", "1:r1": "0"}


def test_fix_reads_standard_input_and_does_not_write_there() -> None:
    assert memmodel("fix", "-", stdin=MP.encode()).status == 1
    refused = memmodel("fix", "-", "--write", stdin=MP.encode())
    assert refused.status == 2 and "--write needs a file" in refused.err


def test_fix_of_what_is_no_test(tmp_path: Path) -> None:
    bad = tmp_path / "bad.litmus"
    bad.write_text("C bad\n{}\nP0(int *x)\n{\n\tREAD_ONC(*x);\n}\nexists (x=1)\n")
    ran = memmodel("fix", str(bad))
    assert ran.status == 2 and "READ_ONCE" in ran.err
    assert memmodel("audit", str(bad)).status == 2
    assert memmodel("audit", str(tmp_path / "absent.litmus")).status == 2


def test_out_of_time_is_no_answer(tmp_path: Path) -> None:
    ran = memmodel("fix", str(LITMUS / "ring" / "spsc-4.litmus"), "--timeout", "0.01")
    assert ran.status == 3 and "--timeout" in ran.err


def test_audit_tells_what_is_load_bearing(tmp_path: Path) -> None:
    good = tmp_path / "mp.litmus"
    good.write_text(MP_ORDERED)
    ran = memmodel("audit", str(good))
    assert ran.status == 0
    assert " ".join(ran.out.split()).startswith(f"{good}: 2 required.")
    assert "with WRITE_ONCE(), the bad outcome" in " ".join(ran.out.split())


def test_audit_of_the_founding_case_names_the_barrier_without_effect() -> None:
    ran = memmodel("audit", str(DRAIN))
    assert ran.status == 1
    assert "line 19: smp_mb__before_atomic(): without effect" in ran.out


def test_audit_of_several_as_data(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.litmus").write_text(MP_ORDERED)
    results = json.loads(memmodel("audit", str(tmp_path), "--format", "json").out)["results"]
    assert [Path(entry["file"]).name for entry in results] == ["a.litmus", "b.litmus"]
    assert {site["standing"] for entry in results for site in entry["sites"]} == {"required"}


def test_a_file_keeps_its_encoding(drain: Path) -> None:
    drain.write_bytes(drain.read_bytes().replace(b"(*\n", b"(*\n * M\xfcller\n", 1))
    assert memmodel("fix", str(drain), "--write").status == 0
    assert b"M\xfcller" in drain.read_bytes()


@pytest.mark.parametrize("command", ["audit", "fix"])
def test_barriers_are_the_kernels_not_an_architectures(command: str) -> None:
    ran = memmodel(command, "--model", "arm64-llsc", str(LITMUS / "ring" / "drain-none.litmus"))
    assert ran.status == 2
    assert "is asked of the kernel's model, not of instructions" in ran.err
    assert "--arch counts what they cost" in ran.err
