"""pytest's hooks in, litmus tests and scenarios among the tests out.

pytest loads this in every project in which memmodel is installed. So nothing that takes time is imported before
there is a file to collect.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.integrations.pytest_words import OPTIONS

SCENARIO = "scenario.toml"

MARKERS = (
    "memmodel: a litmus test or a scenario, decided under a memory model",
    "litmus: a litmus test",
    "scenario: a variant of a scenario",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("memmodel", "litmus tests and scenarios (memmodel)")
    for name, (metavar, what) in OPTIONS.items():
        group.addoption(f"--memmodel-{name}", metavar=metavar, help=what)
        parser.addini(f"memmodel_{name}", what)


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".litmus":
        from memmodel.integrations.pytest_items import LitmusFile

        return LitmusFile.from_parent(parent, path=file_path)
    if file_path.name == SCENARIO and _is_ours(file_path):
        from memmodel.integrations.pytest_items import ScenarioFile

        return ScenarioFile.from_parent(parent, path=file_path)
    return None


def _is_ours(path: Path) -> bool:
    """Whether a scenario.toml is memmodel's: other programs may have files of that name."""
    try:
        return (path.parent / "harness.c").is_file() or b"[[variant" in path.read_bytes()
    except OSError:
        return False
