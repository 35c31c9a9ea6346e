"""`check --statistics` counts, `--exit-zero` forgives, `--select` and `--ignore` choose."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, memmodel

UNREAD = MP.replace("WRITE_ONCE(*y, 1)", "smp_store_release(y, 1)")
"""A release that nothing reads with acquire: MM105, which is a warning."""

RACE = MP.replace("WRITE_ONCE(*x, 1)", "*x = 1").replace("Result: Sometimes", "Result: Maybe")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pass.litmus").write_text(MP)
    for name in ("one", "two"):
        (tmp_path / f"{name}.litmus").write_text(MP_ORDERED.replace("Never", "Sometimes"))
    (tmp_path / "warned.litmus").write_text(UNREAD)
    (tmp_path / "race.litmus").write_text(RACE)
    return tmp_path


def test_codes_are_counted_the_most_frequent_first(folder: Path) -> None:
    ran = memmodel("check", "--statistics", ".")
    assert ran.status == 1
    lines = ran.out.splitlines()
    assert lines[:-1] == [
        "2  MM001  unexpected-verdict",
        "1  MM002  data-race",
        "1  MM105  release-without-acquire",
    ]
    assert lines[-1].startswith("5 files: 2 pass, 2 fail, 1 race in ")


def test_as_json(folder: Path) -> None:
    ran = memmodel("check", "--statistics", "--format", "json", ".")
    found = json.loads(ran.out)
    assert found["files"] == 5
    assert found["outcomes"] == [
        {"outcome": "pass", "count": 2},
        {"outcome": "fail", "count": 2},
        {"outcome": "race", "count": 1},
    ]
    assert [(item["code"], item["count"]) for item in found["codes"]] == [("MM001", 2), ("MM002", 1), ("MM105", 1)]


def test_what_the_text_asks_not_to_be_told_is_not_counted(folder: Path) -> None:
    comment = "smp_store_release(y, 1); // memmodel: ignore[MM105] firmware reads it"
    (folder / "warned.litmus").write_text(UNREAD.replace("smp_store_release(y, 1);", comment))
    assert "MM105" not in memmodel("check", "--statistics", ".").out
    assert "MM001" in memmodel("check", "--statistics", "--ignore", "MM1", ".").out


@pytest.mark.parametrize("name", ["herd", "junit", "sarif", "concise"])
def test_other_formats_have_no_statistics(name: str, folder: Path) -> None:
    ran = memmodel("check", "--statistics", "--format", name, ".")
    assert ran.status == 2
    assert f"--statistics has no format {name}" in ran.err


def test_exit_zero_forgives_findings_and_what_is_not_decided(folder: Path) -> None:
    assert memmodel("check", ".").status == 1
    assert memmodel("check", "--exit-zero", ".").status == 0
    os.mkfifo("never-written.litmus")
    endless = ("check", "--timeout", "0.3", "never-written.litmus")
    assert memmodel(*endless).status == 3
    assert memmodel(*endless, "--exit-zero").status == 0


def test_exit_zero_does_not_forgive_bad_input(folder: Path) -> None:
    (folder / "broken.litmus").write_text("C broken")
    assert memmodel("check", "--exit-zero", ".").status == 2
    assert memmodel("check", "--exit-zero", "--no-such-option", ".").status == 2
    assert memmodel("check", "--exit-zero", "nowhere").status == 2


def test_warnings_are_chosen(folder: Path) -> None:
    def codes(*words: str) -> list[object]:
        (entry,) = memmodel("check", "--format", "json", "warned.litmus", *words).results()
        return [item["code"] for item in entry.get("warnings", [])]  # type: ignore[attr-defined]

    assert codes() == ["MM105"]
    assert codes("--ignore", "MM1") == []
    assert codes("--select", "MM101,MM102") == []
    assert codes("--select", "MM105") == ["MM105"]
    Path("memmodel.toml").write_text('ignore = ["MM105"]\n')
    assert codes() == []
    assert codes("--select", "MM105") == ["MM105"]


def test_a_kept_report_is_chosen_from_as_well(folder: Path) -> None:
    words = ("check", "warned.litmus", "--cache-dir", "kept")
    assert "MM105" in memmodel(*words, MEMMODEL_NO_CACHE="").out
    assert "MM105" not in memmodel(*words, "--ignore", "MM105", MEMMODEL_NO_CACHE="").out
    assert "MM105" in memmodel(*words, MEMMODEL_NO_CACHE="").out
