"""Help teaches: each page has examples that do what they say; and who mistypes is told what was meant."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from memmodel.cli import commands
from memmodel.cli.main import main
from memmodel.cli.parser import wrapped
from tests.cli.command import MP, memmodel
from tools.manual import subcommands
from tools.pages import Example, examples, sections

ROOT = Path(__file__).parent.parent.parent
PARSER = commands.parser()
PARSERS = {name: parser for name, (_, parser) in subcommands(PARSER).items()}
EPILOGS = {"memmodel": commands.EPILOG, **{name: parser.epilog or "" for name, parser in PARSERS.items()}}


def programs(example: Example) -> list[str]:
    """The programs that a line of the shell starts."""
    return [part.split()[0] for part in re.split(r"\||&&", example.command) if part.split()[0] != "cd"]


def titles(epilog: str) -> list[str]:
    return [section.title for section in sections(epilog)]


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `memmodel` is the command of this tree, whether or not it is installed."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "memmodel").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m memmodel "$@"\n')
    (folder / "memmodel").chmod(0o755)
    path = os.environ.get("PATH", "")
    kept = str(folder / "kept")
    return {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{path}",
        "PYTHONPATH": str(ROOT),
        "MEMMODEL_CACHE_DIR": kept,
    }


@pytest.mark.parametrize("name", EPILOGS)
def test_the_examples_end_with_the_status_that_they_state(name: str, shell: dict[str, str], tmp_path: Path) -> None:
    for folder in ("litmus", "scenarios", "tests/review"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for example in examples(EPILOGS[name]):
        absent = [word for word in programs(example) if shutil.which(word, path=shell["PATH"]) is None]
        if absent:
            continue  # such as graphviz, which not every machine has
        ran = subprocess.run(
            ["/bin/sh", "-c", example.command], cwd=tmp_path, env=shell, capture_output=True, text=True, timeout=120
        )
        assert ran.returncode == example.status, f"{example.command}\n{ran.stdout}{ran.stderr}"
        assert "Traceback" not in ran.stderr


def test_every_subcommand_is_listed() -> None:
    folder = Path(commands.__file__).parent
    there = {path.stem for path in folder.glob("*.py") if "\ndef add_parser(" in path.read_text()}
    assert {name.replace("-", "_") for name in commands.NAMES} == there
    assert len(set(commands.NAMES)) == len(commands.NAMES)


@pytest.mark.parametrize("name", EPILOGS)
def test_every_page_has_examples_with_a_word_on_each(name: str) -> None:
    found = examples(EPILOGS[name])
    assert found
    for example in found:
        assert example.about
        assert "memmodel " in example.command


@pytest.mark.parametrize("name", EPILOGS)
def test_every_page_states_its_exit_statuses(name: str) -> None:
    statuses = [section.statuses for section in sections(EPILOGS[name]) if section.title == "exit status"]
    assert len(statuses) == 1
    assert statuses[0][0].number == 0
    assert all(status.meaning for status in statuses[0])


@pytest.mark.parametrize("name", PARSERS)
def test_a_page_has_its_parts_in_the_same_order_as_every_other(name: str) -> None:
    told = [title for title in titles(EPILOGS[name]) if title]
    assert told.index("examples") < told.index("exit status")
    assert PARSERS[name].description


@pytest.mark.parametrize("columns", [80, 100, 200])
@pytest.mark.parametrize("name", EPILOGS)
def test_help_fits_the_terminal_and_never_takes_more_than_100_columns(
    name: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = (PARSERS.get(name) or PARSER).format_help()
    long = [line for line in text.splitlines() if len(line) > min(columns, 100) and len(line.split()) > 1]
    assert long == []


@pytest.mark.parametrize("name", PARSERS)
def test_every_argument_says_what_it_is_for(name: str) -> None:
    for action in PARSERS[name]._actions:
        if action.help != argparse.SUPPRESS:
            assert action.help, action.dest


@pytest.mark.parametrize("name", PARSERS)
def test_a_subcommand_tells_its_help_when_asked(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        commands.parser((name,)).parse_args([name, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: memmodel {name}")


def test_help_lists_the_subcommands_by_what_they_are_for() -> None:
    out = memmodel("--help").out
    for group in commands.GROUPS:
        assert f"\n{group.title}\n" in out
    listed = [line.split()[0] for line in out.splitlines() if line.startswith("  ") and line.split()[0] in PARSERS]
    assert tuple(listed) == commands.NAMES


def test_without_a_word_it_says_what_there_is() -> None:
    ran = memmodel()
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == memmodel("--help").out


@pytest.mark.parametrize("name", PARSERS)
def test_a_subcommand_alone_parses_as_it_does_among_all(name: str) -> None:
    assert commands.wanted([name, "--help"]) == (name,)
    alone = commands.parser((name,))
    assert subcommands(alone)[name][1].format_help() == PARSERS[name].format_help()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chekc", "a.litmus"], "did you mean 'check'?"),
        (["audti"], "did you mean 'audit'?"),
        (["xyzzy"], "`memmodel --help` says what there is"),
        (["check", "--modle", "sc", "a.litmus"], "did you mean '--model'?"),
        (["check", "--unrol=x", "--cuont", "a.litmus"], "is not an integer"),
        (["check", "--cuont=3", "a.litmus"], "did you mean '--count'?"),
        (["check", "a.litmus", "-f", "jsn"], "did you mean 'json'?"),
        (["audit", "a.litmus", "--format", "yaml"], "expected text, json"),
        (["fix"], "required: FILE"),
        (["explain", "a.litmus", "b.litmus"], "'b.litmus' is one argument too many"),
        (["completion", "bsh"], "did you mean 'bash'?"),
        (["new-ring.litmus"], "did you mean `memmodel check new-ring.litmus`?"),
        (["--verison"], "did you mean '--version'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_who_mistypes_is_told_what_was_meant(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.startswith("error: ")
    assert len(err.splitlines()) <= 2


def test_a_path_that_is_there_is_taken_for_what_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").mkdir()
    assert main(["tests"]) == 2
    assert "did you mean `memmodel check tests`?" in capsys.readouterr().err


def test_options_may_stand_between_files(tmp_path: Path) -> None:
    for name in ("a.litmus", "b.litmus"):
        (tmp_path / name).write_text(MP)
    ran = memmodel("check", str(tmp_path / "a.litmus"), "--states", str(tmp_path / "b.litmus"))
    assert ran.status == 0
    assert "2 files: 2 pass" in ran.out


def test_two_dashes_end_the_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-q.litmus").write_text(MP)
    ran = memmodel("check", "--", "-q.litmus")
    assert ran.status == 0
    assert "-q.litmus" in ran.out


def test_a_row_of_a_table_goes_on_below_its_second_column() -> None:
    assert (
        wrapped("  fix     find the cheapest barriers", 24)
        == "  fix     find the\n          cheapest\n          barriers"
    )


def test_running_text_goes_on_where_it_started() -> None:
    assert wrapped("  one two three", 10) == "  one two\n  three"


def test_a_line_that_fits_is_as_it_was() -> None:
    assert wrapped("  a    b", 80) == "  a    b"


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        (["--version"], ("z3", "lark", "tree_sitter", "difflib", "memmodel.cli.check", "memmodel.analyses")),
        (["completion", "fish"], ("z3", "lark", "tree_sitter", "difflib", "memmodel.cli.check", "memmodel.analyses")),
        (["rule", "MM101"], ("z3", "lark", "tree_sitter", "memmodel.cli.check", "memmodel.cli.review")),
        (["check", "--help"], ("z3", "rich", "distributed", "memmodel.cli.review", "memmodel.reports.html")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_not_asked_for_is_not_loaded(words: list[str], needless: tuple[str, ...]) -> None:
    code = f"""\
import sys
from memmodel.cli.main import main
try:
    main({words!r})
except SystemExit:
    pass
print([name for name in {needless!r} if name in sys.modules], file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stderr == "[]\n"
