"""Who uses a public header: all of a small tree is searched for them, and of a large one it is said that it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.analyses.review import nearby as module
from memmodel.analyses.review.definitions import Code
from memmodel.analyses.review.nearby import nearby
from memmodel.files import Files
from memmodel.source import SourceFile

HEADER = "include/linux/step.h"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    texts = {
        HEADER: "#define STEP 1\n",
        "include/linux/ring.h": "#include <linux/step.h>\n",
        "lib/direct.c": "#include <linux/step.h>\n",
        "kernel/deep/through.c": "#include <linux/ring.h>\n",
        "kernel/other.c": "#include <linux/kernel.h>\n",
        ".git/odd.c": "#include <linux/step.h>\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def found(tree: Path) -> tuple[set[str], list[str]]:
    code = Code(HEADER, SourceFile(HEADER, "#define STEP 2\n"))
    around, skipped = nearby(Files(tree, {HEADER: code.file.text}), {HEADER: code}, {HEADER}, ["include/linux"])
    return set(around), [item.what for item in skipped]


def test_a_small_tree_is_searched_as_a_whole(tree: Path) -> None:
    users = {HEADER, "include/linux/ring.h", "lib/direct.c", "kernel/deep/through.c"}
    assert found(tree) == (users, [])


def test_of_a_large_tree_the_folders_of_the_patch_are(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_IN_TREE", 2)
    assert found(tree) == ({HEADER, "include/linux/ring.h"}, [f"what else uses {HEADER}"])
