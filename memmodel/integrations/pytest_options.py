"""pytest's command line and ini-file in, how litmus tests are to be checked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from memmodel.engines.task import EngineChoice, Options
from memmodel.integrations.checked import Settings

LONGEST = 1e6
"""Seconds."""

_Value = TypeVar("_Value")

_KEY = pytest.StashKey[Settings]()


def settings(config: pytest.Config) -> Settings:
    """What the options ask for. Raises pytest.UsageError for a value that is none."""
    if _KEY not in config.stash:
        config.stash[_KEY] = _settings(config)
    return config.stash[_KEY]


def _settings(config: pytest.Config) -> Settings:
    values = _Values(config)
    defaults = Options()
    model, engine = values.path("model"), values.of("engine", EngineChoice, "smt, enumerate or both")
    timeout = values.of("timeout", _seconds, "a number of seconds greater than 0")
    return Settings(
        Options(
            model=model or defaults.model,
            engine=engine or defaults.engine,
            unroll=values.of("unroll", _natural, "a whole number from 0"),
            timeout=timeout or defaults.timeout,
            memory=values.of("memory", _natural, "a number of megabytes") or defaults.memory,
            tree=values.path("tree"),
        ),
        frozenset(name for name, value in (("model", model), ("engine", engine), ("timeout", timeout)) if value),
    )


class _Values:
    """The values of options: of the command line, else of the ini-file."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def of(self, name: str, read: Callable[[str], _Value], expected: str) -> _Value | None:
        word, _ = self._word(name)
        if not word:
            return None
        try:
            return read(word)
        except ValueError:
            raise pytest.UsageError(f"memmodel_{name}: {word!r} is not as expected: {expected}") from None

    def path(self, name: str) -> str | None:
        """A path of the ini-file is as from its folder; what is no file there may be a name."""
        word, from_file = self._word(name)
        if word and from_file:
            place = (self._config.inipath.parent if self._config.inipath is not None else self._config.rootpath) / word
            return str(place) if place.exists() else word
        return word or None

    def _word(self, name: str) -> tuple[str, bool]:
        """The value, and whether it is from the ini-file."""
        given = self._config.getoption(f"memmodel_{name}")
        if given is not None:
            return str(given), False
        return str(self._config.getini(f"memmodel_{name}") or ""), True


def _natural(word: str) -> int:
    value = int(word)
    if value < 0:
        raise ValueError(word)
    return value


def _seconds(word: str) -> float:
    value = float(word)
    if not 0 < value <= LONGEST:
        raise ValueError(word)
    return value
