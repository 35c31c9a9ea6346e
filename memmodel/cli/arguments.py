"""Words of the command line in, checked values out: the types of arguments that subcommands share."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING

from memmodel.errors import UsageError

if TYPE_CHECKING:
    from memmodel.engines.task import Options

LONGEST = 1e6
"""Seconds: more than eleven days is a slip, or infinity, which timers do not take."""

NOTHING = "nothing to check"
NAME_SOMETHING = 'name a test or a folder of tests, or have paths = ["tests"] in a memmodel.toml'

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


def cache_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say whether reports are kept for the next run."""
    add = parser.add_argument
    nothing = "check every file anew, and keep nothing; so does $MEMMODEL_NO_CACHE"
    add("--no-cache", dest="cache", action="store_false", help=nothing)
    place = "where reports are kept for the next run; default: $MEMMODEL_CACHE_DIR or ~/.cache/memmodel/results"
    add("--cache-dir", metavar="DIR", help=place)


def selection_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say which warnings and remarks are told."""
    add = parser.add_argument
    only = "tell these warnings and no others: codes (MM101), beginnings of codes (MM1) or names, with commas between"
    add("--select", type=codes, action="extend", metavar="CODES", help=only)
    add("--ignore", type=codes, action="extend", metavar="CODES", help="do not tell these; the longer code counts")


def codes(words: str) -> tuple[str, ...]:
    """`MM101,MM102`, with commas or blanks."""
    return tuple(words.replace(",", " ").split())


def arch_argument(parser: argparse.ArgumentParser, text: str) -> None:
    """--arch, which may be repeated."""
    from memmodel.machines.names import ARCHITECTURES

    parser.add_argument(
        "--arch",
        action="append",
        default=[],
        choices=("all", *ARCHITECTURES),
        metavar="ARCH",
        help=f"{text}: all, {', '.join(ARCHITECTURES)}; may be repeated",
    )


def arches(words: str) -> tuple[str, ...]:
    """`arm64,power` or `all`, with commas or blanks."""
    from memmodel.machines.names import ARCHITECTURES

    found = codes(words)
    for word in found:
        if word not in ("all", *ARCHITECTURES):
            raise argparse.ArgumentTypeError(f"{word!r} is not known: there are all, {', '.join(ARCHITECTURES)}")
    return found


def architectures(arguments: argparse.Namespace, model: str | None = None) -> tuple[str, ...]:
    """The architectures named, from the strongest to the weakest. Raises UsageError where the model, by default that of
    the arguments, is none that they can be compared with."""
    named = getattr(arguments, "arch", None)
    if not named:
        return ()
    from memmodel.analyses.observable import compares
    from memmodel.cli.configuration import COMMAND_LINE, completed
    from memmodel.machines.names import ARCHITECTURES

    model = model or arguments.model
    if model is not None and not compares(model):
        if completed(arguments).origin("arch") is not COMMAND_LINE:
            return ()  # it was set once for all, and not for this model
        raise UsageError(
            f"--arch: machines are compared with the kernel's model, and {model} is another",
            hint="leave out one of the two; `memmodel compare` holds one model against another",
        )
    return tuple(name for name in ARCHITECTURES if {"all", name} & set(named))


def cluster_arguments(parser: argparse.ArgumentParser) -> None:
    """The option that hands the work to other machines."""
    what = (
        "have a cluster of dask do the work: the address of its scheduler, as in tcp://host:8786; --jobs does not count"
    )
    parser.add_argument("--cluster", metavar="ADDRESS", help=what)


def tree(arguments: argparse.Namespace) -> str | None:
    """The kernel tree named, if any. Raises UsageError for one that is not there."""
    named: str | None = arguments.tree
    if named is not None and not os.path.isdir(named):  # noqa: PTH112  (never raises, whatever the name)
        raise UsageError(f"--tree {named}: no such directory", hint="expected the top directory of a kernel's sources")
    return named


def defines(arguments: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """The macros named; the last of several of the same name counts."""
    return tuple(dict(arguments.defines).items())


def deciding(arguments: argparse.Namespace) -> Options:
    """What the arguments say of how every file is decided. Raises UsageError for a kernel tree that is not there."""
    from memmodel.engines.task import EngineChoice, Options

    defaults = Options()
    return Options(
        model=arguments.model or defaults.model,
        engine=EngineChoice(arguments.engine) if arguments.engine else defaults.engine,
        unroll=arguments.unroll,
        timeout=arguments.timeout or defaults.timeout,
        memory=arguments.memory,
        tree=tree(arguments),
        defines=defines(arguments),
    )


def given(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The options that say how a file is read and decided, as a command for that file alone needs them."""
    words: list[str] = []
    for option in ("model", "unroll", "tree", "timeout"):
        value: object = getattr(arguments, option)
        words += [] if value is None else [f"--{option}", f"{value:g}" if isinstance(value, float) else str(value)]
    words += [word for name in getattr(arguments, "arch", ()) for word in ("--arch", name)]
    words += [word for name, value in defines(arguments) for word in ("-D", f"{name}={value}")]
    return tuple(words)


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
