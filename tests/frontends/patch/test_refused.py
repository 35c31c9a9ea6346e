"""Patches that do not apply, and paths that a patch has no business with: errors with the line of the patch."""

import os
from pathlib import Path

import pytest

from memmodel import errors
from memmodel.files import NOWHERE, Files
from memmodel.frontends.patch.apply import apply
from memmodel.frontends.patch.read import read

TEXT = "".join(f"line {number}\n" for number in range(1, 11))
PATCH = """\
From: A <a@b.c>
Subject: x

diff --git a/f.c b/f.c
--- a/f.c
+++ b/f.c
@@ -4,3 +4,3 @@
 line 4
-line 5
+LINE 5
 line 6
"""


def refused(patch: str, files: Files) -> errors.MemmodelError:
    (one,) = read(patch.encode(), "x.diff")
    with pytest.raises(errors.MemmodelError) as caught:
        apply(one, files)
    assert caught.value.span is not None
    assert caught.value.span.file.name == "x.diff"
    return caught.value


def test_a_hunk_that_does_not_fit_says_what_differs() -> None:
    error = refused(PATCH, Files(changed={"f.c": TEXT.replace("line 5", "five")}))
    assert isinstance(error, errors.SyntaxError)
    assert error.span is not None
    assert error.span.text == "@@ -4,3 +4,3 @@"
    assert error.message == "the hunk for f.c does not apply: line 9 of the patch expects 'line 5', but f.c:5 is 'five'"
    assert "made for" in (error.hint or "")


def test_what_differs_is_shown_where_the_hunk_most_likely_belongs() -> None:
    error = refused(PATCH, Files(changed={"f.c": "x\n" * 100 + TEXT.replace("line 5", "five")}))
    assert "f.c:105 is 'five'" in error.message


def test_a_patch_that_is_applied_already_is_seen() -> None:
    error = refused(PATCH, Files(changed={"f.c": "x\n" + TEXT.replace("line 5", "LINE 5")}))
    assert "already" in (error.hint or "")


def test_the_end_of_the_file_is_named() -> None:
    assert "but f.c has 4 lines" in refused(PATCH, Files(changed={"f.c": TEXT[: TEXT.index("line 5")]})).message


def test_several_hunks_are_counted() -> None:
    error = refused(PATCH + "@@ -9 +9 @@\n-nine\n+9\n", Files(changed={"f.c": TEXT}))
    assert error.message.startswith("hunk 2 of 2 for f.c does not apply")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    error = refused(PATCH, Files(tmp_path))
    assert error.message == "there is no f.c in the tree"
    assert error.span is not None
    assert error.span.line == 4


def test_paths_of_another_depth_are_named(tmp_path: Path) -> None:
    (tmp_path / "f.c").write_text(TEXT)
    patch = "--- linux/f.c\n+++ linux/f.c\n" + PATCH[PATCH.index("@@") :]
    assert "there is f.c" in (refused(patch, Files(tmp_path)).hint or "")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/etc/passwd", "absolute"),
        ("../f.c", "leads out"),
        ("lib/../../f.c", "leads out"),
        (".git/config", "inside .git"),
        ("lib/.GIT/hooks/pre-commit", "inside .git"),
        ("lib", "is a folder"),
        ("link.c", "is a symbolic link"),
        ("dead.c", "is a symbolic link"),
        ("away/f.c", "behind a symbolic link, away"),
        ("inside/f.c", "behind a symbolic link, inside"),
        ("fifo", "is not a plain file"),
        ("f.c/g.c", "not a folder"),
        ("x" * 5000, "cannot be looked at"),
    ],
)
@pytest.mark.parametrize("form", ["change", "create", "rename", "remove", "binary"])
def test_paths_out_of_the_tree_and_special_files(tmp_path: Path, path: str, words: str, form: str) -> None:
    tree = tmp_path / "tree"
    (tree / "lib").mkdir(parents=True)
    for name in ("f.c", "lib/f.c", "../f.c"):
        (tree / name).write_text(TEXT)
    (tree / "link.c").symlink_to("f.c")
    (tree / "dead.c").symlink_to("nothing")
    (tree / "away").symlink_to(tmp_path)
    (tree / "inside").symlink_to("lib")
    os.mkfifo(tree / "fifo")
    hunk = PATCH[PATCH.index("@@") :]
    patch = {
        "change": f"--- a/{path}\n+++ b/{path}\n{hunk}",
        "create": f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n",
        "rename": f"diff --git a/f.c b/{path}\nrename from f.c\nrename to {path}\n",
        "remove": f"--- a/{path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
        "binary": f"diff --git a/{path} b/{path}\nindex 1..2 100644\nBinary files a/{path} and b/{path} differ\n",
    }[form]
    if form == "binary" and path in ("lib", "link.c", "dead.c", "fifo", "x" * 5000):
        return  # these are left as they are, whatever they are
    error = refused("\n" + patch, Files(tree))
    assert isinstance(error, errors.UsageError)
    assert words in error.message
    assert error.span is not None
    assert error.span.line == 2


def test_names_are_refused_without_a_tree_as_well() -> None:
    assert "leads out" in refused("--- a/../f.c\n+++ b/../f.c\n@@ -1 +1 @@\n-a\n+b\n", Files(NOWHERE)).message


def test_a_file_that_is_created_may_not_have_had_lines() -> None:
    error = refused("diff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", Files())
    assert "hunks change lines that there are before" in error.message
