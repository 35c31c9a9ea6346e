"""A patch and a tree in, what `memmodel review` says of it out, with the files before and after beside it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from memmodel.cli.main import main
from tests.review.expectation import PATCHES, TREES

PATIENT = "60"
"""Seconds for each patch: what is said of it must not hang on how busy the machine is."""


@dataclass(frozen=True)
class Said:
    """A remark or a fix: its code, the text of every line of code that it points at, and all its words."""

    code: str
    path: str
    line: str
    places: tuple[str, ...]
    words: str
    patch_line: str
    """The line of the patch under which it stands, "" where there is none."""

    def names(self, code: str) -> bool:
        """Whether it points at that code, or quotes it."""
        return any(code in place for place in self.places) or code in self.words


@dataclass(frozen=True)
class PatchSaid:
    remarks: tuple[Said, ...]
    fixes: tuple[Said, ...]
    pairs: int
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


def tree_with(name: str, patches: Sequence[str], folder: Path) -> Path:
    """A copy of a tree in `folder` that has these patches."""
    tree = folder / name
    shutil.copytree(TREES / name, tree)
    for patch in patches:
        for mail in mails((PATCHES / patch).read_bytes()):
            apply(mail, tree)
    return tree


def mails(mailbox: bytes) -> list[bytes]:
    """The mails of a mailbox, each with its diff."""
    found = re.split(rb"(?m)^(?=From [0-9a-f]{40} )", mailbox)
    return [mail for mail in found if b"\n--- " in mail or b"\nrename from " in mail]


def apply(mail: bytes, tree: Path) -> None:
    """Apply a patch with git, on disk: what memmodel makes of a patch is not asked here."""
    outside = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}  # no repository around the tree counts
    done = subprocess.run(["git", "apply", "-C1", "-"], cwd=tree, input=mail, capture_output=True, env=outside)
    assert done.returncode == 0, done.stderr.decode()


def review(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Ran:
    """Run the command in this process."""
    capsys.readouterr()
    status = main(["review", "--timeout", PATIENT, *map(str, arguments)])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    assert "internal error" not in captured.out + captured.err
    return Ran(status, captured.out, captured.err)


def said(ran: Ran, patch: bytes, tree: Path) -> list[PatchSaid]:
    """What the JSON says, patch by patch; the copy of the tree in `tree` is brought from one to the next."""
    document = json.loads(ran.out)
    parts = mails(patch)
    assert len(document["patches"]) == len(parts)
    found = []
    for entry, mail in zip(document["patches"], parts, strict=True):
        before = _texts(tree)
        apply(mail, tree)
        texts = [_texts(tree), before]
        found.append(
            PatchSaid(
                tuple(_said(remark, texts, mail) for remark in entry["remarks"]),
                tuple(_said(fix, texts, mail) for fix in entry["fixes"]),
                len(entry["pairs"]),
                tuple(f"{item['what']}: {item['why']}" for item in entry["skipped"]),
            )
        )
    return found


def _texts(tree: Path) -> dict[str, list[str]]:
    files = (path for path in tree.rglob("*") if path.is_file())
    return {str(path.relative_to(tree)): path.read_text(encoding="utf-8").splitlines() for path in files}


def _said(entry: dict[str, Any], texts: list[dict[str, list[str]]], mail: bytes) -> Said:
    places = [entry["place"], *(other["place"] for other in entry["related"])]
    places += [step["place"] for step in entry.get("steps", [])]
    lines = [line for place in places for line in _lines(place, texts)]
    words = [entry["title"], entry["message"], *entry["witness"], *entry.get("suggestion", [])]
    words += [other["label"] for other in entry["related"]] + [edit["replacement"] for edit in entry["edits"]]
    number = entry.get("patch_line")
    return Said(
        code=entry["code"],
        path=entry["place"]["file"] if entry["place"] else "",
        line="\n".join(_lines(entry["place"], texts)),
        places=tuple(lines),
        words="\n".join(words),
        patch_line=mail.decode().splitlines()[number - 1] if number else "",
    )


def _lines(place: dict[str, Any] | None, texts: list[dict[str, list[str]]]) -> Iterator[str]:
    """The lines at a place, of the file after the patch and of the file before it: a place may be in either."""
    if place is None:
        return
    for files in texts:
        yield from files.get(place["file"], [])[place["line"] - 1 : place["end_line"]]


def creating(path: str, text: str = "int x;\n") -> bytes:
    """A patch that creates a file."""
    lines = text.splitlines(keepends=True)
    head = (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n"
    )
    return (head + "".join(f"+{line}" for line in lines)).encode()


def snapshot(tree: Path) -> dict[str, tuple[str, int, int]]:
    """Every file, folder and link of a tree: what it holds, its mode, and when it was written last."""
    found = {}
    for path in [tree, *tree.rglob("*")]:
        status = path.lstat()
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            content = "folder"
        found[str(path.relative_to(tree))] = (content, status.st_mode, status.st_mtime_ns)
    return found
