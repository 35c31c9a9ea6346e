"""Command line before environment before what a file states before configuration before default."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.cli.configuration import options_for
from memmodel.engines.programs import program_of
from memmodel.engines.task import EngineChoice, Options, Task
from memmodel.errors import SyntaxError, UsageError
from memmodel.program.primitives import DEFAULT
from tests.cli.configuration.completing import completed

LOOP = """\
C loop
{settings}
{{}}

P0(int *x)
{{
	int r0 = READ_ONCE(*x);
	while (r0 == 0) {{
		r0 = READ_ONCE(*x);
	}}
}}

exists (x=1)
"""

SCENARIO = """\
title = "nothing"
{common}
[[variant]]
name = "only"
says = "nothing"
verdict = "Never"
{own}
"""

HARNESS = """\
#include <assert.h>

#ifndef SIZE
#define SIZE 7
#endif

int size = SIZE;

void P0(void)
{
}

void final(void)
{
	assert(size == SIZE);
}
"""

SETTINGS = {
    # name: attribute, in the configuration, in the environment, on the command line; then the three as values
    "model": ("model", '"tso"', "sc", ["--model", "lkmm"], "tso", "sc", "lkmm"),
    "engine": ("engine", '"both"', "enumerate", ["--engine", "smt"], "both", "enumerate", "smt"),
    "timeout": ("timeout", "10", "20.5", ["--timeout", "30"], 10.0, 20.5, 30.0),
    "memory": ("memory", "100", "200", ["--memory", "300"], 100, 200, 300),
    "jobs": ("jobs", "3", "4", ["-j", "5"], 3, 4, 5),
    "format": ("format", '"json"', "herd", ["-f", "concise"], "json", "herd", "concise"),
    "select": ("select", '["MM1"]', "MM101", ["--select", "MM102,MM103"], ["MM1"], ["MM101"], ["MM102", "MM103"]),
    "ignore": ("ignore", '["MM1"]', "MM101 MM104", ["--ignore", "MM102"], ["MM1"], ["MM101", "MM104"], ["MM102"]),
    "cache-dir": ("cache_dir", '"kept"', "there", ["--cache-dir", "here"], "kept", "there", "here"),
    "baseline": ("baseline", '"b.json"', "c.json", ["--baseline", "d.json"], "b.json", "c.json", "d.json"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", SETTINGS)
def test_the_command_line_wins_over_the_environment_and_that_over_the_configuration(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attribute, configured, variable, words, *values = SETTINGS[name]
    default = getattr(completed("check", "x"), attribute)
    Path("memmodel.toml").write_text(f"{name} = {configured}\n")
    assert getattr(completed("check", "x"), attribute) == values[0] != default
    assert getattr(completed("check", "x", *words), attribute) == values[2]
    monkeypatch.setenv(f"MEMMODEL_{name.upper().replace('-', '_')}", str(variable))
    assert getattr(completed("check", "x"), attribute) == values[1]
    assert getattr(completed("check", "x", *words), attribute) == values[2]
    assert getattr(completed("check", "--no-config", "x"), attribute) == values[1]


def test_an_option_that_repeats_the_default_was_chosen_all_the_same() -> None:
    Path("memmodel.toml").write_text("memory = 100\n")
    assert completed("check", "x", "--memory", str(Options().memory)).memory == Options().memory


@pytest.mark.parametrize("command", [["explain"], ["audit"], ["fix"], ["compare", "y"], ["show"], ["baseline"]])
def test_every_subcommand_with_the_option_has_it_from_the_configuration(command: list[str]) -> None:
    Path("memmodel.toml").write_text('model = "tso"\ntimeout = 7\n')
    arguments = completed(*command, "x")
    assert (arguments.model, arguments.timeout) == ("tso", 7.0)


@pytest.mark.parametrize("command", ["review", "pairs"])
def test_seconds_for_a_file_are_not_those_for_a_patch_or_a_pair(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = completed(command, "x").timeout
    Path("memmodel.toml").write_text('model = "tso"\ntimeout = 7\n')
    assert (completed(command, "x").model, completed(command, "x").timeout) == ("tso", usual)
    monkeypatch.setenv("MEMMODEL_TIMEOUT", "8")
    assert completed(command, "x").timeout == 8.0


def test_a_format_that_a_subcommand_lacks_is_left_to_those_that_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMMODEL_FORMAT", "junit")
    assert completed("check", "x").format == "junit"
    assert completed("explain", "x").format == "text"
    monkeypatch.setenv("MEMMODEL_FORMAT", "mail")
    assert completed("review", "x").format == "mail"
    assert completed("check", "x").format == "text"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEOUT", "soon"),
        ("TIMEOUT", "nan"),
        ("JOBS", "0"),
        ("UNROLL", "-1"),
        ("MEMORY", "1.5"),
        ("ENGINE", "magic"),
        ("FORMAT", "jsn"),
        ("COLOR", "blue"),
        ("DEFINE", "3=4"),
        ("DEFINE", "A='"),
        ("SELECT", "MM999"),
        ("IGNORE", "MM002"),
    ],
)
def test_a_bad_variable_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"MEMMODEL_{name}", value)
    with pytest.raises(UsageError, match=f"^MEMMODEL_{name}: "):
        completed("check", "x")


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMMODEL_TIMEOUT", "")
    Path("memmodel.toml").write_text("timeout = 7\n")
    assert completed("check", "x").timeout == 7.0


# ── what a file says of itself ───────────────────────────────────────────────────────────────────


def scenario(common: str = "", own: str = "") -> str:
    folder = Path("ring")
    folder.mkdir(exist_ok=True)
    (folder / "scenario.toml").write_text(SCENARIO.format(common=common, own=own))
    (folder / "harness.c").write_text(HARNESS)
    return "ring:only"


def options(path: str, *words: str) -> Options:
    arguments = completed("check", path, *words)
    wanted = Options(model=arguments.model or "lkmm", timeout=arguments.timeout or 60.0, unroll=arguments.unroll)
    if arguments.engine:
        wanted = Options(wanted.model, EngineChoice(arguments.engine), unroll=wanted.unroll, timeout=wanted.timeout)
    return options_for(path, wanted, arguments)


def test_a_variants_model_stands_between_the_environment_and_the_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("memmodel.toml").write_text('model = "tso"\n')
    assert options(scenario()).model == "tso"
    path = scenario(common='model = "sc"')
    assert options(path).model == "sc"
    monkeypatch.setenv("MEMMODEL_MODEL", "lkmm")
    assert options(path).model == "lkmm"
    monkeypatch.delenv("MEMMODEL_MODEL")
    assert options(path, "--model", "lkmm").model == "lkmm"


def test_so_does_its_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("memmodel.toml").write_text("timeout = 7\n")
    assert options(scenario()).timeout == 7.0
    path = scenario(own="timeout = 8")
    assert options(path).timeout == 8.0
    monkeypatch.setenv("MEMMODEL_TIMEOUT", "9")
    assert options(path).timeout == 9.0
    assert options(path, "--timeout", "10").timeout == 10.0


def test_so_does_its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("memmodel.toml").write_text('engine = "enumerate"\n')
    assert options(scenario()).engine is EngineChoice.ENUMERATE
    path = scenario(own='engines = ["smt"]')
    assert options(path).engine is EngineChoice.SMT
    monkeypatch.setenv("MEMMODEL_ENGINE", "enumerate")
    assert options(path).engine is EngineChoice.ENUMERATE


def bound(path: str, *words: str) -> int:
    return program_of(Task(path, options(path, *words)), DEFAULT).lowered.program.unroll


def test_so_does_its_loop_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bound(scenario()) == 2
    Path("memmodel.toml").write_text("unroll = 3\n")
    assert bound(scenario()) == 3
    path = scenario(own="unroll = 4")
    assert bound(path) == 4
    monkeypatch.setenv("MEMMODEL_UNROLL", "5")
    assert bound(path) == 5
    assert bound(path, "--unroll", "6") == 6


def test_so_does_the_loop_bound_of_a_litmus_test(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("plain.litmus").write_text(LOOP.format(settings=""))
    Path("own.litmus").write_text(LOOP.format(settings="Unroll=4"))
    assert (bound("plain.litmus"), bound("own.litmus")) == (2, 4)
    Path("memmodel.toml").write_text("unroll = 3\n")
    assert (bound("plain.litmus"), bound("own.litmus")) == (3, 4)
    monkeypatch.setenv("MEMMODEL_UNROLL", "5")
    assert (bound("plain.litmus"), bound("own.litmus")) == (5, 5)
    assert (bound("plain.litmus", "--unroll", "6"), bound("own.litmus", "--unroll", "0")) == (6, 0)


def size(path: str, *words: str) -> str:
    """What the macro SIZE of the harness is."""
    arguments = completed("check", path, *words)
    found = options_for(path, Options(defines=tuple(dict(arguments.defines).items())), arguments)
    material = program_of(Task(path, found), DEFAULT).material
    return next((line.removeprefix("SIZE=") for line in material.splitlines() if line.startswith("SIZE=")), "")


def test_macros_add_up_and_the_stronger_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert size(scenario()) == ""
    Path("memmodel.toml").write_text("define = { SIZE = 1, OTHER = 1 }\n")
    assert size(scenario()) == "1"
    path = scenario(own="define = { SIZE = 2 }")
    assert size(path) == "2"
    monkeypatch.setenv("MEMMODEL_DEFINE", "SIZE=3 MORE='a b'")
    assert size(path) == "3"
    assert size(path, "-D", "SIZE=4") == "4"
    arguments = completed("check", path, "-D", "LAST")
    assert arguments.defines == [("SIZE", "3"), ("MORE", "a b"), ("LAST", "1")]


def test_an_expectation_of_the_configuration_wins_over_the_files_own() -> None:
    Path("loop.litmus").write_text("C loop\n\n(* Result: Never *)\n" + LOOP.format(settings="").partition("\n")[2])
    Path("memmodel.toml").write_text('[[expect]]\nfiles = ["*.litmus"]\nverdict = "Always"\nrace = true\n')
    stated = program_of(Task("loop.litmus", options("loop.litmus")), DEFAULT).lowered.program.expectation
    assert stated is not None and (stated.verdict, stated.race) == ("Always", True)
    assert options("loop.litmus", "--no-config").expected is None


# ── select and ignore ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("configured", "words", "told", "untold"),
    [
        ("", [], "MM101 MM105 MM012 MM201", ""),
        ("", ["--select", "MM1"], "MM101 MM105", "MM012 MM201"),
        ("", ["--ignore", "MM1"], "MM012 MM201", "MM101 MM105"),
        ("", ["--select", "MM1", "--ignore", "MM105"], "MM101", "MM105 MM012"),
        ("", ["--select", "MM105", "--ignore", "MM1"], "MM105", "MM101 MM012"),
        ("", ["--select", "MM105", "--ignore", "MM105"], "", "MM105 MM101"),
        ("", ["--select", "release-without-acquire"], "MM105", "MM101"),
        ("", ["--select", "mm105", "--select", "MM012"], "MM105 MM012", "MM101"),
        ('ignore = ["MM105"]', ["--select", "MM105"], "MM105", "MM101"),
        ('ignore = ["MM105"]', ["--select", "MM1"], "MM101", "MM105"),
        ('select = ["MM105"]', ["--ignore", "MM105"], "", "MM105 MM101"),
        ('select = ["MM105"]', ["--select", "MM101"], "MM101", "MM105"),
        ('select = ["MM0"]', [], "MM012", "MM101"),
    ],
)
def test_the_longer_code_counts_and_then_the_stronger_source(
    configured: str, words: list[str], told: str, untold: str
) -> None:
    from memmodel.cli.configuration import selection_of

    Path("memmodel.toml").write_text(configured)
    selection = selection_of(completed("check", "x", *words))
    assert [code for code in told.split() if not selection.tells(code)] == []
    assert [code for code in untold.split() if selection.tells(code)] == []
    assert selection.tells("MM001")  # outcomes are always told


@pytest.mark.parametrize("word", ["MM000", "MM001", "mm011", "data-race", "MM00"])
def test_an_outcome_cannot_be_ignored(word: str) -> None:
    with pytest.raises(UsageError, match=r"^--ignore: .* is an outcome, and cannot be ignored") as error:
        completed("check", "x", "--ignore", word)
    assert "state what is expected" in (error.value.hint or "")


def test_a_code_that_there_is_not_is_told_where_it_stands() -> None:
    with pytest.raises(UsageError, match=r"^--select: there is no rule 'MM1O5'") as error:
        completed("check", "x", "--select", "MM1O5")
    assert error.value.hint == "did you mean 'MM105'?"
    Path("memmodel.toml").write_text('jobs = 2\nignore = ["release-without-aquire"]\n')
    with pytest.raises(SyntaxError, match=r"^memmodel.toml:2:10: there is no rule") as found:
        completed("review", "x")
    assert found.value.hint == "did you mean 'release-without-acquire'?"
