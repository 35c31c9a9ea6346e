"""`memmodel export`: a program in, a litmus test for herd7 and an exit status out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import ring
from tests.cli.command import MP, MP_ORDERED, memmodel

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def slot(tmp_path: Path) -> Path:
    return ring.write(tmp_path / "scenarios" / "slot")


def test_a_litmus_test_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "mp.litmus"
    path.write_text(MP_ORDERED)
    ran = memmodel("export", str(path))
    assert ran.status == 0
    assert ran.out.startswith("C MP")
    assert f"Exported from {path}" in ran.out
    assert ran.err == ""


def test_what_is_exported_can_be_checked_and_exported_again(tmp_path: Path) -> None:
    first, second = tmp_path / "first.litmus", tmp_path / "second.litmus"
    (tmp_path / "mp.litmus").write_text(MP)
    assert memmodel("export", str(tmp_path / "mp.litmus"), "--to", "litmus", "-o", str(first)).out == ""
    memmodel("export", str(first), "-o", str(second))
    assert second.read_text() == first.read_text().replace("mp.litmus", "first.litmus")
    assert memmodel("compare", str(first), str(second)).status == 0


@pytest.mark.parametrize("variant", ["good", "no-rmb", "no-wmb", "plain"])
def test_a_variant_of_a_scenario_has_the_same_verdict_as_a_litmus_test(slot: Path, variant: str) -> None:
    ran = memmodel("export", f"{slot}:{variant}", "-o", str(slot / "out.litmus"))
    assert ran.status == 0
    text = (slot / "out.litmus").read_text()
    # The header says what the scenario says, and the check holds it to that.
    assert "Result: " in text
    assert "harness.c:" in text
    checked = memmodel("check", str(slot / "out.litmus"), "-f", "json")
    assert [entry["outcome"] for entry in checked.results()] == ["pass"]


def test_macros_and_bounds_are_those_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "wait.c"
    path.write_text("int x;\nvoid P0(void) { while (READ_ONCE(x) != WANTED); }\nvoid P1(void) { WRITE_ONCE(x, 1); }\n")
    ran = memmodel("export", str(path), "-D", "WANTED=1", "--unroll", "3")
    assert ran.out.count("READ_ONCE(*x)") == 4
    assert "filter (~(0:missed=1))" in ran.out
    assert memmodel("export", str(path)).status == 2


def test_what_herd7_cannot_say_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wide.c"
    path.write_text("u64 x = 5;\nvoid P0(void)\n{\n\tassert(READ_ONCE(x) != (1UL << 32 | 5));\n}\n")
    ran = memmodel("export", str(path))
    assert ran.status == 2
    assert f"{path}:4:" in ran.err
    assert "32 bits" in ran.err
    assert ran.out == ""


def test_what_herd7_does_not_look_for_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "null.c"
    path.write_text("int *p;\nvoid P0(void) { int *q = READ_ONCE(p); WRITE_ONCE(*q, 1); }\n")
    ran = memmodel("export", str(path))
    assert "NULL dereference" in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.litmus"], "no such file"),
        ([str(SCENARIOS / "bpf-user-ringbuf")], "one variant is expected"),
    ],
)
def test_bad_paths_are_said_to_be(arguments: list[str], says: str) -> None:
    ran = memmodel("export", *arguments)
    assert ran.status == 2
    assert says in ran.err.lower()


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mp.litmus").write_text(MP)
    ran = memmodel("export", str(tmp_path / "mp.litmus"), "-o", str(tmp_path / "no" / "such" / "folder"))
    assert ran.status == 2
    assert "cannot be written" in ran.err


def exported(path: str, out: Path) -> str | None:
    """What `check` says of the exported variant; None where herd7's dialect cannot express it."""
    ran = memmodel("export", path, "-o", str(out))
    if ran.status:
        assert ran.status == 2 and "error:" in ran.err
        return None
    checked = memmodel("check", str(out), "-f", "json", "--timeout", "120", timeout=300)
    return str(checked.results()[0]["outcome"])


def test_the_review_of_the_user_ring_buffer_can_be_given_to_herd7(tmp_path: Path) -> None:
    """The founding case is expressed, and is what the scenario says it is."""
    assert exported(f"{SCENARIOS / 'bpf-user-ringbuf'}:as-merged", tmp_path / "out.litmus") == "pass"


def variants(every: int) -> Iterator[str]:
    """Every so manyth variant of each scenario."""
    for folder in sorted(path.parent for path in SCENARIOS.glob("*/scenario.toml")):
        for variant in tomllib.loads((folder / "scenario.toml").read_text())["variant"][::every]:
            yield f"{folder}:{variant['name']}"


@pytest.mark.slow
@pytest.mark.parametrize("every", [32, pytest.param(4, marks=pytest.mark.thorough)])
def test_scenarios_that_can_be_exported_have_the_same_verdict_as_litmus_tests(every: int, tmp_path: Path) -> None:
    found = {path: exported(path, tmp_path / "out.litmus") for path in variants(every)}
    assert {path: outcome for path, outcome in found.items() if outcome not in ("pass", None)} == {}
    assert sum(outcome == "pass" for outcome in found.values()) >= len(found) / 3
