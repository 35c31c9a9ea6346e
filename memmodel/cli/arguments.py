"""Words of the command line in, checked values out: the types of arguments that subcommands share."""

from __future__ import annotations

import argparse
import os
import re

from memmodel.errors import UsageError

LONGEST = 1e6
"""Seconds: more than eleven days is a slip, or infinity, which timers do not take."""

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def positive(word: str) -> int:
    """An integer from 1."""
    return _integer(word, 1)


def natural(word: str) -> int:
    """An integer from 0."""
    return _integer(word, 0)


def seconds(word: str) -> float:
    """A time in seconds, greater than 0."""
    try:
        value = float(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of seconds") from None
    if not 0 < value <= LONGEST:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of seconds between 0 and {LONGEST:g}")
    return value


def macro(word: str) -> tuple[str, str]:
    """`NAME=VALUE` or `NAME`, which is 1."""
    name, equals, value = word.partition("=")
    if not _IDENTIFIER.fullmatch(name):
        raise argparse.ArgumentTypeError(f"{word!r} is not NAME or NAME=VALUE")
    return name, value if equals else "1"


def code_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say how C code is read."""
    add = parser.add_argument
    add("--tree", metavar="DIR", help="the kernel's sources, for C code that includes files of them")
    add("-D", dest="defines", type=macro, action="append", default=[], metavar="NAME[=VALUE]", help="a macro, for C")


def tree(arguments: argparse.Namespace) -> str | None:
    """The kernel tree named, if any. Raises UsageError for one that is not there."""
    named: str | None = arguments.tree
    if named is not None and not os.path.isdir(named):  # noqa: PTH112  (never raises, whatever the name)
        raise UsageError(f"--tree {named}: no such directory", hint="expected the top directory of a kernel's sources")
    return named


def defines(arguments: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """The macros named; the last of several of the same name counts."""
    return tuple(dict(arguments.defines).items())


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _integer(word: str, least: int) -> int:
    try:
        value = int(word)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"{word!r} is not an integer from {least}")
    return value
