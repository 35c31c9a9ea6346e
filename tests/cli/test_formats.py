"""One run with a file of each kind, in each format, read back by a parser that knows the format and not our writer."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from junitparser import Error, JUnitXml

from memmodel.reports import Format
from tests.cli.command import MP, MP_ORDERED, memmodel
from tests.reports.readers import checkpatch, workflow_command

FOLDER = "some tests"
"""With a blank, as paths may have."""


def _slow(threads: int = 10, rounds: int = 6) -> str:
    """More orders of writes than can be looked at in an hour: the condition holds in none."""
    text = "C slow\n\n{}\n\n"
    for thread in range(threads):
        text += f"P{thread}(int *x, int *y)\n{{\n"
        for at in range(rounds):
            text += f"\tWRITE_ONCE(*x, {thread * rounds + at + 1});\n\tint r{at} = READ_ONCE(*y);\n"
            text += f"\tWRITE_ONCE(*y, r{at} + 1);\n"
        text += "}\n\n"
    return f"{text}exists (x=0 /\\ y={threads * rounds + 1})\n"


FILES: Mapping[str, tuple[str, str]] = {
    "bug.litmus": (MP.replace("Sometimes", "Never").replace("C MP", "C bug"), "fail"),
    "pass.litmus": (MP_ORDERED.replace("C MP", "C pass"), "pass"),
    "race.litmus": (MP.replace("WRITE_ONCE(*x, 1)", "*x = 1").replace("C MP", "C race"), "race"),
    "slow.litmus": (_slow(), "timeout"),
    "typo.litmus": (MP.replace("WRITE_ONCE(*x", "WRITE_ONC(*x").replace("C MP", "C typo"), "error"),
}
OUTCOMES = {f"{FOLDER}/{name}": outcome for name, (_, outcome) in FILES.items()}
"""What is true of each file: MP without barriers is allowed, its plain write races, and with release and acquire it is
forbidden, by the kernel's documents."""

CODES = {"MM001": "fail", "MM002": "race", "MM006": "timeout", "MM008": "error"}
"""As `memmodel rule` documents them."""


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Format, Ran]:
    """The command's output in each format. The limit is far more than the small files need."""
    top = tmp_path_factory.mktemp("formats")
    (top / FOLDER).mkdir()
    for name, (text, _) in FILES.items():
        (top / FOLDER / name).write_text(text)

    def run(format_: Format) -> Ran:
        command = [sys.executable, "-m", "memmodel", "check", FOLDER, "--timeout", "2", "--format", format_.value]
        done = subprocess.run(command, capture_output=True, cwd=top, timeout=120, check=False)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(Format, pool.map(run, Format), strict=True))


def of_codes(found: Mapping[str, str]) -> Mapping[str, str]:
    """The outcomes of files by the codes that were told; nothing is told of one that passes."""
    assert set(found) <= set(OUTCOMES)
    return {file: CODES[found[file]] if file in found else "pass" for file in OUTCOMES}


def text(out: str) -> Mapping[str, str]:
    lines = re.findall(r"^(\w+) +(?:-|Never|Sometimes|Always) +(.*?)(?:  \[.*\])?$", out, re.MULTILINE)
    return {file: outcome for outcome, file in lines}


def concise(out: str) -> Mapping[str, str]:
    found = re.findall(r"^(.*?):\d+:\d+: (?:error|warning): .* \[(MM\d+)\]$", out, re.MULTILINE)
    return of_codes(dict(found))


def json_object(out: str) -> Mapping[str, str]:
    return {entry["file"]: entry["outcome"] for entry in json.loads(out)["results"]}


def json_lines(out: str) -> Mapping[str, str]:
    return {entry["file"]: entry["outcome"] for entry in map(json.loads, out.splitlines())}


