"""What the page is given: everything of a report, and nothing that could break out of its element."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from memmodel.analyses import outcome_rules, outcomes
from memmodel.diagnostic import Change, Diagnostic, Region, Severity
from memmodel.picture import Source
from memmodel.records import replace
from memmodel.reports import Format, Run, writer
from memmodel.reports.html import HtmlWriter, page
from memmodel.reports.html.shell import shell
from memmodel.result import FileReport, Outcome
from tests.reports import examples
from tests.reports.html import pictures

NASTY = "</script><script>alert('1')</script><!-- <b>&amp; \"quoted\" \u2028\u2029 \udc80 é .litmus"


class Elements(HTMLParser):
    """The elements of a page, with their attributes, and the text of those that hold data."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.data: dict[str, str] = {}
        self.open: list[str] = []
        self.name: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.seen.append((tag, attributes))
        if tag not in self.VOID:
            self.open.append(tag)
        self.name = attributes.get("id") if attributes.get("type") == "application/json" else None

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> ends another element"
        self.name = None

    def handle_data(self, data: str) -> None:
        if self.name is not None:
            self.data[self.name] = self.data.get(self.name, "") + data

    def json(self, name: str) -> object:
        return json.loads(self.data[name])


def written(*reports: FileReport, **how: object) -> str:
    out = HtmlWriter(**how)  # type: ignore[arg-type]
    return "".join([*map(out.file, reports), out.end(Run(reports, 1.5))])


def test_the_page_is_well_formed_html() -> None:
    elements = Elements(written(pictures.FAIL, pictures.FORBIDDEN, *examples.ALL, *examples.CODE))
    assert elements.open == []
    names = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    assert len(names) == len(set(names))


def test_every_control_has_a_label() -> None:
    """Inputs sit in labels; buttons have text, as the page's own markup shows."""
    text = shell().head + shell().tail
    assert len(re.findall(r"<(?:input|select)\b", text)) == len(re.findall(r"<label\b", text)) > 0
    assert all(words.strip() for words in re.findall(r"<button[^>]*>(.*?)</button>", text))


def test_nothing_is_loaded_from_anywhere() -> None:
    for text in (shell().head, shell().tail):
        assert re.findall(r"(?:src|href)=\"(?!data:|#)|url\(|@import|\bimport\(|fetch\(", text) == []
    assert "default-src 'none'" in shell().head


def test_the_policy_allows_this_script_and_no_other() -> None:
    import base64
    import hashlib

    text = written(pictures.FAIL)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "'unsafe-inline'" not in text.partition("script-src")[2].partition('"')[0]


def test_a_run_is_one_index_and_one_piece_for_each_file() -> None:
    elements = Elements(written(pictures.FAIL, pictures.FORBIDDEN))
    assert list(elements.data) == ["test-0", "test-1", "index-data"]
    index = elements.json("index-data")
    assert isinstance(index, dict)
    assert [entry["file"] for entry in index["tests"]] == [pictures.FAIL.file, pictures.FORBIDDEN.file]
    assert index["tests"][0] == {
        "file": pictures.FILE,
        "name": "drain-before-atomic",
        "model": "lkmm",
        "outcome": "fail",
        "observation": "Sometimes",
        "codes": ["MM001", "MM101"],
        "flags": [],
        "reason": "expected Never, found Sometimes",
        "seconds": 0.012,
        "cached": False,
    }


def test_details_hold_the_source_the_picture_and_the_commands() -> None:
    details = Elements(written(pictures.FAIL, given=("--model", "my model.cat"))).json("test-0")
    assert isinstance(details, dict)
    picture = details["picture"]
    assert picture["sources"] == [{"file": pictures.FILE, "first": 1, "lines": pictures.TEXT.splitlines()}]
    assert [box["code"] for box in picture["boxes"]] == [box.code for box in pictures.BOXES]
    assert [edge["rule"] for edge in picture["edges"]] == [edge.rule for edge in pictures.EDGES]
    assert picture["graph"].count("data-edge=") == len(pictures.EDGES)
    assert details["commands"] == [
        f"memmodel explain --model 'my model.cat' {pictures.FILE}",
        f"memmodel check --model 'my model.cat' {pictures.FILE}",
    ]


def test_the_command_of_another_engine_names_it() -> None:
    details = Elements(written(replace(examples.ERROR, engine="enumerate", file="-x.litmus"))).json("test-0")
    assert isinstance(details, dict)
    assert details["commands"] == ["memmodel check --engine enumerate ./-x.litmus"]


def test_rules_are_named_with_what_they_find() -> None:
    index = Elements(written(*examples.ALL)).json("index-data")
    assert isinstance(index, dict)
    codes = {code for entry in index["tests"] for code in entry["codes"]}
    assert set(index["rules"]) == codes
    rule = outcome_rules.find("MM002")
    assert rule is not None
    assert index["rules"]["MM002"] == {"name": rule.name, "summary": rule.summary}


