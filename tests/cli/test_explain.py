"""`memmodel explain`, from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, memmodel


@pytest.fixture
def mp(tmp_path: Path) -> Path:
    file = tmp_path / "MP.litmus"
    file.write_text(MP)
    return file


@pytest.fixture
def ordered(tmp_path: Path) -> Path:
    file = tmp_path / "MP-ordered.litmus"
    file.write_text(MP_ORDERED)
    return file


def test_a_reachable_outcome_is_told_as_an_execution(mp: Path) -> None:
    ran = memmodel("explain", str(mp))
    title, *rest = ran.out.splitlines()
    assert ran.status == 0
    assert "can be" in title or "can become" in title
    assert "nothing orders" in title
    assert any("takes effect before" in line for line in rest)
    assert "With full barriers" in ran.out, "without either of the two, message passing fails"


def test_an_unreachable_outcome_is_told_by_its_cycle(ordered: Path) -> None:
    ran = memmodel("explain", str(ordered))
    assert ran.status == 0
    assert ran.out.startswith("Never: smp_store_release(y) line 12 pairs with smp_load_acquire(y) line 17\n")
    assert "a cycle that happens-before forbids:" in ran.out


def test_the_exit_status_is_that_of_check(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.litmus"
    wrong.write_text(MP.replace("Result: Sometimes", "Result: Never"))
    assert memmodel("check", str(wrong)).status == memmodel("explain", str(wrong)).status == 1


def test_where_asks_for_another_outcome(ordered: Path) -> None:
    ran = memmodel("explain", "--where", r"1:r0=1 /\ 1:r1=1", str(ordered))
    assert ran.status == 0
    assert ran.out.startswith("The outcome can happen with everything in program order")
    assert "1:r0=1; 1:r1=1;" in ran.out


def test_where_says_why_an_outcome_cannot_happen(ordered: Path) -> None:
    ran = memmodel("explain", "--where", r"1:r0=1 /\ 1:r1=0", str(ordered))
    assert ran.out.startswith("Never: smp_store_release(y) line 12 pairs with")


@pytest.mark.parametrize("condition", ["1:r0=", "z=1", "x=1) exists (y=1", "7:r0=1", ""])
def test_where_takes_one_condition_on_the_tests_own_variables(mp: Path, condition: str) -> None:
    ran = memmodel("explain", "--where", condition, str(mp))
    assert ran.status == 2
    assert "--where" in ran.err
    assert ran.out == ""


def test_states_are_listed_on_demand(ordered: Path) -> None:
    states = [line.strip() for line in memmodel("explain", "--states", str(ordered)).out.splitlines()[-3:]]
    assert states == ["1:r0=0; 1:r1=0;", "1:r0=0; 1:r1=1;", "1:r0=1; 1:r1=1;"]


def test_json_has_the_same(mp: Path) -> None:
    found = json.loads(memmodel("explain", "--format", "json", str(mp)).out)
    assert found["observation"] == "Sometimes"
    assert found["missing"]["cure"] == "proven"
    assert {gap["first"]["thread"] for gap in found["missing"]["gaps"]} == {0, 1}
    assert [step["line"] for step in found["witness"]["steps"] if step["thread"] == 1] == [17, 18]
    assert found["refutation"] is None


def test_standard_input_is_read() -> None:
    assert memmodel("explain", "-", stdin=MP.encode()).out.splitlines()[2] == "<stdin>: Sometimes under lkmm"


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    ran = memmodel("explain", str(tmp_path / "none.litmus"))
    assert ran.status == 2
    assert "cannot be read" in ran.err


def test_a_time_limit_is_said(mp: Path) -> None:
    ran = memmodel("explain", "--timeout", "0.000001", str(mp))
    assert ran.status in (0, 3)
    assert "time limit" in ran.out or ran.status == 0


@pytest.mark.parametrize("model", ["x86", "arm64", "arm64-llsc", "riscv", "power"])
def test_under_a_machine_the_barrier_that_is_missing_is_the_machines(model: str) -> None:
    test = Path(__file__).parents[2] / "litmus" / "classic" / "SB.litmus"
    ran = memmodel("explain", "--model", model, str(test))
    assert ran.status == 0
    assert "With full barriers between lines 16 and 17 and between lines 24 and 25" in " ".join(ran.out.split())
