"""`memmodel rule`, and the warnings that `memmodel check` gives by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memmodel.analyses import outcome_rules, rules
from memmodel.analyses.documented import Documented
from memmodel.analyses.review.rules import RULES as OF_REVIEW
from tests.cli.command import MP_ORDERED, memmodel

FOUNDING = str(Path(__file__).parents[2] / "litmus" / "ring" / "drain-before-atomic.litmus")

CODES = [rule.code for rule in (*outcome_rules.RULES, *rules.RULES, *OF_REVIEW)]


def test_the_list_names_every_rule() -> None:
    ran = memmodel("rule")
    assert ran.status == 0
    assert [line.split()[0] for line in ran.out.splitlines() if line.startswith("MM")] == CODES
    assert max(map(len, ran.out.splitlines())) <= 90


@pytest.mark.parametrize("spelling", ["MM101", "mm101", "barrier-without-rmw"])
def test_a_rule_is_explained(spelling: str) -> None:
    ran = memmodel("rule", spelling)
    assert ran.status == 0
    assert ran.out.startswith("MM101 barrier-without-rmw\n")
    assert "atomic_set_release(busy, 0);" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("rule", OF_REVIEW, ids=lambda rule: rule.code)
def test_the_rules_of_review_are_explained_in_the_same_way(rule: Documented) -> None:
    ran = memmodel("rule", rule.name)
    assert ran.status == 0
    assert ran.out.startswith(f"{rule.code} {rule.name}\n")
    for heading in ("What it finds", "Why it is ", "Example", "Write instead"):
        assert f"\n{heading}" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_an_unknown_rule() -> None:
    ran = memmodel("rule", "MM999")
    assert ran.status == 2
    assert "there is no rule 'MM999'" in ran.err


def test_rules_as_json() -> None:
    listed = json.loads(memmodel("rule", "--format", "json").out)["rules"]
    assert [rule["code"] for rule in listed] == CODES


def test_check_warns_of_the_founding_case_and_the_verdict_stands() -> None:
    ran = memmodel("check", FOUNDING)
    assert ran.status == 0
    assert "drain-before-atomic.litmus:19:2: warning: smp_mb__before_atomic() orders nothing here" in ran.out
    assert "[MM101]" in ran.out


def test_json_carries_the_warning_beside_the_agreed_keys() -> None:
    (entry,) = memmodel("check", FOUNDING, "--format", "json").results()
    assert entry["outcome"] == "pass"
    (warning,) = entry["warnings"]  # type: ignore[misc]
    assert (warning["code"], warning["line"], warning["column"]) == ("MM101", 19, 2)


def test_herds_own_format_stays_as_it_is() -> None:
    ran = memmodel("check", FOUNDING, "--format", "herd")
    assert "MM101" not in ran.out + ran.err


def test_nothing_is_said_of_a_sound_test(tmp_path: Path) -> None:
    path = tmp_path / "MP.litmus"
    path.write_text(MP_ORDERED)
    (entry,) = memmodel("check", str(path), "--format", "json").results()
    assert "warnings" not in entry
    assert "warning" not in memmodel("check", str(path)).out


def test_a_rule_that_goes_wrong_costs_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    from memmodel.analyses import checking
    from memmodel.engines.task import Options, Task
    from memmodel.result import Outcome

    def broken(subject: object) -> None:
        raise KeyError("subject")

    monkeypatch.setattr(checking, "inspect", broken)
    report = checking.check_file(Task(FOUNDING, Options()), lambda known: None)
    assert report.outcome is Outcome.PASS
    (warning,) = report.diagnostics
    assert "internal error in a rule" in warning.message
    assert report.incomplete  # so that no cache keeps it
