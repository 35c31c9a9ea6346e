"""Parsed arguments in, the same completed out: by the environment, then by a configuration file.

The order is: command line, environment, what a scenario's variant or a file says of itself, configuration, default.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from memmodel.cli.configuration.settings import SETTINGS, Kind, Setting, Value
from memmodel.engines.task import Fallback, Options
from memmodel.errors import SyntaxError, UsageError
from memmodel.records import dataclass, replace

if TYPE_CHECKING:
    from memmodel.analyses.selection import Selection
    from memmodel.cli.configuration.file import Configuration
    from memmodel.source import Span

VARIABLE = "MEMMODEL_CONFIG"
"""Stands for --config."""

_ATTRIBUTE = "completed"
_PATHS = "paths"
_LAST = frozenset({"unroll", "defines"})
"""What a file may say of itself, so that what a configuration has for it is kept apart."""


@dataclass(frozen=True)
class Origin:
    """Where a setting comes from. `rank`: the higher the stronger."""

    text: str
    rank: int


COMMAND_LINE = Origin("command line", 3)
DEFAULT = Origin("default", 0)


@dataclass(frozen=True)
class Completed:
    """What the completed arguments go back to. `chosen`: the attributes that the command line or the environment
    named; `origins`: attributes, and where their values are from."""

    configuration: Configuration
    chosen: frozenset[str]
    origins: tuple[tuple[str, Origin], ...]
    fallback: Fallback = Fallback()
    words: tuple[str, ...] = ()
    """The command line."""
    candidates: tuple[str, ...] = ()
    """The files that would be another configuration if they changed."""

    def origin(self, dest: str) -> Origin:
        return dict(self.origins).get(dest, DEFAULT)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a subcommand that has settings: which configuration to take."""
    if not _settings(parser):
        return
    about = (
        "Options that stand in memmodel.toml, or in [tool.memmodel] of pyproject.toml, need not be repeated; so do "
        "environment variables, MEMMODEL_MODEL for --model."
    )
    group = parser.add_argument_group("configuration", about)
    which = group.add_mutually_exclusive_group()
    found = "take this file; default: the first memmodel.toml or pyproject.toml here or above"
    which.add_argument("--config", metavar="FILE", help=found)
    which.add_argument("--no-config", action="store_true", help="take no configuration file")
    group.add_argument("--show-settings", action="store_true", help="print what is set, and where, and do no more")


def complete(root: argparse.ArgumentParser, words: Sequence[str], arguments: argparse.Namespace) -> None:
    """Fill in what the command line leaves open. Raises MemmodelError for an environment or a configuration that cannot
    be followed."""
    parser = _subparser(root, arguments.command)
    settings = _settings(parser)
    if not settings:
        return
    candidates = _candidates(arguments)
    configuration = _configuration(arguments)
    given = _given(root, parser, words)
    origins = dict.fromkeys(given, COMMAND_LINE)
    for setting in settings:
        word = os.environ.get(setting.variable)
        if not word or (setting.dest in given and setting.kind is not Kind.MACROS):
            continue
        value = _from_environment(setting, word)
        if setting.dest in given:  # macros add up, and of several of one name the last counts
            setattr(arguments, setting.dest, [*cast("tuple[object]", value), *getattr(arguments, setting.dest)])
        elif _set(parser, arguments, setting, value):
            origins[setting.dest] = Origin(f"environment, {setting.variable}", 2)
    chosen = frozenset(origins)
    for setting in settings:
        found = configuration.find(setting.name)
        if setting.dest in chosen or found is None or arguments.command in setting.apart:
            continue
        if setting.dest in _LAST or _set(parser, arguments, setting, found.value):
            origins[setting.dest] = Origin(_where(found.span), 1)
    if _PATHS in arguments and not arguments.paths and configuration.paths:
        arguments.paths = list(configuration.paths)
        origins[_PATHS] = Origin(configuration.paths_at, 1)
    completed = Completed(
        configuration, chosen, tuple(origins.items()), _fallback(configuration), tuple(words), candidates
    )
    setattr(arguments, _ATTRIBUTE, completed)
    selection_of(arguments)


def completed(arguments: argparse.Namespace) -> Completed:
    """Where the arguments come from."""
    from memmodel.cli.configuration.file import NONE

    found = getattr(arguments, _ATTRIBUTE, None)
    return cast(Completed, found) if found is not None else Completed(NONE, frozenset(), ())


def choose(arguments: argparse.Namespace, *names: str) -> None:
    """Have options count as chosen by the user, whom no scenario overrules."""
    known = completed(arguments)
    setattr(arguments, _ATTRIBUTE, replace(known, chosen=known.chosen | set(names)))


