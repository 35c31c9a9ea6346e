"""Audit and fix over the shared corpus, held against brute force as over the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analyses.test_audit import agrees_with_brute_force
from tests.analyses.test_fix import check_fixes
from tests.sampling import one_in

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "lkmm"
FILES = sorted(CORPUS.rglob("*.litmus"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILES, reason="no corpus beside the repository: nothing was checked"),
]
SMALL = 4
"""Threads: brute force on wider files, even of few accesses, takes longer than CI has."""


def small() -> list[Path]:
    return [path for path in FILES if path.read_text().count("\nP") <= SMALL]


SAMPLED = one_in(20, small(), lambda path: path.stem)


@pytest.mark.parametrize("path", SAMPLED)
def test_the_audit_agrees_with_brute_force(path: Path) -> None:
    agrees_with_brute_force(path)


@pytest.mark.parametrize("path", SAMPLED)
def test_fixes_are_right_and_nothing_smaller_is(path: Path) -> None:
    check_fixes(path)
