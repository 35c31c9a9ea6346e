"""A tree for patches that are bad or unusual."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.review.expectation import TREES


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with links in it, and something beside it that no patch may reach."""
    tree = tmp_path / "tree"
    shutil.copytree(TREES / "spsc", tree)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "spsc.c").write_text((tree / "lib/spsc.c").read_text())
    (tree / "far").symlink_to(outside)
    (tree / "near").symlink_to("lib")
    (tree / "lib/link.c").symlink_to("spsc.c")
    (tree / "lib/away.c").symlink_to("../../outside/spsc.c")
    (tree / "loop").symlink_to("loop")
    return tree
