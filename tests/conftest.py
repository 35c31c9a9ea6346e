"""Options that all tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A loaded machine is slow; that is no failure.
settings.register_profile("memmodel", deadline=None)
settings.load_profile("memmodel")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="rewrite the stored outputs")
