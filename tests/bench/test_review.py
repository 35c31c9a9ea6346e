"""The series that is measured: each mail applies to what the one before it leaves, and the last leaves the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.review import EDITS, one_tree, series
from tests.review.reviewing import apply, mails


@pytest.mark.parametrize("length", [2, 20])
def test_each_edit_is_made_and_taken_back(length: int, tmp_path: Path) -> None:
    tree = one_tree(tmp_path)
    before = {path: path.read_text() for path in tree.rglob("*") if path.is_file()}
    found = mails(series(tree, length).encode())
    assert len(found) == length
    for number, mail in enumerate(found):
        apply(mail, tree)
        now = {path: path.read_text() for path in tree.rglob("*") if path.is_file()}
        assert (now == before) == bool(number % 2)


def test_every_edit_finds_its_line_once(tmp_path: Path) -> None:
    tree = one_tree(tmp_path)
    assert all((tree / path).read_text().count(old) == 1 for path, old, _ in EDITS)