def junit(out: str) -> Mapping[str, str]:
    kinds = {"unexpected-verdict": "fail", "data-race": "race", "out-of-time": "timeout", "bad-input": "error"}
    found = {}
    for suite in JUnitXml.fromstring(out.encode()):
        (case,) = suite
        outcome = kinds[case.result[0].type] if case.result else "pass"
        assert not case.result or isinstance(case.result[0], Error) is (outcome in ("timeout", "error"))
        found[suite.name] = outcome
    return found


def github(out: str) -> Mapping[str, str]:
    commands = [workflow_command(line) for line in out.splitlines()]
    return of_codes({command.properties["file"]: command.properties["title"].split()[0] for command in commands})


def sarif(out: str) -> Mapping[str, str]:
    (run,) = json.loads(out)["runs"]
    artifacts = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]]
    assert {artifact["uriBaseId"] for artifact in artifacts} == {"%SRCROOT%"}
    files = [unquote(artifact["uri"]) for artifact in artifacts]
    return of_codes(dict(zip(files, (result["ruleId"] for result in run["results"]), strict=True)))


def checkpatch_lines(out: str) -> Mapping[str, str]:
    kinds = {"UNEXPECTED_VERDICT": "MM001", "DATA_RACE": "MM002", "OUT_OF_TIME": "MM006", "BAD_INPUT": "MM008"}
    return of_codes({one.file: kinds[one.kind] for one in checkpatch(out).complaints if one.file is not None})


class _Page(HTMLParser):
    """The data of the page with the results."""

    def __init__(self) -> None:
        super().__init__()
        self.within: str | None = None
        self.data: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "script" and attributes.get("type") == "application/json":
            self.within = attributes["id"]

    def handle_endtag(self, tag: str) -> None:
        self.within = None

    def handle_data(self, data: str) -> None:
        if self.within is not None:
            self.data[self.within] = self.data.get(self.within, "") + data


def html(out: str) -> Mapping[str, str]:
    page = _Page()
    page.feed(out)
    return {entry["file"]: entry["outcome"] for entry in json.loads(page.data["index-data"])["tests"]}


READERS: Mapping[Format, Callable[[str], Mapping[str, str]]] = {
    Format.TEXT: text,
    Format.CONCISE: concise,
    Format.JSON: json_object,
    Format.JSON_LINES: json_lines,
    Format.JUNIT: junit,
    Format.GITHUB: github,
    Format.SARIF: sarif,
    Format.CHECKPATCH: checkpatch_lines,
    Format.HTML: html,
}
"""All but herd's, which has a block for each decided file and no outcomes."""


def test_no_format_is_left_out() -> None:
    assert {*READERS, Format.HERD} == set(Format)


@pytest.mark.parametrize("format_", READERS)
def test_each_format_tells_each_file_and_how_it_fared(ran: Mapping[Format, Ran], format_: Format) -> None:
    assert READERS[format_](ran[format_].out) == OUTCOMES


@pytest.mark.parametrize("format_", Format)
def test_the_exit_status_is_that_of_the_run_whatever_the_format(ran: Mapping[Format, Ran], format_: Format) -> None:
    assert ran[format_].status == 2  # there is bad input among the files
    assert "Traceback" not in ran[format_].err


def test_herd_has_the_verdict_and_the_flags_of_each_decided_file(ran: Mapping[Format, Ran]) -> None:
    out, err = ran[Format.HERD].out, ran[Format.HERD].err
    assert re.findall(r"^Observation (\w+) (\w+) ", out, re.MULTILINE) == [
        ("bug", "Sometimes"),
        ("pass", "Never"),
        ("race", "Sometimes"),
    ]
    assert re.search(r"^Test race .*^Flag data-race$", out, re.MULTILINE | re.DOTALL)
    for file in ("slow.litmus", "typo.litmus"):
        assert f'File "{FOLDER}/{file}"' in err


def test_only_formats_that_cannot_tell_of_bad_input_complain_elsewhere(ran: Mapping[Format, Ran]) -> None:
    elsewhere = {format_ for format_ in Format if "WRITE_ONC" in ran[format_].err}
    assert elsewhere == {Format.HERD, Format.JSON, Format.JSON_LINES}


