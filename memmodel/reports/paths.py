"""A path as the user gave it in, the same from the top of the project out: what a CI server calls the file."""

from __future__ import annotations

import os
from collections.abc import Mapping

STDIN = "<stdin>"
"""What places in standard input have for a file."""


def project_root(environment: Mapping[str, str], folder: str) -> str:
    """The folder that a CI server gives paths from: the checkout that we run in, else the current folder."""
    checkout = environment.get("GITHUB_WORKSPACE") or environment.get("CI_PROJECT_DIR")
    return checkout if checkout and _inside(folder, checkout) else folder


def from_root(path: str, root: str) -> str:
    """The path from `root`, with slashes; absolute for a file that is not below it."""
    if path == STDIN:
        return path
    whole = os.path.abspath(path)  # noqa: PTH100  (takes no notice of links, as the user does)
    return os.path.relpath(whole, root) if _inside(whole, root) else whole


def _inside(path: str, folder: str) -> bool:
    return os.path.commonpath([os.path.abspath(path), os.path.abspath(folder)]) == os.path.abspath(folder)  # noqa: PTH100
