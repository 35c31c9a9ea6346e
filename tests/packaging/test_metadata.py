"""What the package says of itself."""

from __future__ import annotations

import tomllib

import memmodel
from tests.packaging.building import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["version"] == memmodel.__version__
    assert f"memmodel {memmodel.__version__}" in (ROOT / "memmodel/share/man/man1/memmodel.1").read_text()


def test_the_licence_is_there() -> None:
    assert PROJECT["license"] == "MIT"
    assert "MIT License" in (ROOT / "LICENSE").read_text()


def test_types_are_promised_and_given() -> None:
    assert "Typing :: Typed" in PROJECT["classifiers"]
    assert (ROOT / "memmodel/py.typed").is_file()


def test_the_readme_is_what_the_package_shows() -> None:
    assert (ROOT / PROJECT["readme"]).is_file()
