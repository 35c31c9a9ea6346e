"""The paths of the command line in, the files to check out, in order; and what is wrong with the other paths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from memmodel.engines.task import STDIN
from memmodel.records import dataclass

SUFFIX = ".litmus"


@dataclass(frozen=True)
class Missing:
    """A path that gives no file to check, and the reason."""

    path: str
    reason: str


def collect(paths: Iterable[str]) -> Iterator[str | Missing]:
    """The files that `paths` name: files as they are, directories by their *.litmus files at any depth, sorted. A file
    keeps the spelling of the path that led to it."""
    for path in paths:
        if path == STDIN or not os.path.isdir(path):  # noqa: PTH112  (never raises, whatever the name)
            yield _file(path)
        else:
            yield from _directory(path)


def _file(path: str) -> str | Missing:
    # Whether it can be read is found out when it is: asking first would be asking twice.
    if path == STDIN or os.path.lexists(path):
        return path
    return Missing(path, "no such file or directory")


def _directory(path: str) -> Iterator[str | Missing]:
    unreadable: list[Missing] = []

    def complain(error: OSError) -> None:
        unreadable.append(Missing(str(error.filename), error.strerror or str(error)))

    found = [
        os.path.join(folder, name)  # noqa: PTH118  (keeps the spelling of the path, './' and all)
        for folder, _, names in os.walk(path, onerror=complain)
        for name in names
        if name.endswith(SUFFIX)
    ]
    yield from sorted(found, key=lambda file: Path(file).parts)
    yield from unreadable
    if not found and not unreadable:
        yield Missing(path, f"the directory holds no *{SUFFIX} file")
