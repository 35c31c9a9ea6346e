"""`memmodel show`, run as a user runs it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.command import MP, Ran, memmodel

ROOT = Path(__file__).parents[2]
LITMUS = ROOT / "litmus"
FOUNDING = LITMUS / "ring" / "drain-before-atomic.litmus"


def test_the_picture_in_the_readme_is_what_the_command_makes(tmp_path: Path) -> None:
    made = tmp_path / "made.svg"
    assert memmodel("show", str(FOUNDING), "-o", str(made)) == Ran(0, "", "")
    assert (
        made.read_text().replace(f"{ROOT}/", "") == (ROOT / "docs" / "pictures" / "drain-before-atomic.svg").read_text()
    )
    assert "docs/pictures/drain-before-atomic.svg" in (ROOT / "README.md").read_text()


def test_the_suffix_says_which_format_and_several_are_made_at_once(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra [png] is not installed")
    names = [str(tmp_path / f"mp.{suffix}") for suffix in ("svg", "dot", "html", "PNG")]
    outputs = [word for name in names for word in ("-o", name)]
    assert memmodel("show", str(LITMUS / "classic" / "MP.litmus"), *outputs).status == 0
    svg, dot, html, png = (Path(name).read_bytes() for name in names)
    assert ET.fromstring(svg.decode()).tag.endswith("svg")
    assert dot.startswith(b'digraph "MP" {')
    assert html.lower().startswith(b"<!doctype html>") and b"MP" in html
    assert png.startswith(b"\x89PNG")
    assert {path.name for path in tmp_path.iterdir()} == {"mp.svg", "mp.dot", "mp.html", "mp.PNG"}


def test_from_standard_input_to_standard_output() -> None:
    ran = memmodel("show", "-", "-o", "-", "--format", "svg", stdin=MP.encode())
    assert ran.status == 0 and ran.err == ""
    assert ET.fromstring(ran.out).get("aria-label") == "Execution graph of MP: Sometimes under lkmm"


def test_another_outcome_and_another_model_can_be_asked_about() -> None:
    ran = memmodel(
        "show", "-", "-o", "-", "-f", "dot", "--where", r"1:r0=0 /\ 1:r1=1", "--model", "sc", stdin=MP.encode()
    )
    assert ran.status == 0
    assert "Sometimes under sc" in ran.out and "(1:r0=0" in ran.out


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_the_theme_is_chosen(theme: str) -> None:
    ran = memmodel("show", "-", "-o", "-", "-f", "svg", "--theme", theme, stdin=MP.encode())
    assert ("prefers-color-scheme" in ran.out) is (theme == "auto")
    assert ("fill: #ffffff" in ran.out) is (theme != "dark")


def test_the_verdict_does_not_matter_once_there_is_a_picture(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.litmus"
    wrong.write_text(MP.replace("Result: Sometimes", "Result: Never"))
    assert memmodel("check", str(wrong)).status == 1
    assert memmodel("show", str(wrong), "-o", str(tmp_path / "x.svg")).status == 0


def test_a_deadlock_is_told_and_no_file_is_written(tmp_path: Path) -> None:
    ran = memmodel("show", str(LITMUS / "locks" / "lock-twice.litmus"), "-o", str(tmp_path / "x.svg"))
    assert ran.status == 1 and "nothing to draw: no execution finishes" in ran.err
    assert not list(tmp_path.iterdir())


def test_what_is_unsupported_is_not_decided_and_not_drawn(tmp_path: Path) -> None:
    threads = "P0(u8 *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nP1(u64 *x)\n{\n\tu64 r0 = READ_ONCE(*x);\n}\n"
    mixed = f"C mixed\n{{}}\n{threads}exists (1:r0=1)\n".encode()
    assert memmodel("check", "-", stdin=mixed).status == 3
    ran = memmodel("show", "-", "-o", str(tmp_path / "x.svg"), stdin=mixed)
    assert ran.status == 3 and "error: overlapping accesses of different size" in ran.err
    assert not list(tmp_path.iterdir())


def test_out_of_time_is_told_as_such(tmp_path: Path) -> None:
    scenario = ROOT / "scenarios" / "bpf-user-ringbuf:as-merged"
    ran = memmodel("show", str(scenario), "-o", str(tmp_path / "x.svg"), "--timeout", "0.01")
    assert ran.status == 3 and "nothing to draw" in ran.err and "time" in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "no file to write to"),
        (["-o", "-"], "-o - needs a --format"),
        (["-o", "mp"], "-o mp: the name does not say which format to write"),
        (["-o", "mp.jpeg"], "end it in .svg, .dot, .html, .png"),
        (["-o", "no/such/folder/mp.svg"], "there is no folder"),
        (["-o", "mp.svg", "--theme", "blue"], "blue"),
        (["-o", "mp.svg", "--where", "nowhere=1"], "the test has no variable 'nowhere'"),
    ],
)
def test_what_is_wrong_with_the_words_is_said(words: list[str], complaint: str) -> None:
    ran = memmodel("show", "-", *words, stdin=MP.encode())
    assert ran.status == 2 and ran.out == "" and complaint in ran.err
    assert not Path("mp.svg").exists()


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.svg", tmp_path / "folder.svg"
    bad.mkdir()
    good.write_text("as before")
    ran = memmodel("show", "-", "-o", str(good), "-o", str(bad), stdin=MP.encode())
    assert ran.status == 2 and "folder.svg: cannot be written" in ran.err
    assert good.read_text() == "as before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.svg", "good.svg"]


def test_without_the_extra_png_is_refused_with_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "resvg_py.py").write_text("raise ImportError\n")
    out = tmp_path / "x.svg"
    ran = memmodel(
        "show", "-", "-o", str(out), "-o", str(tmp_path / "x.png"), stdin=MP.encode(), PYTHONPATH=str(tmp_path)
    )
    assert ran.status == 2 and "pip install 'memmodel[png]'" in ran.err
    assert not out.exists()


def test_a_file_that_cannot_be_read_as_a_test_is_an_error() -> None:
    ran = memmodel("show", "-", "-o", "-", "-f", "svg", stdin=b"not a test")
    assert ran.status == 2 and ran.out == "" and "error" in ran.err
