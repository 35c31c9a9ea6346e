"""Every test of litmus/ gets the verdict and the flags that its header states, from both engines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memmodel.engines.run import check_file
from memmodel.engines.task import EngineChoice, Options, Task
from memmodel.result import FileReport, Outcome

LIBRARY = Path(__file__).parents[2] / "litmus"
FILES = sorted(LIBRARY.rglob("*.litmus"))
FOLDERS = {"classic", "ring", "rmw", "deps", "locks", "rcu", "srcu", "plain", "dialect"}
HEADER = re.compile(r"^ \* Result: (Never|Sometimes|Always|DEADLOCK)( DATARACE)?$", re.MULTILINE)
COMMENT = re.compile(r"\(\*(.*?)\*\)", re.DOTALL)


def label(path: Path) -> str:
    return str(path.relative_to(LIBRARY).with_suffix(""))


def check(path: Path, engine: EngineChoice) -> FileReport:
    return check_file(Task(str(path), Options(engine=engine)), lambda report: None)


def test_the_library_is_large_and_covers_its_subjects() -> None:
    assert len(FILES) >= 110
    assert {path.parent.name for path in FILES} >= FOLDERS


def test_names_are_unique() -> None:
    assert len({path.stem for path in FILES}) == len(FILES)


@pytest.mark.parametrize("path", FILES, ids=label)
def test_header_states_name_verdict_and_purpose(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"C {path.stem}\n")
    assert HEADER.search(text), "no Result line"
    comment = COMMENT.search(text)
    assert comment is not None
    prose = [line for line in comment[1].splitlines() if line.strip(" *") and "Result:" not in line]
    assert prose, "no sentence on what the test shows"


@pytest.mark.parametrize("path", FILES, ids=label)
def test_verdict_and_race_are_as_stated(path: Path) -> None:
    stated = HEADER.search(path.read_text())
    assert stated is not None
    report = check(path, EngineChoice.SMT)
    assert report.outcome is Outcome.PASS, report.reason
    # The kernel's rules forgive a wrong verdict beside a race; our own headers have to be right all the same.
    assert report.observation is not None
    assert report.observation.value == ("Never" if stated[1] == "DEADLOCK" else stated[1])
    assert report.flags == (("data-race",) if stated[2] else ())


@pytest.mark.parametrize("path", FILES, ids=label)
def test_both_engines_agree(path: Path) -> None:
    report = check(path, EngineChoice.BOTH)
    assert report.outcome is Outcome.PASS, report.reason
