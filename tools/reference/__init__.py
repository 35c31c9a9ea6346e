"""The code in, the pages under docs/reference out: they say of options, formats and rules what the code says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.reference import commands, configuration, exit_status, formats, models, rules

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
NOTE = "<!-- Made from the code by `make docs`: change the code, not this page. -->\n\n"

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "formats.md": formats.page,
    "rules.md": rules.page,
    "configuration.md": configuration.page,
    "exit-status.md": exit_status.page,
    "models.md": models.page,
}


def made(name: str) -> str:
    """The text of a page, as the code has it now."""
    return NOTE + PAGES[name]().rstrip("\n") + "\n"
