"""Patches as mail programs and other tools leave them, large ones, and ones without a tree: reviewed like any."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import memmodel
from tests.review import mailing
from tests.review.expectation import PATCHES
from tests.review.reviewing import apply, creating, review, snapshot

WEAK = (PATCHES / "spsc-weak-release.patch").read_bytes()
BINARY = b"""\
diff --git a/logo.png b/logo.png
new file mode 100644
index 0000000000000000000000000000000000000000..8f2d
GIT binary patch
literal 5
McmZQzWMT#Y01f~L

literal 0
HcmV?d00001

"""

WAYS: dict[str, Callable[[bytes], bytes]] = {
    "quoted-printable": mailing.quoted_printable,
    "quoted-printable, latin-1": lambda mail: mailing.quoted_printable(mail, "iso-8859-1"),
    "base64": mailing.base_64,
    "8bit, UTF-8": mailing.eight_bit,
    "8bit, latin-1": lambda mail: mailing.eight_bit(mail, "iso-8859-1"),
    "attached": mailing.multipart,
    "CRLF": mailing.crlf,
    "bare diff": lambda mail: mail[mail.index(b"diff --git") :],
    "bare diff, CRLF": lambda mail: mail[mail.index(b"diff --git") :].replace(b"\n", b"\r\n"),
    "without git's lines": lambda mail: mail[mail.index(b"--- a/") :],
    "without a line end": lambda mail: mail[: mail.index(b"\n-- \n")],
    "with words before": lambda mail: b"Please look at this:\n\n" + mail[mail.index(b"diff --git") :],
    "with a byte order mark": lambda mail: b"\xef\xbb\xbf" + mail[mail.index(b"diff --git") :],
    "with binary parts": lambda mail: mail.replace(b"diff --git", BINARY + b"diff --git", 1),
}


@pytest.mark.parametrize("way", WAYS)
def test_however_a_patch_is_sent_it_is_the_same(
    way: str, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sent.patch"
    file.write_bytes(WAYS[way](WEAK))
    before = snapshot(tmp_path)
    ran = review(capsys, file, "--tree", tree, "-f", "json")
    assert (ran.status, snapshot(tmp_path)) == (1, before), ran.err
    (patch,) = json.loads(ran.out)["patches"]
    assert [remark["code"] for remark in patch["remarks"]] == ["MM201"]
    assert "lib/spsc.c" in patch["files"]


def test_from_standard_input_it_is_the_same(tree: Path) -> None:
    ran = memmodel("review", "-", "--tree", str(tree), "-f", "json", stdin=WEAK)
    assert ran.status == 1, ran.err
    assert [remark["code"] for remark in json.loads(ran.out)["patches"][0]["remarks"]] == ["MM201"]


def test_a_tree_with_crlf_takes_a_patch_with_crlf(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in tree.glob("lib/*.c"):
        if not path.is_symlink():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    file = tmp_path / "sent.patch"
    file.write_bytes(WEAK[WEAK.index(b"diff --git") :].replace(b"\n", b"\r\n"))
    before = snapshot(tmp_path)
    ran = review(capsys, file, "--tree", tree, "-f", "json")
    assert (ran.status, snapshot(tmp_path)) == (1, before), ran.err


def test_a_patch_with_binary_parts_alone_says_what_was_left_out(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "logo.patch"
    file.write_bytes(BINARY)
    before = snapshot(tmp_path)
    ran = review(capsys, file, "--tree", tree)
    assert snapshot(tmp_path) == before
    assert ran.status in (0, 3)
    assert "logo.png" in ran.out


@pytest.mark.parametrize("name", ["größe.c", "with space.c", "tab\there.c", "日本.c"])
def test_names_with_unusual_letters(name: str, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quoted = "".join(chr(b) if 32 <= b < 127 else f"\\{b:03o}" for b in f"lib/{name}".encode())
    file = tmp_path / "name.patch"
    file.write_bytes(
        creating("NAME").replace(b"a/NAME", f'"a/{quoted}"'.encode()).replace(b"b/NAME", f'"b/{quoted}"'.encode())
    )
    before = snapshot(tmp_path)
    ran = review(capsys, file, "--tree", tree, "-f", "json")
    assert snapshot(tmp_path) == before
    assert ran.status == (2 if "\t" in name else 0), ran.err
    if not ran.status:
        assert json.loads(ran.out)["patches"][0]["files"] == [f"lib/{name}"]


def test_names_in_latin_1(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "name.patch"
    file.write_bytes(creating("lib/größe.c").decode().encode("iso-8859-1"))
    ran = review(capsys, file, "--tree", tree, "-f", "json")
    assert ran.status == 0, ran.err


@pytest.mark.parametrize("path", ["Documentation/table.txt", "lib/table.c"])
def test_a_patch_of_100_000_lines(path: str, tree: Path, tmp_path: Path) -> None:
    if path.endswith(".c"):
        text = "static const int table[] = {\n" + "".join(f"\t{n},\n" for n in range(100_000)) + "};\n"
    else:
        text = "".join(f"line {n} of a table\n" for n in range(100_000))
    file = tmp_path / "large.patch"
    file.write_bytes(creating(path, text))
    before = snapshot(tmp_path)
    start = time.monotonic()
    ran = memmodel("review", str(file), "--tree", str(tree), timeout=60)
    assert (ran.status, snapshot(tmp_path)) == (0, before), ran.err
    assert time.monotonic() - start < 20


def test_a_file_of_many_functions_is_reviewed_in_time(tree: Path, tmp_path: Path) -> None:
    text = "#include <linux/types.h>\n" + "".join(
        f"\nint count_{n}(int *x)\n{{\n\treturn *x + {n};\n}}\n" for n in range(2_000)
    )
    file = tmp_path / "large.patch"
    file.write_bytes(creating("lib/many.c", text))
    ran = memmodel("review", str(file), "--tree", str(tree), timeout=60)
    assert ran.status == 0, ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_a_tree_that_nobody_may_write_is_reviewed(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [tree, *(path for path in tree.rglob("*") if path.is_dir() and not path.is_symlink())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert review(capsys, PATCHES / "spsc-weak-release.patch", "--tree", tree).status == 1
    finally:
        for folder in folders:
            folder.chmod(0o755)


@pytest.mark.parametrize("name", ["spsc-weak-release", "spsc-rename", "userring-drain-posted", "spsc-new-ring"])
def test_without_a_tree_the_patch_is_all_there_is(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = review(capsys, PATCHES / f"{name}.patch", "-f", "json")
    assert ran.status in (0, 1, 3), ran.err
    assert not list(tmp_path.iterdir())
    assert len(json.loads(ran.out)["patches"]) == 1


def _git(repository: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada Ringer", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=repository, check=True, capture_output=True)


@pytest.mark.parametrize("behind", [0, 1])
def test_a_range_of_commits_is_the_same(
    behind: int, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the working tree stands before it, and another file is being edited."""
    _git(tree, "init", "-q")
    _git(tree, "add", "lib", "include")
    _git(tree, "commit", "-qm", "the tree")
    apply(WEAK, tree)
    _git(tree, "commit", "-qam", "lib: spsc: a marked store is enough")
    _git(tree, "tag", "weak")
    _git(tree, "checkout", "-q", f"HEAD~{behind}")
    with (tree / "lib/bytering.c").open("a") as file:
        file.write("/* being edited */\n")
    before = snapshot(tmp_path)
    ran = review(capsys, "weak~1..weak", "--tree", tree, "-f", "json")
    assert (ran.status, snapshot(tmp_path)) == (1, before), ran.err
    (patch,) = json.loads(ran.out)["patches"]
    assert [remark["code"] for remark in patch["remarks"]] == ["MM201"]
    assert patch["subject"] == "lib: spsc: a marked store is enough"
