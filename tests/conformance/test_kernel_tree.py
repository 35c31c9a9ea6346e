"""A kernel tree's own litmus tests, as their headers say, under our lkmm and under the tree's own model.

KERNEL_TREE names the tree: any release that has tools/memory-model.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from memmodel.engines.run import check_file
from memmodel.engines.task import Options, Task
from memmodel.result import Outcome

NAMED = os.environ.get("KERNEL_TREE", "")
TREE = Path(NAMED) if NAMED else None
MODEL = TREE / "tools" / "memory-model" if TREE else None


def files_of_the_tree() -> list[Path]:
    if TREE is None or MODEL is None:
        return []
    folders = (MODEL / "litmus-tests", TREE / "Documentation" / "litmus-tests")
    return sorted(path for folder in folders for path in folder.rglob("*.litmus"))


FILES = files_of_the_tree()
pytestmark = pytest.mark.skipif(TREE is None, reason="KERNEL_TREE does not name a kernel source tree")


def test_the_tree_has_litmus_tests() -> None:
    assert FILES, f"no litmus test under {TREE}"


@pytest.mark.parametrize("model", ["lkmm", str(MODEL)], ids=["lkmm", "own-model"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_verdict_is_as_the_header_says(path: Path, model: str) -> None:
    report = check_file(Task(str(path), Options(model=model)), lambda report: None)
    assert report.expected is not None, "the file states no result"
    assert report.outcome is Outcome.PASS, report.reason
    if not report.race_expected and report.expected in ("Never", "Sometimes", "Always"):
        assert report.observation is not None
        assert report.observation.value == report.expected
