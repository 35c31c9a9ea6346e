"""What CI servers call a file, and what a report is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.diagnostic import Place, Step
from memmodel.records import replace
from memmodel.reports.execution import step_lines
from memmodel.reports.paths import from_root, project_root
from memmodel.reports.told import file_of
from memmodel.result import Outcome
from tests.reports import examples


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_the_top_is_the_checkout_that_we_run_in(variable: str) -> None:
    assert project_root({variable: "/build/project"}, "/build/project/tests") == "/build/project"
    assert project_root({variable: "/build/project/"}, "/build/project") == "/build/project/"


def test_elsewhere_it_is_the_current_folder() -> None:
    for environment in ({}, {"GITHUB_WORKSPACE": ""}, {"GITHUB_WORKSPACE": "/build/pro"}):
        assert project_root(environment, "/build/project") == "/build/project"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a.litmus", "tests/a.litmus"),
        ("./a.litmus", "tests/a.litmus"),
        ("../litmus/a.litmus", "litmus/a.litmus"),
        ("../../a.litmus", "{above}/a.litmus"),
        ("/usr/a.litmus", "/usr/a.litmus"),
        ("<stdin>", "<stdin>"),
    ],
)
def test_paths_from_the_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, shown: str) -> None:
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path / "tests")
    assert from_root(path, str(tmp_path)) == shown.format(above=tmp_path.parent)


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("a.litmus", "a.litmus"),
        ("-", "<stdin>"),
        ("rings/spsc:no-barrier", "rings/spsc/scenario.toml"),
        ("C:/a.litmus", "C:/a.litmus"),
        ("odd:name.litmus", "odd:name.litmus"),
        ("odd:name.c", "odd:name.c"),
    ],
)
def test_the_file_behind_a_report(file: str, named: str) -> None:
    assert file_of(examples.report(file, Outcome.TIMEOUT)) == named


def test_steps_in_other_files_name_them() -> None:
    elsewhere = Place("rings/ring.c", 62, 1, 2, "", "")
    steps = (*examples.STEPS[:1], Step("P0", "lock(&l)", elsewhere), replace(examples.STEPS[1], place=None))
    assert list(step_lines(steps, examples.RING.name)) == [
        "! 1. P0, line 10: WRITE_ONCE(*y, 1); writes y = 1",
        "  2. P0, ring.c:62: lock(&l)",
        "  3. P1: READ_ONCE(*y); reads y = 1 from line 10",
    ]
