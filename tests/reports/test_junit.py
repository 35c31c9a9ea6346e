"""What CI servers read in `--format junit`, by way of junitparser."""

from __future__ import annotations

import re

import pytest
from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from memmodel.analyses.rulebook import find
from memmodel.records import replace
from memmodel.reports import Format, Run, writer
from memmodel.result import ExitStatus, FileReport, Outcome
from tests.reports import examples


def read(*reports: FileReport) -> JUnitXml:
    out = writer(Format.JUNIT, rules=find)
    text = "".join(out.file(report) for report in reports) + out.end(Run(reports, 1.5))
    found: JUnitXml = JUnitXml.fromstring(text.encode())
    return found


def case(report: FileReport) -> TestCase:
    ((found,),) = read(report)
    assert isinstance(found, TestCase)
    return found


def test_there_is_a_suite_for_each_file_and_a_case_for_each_model() -> None:
    other = replace(examples.PASS, model="sc")
    suites = list(read(examples.PASS, examples.FAIL, other))
    assert [(suite.name, suite.tests) for suite in suites] == [("MP.litmus", 2), ("drain.litmus", 1)]
    assert [(one.classname, one.name) for one in suites[0]] == [("MP.litmus", "lkmm/MP"), ("MP.litmus", "sc/MP")]


def test_the_numbers_are_those_that_a_reader_counts() -> None:
    found = read(*examples.EVERYTHING)
    told = [(suite.tests, suite.failures, suite.errors, suite.skipped, suite.time) for suite in found]
    whole = (found.tests, found.failures, found.errors, found.skipped)
    for suite in found:
        assert isinstance(suite, TestSuite)
        suite.update_statistics()
    assert told == [(one.tests, one.failures, one.errors, one.skipped, pytest.approx(one.time)) for one in found]
    assert whole == tuple(sum(column) for column in list(zip(*told, strict=True))[:4])
    assert whole[0] == len(examples.EVERYTHING)


@pytest.mark.parametrize("report", examples.EVERYTHING, ids=lambda report: f"{report.file}-{report.outcome.value}")
def test_findings_are_failures_and_what_is_not_decided_an_error(report: FileReport) -> None:
    result = case(report).result
    if report.outcome is Outcome.PASS:
        assert result == []
        return
    (one,) = result
    assert isinstance(one, Failure if report.outcome.status is ExitStatus.FINDING else Error)


def test_an_error_says_which_kind() -> None:
    kinds = {report.outcome: case(report).result[0].type for report in examples.ALL if report.outcome.status}
    assert kinds == {
        Outcome.FAIL: "unexpected-verdict",
        Outcome.BOUNDED: "bounded",
        Outcome.DEADLOCK: "deadlock",
        Outcome.RACE: "data-race",
        Outcome.ERROR: "bad-input",
        Outcome.TIMEOUT: "out-of-time",
    }


def test_the_text_begins_with_line_and_column_and_has_the_execution() -> None:
    failure = case(examples.SUGGESTED).result[0]
    assert failure.message == "expected Never, found Sometimes"
    assert failure.text.startswith("3:12: expected Never, found Sometimes\n")
    assert "rings/drain.litmus:3:12: error: " in failure.text
    steps = re.findall(r"([! ]) \d\. (P\d), line (\d+): (.*)", failure.text)
    assert steps == [
        ("!" if step.reordered else " ", step.thread, str(step.place.line), step.text)
        for step in examples.STEPS
        if step.place is not None
    ]
    assert examples.REMEDY in failure.text


def test_other_places_are_in_the_text() -> None:
    assert "rings/drain.litmus:10:2: note: the access that follows" in case(examples.RULED).system_out


def test_a_finding_in_another_file_than_the_one_checked_names_it() -> None:
    failure = case(examples.UNANNOUNCED).result[0]
    assert failure.text.startswith(
        "3:2: rings/spsc:no-barrier: expected Never, found Sometimes: assertion failed: seen"
    )
    assert "\nrings/spsc/harness.c:3:2: error: " in failure.text


def test_warnings_are_output_of_a_case_that_passes() -> None:
    found = case(examples.RULED)
    assert found.is_passed
    assert "[MM101]" in found.system_out
    assert "MM105" not in found.system_out


def test_what_xml_cannot_hold_is_removed_and_the_rest_kept() -> None:
    found = case(examples.ODD_NAME)
    assert found.classname == "odd dir/a b,c:100%\n[31mü.litmus"
    assert "ops->fn[0](r) <&>" in found.result[0].message


@pytest.mark.parametrize("character", ["\0", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_each_character_that_xml_forbids_is_gone(character: str) -> None:
    text = case(replace(examples.FAIL, reason=f"a{character}b")).result[0].text
    assert "error: ab [MM001]" in text


def test_other_characters_are_kept() -> None:
    text = case(replace(examples.FAIL, reason="a\tb é \u2028 \U0001f600")).result[0].text
    assert "error: a\tb é \u2028 \U0001f600 [MM001]" in text


def test_nothing_checked_is_a_document_too() -> None:
    assert list(read()) == []
