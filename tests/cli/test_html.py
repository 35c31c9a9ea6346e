"""`memmodel check --format html`: one page of a run, whole, to a file or to standard output."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.cli.command import memmodel

DRAIN = "litmus/ring/drain-before-atomic.litmus"


def page(*words: str, **environment: str) -> str:
    """What the command prints."""
    ran = memmodel("check", *words, "--format", "html", **environment)
    assert ran.err == ""
    assert ran.out.isascii()
    return ran.out


def held(text: str, name: str) -> Any:
    found = re.search(rf'id="{name}">(.*?)</script>', text)
    assert found is not None
    return json.loads(found.group(1))


def test_a_run_is_one_page_with_source_graph_and_command(tmp_path: Path) -> None:
    bad = tmp_path / "bad.litmus"
    bad.write_text("C bad\n{}\nP0(int *x) { int r0 = READ_ONC(*x); }\nexists (0:r0=1)\n")
    text = page(DRAIN, str(bad), "--model", "lkmm", "--timeout", "30")
    assert text.startswith("<!doctype html>")
    assert text.endswith("</html>\n")
    index, drain, wrong = (held(text, name) for name in ("index-data", "test-0", "test-1"))
    assert [test["outcome"] for test in index["tests"]] == ["pass", "error"]
    assert drain["picture"]["sources"][0]["lines"] == Path(DRAIN).read_text().splitlines()
    assert drain["commands"][0] == f"memmodel explain --model lkmm --timeout 30 {DRAIN}"
    assert "<svg" in drain["picture"]["graph"]
    assert wrong["picture"] is None
    assert wrong["diagnostics"][0]["place"]["line"] == 3


def test_the_command_that_is_told_gives_the_same_verdict() -> None:
    text = page(DRAIN, "--model", "tso")
    test = held(text, "index-data")["tests"][0]
    command = held(text, "test-0")["commands"][-1].split()
    assert command[0] == "memmodel"
    again = memmodel(*command[1:], "-f", "json").results()[0]
    assert [again[key] for key in ("file", "model", "observation", "outcome")] == [
        test[key] for key in ("file", "model", "observation", "outcome")
    ]


def test_the_page_does_not_depend_on_the_encoding_of_the_terminal() -> None:
    """Its script is known by its digest: a character written in another way would stop it."""
    pages = (page("nowhere.litmus", PYTHONIOENCODING=encoding) for encoding in ("ascii", "utf-8"))
    first, second = (re.sub(r'"seconds":[\d.]+', "", text) for text in pages)
    assert first == second