def options_for(path: str, options: Options, arguments: argparse.Namespace) -> Options:
    """The options for one file: with what the configuration expects of it, and what a variant of a scenario states
    where the user has not chosen otherwise. Raises MemmodelError."""
    known = completed(arguments)
    options = replace(options, expected=known.configuration.expected(path), fallback=known.fallback)
    if ":" not in path:  # no variant
        return options
    from memmodel.engines.programs import settled

    return settled(options, path, known.chosen)


def selection_of(arguments: argparse.Namespace) -> Selection:
    """The warnings and remarks to be told. Raises MemmodelError for codes that there are not."""
    from memmodel.analyses.selection import Selection

    select, ignore = (tuple(getattr(arguments, name, None) or ()) for name in ("select", "ignore"))
    if not select and not ignore:
        return Selection()
    known = completed(arguments)
    later = known.origin("select").rank > known.origin("ignore").rank
    return Selection(
        _selectors(select, "select", known) or None,
        _selectors(ignore, "ignore", known),
        later,
    )


def excluded(arguments: argparse.Namespace) -> Callable[[str], bool]:
    """Whether a path in a folder is left out."""
    return completed(arguments).configuration.exclude.fits


def _selectors(words: tuple[str, ...], name: str, known: Completed) -> tuple[str, ...]:
    from memmodel.analyses.selection import selectors

    origin = known.origin(name)
    try:
        return selectors(words, name == "ignore")
    except UsageError as error:
        found = known.configuration.find(name)
        if origin.rank == 1 and found is not None:
            raise SyntaxError(error.message, found.span, error.hint) from None
        told = f"--{name}" if origin is COMMAND_LINE else origin.text.rpartition(" ")[2]
        raise UsageError(f"{told}: {error.message}", hint=error.hint) from None


def _configuration(arguments: argparse.Namespace) -> Configuration:
    from memmodel.cli.configuration import file

    if arguments.no_config:
        return file.NONE
    named = arguments.config or os.environ.get(VARIABLE)
    return file.load(named) if named else file.discover()


def _candidates(arguments: argparse.Namespace) -> tuple[str, ...]:
    from memmodel.cli.configuration import file

    if arguments.no_config:
        return ()
    named = arguments.config or os.environ.get(VARIABLE)
    return (named,) if named else tuple(file.candidates())


def _settings(parser: argparse.ArgumentParser) -> tuple[Setting, ...]:
    """Those that a subcommand has; none if all it has is how to print."""
    known = {action.dest for action in parser._actions if action.option_strings}
    found = tuple(setting for setting in SETTINGS if setting.dest in known)
    return found if any(setting.name not in ("format", "color") for setting in found) else ()


def settings_of(root: argparse.ArgumentParser, arguments: argparse.Namespace) -> tuple[Setting, ...]:
    """The settings of the subcommand that was called."""
    return _settings(_subparser(root, arguments.command))


def _subparser(root: argparse.ArgumentParser, command: str) -> argparse.ArgumentParser:
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            return cast(argparse.ArgumentParser, action.choices[command])
    return root


def _given(root: argparse.ArgumentParser, parser: argparse.ArgumentParser, words: Sequence[str]) -> frozenset[str]:
    """The options that the command line names: parsed once more, there is nothing where there was a default."""
    before = [(action, action.default) for action in parser._actions if action.option_strings]
    for action, _ in before:
        action.default = argparse.SUPPRESS
    try:
        found = root.parse_args(words)
    finally:
        for action, default in before:
            action.default = default
    return frozenset(action.dest for action, _ in before if action.dest in found)


def _from_environment(setting: Setting, word: str) -> Value:
    try:
        return setting.read(word)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{setting.variable}: {error}", hint=f"it stands for --{setting.name}") from None


def _set(parser: argparse.ArgumentParser, arguments: argparse.Namespace, setting: Setting, value: Value) -> bool:
    """Set an attribute, unless the subcommand has a choice of its own that lacks the value, as formats may."""
    action = next(action for action in parser._actions if action.dest == setting.dest)
    if isinstance(value, tuple) and not isinstance(action.default, list | None):
        return False  # one value is wanted, as --arch of `memmodel fix` does
    if action.choices is not None and not isinstance(value, tuple) and value not in action.choices:
        return False
    setattr(arguments, setting.dest, list(value) if isinstance(value, tuple) else value)
    return True


def _fallback(configuration: Configuration) -> Fallback:
    unroll, define = configuration.find("unroll"), configuration.find("define")
    bound = unroll.value if unroll is not None and isinstance(unroll.value, int) else None
    macros = define.value if define is not None and isinstance(define.value, tuple) else ()
    return Fallback(bound, cast("tuple[tuple[str, str], ...]", macros))


def _where(span: Span) -> str:
    return f"{span.file.name}:{span.line}"
