"""The options that may be set once for all: by the environment and in a configuration file, under one name in both."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Iterable
from enum import Enum

from memmodel.cli.arguments import arches, codes, macro, natural, positive, seconds
from memmodel.engines.task import EngineChoice
from memmodel.records import dataclass

Value = str | int | float | tuple[str, ...] | tuple[tuple[str, str], ...]


class Kind(Enum):
    """What a configuration file has for a setting."""

    TEXT = "a text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    PATH = "a path, relative to the file"
    MODEL = "a name, or a path relative to the file"
    CODES = "a list of codes or names of rules"
    MACROS = "a table of macros"
    ARCHITECTURES = "a list of architectures, or of the word all"


@dataclass(frozen=True)
class Setting:
    """`name`: the long option, and the key. `read`: the value that a word stands for; raises ArgumentTypeError.
    `means`: one line for people. `apart`: subcommands whose option of this name measures something else, so that a
    configuration does not speak of it. `stored`: whether a configuration may have it, or only the environment."""

    name: str
    kind: Kind
    read: Callable[[str], Value]
    means: str
    apart: tuple[str, ...] = ()
    stored: bool = True
    destination: str = ""

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"MEMMODEL_{self.name.upper().replace('-', '_')}"

    @property
    def dest(self) -> str:
        """The attribute of the parsed arguments."""
        return self.destination or self.name.replace("-", "_")


def _macros(text: str) -> tuple[tuple[str, str], ...]:
    """`A=1 B='x y'`: quoted as in a shell."""
    try:
        return tuple(macro(word) for word in shlex.split(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {str(error).lower()}") from None


def _choice(names: Callable[[], Iterable[str]]) -> Callable[[str], str]:
    def read(word: str) -> str:
        known = list(names())
        if word not in known:
            from memmodel.frontends.toml import nearest

            raise argparse.ArgumentTypeError(f"{word!r} is not known: {nearest(word, known, 'there are')}")
        return word

    return read


def _formats() -> Iterable[str]:
    """Those of any subcommand."""
    from memmodel.reports import Format
    from memmodel.reports.review import FORMATS

    return dict.fromkeys([*(item.value for item in Format), *FORMATS])


def _colours() -> Iterable[str]:
    from memmodel.reports.style import ColourChoice

    return [item.value for item in ColourChoice]


def _engines() -> Iterable[str]:
    return [item.value for item in EngineChoice]


SETTINGS = (
    Setting("model", Kind.MODEL, str, "the memory model"),
    Setting("engine", Kind.TEXT, _choice(_engines), "smt, enumerate, or both"),
    Setting("unroll", Kind.INTEGER, natural, "how often loops are run, where a file does not say"),
    Setting("timeout", Kind.NUMBER, seconds, "seconds for each file", apart=("review", "pairs")),
    Setting("memory", Kind.INTEGER, positive, "megabytes for each file"),
    Setting("tree", Kind.PATH, str, "the kernel's sources"),
    Setting("define", Kind.MACROS, _macros, "macros for C", destination="defines"),
    Setting("arch", Kind.ARCHITECTURES, arches, "architectures that are asked as well", apart=("fix", "audit")),
    Setting("jobs", Kind.INTEGER, positive, "files at a time"),
    Setting("select", Kind.CODES, codes, "warnings and remarks to be told, and no others"),
    Setting("ignore", Kind.CODES, codes, "warnings and remarks not to be told"),
    Setting("cluster", Kind.TEXT, str, "the scheduler that the work goes to"),
    Setting("cache-dir", Kind.PATH, str, "where reports are kept for the next run"),
    Setting("baseline", Kind.PATH, str, "what files are compared with"),
    Setting("format", Kind.TEXT, _choice(_formats), "the output format, for the subcommands that have it"),
    Setting("color", Kind.TEXT, _choice(_colours), "whether to print in colour", stored=False),
)
"""In the order in which --show-settings lists them."""
