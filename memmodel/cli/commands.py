"""The name of a subcommand in, its module out; and the page that lists them all."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from memmodel import __version__
from memmodel.cli import configuration
from memmodel.cli.parser import Parser
from memmodel.records import dataclass


class Subcommand(Protocol):
    """What a module of this package offers, one for each subcommand."""

    def add_parser(self, commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


@dataclass(frozen=True)
class Group:
    """Subcommands for one kind of question, in the order in which --help lists them."""

    title: str
    names: tuple[str, ...]


GROUPS = (
    Group("Is it right?", ("check", "explain", "show", "compare", "baseline")),
    Group("Which barriers does it take?", ("audit", "fix", "pairs", "review", "kbuild")),
    Group("What is there to know?", ("init", "models", "mapping", "rule", "export", "herd", "cache", "completion")),
)
"""A subcommand is the module of this package that has its name."""

NAMES = tuple(name for group in GROUPS for name in group.names)

DESCRIPTION = "Says whether the barriers in lock-free kernel code are right, and why."

EPILOG = """\
examples:
  # every test of a folder
  memmodel check litmus/classic
  # why two stores can be seen in the other order
  memmodel explain litmus/ring/drain-before-atomic.litmus
  # the cheapest barriers that would help, as a patch (status 1)
  memmodel fix litmus/ring/drain-none.litmus --diff

exit status:
  0  all is well
  1  a finding
  2  bad usage or input
  3  not decided: out of time, or unsupported

where to go next:
  memmodel COMMAND --help  what a command takes, with examples
  memmodel rule CODE       what a code in a report means, and what to write
"""


def module(name: str) -> Subcommand:
    """The module of a subcommand."""
    return cast(Subcommand, import_module(f"memmodel.cli.{name.replace('-', '_')}"))


def parser(names: Sequence[str] = NAMES) -> argparse.ArgumentParser:
    """The parser of the command, with these subcommands: to load one is cheaper than to load all."""
    root: argparse.ArgumentParser = Root(prog="memmodel", description=DESCRIPTION, epilog=EPILOG)
    of_one: type[argparse.ArgumentParser] = Parser
    root.add_argument("--version", action="version", version=f"memmodel {__version__}")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=of_one)
    for name in names:
        module(name).add_parser(commands)
        configuration.add_arguments(commands.choices[name])
    return root


def wanted(words: Sequence[str]) -> tuple[str, ...]:
    """The subcommands that it takes to parse `words`: one if they start with its name."""
    if words[:1] == ["--version"]:
        return ()
    return (words[0],) if words and words[0] in NAMES else NAMES


class Root(Parser):
    """The parser of the command itself, whose help lists the subcommands by what they are for."""

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """As argparse has it; but a misspelt option is told before a missing command is."""
        word = next(iter(args or ()), "")
        if word.startswith("-") and not any(known.startswith(word) for known in self._option_string_actions):
            self._unknown(word)
        return super().parse_known_args(args, namespace)  # type: ignore[no-untyped-call]

    def format_help(self) -> str:
        summaries = self._summaries()
        width = max(map(len, summaries), default=0)
        formatter = self._get_formatter()
        formatter.add_usage("memmodel COMMAND [OPTION]... [FILE]...", self._actions, [])
        formatter.add_text(self.description)
        for group in GROUPS:
            lines = [f"  {name:<{width}}  {summaries[name]}" for name in group.names if name in summaries]
            formatter.add_text("\n".join([group.title, *lines]) if lines else None)
        formatter.add_text(self.epilog)
        return formatter.format_help()

    def _summaries(self) -> dict[str, str]:
        found = (action for action in self._actions if isinstance(action, argparse._SubParsersAction))
        return {item.dest: item.help or "" for action in found for item in action._get_subactions()}
