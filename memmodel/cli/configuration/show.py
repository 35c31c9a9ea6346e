"""Completed arguments in, a table of what is set and where out."""

from __future__ import annotations

import argparse

from memmodel.cli.configuration import Completed, completed, settings_of
from memmodel.cli.configuration.settings import Setting, Value
from memmodel.engines.task import Options
from memmodel.result import ExitStatus

_UNROLL = 2
"""How often a loop is run where nobody says."""


def run(root: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Print the table."""
    known = completed(arguments)
    rows = [
        (item.name, _value(item, arguments, known), known.origin(item.dest).text)
        for item in settings_of(root, arguments)
    ]
    rows += _files(arguments, known)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, origin in rows:
        print(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")
    return ExitStatus.OK


def _value(setting: Setting, arguments: argparse.Namespace, known: Completed) -> str:
    value = getattr(arguments, setting.dest)
    if setting.dest == "defines":
        macros = dict((*known.fallback.defines, *value))
        return " ".join(f"{name}={text}" for name, text in macros.items()) or "-"
    if value is None:
        value = _usual(setting, arguments, known)
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value)) or "-"
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _usual(setting: Setting, arguments: argparse.Namespace, known: Completed) -> Value | None:
    """What holds where nobody has said otherwise, as far as it is the same for all subcommands."""
    defaults = Options()
    if setting.name == "unroll":
        return known.fallback.unroll if known.fallback.unroll is not None else _UNROLL
    if setting.name == "timeout" and arguments.command not in setting.apart:
        return defaults.timeout
    return {"model": defaults.model, "engine": defaults.engine.value}.get(setting.name)


def _files(arguments: argparse.Namespace, known: Completed) -> list[tuple[str, str, str]]:
    """What is said of files, which only a configuration does."""
    if not any(name in arguments for name in ("paths", "path", "old")):
        return []  # it does not check files
    configuration = known.configuration
    where = configuration.excluded_at or configuration.file or "no configuration file"
    rows = []
    if "paths" in arguments:
        rows.append(("paths", " ".join(arguments.paths) or "-", known.origin("paths").text))
    rows.append(("exclude", " ".join(configuration.exclude.patterns) or "-", where))
    for item in configuration.expectations:
        race = ", race" if item.expected.race else ""
        place = f"{item.span.file.name}:{item.span.line}"
        rows.append(("expect", f"{' '.join(item.files.patterns)}: {item.expected.verdict}{race}", place))
    return rows
