"""The settings in, the page on configuration files and the environment out."""

from __future__ import annotations

from memmodel.cli.configuration import VARIABLE, file
from memmodel.cli.configuration.settings import SETTINGS, Setting
from tools.reference.commands import subparsers
from tools.reference.markdown import fenced, table

INTRODUCTION = f"""\
# Configuration

`memmodel.toml`, or the table `[tool.memmodel]` of `pyproject.toml`: the first that there is in the working directory or
above it. `--config FILE` takes another, and so does `{VARIABLE}`; `--no-config` takes none. `--show-settings`
prints what is set, and where.

What comes earlier wins: the command line, the environment, what a scenario or a file says of itself, the configuration,
the default. Paths in a configuration are relative to its file.
"""


def page() -> str:
    rows = [
        (
            f"`{item.name}`" if item.stored else "",
            f"`{item.variable}`",
            f"`{option(item)}`",
            item.kind.value,
            item.means,
        )
        for item in SETTINGS
    ]
    example = (file.__doc__ or "").split("\n\n", 1)[1]
    return "\n".join(
        [
            INTRODUCTION,
            "## An example\n",
            fenced(example.strip(), "toml") + "\n",
            "## Settings\n",
            table(("key", "environment", "option", "value", "what it is"), rows),
            "## What is said of files\n",
            table(("key", "what it is"), FILES),
        ]
    )


def option(setting: Setting) -> str:
    """The option of `memmodel check` that a setting stands for."""
    check = subparsers()["check"]
    names = [action.option_strings for action in check._actions if action.dest == setting.dest]
    return names[0][-1] if names and f"--{setting.name}" not in names[0] else f"--{setting.name}"


FILES = (
    ("`paths`", "what is checked where the command line names nothing"),
    ("`exclude`", "of what folders hold, what is left out: patterns as in .gitignore"),
    (
        "`[[expect]]`",
        "a verdict that is expected of some files; the last that fits counts, and wins over the file's own",
    ),
    ("`files` in it", "which: patterns as in .gitignore; NAME:VARIANT of a scenario is in the folder NAME"),
    ("`verdict` in it", "Never, Sometimes, Always, DEADLOCK, or Maybe for any"),
    ("`race` in it", "whether a data race is expected; default: false"),
)
