"""What is no patch, is damaged or leads out of the tree: a clear error, exit 2, and the tree on disk as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.review.expectation import PATCHES
from tests.review.reviewing import apply, creating, review, snapshot

WEAK = (PATCHES / "spsc-weak-release.patch").read_bytes()

BAD: dict[str, tuple[bytes, tuple[str, ...]]] = {
    # name: (content, what the error says)
    "other tree": (WEAK.replace(b"\treturn true;", b"\treturn 1;").replace(b"WRITE_ONCE(ring->slots", b"x(ring->slots"),
                   ("lib/spsc.c", "does not apply")),
    "no file": (WEAK.replace(b"lib/spsc.c", b"lib/gone.c"), ("lib/gone.c",)),
    "there already": (creating("lib/spsc.c"), ("lib/spsc.c", "already")),
    "above": (creating("../spsc.c"), ("../spsc.c",)),
    "above, hidden": (creating("lib/../../spsc.c"), ("lib/../../spsc.c",)),
    "absolute": (b"--- /dev/null\n+++ /etc/spsc.c\n@@ -0,0 +1 @@\n+int x;\n", ("/etc/spsc.c",)),
    "renamed out": (b"diff --git a/lib/spsc.c b/../spsc.c\nsimilarity index 100%\nrename from lib/spsc.c\n"
                    b"rename to ../spsc.c\n", ("../spsc.c",)),
    "control characters": (b'--- /dev/null\n+++ "b/lib/\\033[2J.c"\n@@ -0,0 +1 @@\n+int x;\n', ("lib/",)),
    "in .git": (creating(".git/config"), (".git",)),
    "a folder": (b"--- a/lib\n+++ b/lib\n@@ -1 +1 @@\n-a\n+b\n", ("lib",)),
    "empty": (b"", ("empty",)),
    "blank": (b"\n \n\t\n", ("empty",)),
    "empty mail": (b"From: Ada Ringer <ada@example.org>\nSubject: [PATCH] nothing\nTo: list@example.org\n\n",
                   ("no diff",)),
    "cover letter": (b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001\nFrom: Ada Ringer <ada@example.org>\n"
                     b"Subject: [PATCH 0/2] rings\n\nTwo patches.\n\n lib/spsc.c | 3 +--\n", ("no diff",)),
    "garbage": (bytes(range(256)) * 64, ("no diff",)),
    "prose": (b"This is no patch.\n" * 100, ("no diff",)),
    "cut in a hunk": (WEAK[: WEAK.index(b"+\tWRITE_ONCE(ring->head")], ("lib/spsc.c", "ends")),
    "cut in a line": (WEAK[: WEAK.index(b"ring->slots[")], ("lib/spsc.c",)),
    "cut in a head": (WEAK[: WEAK.index(b"@@")], ("lib/spsc.c",)),
    "wrong count": (WEAK.replace(b"+14,7", b"+14,9"), ("lib/spsc.c",)),
    "wrapped": (WEAK.replace(b"written before it is read. */", b"written\nbefore it is read. */"),
                ("lib/spsc.c",)),
    "context diff": (b"*** lib/spsc.c\n--- lib/spsc.c\n***************\n*** 1,1 ****\n! a\n--- 1,1 ----\n! b\n",
                     ("context diff",)),
    "merge": (b"diff --cc lib/spsc.c\nindex 1,2..3\n--- a/lib/spsc.c\n+++ b/lib/spsc.c\n@@@ -1 -1 +1 @@@\n- a\n++c\n",
              ("merge",)),
    "reply": (b"From: Ada Ringer <ada@example.org>\nSubject: Re: [PATCH] it\n\n"
              + b"".join(b"> " + line + b"\n" for line in WEAK[WEAK.index(b"diff"):].split(b"\n")) + b"\nLooks good.\n",
              ("quoted",)),
    "damaged base64": (b"From: Ada Ringer <ada@example.org>\nSubject: [PATCH] it\nContent-Transfer-Encoding: base64\n\n"
                       b"!!!! not base64 at all !!!!\n", ("no diff",)),
    "large numbers": (WEAK.replace(b"@@ -14,8", b"@@ -999999999,8").replace(b" \treturn true;", b" \treturn maybe;", 1)
                      .replace(b" \t\treturn false;", b" \t\treturn x;"), ("lib/spsc.c",)),
    "no lines": (WEAK.replace(b"@@ -14,8 +14,7", b"@@ -14,0 +14,0"), ("lib/spsc.c",)),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_patch_is_a_clear_error_and_exit_2(
    name: str, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, words = BAD[name]
    file = tmp_path / "bad.patch"
    file.write_bytes(content)
    before = snapshot(tmp_path)
    ran = review(capsys, file, "--tree", tree)
    assert snapshot(tmp_path) == before
    complaint = " ".join(ran.err.split())
    assert ran.status == 2, ran.out + ran.err
    assert str(file) in complaint
    for word in words:
        assert word in complaint
    assert len(ran.err) < 2000
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize("name", ["other tree", "above", "absolute", "cut in a hunk", "wrong count", "renamed out"])
def test_the_error_names_the_line_of_the_patch(
    name: str, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.patch"
    file.write_bytes(BAD[name][0])
    assert f"{file}:" in " ".join(review(capsys, file, "--tree", tree).err.split())


@pytest.mark.parametrize("path", ["far/spsc.c", "near/spsc.c", "lib/link.c", "lib/away.c", "loop/spsc.c", "loop"])
def test_a_path_through_a_link_is_refused(
    path: str, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "link.patch"
    file.write_bytes(WEAK.replace(b"lib/spsc.c", path.encode()))
    before = snapshot(tmp_path)
    ran = review(capsys, file, "--tree", tree)
    assert (ran.status, snapshot(tmp_path)) == (2, before)
    assert path in ran.err
    assert "link" in ran.err


def test_a_link_that_a_patch_makes_is_not_followed(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = creating("lib/new", "/etc").replace(b"100644", b"120000").replace(b"@@ -0,0 +1,1 @@", b"@@ -0,0 +1 @@")
    behind = creating("lib/new/passwd")
    file = tmp_path / "link.patch"
    file.write_bytes(link + b"\n\\ No newline at end of file\n" + behind)
    before = snapshot(tmp_path)
    assert review(capsys, file, "--tree", tree).status in (0, 2, 3)
    assert snapshot(tmp_path) == before
    assert "int x" not in Path("/etc/passwd").read_text()


def test_a_patch_that_is_applied_already_is_said_to_be(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(WEAK, tree)
    before = snapshot(tmp_path)
    ran = review(capsys, PATCHES / "spsc-weak-release.patch", "--tree", tree)
    assert (ran.status, snapshot(tmp_path)) == (2, before)
    assert "already" in ran.err


@pytest.mark.parametrize("what", ["missing", "folder", "unreadable"])
def test_a_patch_that_cannot_be_read(what: str, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "it.patch"
    if what == "folder":
        path.mkdir()
    elif what == "unreadable":
        path.symlink_to(path)  # which not even root can follow
    ran = review(capsys, path, "--tree", tree)
    assert ran.status == 2
    assert str(path) in ran.err


@pytest.mark.parametrize("what", ["missing", "file"])
def test_a_tree_that_is_none(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = tmp_path / "nowhere"
    if what == "file":
        tree.write_text("")
    ran = review(capsys, PATCHES / "spsc-weak-release.patch", "--tree", tree)
    assert ran.status == 2
    assert str(tree) in " ".join(ran.err.split())


def test_one_bad_patch_of_several_is_named(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.patch"
    bad.write_bytes(BAD["other tree"][0])
    before = snapshot(tmp_path)
    ran = review(capsys, PATCHES / "spsc-no-order.patch", bad, "--tree", tree)
    assert (ran.status, snapshot(tmp_path)) == (2, before)
    assert str(bad) in ran.err


def test_the_second_of_a_series_does_not_apply(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = tmp_path / "series.mbox"
    whole = (PATCHES / "spsc-series-broken-between.mbox").read_bytes()
    series.write_bytes(whole.replace(b"-\tu32 head, tail;", b"-\tu16 head, tail;"))
    before = snapshot(tmp_path)
    ran = review(capsys, series, "--tree", tree)
    assert (ran.status, snapshot(tmp_path)) == (2, before)
    assert "lib/spsc.c" in ran.err
    assert "[2]" in ran.err


def test_a_range_of_commits_that_is_none(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = review(capsys, "no-such-commit..nor-this", "--tree", tree)
    assert ran.status == 2
    assert "no-such-commit" in ran.err