def test_an_interrupted_run_says_so() -> None:
    out = HtmlWriter()
    text = out.file(examples.PASS) + out.end(Run((examples.PASS,), 1.0, interrupted=True))
    index = Elements(text).json("index-data")
    assert isinstance(index, dict)
    assert index["interrupted"] is True


def test_a_run_of_nothing_is_a_page_all_the_same() -> None:
    elements = Elements(written())
    assert elements.open == []
    assert list(elements.data) == ["index-data"]


@pytest.mark.parametrize("report", [*examples.ALL, *examples.CODE, pictures.FAIL, pictures.FORBIDDEN])
def test_no_report_is_changed_by_what_it_is_written_into(report: FileReport) -> None:
    """States, reasons and diagnostics come back as they were, whatever the outcome."""
    elements = Elements(written(report))
    index, details = elements.json("index-data"), elements.json("test-0")
    assert isinstance(index, dict)
    assert isinstance(details, dict)
    entry = index["tests"][0]
    assert Outcome(entry["outcome"]) is report.outcome
    assert entry["observation"] == (report.observation.value if report.observation else "")
    assert entry["reason"] == (report.reason or report.says)
    told = outcomes.diagnostics(report)
    assert [(item["code"], item["message"], item["hint"] or None) for item in details["diagnostics"]] == [
        (item.code, item.message, item.hint) for item in told
    ]
    if report.states is not None:
        assert sorted(map(sorted, details["states"])) == sorted(sorted(map(list, state)) for state in report.states)


def test_what_a_file_is_called_or_says_cannot_leave_its_element() -> None:
    picture = replace(
        pictures.DRAIN,
        file=NASTY,
        name=NASTY,
        caption=NASTY,
        boxes=(replace(pictures.BOXES[1], code=NASTY, file=NASTY), *pictures.BOXES[1:]),
        edges=tuple(replace(edge, rule=NASTY) for edge in pictures.EDGES),
        sources=(Source(NASTY, (NASTY, *pictures.TEXT.splitlines())),),
    )
    nasty = Diagnostic(Severity.WARNING, NASTY, code="MM012", hint=NASTY, suppressed=NASTY)
    report = replace(pictures.FAIL, file=NASTY, reason=NASTY, picture=picture, diagnostics=(nasty,), remedy=NASTY)
    text = written(report)
    assert text.isascii()
    elements = Elements(text)
    assert [attributes.get("type") for tag, attributes in elements.seen if tag == "script"] == [
        "application/json",
        "application/json",
        None,
    ]
    index, details = elements.json("index-data"), elements.json("test-0")
    assert isinstance(index, dict)
    assert isinstance(details, dict)
    assert index["tests"][0]["file"] == NASTY
    assert details["picture"]["sources"][0]["lines"][0] == NASTY
    assert "<script" not in details["picture"]["graph"]
    assert Elements(page(picture)).open == []


def test_the_index_is_written_last_so_that_nothing_has_to_be_kept() -> None:
    out = HtmlWriter()
    first, second = out.file(pictures.FAIL), out.file(pictures.FORBIDDEN)
    assert "picture" in first
    assert second.startswith('<script type="application/json" id="test-1">')
    assert out.end(Run((), 1.0)).startswith('<script type="application/json" id="index-data">')


def test_the_format_is_among_those_of_check() -> None:
    out = writer(Format.HTML)
    assert out.complaints(examples.ERROR) == ""
    assert out.file(examples.ERROR).startswith("<!doctype html>")


def test_a_picture_alone_is_a_page_with_the_same_viewer() -> None:
    elements = Elements(page(pictures.DRAIN))
    index, details = elements.json("index-data"), elements.json("test-0")
    assert isinstance(index, dict)
    assert isinstance(details, dict)
    assert index["single"] is True
    assert details["picture"] == Elements(written(pictures.FAIL)).json("test-0")["picture"]  # type: ignore[index]


def test_a_small_report_is_as_stored(stored: object) -> None:
    """Its data, one value a line; the shell is looked at in a browser."""
    elements = Elements(written(pictures.FAIL, examples.ERROR))
    assert callable(stored)
    details = elements.json("test-0")
    assert isinstance(details, dict)
    details["picture"]["graph"] = "<svg>"
    text = json.dumps([details, elements.json("test-1"), elements.json("index-data")], indent=1)
    stored("html.json", re.sub(r'"version": "[^"]*"', '"version": "…"', text) + "\n")


def test_changes_of_a_file_that_is_not_shown_are_told_without_their_surroundings() -> None:
    change = Change(Region("other.c", 3, 1, 3, 1), "\tsmp_wmb();\n")
    details = Elements(written(replace(pictures.FAIL, changes=(change,)))).json("test-0")
    assert isinstance(details, dict)
    assert details["diff"] == [{"sign": "+", "file": "other.c", "line": 3, "text": "\tsmp_wmb();"}]
