"""Words of the command line in, arguments out: argparse, with help that fits a page and errors that say what to do."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import NoReturn

from memmodel.errors import UsageError, meant

WIDEST = 100
"""Columns of a page of help; fewer where the terminal has fewer."""
_FIRST = 24
"""Column at which the help of an option starts."""
_TITLE = re.compile(r"[a-z][a-z ]*:")
_COLUMN = re.compile(r"\s*\S+(?: \S+)*\s{2,}")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Fills running text, and keeps the lines of what is laid out in lines."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=_FIRST, width=min(shutil.get_terminal_size().columns, WIDEST) - 1)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join(_paragraph(lines, width, indent) for lines in re.split(r"\n[ \t]*\n", text.strip("\n")))


def _paragraph(text: str, width: int, indent: str) -> str:
    """Running text is filled anew; a table, an example or what has a title keeps its lines."""
    lines = text.splitlines()
    if not any(line.startswith(" ") or _TITLE.fullmatch(line) for line in lines):
        lines = [" ".join(lines)]
    return "\n".join(wrapped(line, width, indent) for line in lines)


def wrapped(line: str, width: int, indent: str = "") -> str:
    """The line, in several where it is longer than `width`. Those that follow start where its words do, or in a table
    where its second column does."""
    if len(indent + line) <= width:
        return indent + line
    first = _COLUMN.match(line)
    start = len(indent) + (first.end() if first and first.end() < _FIRST else len(line) - len(line.lstrip()))
    return textwrap.fill(indent + line, width, subsequent_indent=" " * start, break_on_hyphens=False)


class Parser(argparse.ArgumentParser):
    """The parser of the command and of each subcommand. Errors are raised as UsageError. In a subcommand, options and
    other arguments may come in any order."""

    foreign = False
    """The options are followed by words that are meant for another program: from the first that is not known here."""

    _within = False

    def error(self, message: str) -> NoReturn:
        """Never prints or exits, as argparse's own does: `main` does both, for all errors alike."""
        raise UsageError(f"{self.prog}: {message}", hint=self._help())

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """As argparse has it; but what a subcommand does not know is an error at once, while the place is known."""
        words = list(args) if args is not None else []
        if self.foreign and not self._within:
            words = self._separated(words)
        if self._within or self._has_subcommands():
            return super().parse_known_args(args, namespace)
        self._within = True
        try:
            # Two dashes end the options, which argparse forgets when it looks for these first.
            parse = super().parse_known_args if "--" in words else self.parse_known_intermixed_args
            found, unknown = parse(words, namespace)
        finally:
            self._within = False
        if unknown:
            self._unknown(unknown[0])
        return found, unknown

    def _separated(self, words: Sequence[str]) -> list[str]:
        """The words with two dashes before those of the other program."""
        takes = {name: action.nargs != 0 for action in self._actions for name in action.option_strings}
        at = 0
        while at < len(words) and (name := words[at].partition("=")[0]) in takes:
            at += 2 if takes[name] and "=" not in words[at] else 1
        dashes = [] if at >= len(words) or words[at] == "--" else ["--"]
        return [*words[:at], *dashes, *words[at:]]

    def _has_subcommands(self) -> bool:
        return any(isinstance(action, argparse._SubParsersAction) for action in self._actions)

    def _get_formatter(self) -> argparse.HelpFormatter:
        return Formatter(self.prog)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is None or value in action.choices:
            return
        if isinstance(action, argparse._SubParsersAction):
            raise UsageError(f"there is no command {value!r}", hint=_command(str(value), action.choices, self._help()))
        choices = [str(choice) for choice in action.choices]
        name = "/".join(action.option_strings) or action.metavar or action.dest
        raise UsageError(
            f"{self.prog}: {name}: {str(value)!r} is no choice", hint=meant(str(value), choices) or _among(choices)
        )

    def _unknown(self, word: str) -> NoReturn:
        if not word.startswith("-"):
            raise UsageError(f"{self.prog}: {word!r} is one argument too many", hint=self._help())
        name = word.partition("=")[0]
        hint = meant(name, [option for action in self._actions for option in action.option_strings]) or self._help()
        raise UsageError(f"{self.prog}: there is no option {name!r}", hint=hint)

    def _help(self) -> str:
        return f"`{self.prog} --help` says what there is"


def _command(word: str, commands: Iterable[str], otherwise: str) -> str:
    if word.endswith((".litmus", ".c")) or os.path.exists(word):  # noqa: PTH110  (never raises, whatever the name)
        return f"did you mean `memmodel check {word}`?"
    return meant(word, commands) or otherwise


def _among(choices: Sequence[str]) -> str:
    return f"expected {', '.join(choices)}"
