"""Changed headers and some folders in, the files there that include them out, and what was not searched."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from memmodel.analyses.review.definitions import Code
from memmodel.analyses.review.result import Skipped
from memmodel.files import Files
from memmodel.source import SourceFile

MOST_FILES = 400
"""Files of a folder that are read in search of those that include a changed header."""

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
    direct = {path: _direct(code, codes) for path, code in codes.items()}
    found: Around = {}
    for path, code in codes.items():
        includes = _closed(path, direct)
        if path in known or any(name in wanted for name in includes):
            found[path] = code, includes
    skipped += [
        Skipped(f"what else uses {path}", "only the folders of the patch's own files are searched")
        for path in headers
        if path.startswith("include/")
    ]
    return found, skipped


def _folder(files: Files, folder: str, skipped: list[Skipped]) -> dict[str, Code]:
    top = files.root / folder
    paths = [path for pattern in ("*.c", "*.h") for path in files.below(top, pattern)]
    if len(paths) > MOST_FILES:
        what = f"{len(paths) - MOST_FILES} of the {len(paths)} files in {folder}/"
        skipped.append(Skipped(what, f"the first {MOST_FILES} are searched for what includes the changed headers"))
    found = {}
    for path in paths[:MOST_FILES]:
        text = files.read(path)
        if text is not None and len(text) <= _LARGEST:
            name = _name(path, files.root)
            found[name] = Code(name, SourceFile(name, text))
    return found


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
