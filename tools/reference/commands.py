"""The parsers of the command line in, the page that has every option of every command out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from textwrap import dedent

from memmodel.cli.commands import GROUPS, parser
from tools.pages import Section, sections
from tools.reference.markdown import anchor, fenced, fill, filled, table, titled

INTRODUCTION = """\
# Commands

Every command with its options, as `memmodel COMMAND --help` has them. Options that may also stand in a configuration
file or in the environment are in [configuration.md](configuration.md), formats in [formats.md](formats.md), the exit
status of all commands in [exit-status.md](exit-status.md).
"""


def page() -> str:
    found = subparsers()
    parts = [INTRODUCTION]
    for group in GROUPS:
        listed = [f"- [{name}](#{anchor(name)}): {summary(name)}" for name in group.names]
        parts.append("\n".join([f"**{group.title}**", "", *listed]) + "\n")
    parts += [_command(name, found[name]) for group in GROUPS for name in group.names]
    return "\n".join(parts)


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by its name."""
    return dict(_choices().choices)


def summary(name: str) -> str:
    """The line that --help has for a command."""
    (found,) = (item for item in _choices()._get_subactions() if item.dest == name)
    return found.help or ""


def _choices() -> argparse._SubParsersAction[argparse.ArgumentParser]:
    (found,) = (action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    return found


def statuses(command: argparse.ArgumentParser) -> Section | None:
    """What a command says of its exit status."""
    return next((part for part in sections(command.epilog or "") if part.title == "exit status"), None)


def status_table(section: Section) -> str:
    """The same, as a table where there are several."""
    rows = [(str(status.number), status.meaning) for status in section.statuses]
    parts = [table(("exit status", "when"), rows)] if rows else []
    return "\n".join([*parts, *([fill(section.text) + "\n"] if section.text else [])])


def _command(name: str, command: argparse.ArgumentParser) -> str:
    parts = [f"## {name}", filled(command.description or ""), fenced(_usage(name, command))]
    for group in command._action_groups:
        rows = [_row(command, action) for action in group._group_actions if _is_told(action)]
        if rows and group.title not in ("positional arguments", "options"):
            parts.append(titled(group.title or "", group.description or ""))
        if rows:
            parts.append(table(("argument" if group.title == "positional arguments" else "option", "meaning"), rows))
    parts += filter(None, map(_ending, sections(command.epilog or "")))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _ending(section: Section) -> str:
    """A part of what --help says below the options."""
    laid_out = "\n".join(section.laid_out)
    if section.title == "examples":
        return f"Examples:\n\n{fenced(laid_out, 'sh')}"
    if section.title == "exit status":
        text = status_table(section)
        return text if section.statuses else f"Exit status: {text}"
    text = titled(section.title, section.text) if section.title else fill(section.text)
    return "\n\n".join(filter(None, [text, fenced(dedent(laid_out)) if laid_out else ""]))


def _usage(name: str, command: argparse.ArgumentParser) -> str:
    words = [_usage_word(action) for action in command._actions if not action.option_strings and _is_told(action)]
    return " ".join(["memmodel", name, "[OPTION]...", *words])


def _usage_word(action: argparse.Action) -> str:
    name = _metavar(action) or action.dest
    forms = {"?": f"[{name}]", "*": f"[{name}]...", "+": f"{name}..."}
    return forms.get(str(action.nargs), name)


def _is_told(action: argparse.Action) -> bool:
    return action.help != argparse.SUPPRESS and not isinstance(action, argparse._HelpAction)


def _row(command: argparse.ArgumentParser, action: argparse.Action) -> tuple[str, str]:
    text = command._get_formatter()._expand_help(action) if action.help else ""
    value = _metavar(action)
    if not action.option_strings:
        return f"`{value or action.dest}`", text
    names = [f"{option} {value}" if value else option for option in action.option_strings]
    choices = [str(choice) for choice in action.choices or ()]
    if choices and not all(choice in text for choice in choices):
        text = f"{', '.join(choices)}; {text}"
    return ", ".join(f"`{name}`" for name in names), text


def _metavar(action: argparse.Action) -> str:
    """What stands for the value of an option; "" for one that has none."""
    if action.nargs == 0:
        return ""
    given: str | Sequence[str] | None = action.metavar
    if given is None:
        return action.dest.upper()
    return given if isinstance(given, str) else " ".join(given)
