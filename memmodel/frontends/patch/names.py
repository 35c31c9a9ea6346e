"""A file's name as a diff writes it in, its path in the tree out."""

from __future__ import annotations

import re

_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\([0-3][0-7]{2}|.)", re.DOTALL)
_STAMP = re.compile(r"(?:\t|[ ]+(?=[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}))(.*)$")
_LONGEST = 8192
"""Twice as long as a path can be; what a line has behind that is not looked at."""
_EPOCH = re.compile(r"(1970-01-01|1969-12-31) ")


def unquote(text: str) -> str:
    """The inside of a name in quotes, in which git writes other bytes than printable ASCII as \\303 or \\t."""

    def byte(escape: re.Match[str]) -> bytes:
        what = escape[1]
        return bytes([int(what, 8) if len(what) == 3 else _ESCAPES.get(what, ord(what) & 127)])

    found, at = b"", 0
    for escape in _ESCAPE.finditer(text):
        found += text[at : escape.start()].encode("utf-8", "replace") + byte(escape)
        at = escape.end()
    return (found + text[at:].encode("utf-8", "replace")).decode("utf-8", "replace")


def named(rest: str) -> tuple[str | None, bool]:
    """What stands behind `--- ` or `+++ `: the name, None for /dev/null, and whether the date says that there is no
    such file (diff -N gives it the date 0)."""
    rest = rest[:_LONGEST]
    quoted = _QUOTED.match(rest)
    if quoted:
        return unquote(quoted[1]), False
    stamp = _STAMP.search(rest)
    name = (rest[: stamp.start()] if stamp else rest).rstrip()
    return None if name == "/dev/null" else name, bool(stamp and _EPOCH.match(stamp[1].strip()))


def header_pair(rest: str) -> tuple[str, str] | None:
    """The two names behind `diff --git `. Without quotes, names with spaces can be told apart only where both are the
    same but for their first folder; None where they are not (a rename says its names again)."""
    rest = rest[:_LONGEST]
    first = _QUOTED.match(rest)
    if first and rest[first.end() : first.end() + 1] == " ":
        behind = rest[first.end() + 1 :]
        second = _QUOTED.fullmatch(behind)
        return unquote(first[1]), unquote(second[1]) if second else behind
    if rest.endswith('"'):
        last = re.search(r' "((?:[^"\\]|\\.)*)"$', rest)
        return (rest[: last.start()], unquote(last[1])) if last else None
    if rest.count(" ") == 1:
        left, _, right = rest.partition(" ")
        return left, right
    middle = len(rest) // 2
    spaces = [at for at, letter in enumerate(rest) if letter == " "]
    for at in sorted(spaces, key=lambda at: abs(at - middle)):
        left, right = rest[:at], rest[at + 1 :]
        if left == right or left.partition("/")[2] == right.partition("/")[2] != "":
            return left, right
    return None


def in_tree(old: str | None, new: str | None, pair: tuple[str, str] | None) -> tuple[str | None, str | None]:
    """The paths of a file before and after without the folders that a diff puts in front: a/ and b/, or the names of
    two trees. `pair`: the names of the `diff --git` line, where there is one. Both paths are the same unless one is
    None: a rename has headers of its own."""
    left, right = pair or (old or new, new or old)
    assert left is not None and right is not None
    strip = left != right and left.partition("/")[2] == right.partition("/")[2] != ""
    strip |= left.startswith("a/") and right.startswith("b/")
    if left == right and (old is None or new is None) and pair is None:
        strip = left.startswith(("a/", "b/"))
    before, after = (_tidy(name, strip) if name is not None else None for name in (old, new))
    if before is None or after is None or before == after:
        return before, after
    chosen = min((after, before), key=_as_patch_prefers)
    return chosen, chosen


def tidy(name: str) -> str:
    """The path without `.` and doubled slashes."""
    return _tidy(name, strip=False)


def _tidy(name: str, strip: bool) -> str:
    if strip and not name.startswith("/"):
        name = name.partition("/")[2]
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return ("/" if name.startswith("/") else "") + "/".join(parts)


def _as_patch_prefers(path: str) -> tuple[int, int, int]:
    """patch(1) takes, of `ring.c.orig` and `ring.c`, the one with fewer folders, then the shorter."""
    return path.count("/"), len(path.rpartition("/")[2]), len(path)
