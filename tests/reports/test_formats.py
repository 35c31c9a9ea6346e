"""What each output format prints for each way that a file can fare, against stored outputs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from memmodel.analyses.rulebook import find
from memmodel.reports import Format, Run, Verbosity, writer
from memmodel.reports.style import ColourChoice, Style, choose
from memmodel.result import FileReport
from tests.reports import examples

Stored = Callable[[str, str], None]

LINES = [one for one in Format if one.value not in ("sarif", "html")]
"""Formats whose output people can compare; the others have tests of their own."""


def printed(reports: tuple[FileReport, ...], format_: Format, **how: object) -> str:
    """Both streams of a run, complaints marked."""
    out = writer(format_, rules=find, **how)  # type: ignore[arg-type]
    text = ""
    for report in reports:
        text += out.file(report)
        text += "".join(f"stderr: {line}\n" for line in out.complaints(report).splitlines())
    return text + out.end(Run(reports, 1.5))


@pytest.mark.parametrize("verbosity", list(Verbosity))
def test_text_tells_people_more_where_something_is_wrong(verbosity: Verbosity, stored: Stored) -> None:
    text = printed(examples.ALL, Format.TEXT, verbosity=verbosity)
    stored(f"{verbosity.value}.txt", text)


def test_text_fits_80_columns() -> None:
    lines = printed(examples.ALL[:6], Format.TEXT, verbosity=Verbosity.VERBOSE).splitlines()
    assert max(map(len, lines)) <= 80


def test_colours_add_nothing_but_colours(stored: Stored) -> None:
    coloured = printed((examples.PASS, examples.FAIL, examples.ERROR), Format.TEXT, style=Style(True))
    stored("colour.txt", coloured)
    assert "\x1b[" in coloured


def test_herd_prints_what_herd7_prints(stored: Stored) -> None:
    stored("herd.txt", printed(examples.ALL, Format.HERD))


def test_herd_sorts_numbers_as_numbers() -> None:
    text = printed((examples.COUNTED,), Format.HERD).splitlines()
    assert [line.split(";")[0] for line in text[2:6]] == ["1:r0=0", "1:r0=2", "1:r0=2", "1:r0=10"]


def test_herd_swaps_the_witnesses_of_a_negated_condition_only() -> None:
    text = printed((examples.FORBIDDEN,), Format.HERD)
    assert "Positive: 5 Negative: 1\n" in text
    assert "Observation forbidden Sometimes 1 5\n" in text


def test_json_is_one_object_with_the_agreed_keys(stored: Stored) -> None:
    text = printed(examples.ALL, Format.JSON)
    stored("json.txt", text)
    document = json.loads("\n".join(line for line in text.splitlines() if not line.startswith("stderr: ")))
    assert set(document) == {"memmodel", "results"}
    keys = {"file", "name", "model", "engine", "quantifier", "observation", "expected", "outcome", "flags"}
    keys |= {"reason", "seconds"}
    for report, entry in zip(examples.ALL, document["results"], strict=True):
        extra = ({"states"} if report.states is not None else set()) | (
            {"witnesses"} if report.positive is not None else set()
        )
        assert set(entry) == keys | extra


@pytest.mark.parametrize("format_", LINES)
def test_c_programs_are_told_with_the_places_where_they_fail(format_: Format, stored: Stored) -> None:
    stored(f"code-{format_.value}.txt", printed(examples.CODE, format_))


@pytest.mark.parametrize("format_", LINES)
def test_machines_are_told_all_that_there_is(format_: Format, stored: Stored) -> None:
    stored(f"detailed-{format_.value}.txt", printed(examples.DETAILED, format_))


def test_json_has_the_assertions_and_faults_of_c_programs_only() -> None:
    document = json.loads(printed((*examples.CODE, examples.PASS), Format.JSON))
    announced, _, faulty, litmus = document["results"]
    assert announced["assertions"] == [
        {"message": "assertion failed: seen == 1", "file": "rings/spsc/harness.c", "line": 3, "column": 2}
    ]
    assert announced["faults"] == []
    assert announced["says"] == "the producer's barrier is gone"
    assert [item["message"] for item in faulty["faults"]] == ["NULL dereference in P0"]
    assert litmus.keys() & {"assertions", "faults", "says"} == set()


def test_json_of_nothing_is_still_an_object() -> None:
    assert json.loads(writer(Format.JSON).end(Run((), 0.0)))["results"] == []


def test_an_interrupted_run_says_so() -> None:
    assert "(interrupted)" in writer(Format.TEXT, Verbosity.QUIET).end(Run((examples.PASS,), 1.0, interrupted=True))


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "colours"),
    [
        (ColourChoice.AUTO, True, {}, True),
        (ColourChoice.AUTO, False, {}, False),
        (ColourChoice.AUTO, True, {"TERM": "dumb"}, False),
        (ColourChoice.AUTO, True, {"NO_COLOR": "1"}, False),
        (ColourChoice.AUTO, True, {"NO_COLOR": ""}, True),
        (ColourChoice.AUTO, False, {"FORCE_COLOR": "1"}, True),
        (ColourChoice.ALWAYS, False, {"NO_COLOR": "1"}, True),
        (ColourChoice.NEVER, True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_follows_the_option_then_the_environment_then_the_stream(
    choice: ColourChoice, terminal: bool, environment: dict[str, str], colours: bool
) -> None:
    assert choose(choice, terminal, environment).colours is colours
