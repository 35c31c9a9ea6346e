"""Stored outputs: `stored(name, text)` compares with tests/snapshots/name, or rewrites it with --update-snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).parent.parent / "snapshots"


@pytest.fixture
def stored(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    update = request.config.getoption("--update-snapshots")

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / name
        if update:
            path.write_text(text)
        assert path.exists(), f"no stored output {path}; make snapshots writes it"
        assert text == path.read_text()

    return compare
