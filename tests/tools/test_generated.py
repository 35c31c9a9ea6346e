"""The generated files are those that would be generated now, and pages that `man` shows without a complaint."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from memmodel.cli import commands
from tools import generated
from tools.completion import _arguments, known
from tools.manual import escaped, literal, subcommands, text

PAGES = sorted(generated.SHARE.rglob("*.1"))


def test_what_is_committed_is_what_would_be_generated() -> None:
    assert generated.stale() == [], "`make generated` writes them anew"


def test_it_is_the_same_whatever_the_terminal_and_the_order_of_hashes(tmp_path: Path) -> None:
    code = "from tools import generated; print(hash(tuple(sorted(generated.files().items()))) and generated.files())"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=generated.ROOT,
            env={
                **os.environ,
                "COLUMNS": columns,
                "PYTHONHASHSEED": seed,
                "MEMMODEL_MODEL": "sc",
                "HOME": str(tmp_path),
            },
        ).stdout
        for columns, seed in (("40", "1"), ("200", "2"))
    }
    assert len(printed) == 1


def test_every_subcommand_has_a_page_that_the_first_one_names() -> None:
    names = {path.stem for path in PAGES}
    assert names == {"memmodel", *(f"memmodel-{name}" for name in commands.NAMES)}
    first = (generated.SHARE / "man/man1/memmodel.1").read_text()
    for name in commands.NAMES:
        assert rf".BR memmodel\-{name} (1)" in first


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_man_has_nothing_to_complain_of(page: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", str(page)],
        capture_output=True,
        text=True,
        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        check=True,
    )
    assert shown.stderr == ""
    plain = re.sub(".\b|\x1b\\[[0-9;]*m", "", shown.stdout)  # bold is a letter struck twice
    assert "EXIT STATUS" in plain
    assert "EXAMPLES" in plain


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_no_date_and_no_name_of_this_machine(page: Path) -> None:
    written = page.read_text()
    assert ' 1 "" "' in written.splitlines()[1]
    assert str(Path.home()) not in written
    assert str(generated.ROOT) not in written


def test_a_page_names_every_option() -> None:
    for name, (_, parser) in subcommands(commands.parser()).items():
        page = (generated.SHARE / f"man/man1/memmodel-{name}.1").read_text()
        for action in parser._actions:
            for option in action.option_strings:
                assert rf"\fB{escaped(option)}\fR" in page, (name, option)


def test_it_is_known_what_completes_each_argument() -> None:
    unknown = [
        (name, action.metavar or action.dest) for name, action in _arguments(commands.parser()) if not known(action)
    ]
    assert unknown == [], "say in tools/completion.py what the shell is to offer there, or None"


@pytest.mark.parametrize(
    ("plain", "roff"),
    [
        ("a-b", r"a\-b"),
        ("C:\\x", r"C:\ex"),
        (".dot first", r"\&.dot first"),
        ("'quote first", r"\(aqquote first"),
        ("see `memmodel rule`", r"see \fBmemmodel rule\fR"),
        ("two\n  lines", "two lines"),
    ],
)
def test_nothing_in_a_text_is_taken_for_a_request(plain: str, roff: str) -> None:
    assert text(plain) == roff


def test_a_line_that_is_laid_out_keeps_its_spaces() -> None:
    assert literal("  0   x") == "  0   x"
