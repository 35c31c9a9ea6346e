"""A tree's headers in, where the definitions in them begin out, as it was found the last time: for files that are the
same since, by their size and time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from memmodel.records import dataclass
from memmodel.syntax import grammar

FEWEST = 500
"""Headers of a tree for which it pays."""


@dataclass(frozen=True)
class Kept:
    """One header: its size and time, and its definitions as `number name offset`, one after the other."""

    stamp: tuple[int, int]
    definitions: str


def stamp(path: Path) -> tuple[int, int] | None:
    """The size and time of a file; None where there is none."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_size, state.st_mtime_ns


def fetch(tree: Path) -> dict[str, Kept]:
    """What was kept of the headers of a tree, by their paths."""
    content = grammar.fetch(_key(tree))
    if content is None:
        return {}
    try:
        return {name: Kept((size, time), text) for name, (size, time, text) in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def keep(tree: Path, headers: Mapping[str, Kept]) -> None:
    """Keep it for the next time."""
    if len(headers) >= FEWEST:
        content = {name: [*item.stamp, item.definitions] for name, item in headers.items()}
        grammar.keep(_key(tree), json.dumps(content, separators=(",", ":")).encode())


def _key(tree: Path) -> str:
    """Changes with the code that finds definitions."""
    code = [stamp(Path(__file__).with_name(name)) for name in ("beginnings.py", "index.py")]
    return f"headers-{grammar.digest(str(tree.resolve()).encode(errors='surrogateescape'), repr(code).encode())}"
