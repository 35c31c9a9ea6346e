"""`memmodel init` writes a folder that `memmodel check` is content with, and never takes anything away."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from memmodel.cli import creating, init
from memmodel.cli.configuration.file import parse
from memmodel.errors import UsageError
from memmodel.source import SourceFile
from tests.cli.command import memmodel


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_it_writes_passes_without_a_path(here: Path) -> None:
    ran = memmodel("init")
    assert (ran.status, ran.err) == (0, "")
    assert set(files(here)) == {"memmodel.toml", "litmus/hand-over.litmus"}
    checked = memmodel("check")
    assert checked.status == 0
    assert "litmus/hand-over.litmus" in checked.out
    assert "1 pass" in checked.out


def test_both_engines_agree_on_the_first_test(here: Path) -> None:
    memmodel("init")
    assert memmodel("check", "--engine", "both").status == 0


@pytest.mark.parametrize(
    ("strong", "weak"),
    [("smp_store_release(head, 1)", "WRITE_ONCE(*head, 1)"), ("smp_load_acquire(head)", "READ_ONCE(*head)")],
)
def test_the_first_test_goes_wrong_as_its_comment_says(here: Path, strong: str, weak: str) -> None:
    memmodel("init")
    path = here / init.TEST
    path.write_text(path.read_text().replace(strong, weak))
    ran = memmodel("explain", init.TEST)
    assert ran.status == 1
    assert "Sometimes" in ran.out


def test_the_commands_that_it_names_next_work(here: Path) -> None:
    out = memmodel("init", "a folder").out
    assert "cd 'a folder'\n" in out
    os.chdir("a folder")
    named = re.findall(r"^  memmodel (.*?)  +#", out, re.M)
    assert len(named) == 3
    for words in named:
        assert memmodel(*words.split()).status == 0, words


def test_folders_that_are_not_there_are_made(here: Path) -> None:
    assert memmodel("init", "a/b").status == 0
    assert set(files(here)) == {"a/b/memmodel.toml", "a/b/litmus/hand-over.litmus"}


def test_files_get_the_rights_of_any_new_file(here: Path) -> None:
    before = os.umask(0o027)
    try:
        creating.create({here / "new": "text"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((here / "new").stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["memmodel.toml", "litmus/hand-over.litmus"])
def test_a_file_that_is_there_stops_it_and_none_is_written(here: Path, name: str) -> None:
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).write_text("mine")
    ran = memmodel("init")
    assert ran.status == 2
    assert f"{name} is there already" in ran.err
    assert files(here) == {name: "mine"}


def test_a_link_to_nowhere_counts_as_there(here: Path) -> None:
    (here / "memmodel.toml").symlink_to("nowhere")
    assert memmodel("init").status == 2
    assert not (here / "nowhere").exists()
    assert (here / "memmodel.toml").is_symlink()


def test_force_overwrites(here: Path) -> None:
    (here / "memmodel.toml").write_text("mine")
    assert memmodel("init", "--force").status == 0
    assert files(here) == {"memmodel.toml": init.CONFIGURATION, "litmus/hand-over.litmus": init.LITMUS}


def test_a_folder_is_never_overwritten(here: Path) -> None:
    (here / "memmodel.toml").mkdir()
    ran = memmodel("init", "--force")
    assert (ran.status, ran.out) == (2, "")
    assert "memmodel.toml is a folder" in ran.err
    assert list(here.rglob("*")) == [here / "memmodel.toml"]


def test_a_file_in_place_of_the_folder_is_named(here: Path) -> None:
    (here / "taken").write_text("mine")
    for folder in ("taken", "taken/inside"):
        ran = memmodel("init", folder)
        assert ran.status == 2
        assert "taken" in ran.err
        assert ".part" not in ran.err
    assert files(here) == {"taken": "mine"}


def test_a_project_with_settings_in_pyproject_is_left_alone(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.memmodel]\nmodel = "sc"\n')
    ran = memmodel("init")
    assert ran.status == 2
    assert "pyproject.toml" in ran.err
    assert list(files(here)) == ["pyproject.toml"]


def test_another_pyproject_is_no_hindrance(here: Path) -> None:
    (here / "pyproject.toml").write_text('[project]\nname = "memmodel-user"\n')
    assert memmodel("init").status == 0


@pytest.mark.parametrize("force", [False, True])
def test_what_goes_wrong_at_the_second_file_takes_back_the_first(
    here: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    (here / "old").write_text("mine")
    second = here / "deep" / "er" / "second"
    link = os.link

    def fail(source: Path, target: Path) -> None:
        if target == second:
            raise OSError(28, "No space left on device", str(target))
        link(source, target)

    monkeypatch.setattr(os, "link", fail)
    wanted = {here / ("old" if force else "new"): "text", second: "text"}
    with pytest.raises(UsageError, match="No space left on device"):
        creating.create(wanted, force)
    assert files(here) == {"old": "mine"}
    assert [path.name for path in here.iterdir()] == ["old"]


def test_an_interrupt_leaves_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        creating.create({here / "a" / "b": "text"})
    assert list(here.iterdir()) == []


def test_a_file_that_appears_meanwhile_is_kept(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def race(number: int) -> None:
        sync(number)
        (here / "new").write_text("theirs")

    monkeypatch.setattr(os, "fsync", race)
    with pytest.raises(UsageError, match="File exists"):
        creating.create({here / "new": "ours"})
    assert files(here) == {"new": "theirs"}


def test_a_file_system_without_links_will_do(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    creating.create({here / "new": "text"})
    assert files(here) == {"new": "text"}


def test_every_setting_that_is_shown_but_not_set_is_one() -> None:
    every = re.sub(r"^# (\[\[|\w+ = )", r"\1", init.CONFIGURATION, flags=re.M)
    configuration = parse(SourceFile("memmodel.toml", every))
    assert configuration is not None
    names = {item.setting.name for item in configuration.settings}
    assert names == {"model", "unroll", "timeout", "tree", "define", "select", "ignore"}
    assert len(configuration.expectations) == 1
    assert configuration.exclude.patterns


def test_what_is_set_is_what_holds_without_it() -> None:
    configuration = parse(SourceFile("memmodel.toml", init.CONFIGURATION))
    assert configuration is not None
    assert {item.setting.name: item.value for item in configuration.settings} == {"model": "lkmm", "unroll": 2}
