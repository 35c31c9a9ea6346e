"""Changed headers and some folders in, the files there that include them out, and what was not searched."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from memmodel.analyses.review.definitions import Code
from memmodel.analyses.review.result import Skipped
from memmodel.files import NOWHERE, Files
from memmodel.source import SourceFile

MOST_FILES = 400
"""Files of a folder that are read in search of those that include a changed header."""

MOST_IN_TREE = 2_000
"""Files of a tree that is searched as a whole. A kernel has thirty times as many."""

_LARGEST = 4_000_000
_INCLUDE = re.compile(r"^[ \t]*\#[ \t]*include[ \t]+([<\"])([^>\"\n]+)[>\"]", re.MULTILINE)

Around = dict[str, tuple[Code, tuple[str, ...]]]
"""By path: a file, and those of the files here that it includes, also through others."""


def nearby(
    files: Files, known: Mapping[str, Code], changed: Iterable[str], folders: Iterable[str]
) -> tuple[Around, list[Skipped]]:
    """The files `known` and those in `folders` that include one of the `changed`. Each with what it includes of these
    files; the ones known first."""
    wanted = sorted(changed)
    headers = [path for path in wanted if path.endswith(".h")]
    codes = dict(known)
    skipped: list[Skipped] = []
    for folder in folders if headers else ():
        codes |= {path: code for path, code in _folder(files, folder, skipped).items() if path not in codes}
    public = [path for path in headers if path.startswith("include/")]
    everything = _whole_tree(files) if public else None
    for place in everything or ():
        if _name(place, files.root) not in codes:
            codes |= _code(files, place)
    direct = {path: _direct(code, codes) for path, code in codes.items()}
    found: Around = {}
    for path, code in codes.items():
        includes = _closed(path, direct)
        if path in known or any(name in wanted for name in includes):
            found[path] = code, includes
    if everything is None:
        why = "only the folders of the patch's own files are searched"
        skipped += [Skipped(f"what else uses {path}", why) for path in public]
    return found, skipped


def _whole_tree(files: Files) -> list[Path] | None:
    """Every C file on disk; None where there are too many, or no tree at all."""
    if files.root == NOWHERE:
        return None
    found: list[Path] = []
    for folder, inside, names in os.walk(files.root):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        found += [Path(folder, name) for name in sorted(names) if name.endswith((".c", ".h"))]
        if len(found) > MOST_IN_TREE:
            return None
    return found


def _folder(files: Files, folder: str, skipped: list[Skipped]) -> dict[str, Code]:
    top = files.root / folder
    paths = [path for pattern in ("*.c", "*.h") for path in files.below(top, pattern)]
    if len(paths) > MOST_FILES:
        what = f"{len(paths) - MOST_FILES} of the {len(paths)} files in {folder}/"
        skipped.append(Skipped(what, f"the first {MOST_FILES} are searched for what includes the changed headers"))
    found: dict[str, Code] = {}
    for path in paths[:MOST_FILES]:
        found |= _code(files, path)
    return found


def _code(files: Files, path: Path) -> dict[str, Code]:
    """The file by its name; nothing where it cannot be read."""
    name, text = _name(path, files.root), files.read(path)
    return {name: Code(name, SourceFile(name, text))} if text is not None and len(text) <= _LARGEST else {}


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _direct(code: Code, codes: Mapping[str, Code]) -> tuple[str, ...]:
    """Which of the files a file includes."""
    folder = posixpath.dirname(code.path)
    found = []
    for match in _INCLUDE.finditer(code.file.text):
        beside = posixpath.normpath(posixpath.join(folder, match[2]))
        if match[1] == '"' and beside in codes:
            found.append(beside)
        else:
            found += [f"{top}/{match[2]}" for top in ("include", "include/uapi") if f"{top}/{match[2]}" in codes]
    return tuple(found)


def _closed(path: str, direct: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What a file includes, also through others."""
    found: dict[str, None] = {}
    waiting = [path]
    while waiting:
        for name in direct[waiting.pop()]:
            if name not in found and name != path:
                found[name] = None
                waiting.append(name)
    return tuple(found)
