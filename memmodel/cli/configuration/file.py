"""A memmodel.toml, or the table [tool.memmodel] of a pyproject.toml, in; what it sets, each with its place, out.

paths = ["tests", "scenarios"]    # what is checked where the command line names nothing
exclude = ["tests/slow/"]         # of what folders hold: patterns as in .gitignore, relative to this file
model = "lkmm"                    # also: engine, unroll, timeout, memory, tree, jobs, format, baseline
define = { DEBUG = 1 }            # as with -D
arch = ["arm64", "power"]         # or ["all"]
select = ["MM1"]                  # also: ignore

[[expect]]                        # the last that fits a file counts, and wins over what the file states
files = ["tests/known/*.litmus"]
verdict = "Sometimes"             # also Never, Always, DEADLOCK, Maybe
race = true
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel.cli.configuration.globs import Globs, compiled
from memmodel.cli.configuration.settings import SETTINGS, Kind, Setting, Value
from memmodel.engines.task import Expected
from memmodel.errors import SyntaxError, UsageError
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

if TYPE_CHECKING:
    from memmodel.frontends.toml import Table

NAME = "memmodel.toml"
SHARED = "pyproject.toml"
TABLE = ("tool", "memmodel")
LARGEST = 1 << 20
"""Bytes of a file."""

_FOR_MODELS = (".cat", "/", os.sep)


@dataclass(frozen=True)
class Configured:
    """A setting, as a file has it; paths are relative to the working directory."""

    setting: Setting
    value: Value
    span: Span


@dataclass(frozen=True)
class Expectation:
    """A verdict that is expected of some files."""

    files: Globs
    expected: Expected
    span: Span


@dataclass(frozen=True)
class Configuration:
    """What a file sets. `file`: its path, '' where there is none."""

    file: str = ""
    settings: tuple[Configured, ...] = ()
    paths: tuple[str, ...] = ()
    exclude: Globs = Globs("", ())
    expectations: tuple[Expectation, ...] = ()
    paths_at: str = ""
    excluded_at: str = ""
    """Where these stand: memmodel.toml:2."""

    def find(self, name: str) -> Configured | None:
        """What it has for a setting."""
        return next((item for item in self.settings if item.setting.name == name), None)

    def expected(self, path: str) -> Expected | None:
        """What it expects of a file; None to leave that to the file."""
        fitting = (item.expected for item in reversed(self.expectations) if item.files.fits(path))
        return next(fitting, None)


NONE = Configuration()


def discover() -> Configuration:
    """That of the working directory or the nearest folder above that has one. In a folder, memmodel.toml wins; a
    pyproject.toml without the table is none. Raises MemmodelError for one that cannot be followed."""
    for path in candidates():
        if os.path.isfile(path):  # noqa: PTH113  (never raises)
            found = _read(path)
            if found is not None:
                return found
    return NONE


def candidates() -> Iterator[str]:
    """The files that are asked for one, in order, as they are called from the working directory."""
    here = Path.cwd()
    folder = ""
    for _ in (here, *here.parents):
        for name in (NAME, SHARED):
            yield os.path.join(folder, name)  # noqa: PTH118
        folder = os.path.join(folder, os.pardir)  # noqa: PTH118


def load(path: str) -> Configuration:
    """That of a file. Raises MemmodelError for one that cannot be followed."""
    found = _read(path)
    if found is None:
        raise UsageError(f"{path}: there is no table [{'.'.join(TABLE)}]", hint="add it, or name another file")
    return found


def _read(path: str) -> Configuration | None:
    shared = os.path.basename(path) == SHARED  # noqa: PTH119
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
        text = data.decode("utf-8")
    except (OSError, ValueError) as error:
        why = "not a text in UTF-8, as TOML is" if isinstance(error, UnicodeDecodeError) else _why(error)
        raise UsageError(f"{path}: {why}", hint="--no-config does without") from None
    if len(data) > LARGEST:
        raise UsageError(f"{path}: larger than {LARGEST >> 20} MB, which no configuration is")
    if shared and TABLE[-1] not in text:
        return None
    return parse(SourceFile(path, text))


def _why(error: Exception) -> str:
    return f"cannot be read: {(error.strerror if isinstance(error, OSError) else None) or error}"


def parse(source: SourceFile) -> Configuration | None:
    """What a text sets; None for a pyproject.toml without the table. Raises errors.SyntaxError."""
    from memmodel.frontends.toml import read

    table: Table | None = read(source)
    folder, name = os.path.split(source.name)
    if name == SHARED and table is not None:
        table = table.inner(*TABLE)
    if table is None:
        return None
    configuration = Configuration(
        source.name,
        tuple(_setting(table, item, folder) for item in SETTINGS if item.stored and item.name in table),
        tuple(_from(folder, path) for path in _paths(table)),
        _globs(table, "exclude", folder),
        tuple(_expectation(item, folder) for item in table.tables("expect")),
        _at(table, "paths"),
        _at(table, "exclude"),
    )
    for item in SETTINGS:
        if item.stored:
            table.value(item.name, None)  # known, and so to be named where another is misspelt
    table.finish()
    return configuration


def _at(table: Table, key: str) -> str:
    return f"{table.region.file.name}:{table.place(key).line}" if key in table else ""


def _paths(table: Table) -> tuple[str, ...]:
    paths = table.texts("paths", ())
    if "" in paths:
        raise SyntaxError("an empty path", table.place("paths"), 'expected a file or folder, as in "tests"')
    return paths


def _setting(table: Table, setting: Setting, folder: str) -> Configured:
    name, kind = setting.name, setting.kind
    value: Value
    if kind is Kind.CODES:
        value = table.texts(name, ())
    elif kind is Kind.ARCHITECTURES:
        value = _read_as(setting, ",".join(table.texts(name, ())), table)
    elif kind is Kind.MACROS:
        value = tuple(_macro(table, name, *item) for item in table.table(name))
    else:
        value = _checked(table, setting, folder)
    return Configured(setting, value, table.place(name))


def _checked(table: Table, setting: Setting, folder: str) -> Value:
    """A single value, read as the command line would."""
    name, kind = setting.name, setting.kind
    if kind is Kind.INTEGER:
        word = str(table.integer(name))
    elif kind is Kind.NUMBER:
        word = str(table.number(name))
    else:
        word = table.text(name)
        if not word:
            raise SyntaxError(f"'{name}' is empty", table.place(name), f"expected {kind.value}; or leave it out")
    value = _read_as(setting, word, table)
    is_path = kind is Kind.PATH or (kind is Kind.MODEL and any(sign in word for sign in _FOR_MODELS))
    return _from(folder, word) if is_path else value


def _read_as(setting: Setting, word: str, table: Table) -> Value:
    try:
        return setting.read(word)
    except argparse.ArgumentTypeError as error:
        raise SyntaxError(f"'{setting.name}': {error}", table.place(setting.name)) from None


def _macro(table: Table, key: str, name: str, value: object) -> tuple[str, str]:
    from memmodel.cli.arguments import macro

    if isinstance(value, bool) or not isinstance(value, (str, int)) or (isinstance(value, int) and abs(value) >> 63):
        hint = 'as in { FIXED = "1" }'
        raise SyntaxError(f"the value of '{name}' is neither a text nor a number", table.place(key), hint)
    try:
        return macro(f"{name}={value}")
    except argparse.ArgumentTypeError:
        raise SyntaxError(f"'{name}' is no name of a macro", table.place(key)) from None


def _expectation(item: Table, folder: str) -> Expectation:
    from memmodel.frontends.toml import nearest
    from memmodel.syntax.expectation import VERDICTS

    files = _globs(item, "files", folder)
    if not files.patterns:
        hint = 'expected files = ["…"], patterns as in .gitignore'
        raise SyntaxError("an expectation of no files", item.span, hint)
    verdict = item.text("verdict")
    if verdict not in VERDICTS:
        hint = nearest(verdict, VERDICTS, "expected one of")
        raise SyntaxError(f"'{verdict}' is no verdict", item.place("verdict"), hint)
    expected = Expected(verdict, item.flag("race", False))
    item.finish()
    return Expectation(files, expected, item.place("verdict"))


def _globs(table: Table, key: str, folder: str) -> Globs:
    patterns = table.texts(key, ())
    for pattern in patterns:
        try:
            if all(one.include is None for one in compiled((pattern,)).patterns):
                raise ValueError("it fits nothing")
        except ValueError as error:
            hint = f"expected one as in .gitignore: {error}"
            raise SyntaxError(f"'{pattern}' is no pattern", table.place(key), hint) from None
    return Globs(folder, patterns)


def _from(folder: str, path: str) -> str:
    """A path of the file, as it is called from the working directory."""
    return os.path.join(folder, path)  # noqa: PTH118  (keeps the spelling)
