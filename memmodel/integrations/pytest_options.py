"""pytest's command line and ini-file in, how litmus tests are to be checked out: as `memmodel check` would be told."""

from __future__ import annotations

import argparse

import pytest

from memmodel.cli import configuration
from memmodel.cli.commands import parser
from memmodel.cli.rounds import options_of
from memmodel.engines.task import Options
from memmodel.integrations.pytest_plugin import OPTIONS
from memmodel.records import dataclass

PATHS = frozenset(("model", "tree"))
"""Options whose value may be a path, which in the ini-file is as from its folder."""


@dataclass(frozen=True, eq=False)
class Settings:
    """What `memmodel check` makes of the options, the environment and memmodel.toml."""

    options: Options
    arguments: argparse.Namespace

    def of(self, path: str) -> Options:
        """The options for a file or variant. Raises MemmodelError."""
        return configuration.options_for(path, self.options, self.arguments)


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
        config.stash[_KEY] = Settings(options_of(arguments), arguments)
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
