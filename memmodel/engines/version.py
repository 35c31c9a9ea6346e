"""Which program this is: a digest of its own code and of the libraries that verdicts depend on."""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from pathlib import Path

from memmodel import __version__

PACKAGE = Path(__file__).parents[1]

_LIBRARIES = {"z3": "z3_solver", "lark": "lark", "tree_sitter": "tree_sitter", "tree_sitter_c": "tree_sitter_c"}
"""By module, what the folder with its version is called."""

_NO_PART_IN_IT = frozenset(("cli", "reports", "integrations", "__pycache__"))
"""Folders of the package that no verdict depends on."""


@cache
def identity() -> str:
    """Changes with whatever may change a verdict, or what is found besides: two programs of one identity say the
    same."""
    import hashlib

    natives = [_natives(module) for module in _LIBRARIES]
    return hashlib.blake2b("\0".join((sys.version, code(), *natives)).encode(), digest_size=20).hexdigest()


@cache
def code() -> str:
    """The same on another machine, where Python and the libraries may be built in another way. The texts are read, not
    only their dates: two installations may have the same."""
    import hashlib

    digest = hashlib.blake2b(digest_size=20)
    for word in (__version__, *sys.version_info[:2], *(_library(*names) for names in _LIBRARIES.items())):
        digest.update(f"{word}\0".encode())
    for path in _files(str(PACKAGE)):
        data = Path(path).read_bytes()
        digest.update(f"{path[len(str(PACKAGE)) :]}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _files(folder: str) -> list[str]:
    found: list[str] = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _files(entry.path) if entry.name not in _NO_PART_IN_IT else []
        elif not entry.name.endswith((".pyc", "~")):
            found.append(entry.path)
    return found


def _folder(module: str) -> Path | None:
    """Where a library is; without loading it, which takes long."""
    spec = importlib.util.find_spec(module)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _library(module: str, name: str) -> str:
    """A library and its version."""
    folder = _folder(module)
    if folder is None:
        return f"no {module}"
    with os.scandir(folder.parent) as entries:
        return " ".join((module, *sorted(entry.name for entry in entries if _is_version(entry.name, name))))


def _natives(module: str) -> str:
    """The native code of a library."""
    folder = _folder(module)
    return " ".join((module, *_native(folder), *_native(folder / "lib"))) if folder is not None else f"no {module}"


def _is_version(entry: str, name: str) -> bool:
    return entry.startswith(f"{name}-") and entry.endswith((".dist-info", ".egg-info"))


def _native(folder: Path) -> list[str]:
    """Names and sizes of the shared libraries in a folder."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if ".so" in entry.name or entry.name.endswith((".dylib", ".pyd", ".dll"))]
        return sorted(f"{entry.name} {entry.stat().st_size}" for entry in found)
