"""A path of a patch and the tree in; refused where it would lead out of the tree or to anything but a plain file."""

from __future__ import annotations

import stat

from memmodel import errors
from memmodel.files import NOWHERE, Files
from memmodel.frontends.patch.patch import Change, Patch
from memmodel.frontends.patch.place import line_span, shown


def check_paths(patch: Patch, change: Change, files: Files) -> None:
    """Raises UsageError for a path that a patch has no business with, with the line of the patch that names it."""
    for path in (change.old, change.new):
        if path is None:
            continue
        why = _wrong_name(path) or _wrong_on_disk(path, change, files)
        if why is not None:
            raise errors.UsageError(
                f"the patch changes {shown(path, 200)}, which {why}",
                line_span(patch.source, change.number),
                "a patch may only change plain files inside the tree",
            )


def _wrong_name(path: str) -> str | None:
    parts = path.split("/")
    if path.startswith("/"):
        return "is an absolute path"
    if ".." in parts:
        return "leads out of its folder (..)"
    if any(part.lower() == ".git" for part in parts):
        return "is inside .git"
    if not path or any(ord(letter) < 32 for letter in path):
        return "is no name of a file"
    return None


def _wrong_on_disk(path: str, change: Change, files: Files) -> str | None:
    """No part of the path may be a symbolic link: it might lead anywhere, and git keeps to this rule as well."""
    if files.root == NOWHERE:
        return None
    parts = path.split("/")
    place = files.root
    for number, part in enumerate(parts, start=1):
        place = place / part
        last = number == len(parts)
        if last and (path in files.changed or change.binary):
            return None
        try:
            mode = place.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            return f"cannot be looked at: {getattr(error, 'strerror', None) or error}"
        if stat.S_ISLNK(mode):
            return "is a symbolic link" if last else f"is behind a symbolic link, {'/'.join(parts[:number])}"
        if last and not stat.S_ISREG(mode):
            return "is a folder" if stat.S_ISDIR(mode) else "is not a plain file"
        if not last and not stat.S_ISDIR(mode):
            return f"is inside {'/'.join(parts[:number])}, which is not a folder"
    return None
