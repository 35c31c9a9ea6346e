"""The paths of the command line in, what to check out, in order: litmus tests, C files and variants of scenarios, as
the user may spell them; and what is wrong with the other paths."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from memmodel.engines.task import STDIN
from memmodel.errors import MemmodelError, UsageError
from memmodel.records import dataclass

SUFFIX = ".litmus"


@dataclass(frozen=True)
class Missing:
    """A path that gives nothing to check, and the reason."""

    path: str
    reason: str
    error: MemmodelError | None = None
    """The reason with its place, where it has one."""


def collect(
    paths: Iterable[str], tree: bool = True, excluded: Callable[[str], bool] = lambda path: False
) -> Iterator[str | Missing]:
    """What `paths` name: files as they are, `scenarios/NAME:VARIANT` too; a scenario's folder by its variants, any
    other directory by the *.litmus files and scenarios at any depth, sorted. A file keeps the spelling of the path that
    led to it. `tree`: there is a kernel tree; without one, a scenario's folder stands for the variants that need none,
    if it has any. `excluded`: what a folder holds and is left out all the same."""
    for path in paths:
        if path == STDIN or not os.path.isdir(path):  # noqa: PTH112  (never raises, whatever the name)
            yield _file(path)
        else:
            found = _directory(path, tree)
            yield from (item for item in found if isinstance(item, Missing) or not excluded(item))


def single(path: str) -> str:
    """The path, if it names one test. Raises MemmodelError, and UsageError for a folder."""
    if path != STDIN and os.path.isdir(path):  # noqa: PTH112
        from memmodel.frontends import scenario

        if not scenario.is_scenario(path):
            raise UsageError(f"{path}: is a directory, and one test is expected")
        names = [item.path for item in scenario.load(path).variants]
        raise UsageError(f"{path}: is a scenario, and one variant is expected", hint=f"name it: {', '.join(names)}")
    found = _file(path)
    if isinstance(found, Missing) and ":" in path:
        raise found.error or UsageError(f"{path}: {found.reason}")
    return path  # whether it can be read is found out when it is


def _file(path: str) -> str | Missing:
    # Whether it can be read is found out when it is: asking first would be asking twice.
    if path == STDIN or os.path.lexists(path):
        return path
    folder, colon, _ = path.rpartition(":")
    if colon and os.path.isdir(folder):  # noqa: PTH112
        return _variant(path, folder)
    return Missing(path, "no such file or directory")


def _variant(path: str, folder: str) -> str | Missing:
    from memmodel.frontends import scenario

    if not scenario.is_scenario(folder):
        return Missing(path, f"the folder holds no {scenario.FILE}")
    try:
        scenario.find(path)
    except MemmodelError as error:
        return _wrong(path, error)
    return path


def _wrong(path: str, error: MemmodelError) -> Missing:
    return Missing(path, error.message, error)


def _scenario(folder: str, tree: bool, alone: bool) -> Iterator[str | Missing]:
    """The variants of a scenario. `alone`: the user named this scenario."""
    from memmodel.frontends import scenario

    try:
        variants = scenario.load(folder).variants
    except MemmodelError as error:
        yield _wrong(folder, error)
        return
    able = [item for item in variants if tree or not item.tree]
    yield from (item.path for item in able or (variants if alone else ()))


def _directory(path: str, tree: bool) -> Iterator[str | Missing]:
    unreadable: list[Missing] = []

    def complain(error: OSError) -> None:
        unreadable.append(Missing(str(error.filename), error.strerror or str(error)))

    found = [
        os.path.join(folder, name)  # noqa: PTH118  (keeps the spelling of the path, './' and all)
        for folder, _, names in os.walk(path, onerror=complain)
        for name in names
        if name.endswith(SUFFIX) or name == "scenario.toml"
    ]
    for file in sorted(found, key=lambda file: Path(file).parts):
        if file.endswith(SUFFIX):
            yield file
        else:
            folder = os.path.dirname(file)  # noqa: PTH120
            yield from _scenario(folder, tree, Path(folder) == Path(path))
    yield from unreadable
    if not found and not unreadable:
        yield Missing(path, f"the directory holds no *{SUFFIX} file and no scenario.toml")
