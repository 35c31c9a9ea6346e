"""Which file is the configuration, what may stand in it, and what is said of one that cannot be followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memmodel.cli.configuration import excluded, options_for
from memmodel.cli.configuration.file import Configuration, discover, load, parse
from memmodel.cli.configuration.globs import Globs
from memmodel.cli.configuration.settings import SETTINGS
from memmodel.cli.paths import collect
from memmodel.engines.task import Expected, Options
from memmodel.errors import MemmodelError, SyntaxError, UsageError
from memmodel.source import SourceFile
from tests.cli.command import MP, MP_ORDERED, memmodel
from tests.cli.configuration.completing import completed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def text(content: str, name: str = "memmodel.toml") -> Configuration:
    found = parse(SourceFile(name, content))
    assert found is not None
    return found


# ── which file ───────────────────────────────────────────────────────────────────────────────────


def test_the_nearest_folder_upwards_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = Path("a/b/c")
    inner.mkdir(parents=True)
    Path("memmodel.toml").write_text("jobs = 1\n")
    assert completed("check", "x").jobs == 1
    monkeypatch.chdir(inner)
    assert discover().file == "../../../memmodel.toml"
    Path("../memmodel.toml").write_text("jobs = 2\n")
    assert discover().file == "../memmodel.toml"
    assert completed("check", "x").jobs == 2


def test_in_a_folder_memmodel_toml_wins_over_pyproject_toml() -> None:
    Path("pyproject.toml").write_text("[tool.memmodel]\njobs = 1\n")
    assert discover().file == "pyproject.toml"
    Path("memmodel.toml").write_text("jobs = 2\n")
    assert discover().file == "memmodel.toml"


@pytest.mark.parametrize(
    "content", ["", "[project]\nname = 'x'\n", "[tool.ruff]\n", "# [tool.memmodel]\n", "no TOML at all"]
)
def test_a_pyproject_toml_without_the_table_is_passed_over(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("inner").mkdir()
    Path("memmodel.toml").write_text("jobs = 2\n")
    Path("inner/pyproject.toml").write_text(content)
    monkeypatch.chdir("inner")
    assert discover().file == "../memmodel.toml"


def test_a_folder_of_that_name_is_passed_over() -> None:
    Path("memmodel.toml").mkdir()
    Path("pyproject.toml").write_text("[tool.memmodel]\njobs = 1\n")
    assert discover().file == "pyproject.toml"


def test_config_names_another_and_no_config_none(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("memmodel.toml").write_text("memory = 1\n")
    Path("other").mkdir()
    Path("other/conf.toml").write_text("memory = 2\n")
    Path("other/pyproject.toml").write_text("[tool.memmodel]\nmemory = 3\n")
    assert completed("check", "x", "--config", "other/conf.toml").memory == 2
    assert completed("check", "x", "--config", "other/pyproject.toml").memory == 3
    assert completed("check", "x", "--no-config").memory == Options().memory
    monkeypatch.setenv("MEMMODEL_CONFIG", "other/conf.toml")
    assert completed("check", "x").memory == 2
    assert completed("check", "x", "--config", "memmodel.toml").memory == 1
    assert completed("check", "x", "--no-config").memory == Options().memory


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * ((1 << 20) + 1), None])
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(content: bytes | None) -> None:
    if content is not None:
        Path("conf.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"^conf\.toml: "):
        load("conf.toml")


def test_a_named_pyproject_toml_without_the_table_is_an_error() -> None:
    Path("pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(UsageError, match=r"there is no table \[tool\.memmodel\]"):
        load("pyproject.toml")


# ── what stands in it ────────────────────────────────────────────────────────────────────────────


def test_paths_are_relative_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("inner").mkdir()
    Path("memmodel.toml").write_text(
        'paths = ["tests", "/there"]\nmodel = "models/own.cat"\ntree = "linux"\nbaseline = "b.json"\n'
    )
    monkeypatch.chdir("inner")
    arguments = completed("check")
    assert arguments.paths == ["../tests", "/there"]
    assert (arguments.model, arguments.tree, arguments.baseline) == ("../models/own.cat", "../linux", "../b.json")
    assert completed("check", "named").paths == ["named"]


@pytest.mark.parametrize(
    ("model", "expected"), [("lkmm", "lkmm"), ("own.cat", "../own.cat"), ("./kernel", ".././kernel"), ("/k", "/k")]
)
def test_a_name_of_a_model_is_no_path(model: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("inner").mkdir()
    Path("memmodel.toml").write_text(f'model = "{model}"\n')
    monkeypatch.chdir("inner")
    assert completed("check", "x").model == expected


@pytest.mark.parametrize("command", ["check", "audit", "baseline"])
def test_without_any_path_the_error_says_what_to_do(command: str) -> None:
    ran = memmodel(command)
    assert ran.status == 2
    assert "nothing to check" in ran.err and 'paths = ["tests"]' in ran.err


def test_configured_paths_are_checked_and_excluded_files_are_not() -> None:
    for name in ("a", "b", "deep/c", "deep/slow"):
        file = Path("tests") / f"{name}.litmus"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MP)
    Path("memmodel.toml").write_text('paths = ["tests"]\nexclude = ["b.litmus", "/tests/deep/s*"]\n')
    ran = memmodel("check", "--format", "json")
    assert ran.status == 0
    assert [entry["file"] for entry in ran.results()] == ["tests/a.litmus", "tests/deep/c.litmus"]
    named = memmodel("check", "--format", "json", "tests/b.litmus")  # whoever names a file wants it
    assert [entry["file"] for entry in named.results()] == ["tests/b.litmus"]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.litmus", "tests/a.litmus", True),
        ("*.litmus", "tests/a.c", False),
        ("/*.litmus", "tests/a.litmus", False),
        ("tests/*.litmus", "tests/a.litmus", True),
        ("tests/*.litmus", "tests/x/a.litmus", False),
        ("tests/**/a.litmus", "tests/x/y/a.litmus", True),
        ("tests/", "tests/x/a.litmus", True),
        ("tests/", "./tests/x/a.litmus", True),
        ("rings/one/", "rings/one:merged", True),
        ("rings/one:merged", "rings/one:merged", True),
        ("rings/one:b*", "rings/one:merged", False),
        ("*", "../elsewhere.litmus", False),
        ("*", "-", False),
    ],
)
def test_patterns_are_those_of_gitignore(pattern: str, path: str, fits: bool) -> None:
    assert Globs("", (pattern,)).fits(path) is fits
    assert Globs("", (pattern,)).fits(str(Path.cwd() / path) if path != "-" else path) is fits


def test_patterns_are_relative_to_the_file_through_links_too(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    Path("real/tests").mkdir(parents=True)
    Path("real/tests/a.litmus").write_text(MP)
    Path("link").symlink_to("real")
    Path("real/memmodel.toml").write_text('exclude = ["tests/a.litmus"]\n')
    monkeypatch.chdir("real")
    fits = excluded(completed("check", "x"))
    assert fits("tests/a.litmus") and fits(str(folder / "link/tests/a.litmus"))
    assert list(collect(["tests"], True, fits)) == []


def expected(path: str) -> Expected | None:
    return options_for(path, Options(), completed("check", path)).expected


def test_of_several_expectations_the_last_that_fits_counts() -> None:
    Path("memmodel.toml").write_text(
        """
        paths = ["tests"]
        [[expect]]
        files = ["*.litmus"]
        verdict = "Never"
        [[expect]]
        verdict = "Sometimes"
        files = ["known/", "!known/not.litmus"]
        race = true
        """
    )
    assert expected("a.litmus") == Expected("Never")
    assert expected("known/a.litmus") == Expected("Sometimes", True)
    assert expected("known/not.litmus") == Expected("Never")
    assert expected("a.c") is None


def test_an_expectation_decides_the_exit_status() -> None:
    Path("MP.litmus").write_text(MP)
    Path("ordered.litmus").write_text(MP_ORDERED)
    assert memmodel("check", "MP.litmus", "ordered.litmus").status == 0
    Path("pyproject.toml").write_text('[[tool.memmodel.expect]]\nfiles = ["MP.litmus"]\nverdict = "Never"\n')
    ran = memmodel("check", "MP.litmus", "ordered.litmus")
    assert ran.status == 1
    assert "expected Never, found Sometimes" in ran.out
    assert memmodel("check", "--no-config", "MP.litmus", "ordered.litmus").status == 0
    assert memmodel("explain", "MP.litmus").status == 1


@pytest.mark.parametrize(
    ("content", "place", "message", "hint"),
    [
        ("jbos = 2\n", "1:1", "unknown key 'jbos'", "did you mean 'jobs'?"),
        ("# jobs = 2\njobs = 'two'\n", "2:8", "'jobs' is of the wrong kind", "whole number"),
        ("jobs = true\n", "1:8", "'jobs' is of the wrong kind", "whole number"),
        ("jobs = 0\n", "1:8", "'jobs': '0' is not an integer from 1", None),
        ("timeout = '3'\n", "1:11", "'timeout' is of the wrong kind", "a number"),
        ("timeout = inf\n", "1:11", "'timeout': 'inf' is not a number of seconds", None),
        ("model = 3\n", "1:9", "'model' is of the wrong kind", "a text"),
        ("model = ''\n", "1:9", "'model' is empty", None),
        ("engine = 'z3'\n", "1:10", "'engine': 'z3' is not known", None),
        ("format = 'jsn'\n", "1:10", "'format': 'jsn' is not known: did you mean 'json'", None),
        ("color = 'never'\n", "1:1", "unknown key 'color'", None),
        ("paths = 'tests'\n", "1:9", "'paths' is of the wrong kind", "a list of texts"),
        ("paths = ['']\n", "1:9", "an empty path", None),
        ("exclude = ['!']\n", "1:11", "'!' is no pattern", ".gitignore"),
        ("exclude = ['']\n", "1:11", "'' is no pattern", ".gitignore"),
        ("define = 3\n", "1:10", "'define' is of the wrong kind", "a table"),
        ("define = { A = 1.5 }\n", "1:10", "the value of 'A' is neither", None),
        ("define = { '3' = 1 }\n", "1:10", "'3' is no name of a macro", None),
        ("select = 'MM1'\n", "1:10", "'select' is of the wrong kind", "a list of texts"),
        ("expect = 3\n", "1:10", "'expect' is of the wrong kind", "[[expect]]"),
        ("[[expect]]\nverdict = 'Never'\n", "1:1", "an expectation of no files", "files = "),
        ("[[expect]]\nfiles = ['a']\n", "1:1", "the expect has no 'verdict'", None),
        ("[[expect]]\nfiles = ['a']\nverdict = 'never'\n", "3:11", "'never' is no verdict", "did you mean 'Never'?"),
        ("[[expect]]\nfiles = ['a']\nverdict = 'Never'\nrace = 1\n", "4:8", "'race' is of the wrong kind", "true or"),
        (
            "[[expect]]\nfiles = ['a']\nverdict = 'Never'\n[[expect]]\nfiles = ['a']\nverdict = 'Never'\nrave = true\n",
            "7:1",
            "unknown key 'rave'",
            "did you mean 'race'?",
        ),
        ("jobs = \n", "1:8", "no TOML", None),
        ("jobs = 1\njobs = 2\n", "2:9", "no TOML", None),
        (f"jobs = {'9' * 5000}\n", "1:1", "no TOML", None),
        (f"jobs = 0x{'f' * 5000}\n", "1:8", "'jobs' is too large a number", None),
    ],
)
def test_what_cannot_be_followed_is_told_with_its_place(
    content: str, place: str, message: str, hint: str | None
) -> None:
    with pytest.raises(SyntaxError) as error:
        text(content)
    assert error.value.span is not None and error.value.span.start_label == f"memmodel.toml:{place}"
    assert error.value.message.startswith(message)
    assert hint is None or hint in (error.value.hint or "")


def test_the_same_in_a_table_of_pyproject_toml() -> None:
    content = "[tool.ruff]\njobs = 3\n\n[tool.memmodel]\njobs = 'x'\n\n[tool.other]\njobs = 1\n"
    with pytest.raises(SyntaxError, match=r"^pyproject\.toml:5:8: 'jobs' is of the wrong kind"):
        text(content, "pyproject.toml")
    content = "[tool.memmodel]\njobs = 1\n[[tool.memmodel.expect]]\nfiles = ['a']\nverdict = 'Nver'\n[tool.other]\n"
    with pytest.raises(SyntaxError, match=r"^pyproject\.toml:5:11: 'Nver' is no verdict"):
        text(content, "pyproject.toml")
    with pytest.raises(SyntaxError, match=r"'tool\.memmodel' is of the wrong kind"):
        text("[tool]\nmemmodel = 3\n", "pyproject.toml")


def test_an_error_is_shown_with_the_line_and_exit_2() -> None:
    Path("memmodel.toml").write_text("jobs = 2\ntimout = 3\n")
    for command in ("check", "explain", "audit", "fix", "baseline", "review", "pairs"):
        ran = memmodel(command, "x")
        assert ran.status == 2
        assert ran.err.splitlines()[:3] == [
            "memmodel.toml:2:1: error: unknown key 'timout'",
            "    2 | timout = 3",
            "      | ^~~~~~",
        ]


def test_subcommands_without_settings_read_none() -> None:
    Path("memmodel.toml").write_text("nonsense")
    assert memmodel("rule", "MM101").status == 0
    assert memmodel("check", "--help").status == 0


# ── --show-settings ──────────────────────────────────────────────────────────────────────────────


def test_show_settings_prints_each_setting_and_where_it_comes_from() -> None:
    Path("memmodel.toml").write_text(
        'jobs = 3\ntimeout = 7\n\npaths = ["t"]\nselect = ["MM1"]\n'
        '[[expect]]\nfiles = ["*.litmus"]\nverdict = "Never"\n'
    )
    ran = memmodel("check", "--show-settings", "--timeout", "2.5", "-D", "A", MEMMODEL_MEMORY="100")
    assert ran.status == 0
    rows = [line.split(None, 2) for line in ran.out.splitlines()]
    for row in (
        ["jobs", "3", "memmodel.toml:1"],
        ["timeout", "2.5", "command line"],
        ["memory", "100", "environment, MEMMODEL_MEMORY"],
        ["model", "lkmm", "default"],
        ["define", "A=1", "command line"],
        ["paths", "t", "memmodel.toml:4"],
        ["select", "MM1", "memmodel.toml:5"],
        ["expect", "*.litmus:", "Never  memmodel.toml:8"],
    ):
        assert row in rows


def test_every_setting_has_an_option_of_check() -> None:
    """So that the table of settings names none that nothing heeds."""
    arguments = completed("check", "x")
    assert [item.name for item in SETTINGS if item.dest not in arguments] == []


# ── whatever stands in it ────────────────────────────────────────────────────────────────────────

KEYS = st.sampled_from([*(item.name for item in SETTINGS), "paths", "exclude", "expect", "files", "verdict", "race"])
VALUES = st.recursive(
    st.sampled_from(
        ['"Never"', '"MM1"', '"*"', '"x\\ny"', "1", "-1", "1e400", "nan", "true", "1979-05-27", "0x7f", "''"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(KEYS, inner), max_size=3, unique_by=lambda pair: pair[0]).map(
            lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=5,
)
LINES = st.lists(
    st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}")
    | st.sampled_from(["[tool.memmodel]", "[[expect]]", "[[tool.memmodel.expect]]", "[define]", "# x = 1", "[x]"])
    | st.text(max_size=12),
    max_size=6,
).map("\n".join)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.sampled_from(["memmodel.toml", "pyproject.toml"]))
def test_whatever_stands_in_it_is_followed_or_told(content: str, name: str) -> None:
    try:
        found = parse(SourceFile(name, content))
    except MemmodelError as error:
        assert error.message
        assert error.span is not None and 0 <= error.span.start <= error.span.end <= len(content)
    else:
        if found is not None:
            found.expected("tests/a.litmus")
            found.exclude.fits("tests/a.litmus")
