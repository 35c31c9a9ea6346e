"""pytest's command line and ini-file in, how litmus tests are to be checked out: as `memmodel check` would be told."""

from __future__ import annotations

import argparse

import pytest

from memmodel.cli import configuration
from memmodel.cli.against import Against, against
from memmodel.cli.commands import parser
from memmodel.cli.rounds import options_of
from memmodel.engines.programs import is_code
from memmodel.engines.task import Options
from memmodel.integrations.checked import Checked
from memmodel.integrations.pytest_words import OPTIONS
from memmodel.records import dataclass

PATHS = frozenset(("model", "tree"))
"""Options whose value may be a path, which in the ini-file is as from its folder."""


@dataclass(frozen=True, eq=False)
class Settings:
    """What `memmodel check` makes of the options, the environment and memmodel.toml."""

    options: Options
    arguments: argparse.Namespace
    held: Against | None = None
    """The baseline that the configuration names."""

    def of(self, path: str) -> Options:
        """The options for a file or variant. Raises MemmodelError."""
        states = self.held is not None and not is_code(path)  # C programs have none to ask for
        options = self.held.options(self.options) if self.held is not None and states else self.options
        return configuration.options_for(path, options, self.arguments)

    def held_against(self, checked: Checked) -> Checked:
        """What was found, with what has changed since the baseline, if there is one."""
        return checked if self.held is None else Checked(checked.task, self.held.one(checked.report))


_KEY = pytest.StashKey[Settings]()


def settings(config: pytest.Config) -> Settings:
    """What is set. Raises MemmodelError for what cannot be followed."""
    if _KEY not in config.stash:
        words = ["check"]
        for name in OPTIONS:
            value = _value(config, name)
            words += [f"--{name}={value}"] if value else []
        root = parser(("check",))
        arguments = root.parse_args(words)
        configuration.complete(root, words, arguments)
        held = against(arguments) if arguments.baseline is not None else None
        config.stash[_KEY] = Settings(options_of(arguments), arguments, held)
    return config.stash[_KEY]


def _value(config: pytest.Config, name: str) -> str:
    """What the command line says, else the ini-file; "" where neither does."""
    given = config.getoption(f"memmodel_{name}")
    if given is not None:
        return str(given)
    word = str(config.getini(f"memmodel_{name}") or "")
    if not word or name not in PATHS:
        return word
    place = (config.inipath.parent if config.inipath is not None else config.rootpath) / word
    return str(place) if place.exists() else word