def test_places_are_the_same_in_all_formats(ran: Mapping[Format, Ran]) -> None:
    line, column = 11, 2  # of WRITE_ONC
    file = f"{FOLDER}/typo.litmus"
    assert f"{file}:{line}:{column}: error: " in ran[Format.TEXT].out
    assert f"{file}:{line}:{column}: error: " in ran[Format.CONCISE].out
    assert f"#{line}: FILE: {file}:{line}:\n+    WRITE_ONC(*x, 1);\n" in ran[Format.CHECKPATCH].out
    found = [command for one in ran[Format.GITHUB].out.splitlines() if (command := workflow_command(one))]
    (command,) = (one for one in found if one.properties["file"] == file)
    assert (command.properties["line"], command.properties["col"]) == (str(line), str(column))
    (suite,) = (one for one in JUnitXml.fromstring(ran[Format.JUNIT].out.encode()) if one.name == file)
    assert next(iter(suite)).result[0].text.startswith(f"{line}:{column}: ")
    results = json.loads(ran[Format.SARIF].out)["runs"][0]["results"]
    (region,) = (
        result["locations"][0]["physicalLocation"]["region"]
        for result in results
        if result["properties"]["file"] == file
    )
    assert (region["startLine"], region["startColumn"]) == (line, column)


def test_the_execution_of_a_finding_is_in_sarif_and_junit(ran: Mapping[Format, Ran]) -> None:
    results = json.loads(ran[Format.SARIF].out)["runs"][0]["results"]
    flows = {result["ruleId"]: result["codeFlows"][0]["threadFlows"] for result in results if "codeFlows" in result}
    assert set(flows) == {"MM001", "MM002"}
    for threads in flows.values():
        orders = sorted(step["executionOrder"] for thread in threads for step in thread["locations"])
        assert {thread["id"] for thread in threads} == {"P0", "P1"}
        assert orders == list(range(1, 5))  # two accesses of each
    failing = {
        case.classname: case.result[0].text
        for suite in JUnitXml.fromstring(ran[Format.JUNIT].out.encode())
        for case in suite
        if case.result
    }
    for name in ("bug", "race"):
        assert re.search(r"P0, line 11: .*writes x = 1", failing[f"{FOLDER}/{name}.litmus"])


def test_json_lines_are_the_results_of_json(ran: Mapping[Format, Ran]) -> None:
    lines = [json.loads(line) for line in ran[Format.JSON_LINES].out.splitlines()]
    results = json.loads(ran[Format.JSON].out)["results"]
    for entry in (*lines, *results):
        del entry["seconds"]
        if entry["outcome"] == "timeout":
            del entry["reason"]  # which step it was that took too long
    assert lines == results


def test_what_a_comment_asks_not_to_be_told_is_told_to_machines_alone(tmp_path: Path) -> None:
    file = tmp_path / "one-sided.litmus"
    released = MP.replace("WRITE_ONCE(*y, 1)", "smp_store_release(y, 1)").replace("C MP", "C one-sided")
    file.write_text(released.replace("release(y, 1);", "release(y, 1); // memmodel: ignore[MM105] firmware reads it"))
    out = {format_: memmodel("check", str(file), "--format", format_.value).out for format_ in READERS}
    (entry,) = json.loads(out[Format.JSON])["results"]
    assert [(item["code"], item["why"]) for item in entry["suppressed"]] == [("MM105", "firmware reads it")]
    assert "warnings" not in entry
    (result,) = json.loads(out[Format.SARIF])["runs"][0]["results"]
    assert result["ruleId"] == "MM105"
    assert result["suppressions"] == [{"kind": "inSource", "justification": "firmware reads it"}]
    for format_ in (Format.TEXT, Format.CONCISE, Format.GITHUB, Format.CHECKPATCH, Format.JUNIT):
        assert "MM105" not in out[format_]
    file.write_text(released)
    assert "[MM105]" in memmodel("check", str(file)).out  # it would be told
